// One object of an arena held by something that may outlive the arena: a longer-lived map, a queue, a cache.
//
// The arena knows its escaped handles. When it is reset while some are alive, arena_options::escapes decides: nothing,
// a report, the end of the process, or a copy on the heap for each. So a value type that holds `escaped<T>` instead of
// `T*` makes the hazard counted.
//
//   holdfast::map<int, holdfast::escaped<order>> all;                 // lives longer than the request
//   all.try_emplace(17, arena, arena.make<order>(...));
//   arena.reset();                                                    // reported: 1 escaped handle
//
// Threads: those of the arena, one at a time, while the object is in the arena.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/arena_core.hpp>
#include <holdfast/base/observe/stale_reference.hpp>

namespace holdfast::inline v0 {

template <class T>
class escaped : private memory::escape_link {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>, "holdfast::escaped: holds one object");

 public:
  // Null.
  escaped() noexcept { set_calls(); }

  // `object` lies in `memory`, or is null.
  escaped(memory::arena_core& memory, T* object) noexcept : object_(object) {
    set_calls();
    if (object != nullptr) memory.link(*this);
  }

  // Another handle to the same object; a copy of an object that was copied out is one more copy.
  escaped(const escaped& other)
    requires std::is_copy_constructible_v<T>
      : object_(other.object_), why_(other.why_) {
    set_calls();
    if (other.arena != nullptr) other.arena->link(*this);
    else if (other.object_ != nullptr) object_ = new T(*other.object_);
  }

  escaped(escaped&& other) noexcept : object_(std::exchange(other.object_, nullptr)), why_(other.why_) {
    set_calls();
    memory::arena_core* const from = other.arena;
    if (from == nullptr) return;
    from->unlink(other);
    from->link(*this);
  }

  escaped& operator=(escaped other) noexcept {
    escaped before(std::move(*this));
    object_ = std::exchange(other.object_, nullptr);
    why_ = other.why_;
    memory::arena_core* const from = other.arena;
    if (from != nullptr) from->unlink(other), from->link(*this);
    return *this;
  }

  ~escaped() {
    if (arena != nullptr) arena->unlink(*this);
    else delete object_;
  }

  // Null when it was never set, and when the arena was reset and made no copy.
  [[nodiscard]] T* get() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

  // Fatal: there is no object; the report says what ended it.
  [[nodiscard]] T* operator->() const noexcept {
    if (object_ == nullptr) [[unlikely]]
      report_stale("an object that escaped its arena", why_);
    return object_;
  }
  [[nodiscard]] T& operator*() const noexcept { return *operator->(); }

  [[nodiscard]] bool is_in_arena() const noexcept { return arena != nullptr; }
  // Whether it owns a copy on the heap.
  [[nodiscard]] bool is_copied() const noexcept { return arena == nullptr && object_ != nullptr; }
  [[nodiscard]] cause_record why() const noexcept { return why_; }

  // Takes a copy now, so that the arena's reset does not concern it any more. Nothing if there is no arena.
  // Throws: std::bad_alloc, what the copy constructor throws; the handle is as before then.
  void copy()
    requires std::is_copy_constructible_v<T>
  {
    if (arena == nullptr) return;
    object_ = new T(*object_);
    arena->unlink(*this);
  }

 private:
  void set_calls() noexcept {
    cut = [](escape_link& link, cause_record why) noexcept {
      auto& self = static_cast<escaped&>(link);
      self.object_ = nullptr;
      self.why_ = why;
    };
    if constexpr (std::is_copy_constructible_v<T>)
      copy_out = [](escape_link& link) { static_cast<escaped&>(link).copy(); };
  }

  T* object_ = nullptr;
  cause_record why_;
};

}  // namespace holdfast::inline v0
