// What many threads do with a trace together: how many they are, and how many operations of a hundred read.
//
// The trace gives the keys and their order; operations are dealt to the threads in blocks, in turn. Whether an
// operation reads or writes is decided by its number, so every map gets the same ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <holdfast/base/hash/mix.hpp>

namespace holdfast::inline v0::tools {

inline constexpr unsigned most_threads = 256;

// Reads and writes of a hundred operations.
struct read_write_mix {
  unsigned reads = 90;

  // Whether operation number `i` reads.
  [[nodiscard]] bool reads_at(std::size_t i) const noexcept {
    constexpr std::uint64_t seed = 0x5bd1e995;
    return (mix_word(i, seed) >> 32) * 100 >> 32 < reads;
  }
};

// The mix that `text` ("90/10") tells; nothing if it tells none.
[[nodiscard]] std::optional<read_write_mix> mix_in(std::string_view text);
[[nodiscard]] std::string text_of(const read_write_mix& mix);

struct crowd_plan {
  unsigned threads = 1;
  read_write_mix mix;
  std::size_t cache_bound = 0;  // entries that pointer_cache keeps; 0: all
};

extern const std::string_view crowd_help;

}  // namespace holdfast::inline v0::tools
