// An arena for several threads: each has chunks of its own, all end together.
//
//   holdfast::shared_arena memory;
//   // in each thread:
//   {
//     holdfast::shared_arena::lane mine(memory);
//     auto* const one = mine->make<order>(17);
//   }
//   // when the work is done:
//   if (!memory.reset()) ...                     // some thread is still in
//
// Inside its lane a thread allocates as in its own arena, without a lock and without a line that others write. Lanes
// are kept, with their chunks, for the next threads. What a lane has made stays after it is left, until the reset.
//
// inv hf.arena.shared-reset-when-out: reset() ends no object while a lane is open that was open when it was called.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/memory/arena.hpp>

namespace holdfast::inline v0 {

// Threads: any, at once.
// Fork: the child may go on; lanes of threads that it does not have are left as they are and never used again.
class shared_arena {
 public:
  // Each lane has these options for itself, its limit too.
  explicit shared_arena(const arena_options& options = {});
  shared_arena(const shared_arena&) = delete;
  shared_arena& operator=(const shared_arena&) = delete;
  // Fatal: a lane is open.
  ~shared_arena();

  class lane;

  // Ends all objects of all lanes. False, and nothing has happened, if a lane is open or another reset runs. A thread
  // that enters meanwhile is after the reset.
  // Throws: what a copy-out throws; some lanes have been reset then.
  // Progress: does not wait.
  [[nodiscard]] bool reset() { return end_all(false); }
  // The same, and chunks go back.
  [[nodiscard]] bool release() { return end_all(true); }

  [[nodiscard]] std::size_t open_lanes() const noexcept;
  // Sums over the lanes that are not open.
  [[nodiscard]] arena_stats stats() const noexcept;

 private:
  struct member;

  [[nodiscard]] member* enter();
  void leave(member* one) noexcept;
  [[nodiscard]] bool end_all(bool give_back);

  arena_options options_;
  char name_[memory::arena_name_room] = {};
  std::vector<std::unique_ptr<member>> members_;
  member* idle_ = nullptr;
};

// A thread's way into a shared_arena. Threads: the one that made it.
class [[nodiscard]] shared_arena::lane {
 public:
  // Throws: std::bad_alloc. Cost: a lock.
  explicit lane(shared_arena& memory HOLDFAST_LIFETIMEBOUND) : owner_(memory), member_(memory.enter()) {}
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;
  ~lane() { owner_.leave(member_); }

  [[nodiscard]] arena& operator*() const noexcept;
  [[nodiscard]] arena* operator->() const noexcept { return &**this; }

 private:
  shared_arena& owner_;
  member* member_;
};

struct shared_arena::member {
  explicit member(const arena_options& options) : memory(options) {}
  arena memory;
  member* next_idle = nullptr;
  bool open = false;
  // Of whoever has it open. Numbers of both, because a child by fork has the pthread_t of its parent's thread.
  unsigned long thread = 0;
  int process = 0;
};

inline arena& shared_arena::lane::operator*() const noexcept { return member_->memory; }

}  // namespace holdfast::inline v0
