// A pointer into an arena that knows when its object has gone.
//
// 16 bytes: the address and the generation of the chunk at the time. A use masks the address to the page where the
// region keeps the generations of its chunks, which is readable whatever has become of the object: one load, one
// compare. The check and the use are two steps; they suit the thread that resets the arena, not one that races with it.
//
// inv hf.arena.ptr-knows-its-end: a pointer made in one round answers null, throws or is fatal in every later one.
#pragma once

#include <cstdint>
#include <string>
#include <type_traits>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/chunk.hpp>
#include <holdfast/base/observe/stale_reference.hpp>

namespace holdfast::inline v0 {

namespace memory {

// How the round of an arena_ptr's object ended.
struct arena_end {
  std::uint64_t arena = 0;
  cause_record why;
  bool first = true;  // false: the chunk has ended again since, and this is the last time
};

[[nodiscard]] arena_end end_of(const void* object, std::uint64_t generation) noexcept;
[[nodiscard]] std::string text_of_stale_arena(const void* object, std::uint64_t generation);
[[noreturn]] HOLDFAST_COLD void raise_stale_arena(const void* object, std::uint64_t generation);
[[noreturn]] HOLDFAST_COLD void report_stale_arena(const void* object, std::uint64_t generation) noexcept;

}  // namespace memory

template <class T, when_stale Stale = when_stale::fatal>
class arena_ptr {
 public:
  constexpr arena_ptr() noexcept = default;
  constexpr arena_ptr(std::nullptr_t) noexcept {}
  // Made by arena::ptr and arena::make_ptr.
  arena_ptr(T* object, std::uint64_t generation) noexcept : object_(object), generation_(generation) {}

  template <class U>
    requires std::is_convertible_v<U*, T*> && (!std::is_same_v<U, T>)
  arena_ptr(const arena_ptr<U, Stale>& other) noexcept : object_(other.object_), generation_(other.generation_) {}

  // False for null as well.
  [[nodiscard]] bool is_live() const noexcept {
    // relaxed: written by the thread that resets, which is the one that asks.
    return object_ != nullptr && memory::header_of(object_)->generation.load(std::memory_order_relaxed) == generation_;
  }
  [[nodiscard]] explicit operator bool() const noexcept { return is_live(); }

  // Null when stale.
  [[nodiscard]] T* get() const noexcept { return is_live() ? object_ : nullptr; }

  // The object; where it has gone `Then` happens. Throws: stale_reference, where `Then` says so.
  template <when_stale Then = Stale>
  [[nodiscard]] T* at() const noexcept(Then != when_stale::raises) {
    if (is_live()) [[likely]]
      return object_;
    if constexpr (Then == when_stale::raises) memory::raise_stale_arena(object_, generation_);
    if constexpr (Then == when_stale::fatal) memory::report_stale_arena(object_, generation_);
    return nullptr;
  }

  // Stale: throws stale_reference, or is fatal, as `Stale` says. A pointer that was never set counts as stale.
  [[nodiscard]] T* operator->() const noexcept(Stale != when_stale::raises)
    requires(Stale != when_stale::null)
  {
    return at<Stale>();
  }
  [[nodiscard]] T& operator*() const noexcept(Stale != when_stale::raises)
    requires(Stale != when_stale::null && !std::is_void_v<T>)
  {
    return *operator->();
  }

  // What ended it; cause::none while it is live.
  [[nodiscard]] cause_record why() const noexcept {
    return object_ == nullptr || is_live() ? cause_record() : memory::end_of(object_, generation_).why;
  }

  // why() as a sentence with its cure. While it is live: empty.
  [[nodiscard]] std::string explain() const {
    return is_live() ? std::string() : memory::text_of_stale_arena(object_, generation_);
  }

  // Same object of the same round.
  [[nodiscard]] friend bool operator==(const arena_ptr&, const arena_ptr&) noexcept = default;

 private:
  template <class, when_stale>
  friend class arena_ptr;

  T* object_ = nullptr;
  std::uint64_t generation_ = 0;
};

static_assert(sizeof(arena_ptr<int>) == 16);

}  // namespace holdfast::inline v0
