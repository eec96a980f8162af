// An arena as the memory of standard containers.
//
//   holdfast::arena_resource memory(arena);
//   std::pmr::vector<int> numbers(&memory);
//
// What a container gives back stays taken until the arena is reset. The container must end, or be emptied of all
// memory, before that: its destructor would read what has gone.
#pragma once

#include <cstddef>
#include <memory_resource>

#include <holdfast/base/memory/arena.hpp>

namespace holdfast::inline v0 {

// Threads: as the arena. Two resources of one arena are equal.
class arena_resource final : public std::pmr::memory_resource {
 public:
  explicit arena_resource(arena& memory HOLDFAST_LIFETIMEBOUND) noexcept : arena_(&memory) {}

  [[nodiscard]] arena& memory() const noexcept { return *arena_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t align) override { return arena_->allocate(bytes, align); }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
    const auto* const same = dynamic_cast<const arena_resource*>(&other);
    return same != nullptr && same->arena_ == arena_;
  }

  arena* arena_;
};

}  // namespace holdfast::inline v0
