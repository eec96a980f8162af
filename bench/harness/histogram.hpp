// Counts of durations in buckets that are 1/64 of an octave wide: any percentile within 1.6 percent.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

namespace holdfast::bench {

class histogram {
 public:
  void add(std::uint64_t value) noexcept {
    ++counts_[place_of(value)];
    ++total_;
    if (value > most_) most_ = value;
  }

  void add(const histogram& other) noexcept {
    for (std::size_t at = 0; at < counts_.size(); ++at) counts_[at] += other.counts_[at];
    total_ += other.total_;
    if (other.most_ > most_) most_ = other.most_;
  }

  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t most() const noexcept { return most_; }

  // The least value that at least `fraction` of all are not above.
  [[nodiscard]] std::uint64_t percentile(double fraction) const noexcept {
    const auto wanted = static_cast<std::uint64_t>(fraction * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      seen += counts_[at];
      if (seen > wanted || seen == total_) return top_of(at) < most_ ? top_of(at) : most_;
    }
    return most_;
  }

  // visit(value, how many are above it) for every bucket in use, ascending.
  template <class Visit>
  void for_each(Visit&& visit) const {
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < counts_.size(); ++at) {
      if (counts_[at] == 0) continue;
      seen += counts_[at];
      visit(seen == total_ ? most_ : top_of(at), total_ - seen);
    }
  }

 private:
  static constexpr unsigned bits = 6;
  static constexpr std::uint64_t exact = std::uint64_t{1} << bits;  // below it every value has its own bucket

  static std::size_t place_of(std::uint64_t value) noexcept {
    if (value < exact) return value;
    const unsigned octave = static_cast<unsigned>(std::bit_width(value)) - 1 - bits;
    return (std::size_t{octave} << bits) + (value >> octave);
  }

  // The greatest value of a bucket.
  static std::uint64_t top_of(std::size_t at) noexcept {
    if (at < 2 * exact) return at;
    const unsigned octave = static_cast<unsigned>(at >> bits) - 1;
    return ((exact + (at & (exact - 1)) + 1) << octave) - 1;
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - bits + 1) << bits);
  std::uint64_t total_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace holdfast::bench
