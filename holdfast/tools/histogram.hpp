// Counts times in buckets whose width grows with the time, so that the whole range from one
// nanosecond to centuries fits in 58 KiB and every percentile is right within 0.8 percent.
//
//   values 0..127        one bucket each: exact
//   values 2^e..2^(e+1)  128 buckets of equal width, for each e from 7 to 63
//
// A percentile is told as the largest value its bucket may hold, never above the largest value
// seen: it is never too small, and too large by less than 1/128. The maximum is exact.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace holdfast::inline v0::tools {

class histogram {
 public:
  // The first value takes memory; an empty one has none, as who looks at others' memory may want.
  void add(std::uint64_t value) {
    if (counts_.empty()) counts_.resize(bucket_count);
    ++counts_[bucket_of(value)];
    ++total_;
    largest_ = std::max(largest_, value);
  }

  // As if all that was added there had been added here.
  void merge(const histogram& other) {
    if (other.counts_.empty()) return;
    counts_.resize(bucket_count);
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    largest_ = std::max(largest_, other.largest_);
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return largest_; }

  // The value that `percent` of all values do not exceed; 0 when there is none.
  [[nodiscard]] std::uint64_t percentile(double percent) const {
    if (total_ == 0) return 0;
    const double share = std::clamp(percent, 0.0, 100.0) / 100.0;
    const auto wanted = std::ceil(share * static_cast<double>(total_));
    const auto rank = std::max(std::uint64_t{1}, static_cast<std::uint64_t>(wanted));
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      passed += counts_[i];
      if (passed >= rank) return std::min(largest_in(i), largest_);
    }
    return largest_;
  }

  // visit(value, how many are above it) for every bucket in use, ascending.
  template <class Visit>
  void for_each(Visit visit) const {
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] == 0) continue;
      passed += counts_[i];
      visit(std::min(largest_in(i), largest_), total_ - passed);
    }
  }

 private:
  static constexpr int exact_bits = 7;
  static constexpr std::size_t per_power = std::size_t{1} << exact_bits;
  static constexpr std::size_t bucket_count = per_power * (64 - exact_bits + 1);

  // How many low bits of `value` its bucket forgets.
  [[nodiscard]] static int forgotten_bits(std::uint64_t value) noexcept {
    return std::max(0, static_cast<int>(std::bit_width(value)) - exact_bits - 1);
  }

  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value) noexcept {
    const int forgotten = forgotten_bits(value);
    return static_cast<std::size_t>(forgotten) * per_power +
           static_cast<std::size_t>(value >> forgotten);
  }

  [[nodiscard]] static std::uint64_t largest_in(std::size_t bucket) noexcept {
    if (bucket < 2 * per_power) return bucket;
    const auto forgotten = bucket / per_power - 1;
    const std::uint64_t kept = bucket - forgotten * per_power;
    return (kept << forgotten) + ((std::uint64_t{1} << forgotten) - 1);
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace holdfast::inline v0::tools
