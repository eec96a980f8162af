// Keys by number: the i-th key is a function of i and the seed, so that no two are equal and every
// contender, here and in Go, is given the same ones.
//
// Keys 0..n-1 are in the map, keys from n on are not. The order of probing is a shuffle of its own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::bench {

// The finaliser of splitmix64: a bijection on 64 bits.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t x) noexcept {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

__extension__ using double_word = unsigned __int128;

// splitmix64: small, seeded, and the same in bench/go.
class random_words {
 public:
  explicit constexpr random_words(std::uint64_t seed) noexcept : state_(seed) {}
  constexpr std::uint64_t operator()() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15ULL); }
  // In [0, bound), by multiplication.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((static_cast<double_word>((*this)()) * bound) >> 64);
  }

 private:
  std::uint64_t state_;
};

enum class pattern : std::uint8_t { random, sequential, addresses };

[[nodiscard]] constexpr std::uint64_t word_key(std::uint64_t i, std::uint64_t seed, pattern shape) noexcept {
  switch (shape) {
    case pattern::sequential:
      return i;
    case pattern::addresses:
      return 0x00005588'00000000ULL + 48 * i;  // what an allocator hands out
    case pattern::random:
      break;
  }
  return mixed((i + 1) * 0x9e3779b97f4a7c15ULL + mixed(seed));
}

// 8 to 40 letters of 64; the last eight spell a bijection of i on 48 bits, so that no two are equal.
[[nodiscard]] inline std::string string_key(std::uint64_t i, std::uint64_t seed) {
  static constexpr char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_";
  random_words random(mixed(seed) ^ (i * 0xd1342543de82ef95ULL));
  std::string text(8 + random.below(33), '\0');
  for (char& letter : text) letter = letters[random() >> 58];
  std::uint64_t number = (i * 0x5851f42d4c957f2dULL + seed) & 0xffffffffffffULL;
  number ^= number >> 25;
  for (std::size_t at = 0; at < 8; ++at, number >>= 6) text[text.size() - 1 - at] = letters[number & 63];
  return text;
}

// 0..n-1 in a random order.
[[nodiscard]] inline std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed) {
  std::vector<std::uint32_t> order(n);
  for (std::size_t i = 0; i < n; ++i) order[i] = static_cast<std::uint32_t>(i);
  random_words random(seed);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace holdfast::bench
