// A key of any type, as Go's interface keys: the dynamic type is part of the key.
//
// A value whose type cannot be hashed or compared can be held, but panics as soon as it is used as a
// key, also on an empty or nil map.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/map/go_error.hpp>

namespace holdfast::inline v0::go {

class any {
 public:
  any() = default;  // Go's nil interface, a key like any other
  any(std::nullptr_t) {}
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, any>)
  any(T&& value) : held_(std::make_shared<const holder<std::decay_t<T>>>(std::forward<T>(value))) {}
  any(const char* text) : any(std::string(text)) {}

  // The value if it is a T, else null.
  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    const auto* const held = dynamic_cast<const holder<T>*>(held_.get());
    return held == nullptr ? nullptr : &held->value;
  }

  [[nodiscard]] bool is_nil() const noexcept { return held_ == nullptr; }
  // Whether both hold values of one type, or both nothing.
  [[nodiscard]] bool has_type_of(const any& other) const noexcept {
    if (held_ == nullptr || other.held_ == nullptr) return held_ == other.held_;
    const base& mine = *held_;
    const base& theirs = *other.held_;
    return typeid(mine) == typeid(theirs);
  }

  // Throws: runtime_error for a type that cannot be hashed.
  [[nodiscard]] std::uint64_t hash_value(std::uint64_t seed) const { return held_ == nullptr ? seed : held_->hash(seed); }
  // Throws: runtime_error if both hold one type that cannot be compared.
  [[nodiscard]] friend bool operator==(const any& a, const any& b) {
    if (a.held_ == nullptr || b.held_ == nullptr) return a.held_ == b.held_;
    return a.held_->equals(*b.held_);
  }

 private:
  struct base {
    virtual ~base() = default;
    [[nodiscard]] virtual std::uint64_t hash(std::uint64_t seed) const = 0;
    [[nodiscard]] virtual bool equals(const base& other) const = 0;
  };

  template <class T>
  static constexpr bool hashable =
      std::equality_comparable<T> && requires(const T& value) { holdfast::hash<T>{}(value); };

  template <class T>
  struct holder final : base {
    explicit holder(const T& held) : value(held) {}
    explicit holder(T&& held) : value(std::move(held)) {}
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const override {
      if constexpr (hashable<T>) {
        return finished_hash(holdfast::hash<T>{}, value, mix_word(typeid(T).hash_code(), seed));
      } else {
        panic_unhashable(readable_name(typeid(T)));
      }
    }
    [[nodiscard]] bool equals(const base& other) const override {
      const auto* const same = dynamic_cast<const holder*>(&other);
      if (same == nullptr) return false;
      if constexpr (hashable<T>) {
        return same->value == value;
      } else {
        panic_uncomparable(readable_name(typeid(T)));
      }
    }
    T value;
  };

  [[nodiscard]] static std::string readable_name(const std::type_info& type);

  std::shared_ptr<const base> held_;
};

}  // namespace holdfast::inline v0::go

namespace holdfast::inline v0 {

template <>
struct hash<go::any> {
  [[nodiscard]] std::uint64_t operator()(const go::any& key, std::uint64_t seed) const { return key.hash_value(seed); }
};

}  // namespace holdfast::inline v0
