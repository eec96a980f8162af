// A stretch of library code in which nothing that could be reached can be destroyed.
//
// For the inside of a lookup: enter, follow pointers, hand what was found to a pin, leave. A few dozen
// nanoseconds, on the stack, no user code but hash and equality of keys; a section that lasts holds up the
// destruction of everything that is retired meanwhile, in all domains. Users get pins and read_scope.
//
//   section inside(domain);
//   node* found = head.load(std::memory_order_acquire);
//   if (found == nullptr) return {};
//   return inside.hand_off(&found->value, found);
//
// Threads: left by the thread that entered it; fatal otherwise, in checked builds. Cost: two plain stores, nothing is locked, nothing called;
// a thread's first section makes its record.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/pin.hpp>
#include <holdfast/base/reclaim/thread.hpp>

namespace holdfast::inline v0::reclaim {

class domain;

class [[nodiscard]] section {
 public:
  // Inside another section of this thread it does nothing. All domains share the sections, so which one
  // is named makes no difference; it is named for the reader of the code.
  HOLDFAST_ALWAYS_INLINE explicit section(domain&) noexcept : who_(near_record) {
    if (who_ != nullptr) [[likely]] {
      before_ = who_->enter();
      return;
    }
    const entered slow = enter_slowly();
    who_ = slow.who;
    before_ = slow.before;
  }
  HOLDFAST_ALWAYS_INLINE ~section() {
    if constexpr (checked_build) check_own(*who_);
    who_->leave(before_);
  }
  section(const section&) = delete;
  section& operator=(const section&) = delete;
  static void* operator new(std::size_t) = delete;

  // A pin on `object`, which lies in `node`, or is kept by it: in what retire() will be given.
  template <class T>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE pin<T> hand_off(T* object, const retirable* node) noexcept {
    return pin<T>(object, who_->hold(node));
  }

  // For read_scope.
  void refresh() noexcept {
    if constexpr (checked_build) check_own(*who_);
    who_->forget_asking();
    who_->leave(before_);
    before_ = enter_known(*who_).before;
  }
  [[nodiscard]] bool was_asked_to_refresh() const noexcept { return who_->was_asked_to_refresh(); }

 private:
  record* who_;
  std::uint64_t before_;
};

}  // namespace holdfast::inline v0::reclaim
