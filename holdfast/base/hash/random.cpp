// The generator is SplitMix64 (Steele, Lea, Flood 2014): one addition and three mixes, and any start will do.
#include <holdfast/base/hash/random.hpp>

#include <atomic>
#include <optional>

#include <pthread.h>
#include <sys/random.h>
#include <time.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/options.hpp>

namespace holdfast::inline v0 {
namespace {

constexpr std::uint64_t golden_gamma = 0x9e3779b97f4a7c15ULL;

std::uint64_t split_mix(std::uint64_t& state) noexcept {
  std::uint64_t word = state += golden_gamma;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9ULL;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebULL;
  return word ^ (word >> 31);
}

std::uint64_t entropy() noexcept {
  std::uint64_t word = 0;
  if (getrandom(&word, sizeof word, GRND_NONBLOCK) == sizeof word) return word;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_nsec) * golden_gamma ^ reinterpret_cast<std::uintptr_t>(&word);
}

// relaxed: pairs with nothing; threads only have to draw different numbers.
std::atomic<std::uint64_t> threads_seen{0};

std::uint64_t first_state() noexcept {
  const std::uint64_t nth = threads_seen.fetch_add(1, std::memory_order_relaxed);
  const std::optional<std::uint64_t> seed = wanted_options().seed;
  return seed ? *seed + nth * golden_gamma : entropy();
}

constinit thread_local std::uint64_t state = 0;
constinit thread_local bool started = false;

// A forked child starts a sequence of its own, or its maps would have the seeds of the parent's.
void start_again() noexcept { started = false; }

// Not from a static in a function: a fork while another thread is inside its initialisation leaves the
// child one that nobody will ever finish.
HOLDFAST_AT_LOAD void watch_forks() noexcept { pthread_atfork(nullptr, nullptr, start_again); }

}  // namespace

std::uint64_t random_word() noexcept {
  if (!started) {
    state = first_state();
    started = true;
  }
  return split_mix(state);
}

}  // namespace holdfast::inline v0
