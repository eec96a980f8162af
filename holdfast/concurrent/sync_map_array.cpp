// See sync_map_array.hpp.
#include <holdfast/concurrent/sync_map_array.hpp>

#include <algorithm>

#include <unistd.h>

namespace holdfast::inline v0::concurrent {

std::uint64_t bytes_for_buckets() noexcept {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const std::uint64_t bytes = static_cast<std::uint64_t>(std::max(pages, 1L << 18)) * 4096;
  return std::bit_ceil(bytes) / 2;
}

}  // namespace holdfast::inline v0::concurrent
