// A value that is found out once: the first answer stands for all.
//
// Nobody is kept waiting, and no flag says that somebody is at it: after a fork in the middle it would stay up for ever
// in the child. So two threads may find it out at once, and the second one gives up what he has found.
//
// inv hf.sync.first-answer: all get the same value, and see what was done to find it.
#pragma once

#include <atomic>

namespace holdfast::inline v0::sync {

// T{} means: none yet. For a Machine see real_machine.hpp.
template <class T, class Machine>
class basic_first_answer {
 public:
  // Threads: any. Async-signal-safe, as all of this.
  [[nodiscard]] T known() const noexcept {
    // acquire: pairs with the release in propose(); what was done to find the answer is seen.
    return value_.load(std::memory_order_acquire);
  }

  // The first answer of all, which is `mine` if there was none.
  [[nodiscard]] T propose(T mine) noexcept {
    T first{};
    // release: pairs with the acquires here. acquire, where there was one: pairs with its release.
    const bool is_first =
        value_.compare_exchange_strong(first, mine, std::memory_order_release, std::memory_order_acquire);
    return is_first ? mine : first;
  }

  // The answer, which is none from now on. Nobody else may use it any more.
  [[nodiscard]] T forget() noexcept {
    // acquire: pairs with the release in propose().
    return value_.exchange(T{}, std::memory_order_acquire);
  }

 private:
  typename Machine::template atomic<T> value_{T{}};
};

}  // namespace holdfast::inline v0::sync
