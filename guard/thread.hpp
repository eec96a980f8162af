// What the guard knows of a thread, reached by one segment-relative load.
//
// All zero is a thread that has not been seen yet, so nothing has to run when a thread begins.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::guard {

// Whether a thread looks at keepers (keepers.hpp).
enum class section : std::uint32_t { unknown_thread, inside, outside };

struct thread_state {
  std::uint64_t until_sample = 0;  // allocations until one is guarded; 0: choose anew
  std::uint64_t random = 0;        // 0: not seeded yet
  std::atomic<section> keepers{section::unknown_thread};
  const void* let_go = nullptr;     // a keeper let it go, and it is on its way to the real door
  std::uint64_t next_hold = 0;      // earliest time of the next wait inside a container, in ns
  std::uint32_t holds = 0;          // how many of these there were, up to the first few
  std::uint32_t number = 0;         // of this thread among those that used containers; 0: none yet
  std::uint32_t own_work = 0;       // inside the guard: nothing is guarded, nobody is asked
  std::uint32_t reporting = 0;      // and what is allocated comes from scratch
  bool asking = false;              // a keeper is being asked: what it frees meanwhile is its own matter
  bool resolving = false;           // looking the real functions up
  bool leaving = false;             // the thread's end has begun: take nothing that has to be given back
};

// One object a thread; `constinit` keeps the compiler from calling an initialiser at each use.
HOLDFAST_NEAR_TLS extern constinit thread_local thread_state this_thread;

// The guard's own work, for as long as it lives. The countdown stands at zero, so that each allocation asks.
class own_work {
 public:
  own_work() noexcept : until_sample_before_(this_thread.until_sample) {
    ++this_thread.own_work;
    this_thread.until_sample = 0;
  }
  own_work(const own_work&) = delete;
  own_work& operator=(const own_work&) = delete;
  ~own_work() {
    this_thread.until_sample = until_sample_before_;
    --this_thread.own_work;
  }

  [[nodiscard]] static bool in_progress() noexcept { return this_thread.own_work != 0; }

 private:
  std::uint64_t until_sample_before_;
};

// The kernel's number of this thread.
[[nodiscard]] std::uint32_t kernel_thread() noexcept;

// Evenly distributed, from a state of this thread that `seed` starts (0: the system does).
[[nodiscard]] std::uint64_t next_random(std::uint64_t seed) noexcept;

}  // namespace holdfast::guard
