// Which callbacks this thread is in, so that re-entry is reported instead of waiting for itself.
//
// A map that calls the user while it holds a lock puts a frame on this thread's stack; every member looks
// whether a frame of the same map is there. With no callback under way that costs one thread-local load.
#pragma once

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

class [[nodiscard]] callback_frame {
 public:
  // `member` is the member of `map` that is about to call the user.
  callback_frame(const void* map, const char* member) noexcept : map_(map), member_(member), outer_(innermost) {
    innermost = this;
  }
  ~callback_frame() { innermost = outer_; }
  callback_frame(const callback_frame&) = delete;
  callback_frame& operator=(const callback_frame&) = delete;

  // Fatal: this thread is inside a callback of `map`.
  static void refuse_reentry(const void* map, const char* wanted) noexcept {
    for (const callback_frame* frame = innermost; frame != nullptr; frame = frame->outer_) [[unlikely]] {
      if (frame->map_ == map) report(wanted, frame->member_);
    }
  }

 private:
  [[noreturn]] HOLDFAST_COLD static void report(const char* wanted, const char* member) noexcept;

  HOLDFAST_NEAR_TLS static constinit thread_local callback_frame* innermost;

  const void* map_;
  const char* member_;
  callback_frame* outer_;
};

}  // namespace holdfast::inline v0::concurrent
