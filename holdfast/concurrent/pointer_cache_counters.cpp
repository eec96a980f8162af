// Which stripe belongs to which thread.
#include <holdfast/concurrent/pointer_cache_counters.hpp>

#include <bit>

namespace holdfast::inline v0::concurrent {

constinit thread_local std::uint32_t known_stripe = no_stripe;

namespace {

constinit std::atomic<std::uint32_t> stripes_taken{0};

// Ends with the thread.
struct stripe_holder {
  std::uint32_t stripe = shared_stripe;
  ~stripe_holder() {
    // What still counts after this, in destructors of other thread_local objects, shares.
    known_stripe = shared_stripe;
    // release: pairs with the acquire of who claims the stripe next and goes on from the counts.
    if (stripe != shared_stripe) stripes_taken.fetch_and(~(1U << stripe), std::memory_order_release);
  }
};

}  // namespace

std::uint32_t claim_stripe() noexcept {
  static thread_local stripe_holder mine;
  std::uint32_t taken = stripes_taken.load(std::memory_order_relaxed);
  while (~taken != 0) {
    const auto free = static_cast<std::uint32_t>(std::countr_one(taken));
    // acquire: pairs with the release of the thread that had the stripe before.
    if (stripes_taken.compare_exchange_weak(taken, taken | 1U << free, std::memory_order_acquire,
                                            std::memory_order_relaxed)) {
      mine.stripe = free;
      break;
    }
  }
  return known_stripe = mine.stripe;
}

}  // namespace holdfast::inline v0::concurrent
