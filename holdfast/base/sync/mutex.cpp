// The mutex when somebody else has it.
#include <holdfast/base/sync/mutex.hpp>

#include <chrono>

#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0 {

namespace {

// Tells when a wait has become too long.
class patience {
 public:
  [[nodiscard]] bool is_over() noexcept {
    over_ = over_ || std::chrono::steady_clock::now() - start_ > std::chrono::milliseconds(1);
    return over_;
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool over_ = false;
};

}  // namespace

// Takes the lock if it is free and not promised, or promised and this thread is out of patience. Several
// may be; whoever gets it takes the promise along, and the others renew theirs.
void mutex::lock_slowly() noexcept {
  patience mine;
  word_.fetch_add(one_waiter, std::memory_order_relaxed);
  while (true) {
    const bool impatient = mine.is_over();
    std::uint32_t seen = word_.load(std::memory_order_relaxed);
    if ((seen & locked) == 0 && (impatient || (seen & promised) == 0)) {
      const std::uint32_t taken = ((impatient ? seen & ~promised : seen) | locked) - one_waiter;
      // acquire: pairs with the release in unlock().
      if (word_.compare_exchange_weak(seen, taken, std::memory_order_acquire, std::memory_order_relaxed)) return;
      continue;
    }
    if (impatient && (seen & promised) == 0) {
      word_.compare_exchange_weak(seen, seen | promised, std::memory_order_relaxed);
      continue;
    }
    word_.wait(seen, std::memory_order_relaxed);
  }
}

void mutex::unlock_slowly(std::uint32_t before) noexcept {
  if ((before & locked) == 0) {
    observe::report_fatal_here("fatal error: sync: unlock of unlocked mutex", "",
                               "unlock once for each lock, and only what is locked; std::scoped_lock does");
  }
  if ((before & promised) != 0) {
    word_.notify_all();  // one would do, but it must be one that is out of patience
  } else {
    word_.notify_one();
  }
}

}  // namespace holdfast::inline v0
