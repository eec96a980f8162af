// Which key comes next: uniform, Zipf's law with exponent 0.99, or always the same.
//
// The keys of a run lie in one array in the order of use, so that fetching the next one costs a stream
// and the misses are the map's. All threads read the same array, each from a place of its own.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <bench/harness/keys.hpp>

namespace holdfast::bench {

enum class law : std::uint8_t { uniform, zipf, hot };

[[nodiscard]] constexpr const char* name_of(law which) noexcept {
  switch (which) {
    case law::uniform:
      return "uniform";
    case law::zipf:
      return "zipf";
    case law::hot:
      break;
  }
  return "hot key";
}

// Numbers below `size`, the n-th with a weight of 1 / (n + 1) ^ 0.99, by the method of Gray and others
// (Quickly generating billion-record synthetic databases, 1994): constant time a number.
class zipf_numbers {
 public:
  zipf_numbers(std::size_t size, std::uint64_t seed) : size_(static_cast<double>(size)), random_(seed) {
    for (std::size_t n = 1; n <= size; ++n) zeta_ += std::pow(static_cast<double>(n), -exponent);
    const double two = 1 + std::pow(0.5, exponent);
    eta_ = (1 - std::pow(2 / size_, 1 - exponent)) / (1 - two / zeta_);
  }

  std::size_t operator()() noexcept {
    const double u = static_cast<double>(random_() >> 11) * 0x1p-53;
    const double uz = u * zeta_;
    if (uz < 1) return 0;
    if (uz < 1 + std::pow(0.5, exponent)) return 1;
    const double number = size_ * std::pow(eta_ * u - eta_ + 1, 1 / (1 - exponent));
    return number >= size_ ? static_cast<std::size_t>(size_) - 1 : static_cast<std::size_t>(number);
  }

 private:
  static constexpr double exponent = 0.99;
  double size_;
  double zeta_ = 0;
  double eta_ = 0;
  random_words random_;
};

inline constexpr std::size_t most_draws = 1 << 20;

// Which of `size` keys, `count` times. Frequent ones lie anywhere among all.
[[nodiscard]] inline std::vector<std::uint32_t> numbers_drawn(law which, std::size_t size, std::uint64_t seed,
                                                              std::size_t count = most_draws) {
  std::vector<std::uint32_t> numbers(count);
  random_words random(seed + 101);
  if (which == law::hot) return numbers;
  if (which == law::uniform) {
    for (std::uint32_t& number : numbers) number = static_cast<std::uint32_t>(random.below(size));
    return numbers;
  }
  const std::vector<std::uint32_t> place = shuffled(size, seed + 103);
  zipf_numbers zipf(size, seed + 107);
  for (std::uint32_t& number : numbers) number = place[zipf()];
  return numbers;
}

template <class Family>
struct draws {
  std::vector<typename Family::key> keys;
  law which = law::uniform;
};

template <class Family>
[[nodiscard]] draws<Family> draw(law which, std::size_t size, std::uint64_t seed) {
  draws<Family> drawn;
  drawn.which = which;
  drawn.keys.reserve(most_draws);
  for (const std::uint32_t number : numbers_drawn(which, size, seed)) {
    drawn.keys.push_back(Family::key_of(number, seed, pattern::random));
  }
  return drawn;
}

}  // namespace holdfast::bench
