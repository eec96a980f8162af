// A pointer value as Go has it: shared, null by default, and a null one panics when it is followed.
//
//   go::map<std::string, go::ptr<int>> ages = go::make_map<std::string, go::ptr<int>>();
//   ages.set("ann", go::make_ptr<int>(41));
//   *ages.get("ann") += 1;      // fine
//   *ages.get("bob") += 1;      // throws go::runtime_error: nobody called bob
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/map/go_error.hpp>

namespace holdfast::inline v0::go {

template <class T>
class ptr {
 public:
  ptr() = default;
  ptr(std::nullptr_t) {}
  explicit ptr(std::shared_ptr<T> object) noexcept : object_(std::move(object)) {}

  // Throws: runtime_error if it is null.
  [[nodiscard]] T& operator*() const { return *checked(); }
  [[nodiscard]] T* operator->() const { return checked(); }

  [[nodiscard]] T* get() const noexcept { return object_.get(); }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  // By address, as Go compares pointers.
  [[nodiscard]] friend bool operator==(const ptr& a, const ptr& b) noexcept { return a.object_ == b.object_; }

 private:
  [[nodiscard]] T* checked() const {
    if (object_ == nullptr) [[unlikely]] panic_nil_dereference();
    return object_.get();
  }

  std::shared_ptr<T> object_;
};

// Go's new(T): the object is value-initialised unless arguments are given.
template <class T, class... Args>
[[nodiscard]] ptr<T> make_ptr(Args&&... args) {
  return ptr<T>(std::make_shared<T>(std::forward<Args>(args)...));
}

}  // namespace holdfast::inline v0::go

namespace holdfast::inline v0 {

// By address; the object is never looked at.
template <class T>
struct hash<go::ptr<T>> {
  [[nodiscard]] std::uint64_t operator()(const go::ptr<T>& key, std::uint64_t seed) const noexcept {
    return hash<T*>{}(key.get(), seed);
  }
};

}  // namespace holdfast::inline v0
