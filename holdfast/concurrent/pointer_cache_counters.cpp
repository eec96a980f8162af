// Which stripe belongs to which thread.
#include <holdfast/concurrent/pointer_cache_counters.hpp>

#include <bit>

namespace holdfast::inline v0::concurrent {

constinit thread_local std::uint32_t known_stripe = no_stripe;

namespace {

constinit stripe_board board;

// Ends with the thread.
struct stripe_holder {
  std::uint32_t stripe = shared_stripe;
  ~stripe_holder() {
    // What still counts after this, in destructors of other thread_local objects, shares.
    known_stripe = shared_stripe;
    if (stripe != shared_stripe) board.give_back(stripe);
  }
};

}  // namespace

std::uint32_t stripe_board::take() noexcept {
  std::uint32_t taken = taken_.load(std::memory_order_relaxed);
  while (~taken != 0) {
    const auto free = static_cast<std::uint32_t>(std::countr_one(taken));
    // acquire: pairs with the release in give_back(), of the thread that had the stripe before.
    if (taken_.compare_exchange_weak(taken, taken | 1U << free, std::memory_order_acquire, std::memory_order_relaxed))
      return free;
  }
  return shared_stripe;
}

void stripe_board::give_back(std::uint32_t stripe) noexcept {
  // release: pairs with the acquire in take(); who has the stripe next goes on from the counts.
  taken_.fetch_and(~(1U << stripe), std::memory_order_release);
}

std::uint32_t claim_stripe() noexcept {
  static thread_local stripe_holder mine;
  mine.stripe = board.take();
  return known_stripe = mine.stripe;
}

}  // namespace holdfast::inline v0::concurrent
