// See samples.hpp.
#include "guard/samples.hpp"

#include <atomic>
#include <cerrno>

#include "guard/own_memory.hpp"
#include "guard/real.hpp"
#include "guard/slots.hpp"

namespace holdfast::guard {
namespace {

constexpr std::uint64_t not_prepared = ~std::uint64_t{0};

// relaxed, both: pair with nothing; a thread that sees them late guards its first block late.
constinit std::atomic<std::uint64_t> sample_every{not_prepared};
constinit std::atomic<std::uint64_t> chosen_seed{0};

// Allocations that go before the next one: `every - 1` on average, all from 0 to twice that being as likely.
std::uint64_t draw_countdown(std::uint64_t every) noexcept {
  const std::uint64_t number = next_random(chosen_seed.load(std::memory_order_relaxed));
  return every == 1 ? 0 : number % (2 * every - 1);
}

void* allocate_really(std::size_t bytes, bool zeroed) noexcept {
  return zeroed ? real.calloc(1, bytes) : real.malloc(bytes);
}

void* guard_one(std::size_t bytes, std::size_t alignment, const void* caller) noexcept {
  const int error_before = errno;
  void* const guarded = allocate_in_slot(bytes, alignment, next_random(0) >> 17, caller);
  errno = error_before;
  return guarded;
}

// Whether this one is to be guarded; sets the countdown.
bool is_drawn() noexcept {
  const std::uint64_t every = sample_every.load(std::memory_order_relaxed);
  if (every == not_prepared || every == 0) {
    this_thread.until_sample = every == 0 ? not_prepared : 0;
    return false;
  }
  const bool was_drawn_before = this_thread.random != 0;
  this_thread.until_sample = draw_countdown(every);
  return was_drawn_before || every == 1;
}

}  // namespace

void prepare_samples(const options& wanted) noexcept {
  const std::uint64_t most = std::uint64_t{1} << 62;
  chosen_seed.store(wanted.seed, std::memory_order_relaxed);
  sample_every.store(wanted.sample < most ? wanted.sample : most, std::memory_order_relaxed);
}

void* allocate_unusually(std::size_t bytes, bool zeroed, const void* caller) noexcept {
  if (own_work::in_progress()) {
    this_thread.until_sample = 0;
    return this_thread.reporting != 0 ? own_allocate(bytes) : allocate_really(bytes, zeroed);
  }
  if (!is_drawn()) return allocate_really(bytes, zeroed);
  void* const guarded = guard_one(bytes, least_alignment, caller);
  return guarded != nullptr ? guarded : allocate_really(bytes, zeroed);
}

void* guard_aligned(std::size_t alignment, std::size_t bytes, const void* caller) noexcept {
  if (own_work::in_progress()) {
    this_thread.until_sample = 0;
    return this_thread.reporting != 0 && alignment <= least_alignment ? own_allocate(bytes) : nullptr;
  }
  // What the real function may refuse is its own matter.
  const bool is_usual = alignment >= sizeof(void*) && (alignment & (alignment - 1)) == 0;
  if (!is_drawn() || !is_usual) return nullptr;
  return guard_one(bytes, alignment < least_alignment ? least_alignment : alignment, caller);
}

void samples_after_fork() noexcept { this_thread.random = 0; }

}  // namespace holdfast::guard
