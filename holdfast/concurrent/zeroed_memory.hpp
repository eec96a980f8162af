// Zeroed memory for the compiled parts of a container, which do not know its allocator.
//
// With std::allocator it comes from calloc, which has the system zero large blocks page by page as they are touched.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/concurrent/block_owner.hpp>

namespace holdfast::inline v0::concurrent {

class zeroed_memory {
 public:
  zeroed_memory() noexcept : zeroed_memory(heap) {}
  // What it takes, it takes from `owner`, which must stay where it is.
  template <class Allocator>
  explicit zeroed_memory(const block_owner<Allocator>& owner) noexcept
      : owner_(&owner), take_(&take_from<Allocator>), give_(&give_to<Allocator>) {}

  // Null if there is none to be had. Aligned as malloc aligns.
  [[nodiscard]] void* take(std::size_t bytes) const noexcept { return take_(owner_, bytes); }
  // `bytes` as they were asked for.
  void give(void* room, std::size_t bytes) const noexcept { give_(owner_, room, bytes); }

 private:
  // In units that are aligned as malloc aligns.
  using unit = std::max_align_t;
  static constexpr std::size_t units_in(std::size_t bytes) noexcept {
    return (bytes + sizeof(unit) - 1) / sizeof(unit);
  }
  template <class Allocator>
  using unit_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<unit>;

  template <class Allocator>
  static void* take_from(const void* owner, std::size_t bytes) noexcept {
    if constexpr (is_standard_allocator<Allocator>) {
      return std::calloc(units_in(bytes), sizeof(unit));
    } else {
      return take_units(static_cast<const block_owner<Allocator>*>(owner)->allocator(), units_in(bytes));
    }
  }
  template <class Allocator>
  static void give_to(const void* owner, void* room, std::size_t bytes) noexcept {
    if constexpr (is_standard_allocator<Allocator>) {
      std::free(room);
    } else {
      using traits = std::allocator_traits<unit_allocator<Allocator>>;
      unit_allocator<Allocator> to(static_cast<const block_owner<Allocator>*>(owner)->allocator());
      traits::deallocate(to, std::pointer_traits<typename traits::pointer>::pointer_to(*static_cast<unit*>(room)),
                         units_in(bytes));
    }
  }

  template <class Allocator>
  static void* take_units(const Allocator& allocator, std::size_t units) noexcept {
#if HOLDFAST_EXCEPTIONS
    try {
#endif
      unit_allocator<Allocator> from(allocator);
      void* const room = std::to_address(std::allocator_traits<unit_allocator<Allocator>>::allocate(from, units));
      return std::memset(room, 0, units * sizeof(unit));
#if HOLDFAST_EXCEPTIONS
    } catch (...) {
      return nullptr;
    }
#endif
  }

  static constexpr block_owner<std::allocator<std::byte>> heap{};

  const void* owner_;
  void* (*take_)(const void* owner, std::size_t bytes) noexcept;
  void (*give_)(const void* owner, void* room, std::size_t bytes) noexcept;
};

}  // namespace holdfast::inline v0::concurrent
