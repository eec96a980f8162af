// The scope of one request: what it makes in an arena ends with it.
//
//   holdfast::arena arena({.name = "requests"});     // once for each worker
//   ...
//   {
//     holdfast::request_arena request(arena);
//     request->make<order>(...);
//   }                                                // reset, chunks kept for the next one
#pragma once

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/arena.hpp>

namespace holdfast::inline v0 {

// Threads: as the arena.
template <class Arena>
class [[nodiscard]] request_arena {
 public:
  // What the arena holds already ends with the scope too.
  // Fatal: a scope of this arena is open.
  explicit request_arena(Arena& memory HOLDFAST_LIFETIMEBOUND) noexcept : arena_(memory) { arena_.open_scope(); }
  request_arena(const request_arena&) = delete;
  request_arena& operator=(const request_arena&) = delete;

  // Resets. What a copy-out throws here ends the program; where that may be, reset the arena before.
  ~request_arena() {
    arena_.reset();
    arena_.close_scope();
  }

  [[nodiscard]] Arena& operator*() const noexcept { return arena_; }
  [[nodiscard]] Arena* operator->() const noexcept { return &arena_; }

 private:
  Arena& arena_;
};

}  // namespace holdfast::inline v0
