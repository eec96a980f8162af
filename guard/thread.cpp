// See thread.hpp.
#include "guard/thread.hpp"

#include <cstring>

#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace holdfast::guard {
namespace {

// relaxed: pairs with nothing; only tells threads apart.
constinit std::atomic<std::uint64_t> seeded_threads{0};

std::uint64_t mixed(std::uint64_t x) noexcept {  // the finalizer of SplitMix64 (Steele, Lea, Flood 2014)
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

std::uint64_t first_state(std::uint64_t seed) noexcept {
  const std::uint64_t order = seeded_threads.fetch_add(1, std::memory_order_relaxed) + 1;
  if (seed == 0) {
    // The 16 bytes that the kernel gives each program, and what tells a forked child from its parent.
    const auto* const bytes = reinterpret_cast<const void*>(getauxval(AT_RANDOM));
    if (bytes != nullptr) std::memcpy(&seed, bytes, sizeof seed);
    seed ^= static_cast<std::uint64_t>(kernel_thread()) << 32;
  }
  return mixed(seed + order * 0x9E3779B97F4A7C15) | 1;
}

}  // namespace

constinit thread_local thread_state this_thread;

std::uint32_t kernel_thread() noexcept { return static_cast<std::uint32_t>(syscall(SYS_gettid)); }

std::uint64_t next_random(std::uint64_t seed) noexcept {
  if (this_thread.random == 0) this_thread.random = first_state(seed);
  this_thread.random += 0x9E3779B97F4A7C15;
  if (this_thread.random == 0) this_thread.random = 1;
  return mixed(this_thread.random);
}

}  // namespace holdfast::guard
