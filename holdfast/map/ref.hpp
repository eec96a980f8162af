// A reference to an entry's value that knows what has become of it.
//
//   checked_map<std::string, user> users;
//   users.name("users");
//   auto ann = users.ref("ann");
//   ann->age = 42;             // growth has moved the entry meanwhile: the reference follows
//   users.erase("ann");
//   ann->age = 43;             // throws: stale reference to map "users": entry erased by operation #7 on thread 4711;
//   ...
//
// What happens is a matter of the map's rules (table/policy.hpp): whether it follows an entry that moves, whether
// assigning to the key ends it, and whether the use of one that has ended throws, is fatal, or is asked for with get().
//
// It may outlive the map. Threads: those that may write the map, one at a time; it is a part of the map in that.
// Cost: a use is one load and one comparison. A reference is two words; the first to an entry makes a block of 48
// bytes, which all others share, and destroying or copying one changes its count.
//
// inv hf.map.ref-never-dangles: what a reference gives is the value it was made for, or nothing.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/table/policy.hpp>
#include <holdfast/table/watch.hpp>

namespace holdfast::inline v0 {

// A map makes them: map::ref.
template <class T, reference_rules Rules = reference_rules{}>
class ref {
 public:
  using element_type = T;

  // Refers to nothing.
  constexpr ref() noexcept = default;
  constexpr ref(std::nullptr_t) noexcept {}
  // For maps: takes over one hold of `one`; null: nothing.
  explicit ref(table::watch* one) noexcept
      : object_(one == nullptr ? nullptr : static_cast<T*>(one->address)),
        watch_(one == nullptr ? &table::nobody : one) {}

  ref(const ref& other) noexcept : object_(other.object_), watch_(other.watch_) {
    if (watch_ != &table::nobody) watch_->hold();
  }
  ref(ref&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), watch_(std::exchange(other.watch_, &table::nobody)) {}
  ref& operator=(ref other) noexcept {
    std::swap(object_, other.object_);
    std::swap(watch_, other.watch_);
    return *this;
  }
  ~ref() {
    if (watch_ != &table::nobody) watch_->let_go();
  }

  // The value. Throws: stale_reference, or ends the process, as the rules say; where they say null, it is fatal.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T& operator*() const noexcept(is_quiet) { return *there(); }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T* operator->() const noexcept(is_quiet) { return there(); }

  // The value, or null where it has gone, whatever the rules say.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T* get() const noexcept {
    if (watch_->address == object_) [[likely]]
      return object_;
    return found_again();
  }
  [[nodiscard]] explicit operator bool() const noexcept { return get() != nullptr; }

  // What has ended it; no cause while it leads somewhere, and for an empty one.
  [[nodiscard]] cause_record why() const noexcept { return get() != nullptr ? cause_record() : watch_->why; }
  // why() as a sentence with its cure. While it leads somewhere: empty.
  [[nodiscard]] std::string explain() const {
    if (get() != nullptr) return {};
    if (is_empty()) return stale_text("a map", empty_reference, cure_of_empty_reference);
    return stale_text(table::text_of_home(*watch_), why());
  }

  // Whether both were made for the same entry of the same map.
  [[nodiscard]] friend bool operator==(const ref& one, const ref& other) noexcept { return one.watch_ == other.watch_; }

 private:
  static constexpr bool is_quiet = Rules.stale != when_stale::raises;

  [[nodiscard]] bool is_empty() const noexcept { return watch_ == &table::nobody; }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T* there() const noexcept(is_quiet) {
    if (watch_->address == object_) [[likely]]
      return object_;
    if (T* const moved = found_again()) return moved;
    tell();
  }

  // The entry is not where it was.
  [[nodiscard]] HOLDFAST_COLD T* found_again() const noexcept {
    if (Rules.moved == when_moved::ends || is_empty() || watch_->address == nullptr) return nullptr;
    return object_ = static_cast<T*>(watch_->address);
  }

  [[noreturn]] HOLDFAST_COLD void tell() const noexcept(is_quiet) {
    const std::string to = is_empty() ? std::string("a map") : table::text_of_home(*watch_);
    if constexpr (Rules.stale == when_stale::raises) {
      if (is_empty()) raise_stale(to, {}, empty_reference, cure_of_empty_reference);
      raise_stale(to, watch_->why);
    } else {
      if (is_empty()) report_stale(to, empty_reference, cure_of_empty_reference);
      report_stale(to, watch_->why);
    }
  }

  mutable T* object_ = nullptr;  // where the entry was when it was last looked for
  table::watch* watch_ = &table::nobody;
};

}  // namespace holdfast::inline v0
