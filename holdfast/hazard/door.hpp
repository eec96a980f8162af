// A door between two threads: one opens it for good, others wait before it, but not for ever.
//
// With it a program brings threads to a place at the same time for certain; slow_insertion.hpp does so for maps.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <pthread.h>

namespace holdfast::inline v0::hazard {

class door {
 public:
  void open() {
    {
      const std::lock_guard hold(mutex_);
      open_ = true;
    }
    opened_.notify_all();
  }
  // False if nobody opened it in time: then what was to happen behind it did not.
  bool wait(std::chrono::milliseconds patience = std::chrono::seconds(3)) {
    std::unique_lock hold(mutex_);
    return opened_.wait_for(hold, patience, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// At most 15 characters; reports show it.
inline void name_this_thread(const char* name) noexcept { pthread_setname_np(pthread_self(), name); }

}  // namespace holdfast::inline v0::hazard
