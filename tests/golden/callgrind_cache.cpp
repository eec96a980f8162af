// Loads from a pointer_cache a given number of times, for callgrind to count instructions.
//
//   callgrind_cache KIND TIMES
//
// `load_cache` reads each of 100'000 objects by a pin; `load_bounded_cache` where entries may leave by themselves and
// uses are counted. As callgrind_operations.cpp.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <holdfast/base/hash/mix.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>

namespace {

constexpr std::uint64_t entries = 100'000;

std::uint64_t loads(std::uint64_t times, std::size_t capacity) {
  std::vector<std::uint64_t> from;
  for (std::uint64_t i = 0; i < entries; ++i) from.push_back(holdfast::mix_word(i, 1));
  holdfast::pointer_cache<std::uint64_t, std::uint64_t> cache(capacity);
  for (const std::uint64_t key : from) cache.store(key, key);
  std::uint64_t sum = 0;
  for (int warm = 0; warm < 3; ++warm) {
    for (const std::uint64_t key : from) sum += *cache.load(key);  // from now on every entry has its uses
  }
  for (std::uint64_t i = 0; i < times; ++i) {
    for (const std::uint64_t key : from) sum += *cache.load(key);
  }
  return sum;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count == 3 ? words[1] : "";
  const std::uint64_t times = count == 3 ? std::strtoull(words[2], nullptr, 10) : 0;
  std::uint64_t sum = 0;
  if (what == "load_cache_u64") {
    sum = loads(times, 0);
  } else if (what == "load_bounded_cache_u64") {
    sum = loads(times, entries);
  } else {
    std::fputs("usage: callgrind_cache KIND TIMES; kinds: load_cache_u64 load_bounded_cache_u64\n", stderr);
    return 2;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
  return 0;
}
