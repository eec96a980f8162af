// The clock that a pointer_cache uses unless told otherwise.
#include <holdfast/concurrent/pointer_cache_options.hpp>

#include <ctime>

namespace holdfast::inline v0::concurrent {

// A few nanoseconds, against some twenty for the exact time.
cache_time coarse_time() noexcept {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return cache_time{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace holdfast::inline v0::concurrent
