// See sync_map_array.hpp.
#include <holdfast/concurrent/sync_map_array.hpp>

#include <algorithm>

#include <unistd.h>

namespace holdfast::inline v0::concurrent {
namespace {

constinit bucket_line nothing_in_it;
constinit bucket_array no_array(&nothing_in_it, 1, 0);

}  // namespace

bucket_array& empty_array() noexcept { return no_array; }

// In half of the memory: every entry has a node beside its share of a bucket.
std::uint64_t buckets_for_this_machine() noexcept {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const std::uint64_t bytes = static_cast<std::uint64_t>(std::max(pages, 1L << 18)) * 4096;
  return std::bit_ceil(bytes) / 2 / sizeof(bucket_line);
}

}  // namespace holdfast::inline v0::concurrent
