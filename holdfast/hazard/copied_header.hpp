// A map as the articles picture Go's: a header of count, B and buckets, copied by value.
//
//   count | B | buckets --> 2^B buckets of 8 slots, shared by all copies of the header
//
// Copies share the buckets but not the count and not B, so they part ways at the first insertion that
// one of them does alone. Go has none of this: its map is one pointer to one header.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace holdfast::inline v0::hazard {

struct copied_header {
  struct slot {
    std::uint64_t key = 0;
    std::uint64_t value = 0;
    bool used = false;
  };

  std::uint64_t count = 0;
  std::uint8_t B = 0;  // NOLINT: Go's name for it
  std::shared_ptr<std::vector<slot>> buckets = std::make_shared<std::vector<slot>>(8);

  [[nodiscard]] std::uint64_t slots() const noexcept { return std::uint64_t{8} << B; }

  void put(std::uint64_t key, std::uint64_t value) {
    if (count >= 8 && 2 * count > 13 * (std::uint64_t{1} << B)) grow();
    slot& chosen = probe(key);
    if (!chosen.used) ++count;
    chosen = {key, value, true};
  }
  [[nodiscard]] bool contains(std::uint64_t key) const { return probe(key).used; }

 private:
  // The slot that has `key`, or the first free one from its bucket on; a slot of another key where
  // there is none in one turn.
  [[nodiscard]] slot& probe(std::uint64_t key) const {
    const std::uint64_t bucket = ((key * 0x9e3779b97f4a7c15U) >> 32) & ((std::uint64_t{1} << B) - 1);
    std::uint64_t i = bucket * 8;
    for (std::uint64_t step = 0; step < slots(); ++step, i = (i + 1) & (slots() - 1)) {
      slot& candidate = (*buckets)[i];
      if (!candidate.used || candidate.key == key) return candidate;
    }
    static slot nowhere;
    return nowhere;
  }

  void grow() {
    const auto old = buckets;
    ++B;
    buckets = std::make_shared<std::vector<slot>>(slots());
    for (const slot& one : *old) {
      if (one.used) probe(one.key) = one;
    }
  }
};

}  // namespace holdfast::inline v0::hazard
