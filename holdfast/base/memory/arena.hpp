// A place for objects that all end together.
//
// Making an object moves one pointer; ending all of them moves it back. Chunks stay with the arena, so a warm arena
// asks nobody for memory. Use it for what lives as long as one request, one frame, one build of a map. Do not use it
// for objects that end one by one: nothing is given back before reset().
//
//   holdfast::arena arena({.name = "request"});
//   order* const one = arena.make<order>(17, "books");
//   std::string_view title = arena.make_string(text);
//   arena.reset();                                      // one and title end here
//
// What a pointer kept across reset() meets is chosen by arena_options::check. Values that must be found out about are
// held by arena_ptr (checked at each use) or escaped (counted at reset).
//
// Threads: one at a time. For several at once: shared_arena.
// Fork: the child has a copy and may go on with it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/arena_core.hpp>
#include <holdfast/base/memory/arena_ptr.hpp>

namespace holdfast::inline v0 {

// `Granule`: every object begins at a multiple of it. 8 packs; 64 gives each object cache lines of its own, for objects
// that different threads write.
template <std::size_t Granule>
class basic_arena : public memory::arena_core {
  static_assert(Granule >= 8 && Granule <= memory::page_bytes && (Granule & (Granule - 1)) == 0,
                "holdfast::basic_arena: the granule is a power of two from 8 to 4096");

 public:
  // Throws: std::bad_alloc (overflow::fixed takes its chunks here).
  explicit basic_arena(const arena_options& options = {}) : arena_core(options, Granule) {}
  // As release(). What a copy-out throws here ends the program.
  ~basic_arena() = default;

  // Room for `size` bytes at a multiple of `align`, a power of two up to 4096; not initialised, valid until reset().
  // Throws: arena_overflow, a std::bad_alloc.
  // Cost: 6 instructions where `size` is constant and at most 16 KiB; 64 KiB further, a chunk is fetched.
  [[nodiscard, gnu::returns_nonnull]] HOLDFAST_ALWAYS_INLINE void* allocate(std::size_t size,
                                                                            std::size_t align = Granule) {
    std::uintptr_t start = next_;
    if (align > Granule) start = (start + align - 1) & ~(align - 1);
    const std::uintptr_t end = start + ((size + Granule - 1) & ~(Granule - 1));
    // One compare for 0 and for too large; nothing of it is left where the size is known.
    if (size - 1 >= memory::largest_small || end > end_) [[unlikely]]
      return allocate_elsewhere(size, align);
    next_ = end;
    return reinterpret_cast<void*>(start);
  }

  // A T; its destructor, unless trivial, runs at reset().
  // Throws: arena_overflow and what the constructor throws; there is no T then, its room stays taken until reset().
  template <class T, class... Arguments>
  [[nodiscard]] T* make(Arguments&&... arguments) {
    check_type<T>();
    if constexpr (std::is_trivially_destructible_v<T>) {
      return construct<T>(allocate(sizeof(T), alignof(T)), std::forward<Arguments>(arguments)...);
    } else {
      auto* const record = static_cast<memory::destructor_record*>(allocate(sizeof(memory::destructor_record)));
      T* const made = construct<T>(allocate(sizeof(T), alignof(T)), std::forward<Arguments>(arguments)...);
      destroy_later(record, destroy<T>, made, 1);
      return made;
    }
  }

  // The same, as a pointer that knows when it has become stale.
  template <class T, when_stale Stale = when_stale::fatal, class... Arguments>
  [[nodiscard]] arena_ptr<T, Stale> make_ptr(Arguments&&... arguments) {
    return ptr<Stale>(make<T>(std::forward<Arguments>(arguments)...));
  }

  // `count` value-initialised Ts in a row; they are destroyed last first.
  // Throws: std::length_error for more than fit into memory, arena_overflow, what a constructor throws.
  template <class T>
  [[nodiscard]] std::span<T> make_array(std::size_t count) {
    check_type<T>();
    if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(T))
      raise_length_error("holdfast: arena: an array larger than memory");
    if (count == 0) return {};
    memory::destructor_record* record = nullptr;
    if constexpr (!std::is_trivially_destructible_v<T>)
      record = static_cast<memory::destructor_record*>(allocate(sizeof(memory::destructor_record)));
    T* const first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    std::uninitialized_value_construct_n(first, count);
    if constexpr (!std::is_trivially_destructible_v<T>) destroy_later(record, destroy<T>, first, count);
    return {first, count};
  }

  // A copy of `text`, with a zero behind it that does not count.
  [[nodiscard]] std::string_view make_string(std::string_view text) {
    char* const copy = static_cast<char*>(allocate(text.size() + 1, 1));
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return {copy, text.size()};
  }

  // A checked pointer to an object of this arena; null for null and for an object that is not in it.
  // Throws: std::length_error for an object beyond the first 2 MiB of a larger one.
  // Cost: proportional to the chunks; the chunk being filled is looked at first.
  template <when_stale Stale = when_stale::fatal, class T>
  [[nodiscard]] arena_ptr<T, Stale> ptr(T* object) const {
    const std::uint64_t generation = generation_of(object);
    return generation == 0 ? arena_ptr<T, Stale>() : arena_ptr<T, Stale>(object, generation);
  }

  // Takes over all that `other` has made: it ends with this arena's round, pointers into it stay valid. `other` is as
  // after reset(), without running anything, and keeps the chunks that it had in reserve.
  // A limit of this arena is not asked. Cost: proportional to the chunks and destructors of `other`.
  void adopt(basic_arena& other) noexcept { adopt_from(other); }

 private:
  template <class T>
  static constexpr void check_type() noexcept {
    static_assert(alignof(T) <= memory::page_bytes, "holdfast::arena: alignments end at 4096");
    static_assert(!std::is_array_v<T>, "holdfast::arena: use make_array<Element>(count)");
    static_assert(std::is_object_v<T>, "holdfast::arena: only objects live in an arena");
    static_assert(std::is_nothrow_destructible_v<T>,
                  "holdfast::arena: reset() destroys many objects at once, so a destructor must not throw");
  }

  template <class T, class... Arguments>
  static T* construct(void* room, Arguments&&... arguments) {
    if constexpr (std::is_constructible_v<T, Arguments...>)
      return ::new (room) T(std::forward<Arguments>(arguments)...);
    else return ::new (room) T{std::forward<Arguments>(arguments)...};
  }

  template <class T>
  static void destroy(void* first, std::size_t count) noexcept {
    for (T* one = static_cast<T*>(first) + count; count != 0; --count) std::destroy_at(--one);
  }
};

using arena = basic_arena<8>;
// Every object has its cache lines for itself.
using line_arena = basic_arena<64>;

}  // namespace holdfast::inline v0
