// A thread that may never come back, so that a deadlock can be shown and told instead of suffered.
//
// It is never joined: who started it asks whether it has ended in time, and the process may end while it still
// waits for itself. So its work must own whatever it uses.
#pragma once

#include <chrono>
#include <memory>
#include <thread>
#include <utility>

#include <holdfast/hazard/door.hpp>

namespace holdfast::inline v0::hazard {

// Long enough for a step of a few microseconds on any machine: who has not made it by then waits for ever.
inline constexpr std::chrono::milliseconds stuck_after{400};
// What holds is given as long as a machine with other work may need.
inline constexpr std::chrono::milliseconds surely_ends_within{20'000};

class side_thread {
 public:
  template <class Work>
  explicit side_thread(Work work) : ended_(std::make_shared<door>()) {
    std::thread([work = std::move(work), ended = ended_]() mutable {
      work();
      ended->open();
    }).detach();
  }

  [[nodiscard]] bool ends_within(std::chrono::milliseconds patience) const { return ended_->wait(patience); }

 private:
  std::shared_ptr<door> ended_;
};

}  // namespace holdfast::inline v0::hazard
