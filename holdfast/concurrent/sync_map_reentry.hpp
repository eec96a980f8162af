// Notices that the callback of alter() writes the very key that it alters.
//
// alter() calls the user with nothing locked and starts again when the key was written meanwhile. A callback
// that writes the key itself would make it start again for ever. While such a callback runs, its thread
// has a frame here, in which the thread's own writes to the key leave a mark.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

class [[nodiscard]] alter_frame {
 public:
  // Two different keys may share a hash, so a mark is evidence only if it comes again and again.
  static constexpr unsigned rounds_at_most = 64;

  alter_frame(const void* map, std::uint64_t hash) noexcept : map_(map), hash_(hash), outer_(innermost) { innermost = this; }
  ~alter_frame() { innermost = outer_; }
  alter_frame(const alter_frame&) = delete;
  alter_frame& operator=(const alter_frame&) = delete;

  // This thread is about to write. With no callback under way that costs one thread-local load.
  HOLDFAST_ALWAYS_INLINE static void note_write(const void* map, std::uint64_t hash) noexcept {
    for (alter_frame* frame = innermost; frame != nullptr; frame = frame->outer_) [[unlikely]] {
      if (frame->map_ == map && frame->hash_ == hash) frame->marked_ = true;
    }
  }

  [[nodiscard]] bool marked() const noexcept { return marked_; }
  [[noreturn]] HOLDFAST_COLD static void report() noexcept;

 private:
  HOLDFAST_NEAR_TLS static constinit thread_local alter_frame* innermost;

  const void* map_;
  std::uint64_t hash_;
  alter_frame* outer_;
  bool marked_ = false;
};

}  // namespace holdfast::inline v0::concurrent
