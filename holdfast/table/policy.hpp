// How a table grows: a policy is a type of constants and two questions.
//
//                 slots  order     starts at   grows above             a write moves
//   fast_growth     16   by line   1 bucket    14 of 16                1 old bucket, only for a new key
//   go_growth        8   first     1 bucket    6.5 of 8, more than 8   2 old buckets, any write
//   article_growth   8   first     4 buckets   6 of 8                  2 old buckets, any write
//
// order `first`: a new entry takes the first vacant slot of its chain, and empty_rest means that nothing
// follows in this bucket or any later one of the chain, exactly as Go has it. Order `by line`: an entry
// takes a slot in the cache line that its hash names, if one is vacant there, so that a lookup can
// fetch that line before it has seen the tops; empty_rest then means that no later bucket follows.
//
// `stable<Policy>` boxes every entry: no entry is ever moved, at the price of one more cache miss.
// `checked<Policy>` lets a map give references that know what has become of their entry (map/ref.hpp).
//
// go_growth's numbers are those of Go 1.0 to 1.23; article_growth's are those of the table described for
// "4 buckets, load factor 0.75"; fast_growth's won bench/micro.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/observe/stale_reference.hpp>

namespace holdfast::inline v0 {

namespace table {

enum class slot_order : std::uint8_t { first, by_line };

}  // namespace table

struct fast_growth {
  static constexpr unsigned slots = 16;
  static constexpr unsigned overflow_slots = 4;
  static constexpr table::slot_order order = table::slot_order::by_line;
  static constexpr std::size_t initial_buckets = 1;
  static constexpr unsigned buckets_per_write = 1;
  static constexpr bool every_write_moves = false;
  static constexpr bool boxed = false;

  // The most entries that `buckets` buckets take before growth starts.
  [[nodiscard]] static constexpr std::size_t capacity(std::size_t buckets) noexcept { return 14 * buckets; }
  // Whether so many overflow buckets call for growth into the same size.
  [[nodiscard]] static constexpr bool crowded(std::size_t overflow, std::size_t buckets) noexcept {
    return overflow >= 8 && overflow >= buckets;
  }
};

struct go_growth {
  static constexpr unsigned slots = 8;
  static constexpr unsigned overflow_slots = 8;
  static constexpr table::slot_order order = table::slot_order::first;
  static constexpr std::size_t initial_buckets = 1;
  static constexpr unsigned buckets_per_write = 2;
  static constexpr bool every_write_moves = true;
  static constexpr bool boxed = false;

  [[nodiscard]] static constexpr std::size_t capacity(std::size_t buckets) noexcept {
    return buckets == 1 ? 8 : 13 * (buckets / 2);
  }
  // Go compares a counter that it keeps by chance above 2^15 buckets; ours is exact, so the meaning of
  // that counter is used: as many overflow buckets as buckets.
  [[nodiscard]] static constexpr bool crowded(std::size_t overflow, std::size_t buckets) noexcept {
    return overflow >= buckets;
  }
};

struct article_growth : go_growth {
  static constexpr std::size_t initial_buckets = 4;
  [[nodiscard]] static constexpr std::size_t capacity(std::size_t buckets) noexcept { return 6 * buckets; }
};

template <class Policy>
struct stable : Policy {
  static constexpr bool boxed = true;
};

// When references to an entry that is there end all the same.
enum class when_moved : std::uint8_t {
  follows,  // a reference goes where growth takes its entry
  ends,     // it is stale, as a plain reference would be
};
enum class when_overwritten : std::uint8_t {
  stays,  // insert_or_assign of a key that is there assigns in place; the reference shows the new value
  ends,   // it is stale; so is none that was assigned through a reference, an iterator or operator[]
};

struct reference_rules {
  when_moved moved = when_moved::follows;
  when_overwritten overwritten = when_overwritten::stays;
  when_stale stale = when_stale::raises;
};

// Costs the map 48 bytes, each write one addition, and each entry that is referred to a watch; while there is one,
// growth takes the way with care.
template <class Policy = fast_growth, reference_rules Rules = reference_rules{}>
struct checked : Policy {
  static constexpr reference_rules rules = Rules;
};

namespace table {

template <class Policy>
inline constexpr bool is_checked_policy = requires { Policy::rules; };

}  // namespace table

}  // namespace holdfast::inline v0
