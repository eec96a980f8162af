// What threads did to a few keys of a map: each call with its answer, and when it began and ended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <vector>

namespace holdfast::tests {

enum class word : std::uint8_t {
  load,
  store,
  load_or_store,
  exchange,
  compare_exchange,
  compare_erase,
  erase,
  load_and_erase,
  alter,
  clear,
  snapshot,
  refer,  // makes a reference; of maps that give some
  still,  // asks the reference to `expected` whether that is there
};

inline constexpr int absent = -1;
inline constexpr std::size_t most_keys = 4;

// What is under each key; `absent` where there is nothing.
using content = std::array<int, most_keys>;
inline constexpr content nothing{absent, absent, absent, absent};

struct event {
  word what = word::load;
  std::size_t key = 0;
  int value = absent;     // given; of alter: what it left there
  int expected = absent;  // given to those that compare
  int found = absent;     // answered: what was there, or is
  bool yes = false;       // answered
  content all = nothing;  // answered by snapshot
  std::uint64_t began = 0;
  std::uint64_t ended = 0;
};

using history = std::vector<event>;

// Lets `one` happen to `now` at an instant; whether a map would have answered so.
[[nodiscard]] inline bool happens(const event& one, content& now) {
  int& there = now[one.key];
  const bool matches = there != absent && there == one.expected;
  const int before = there;
  switch (one.what) {
    case word::load:
      return one.found == there;
    case word::store:
      there = one.value;
      return true;
    case word::load_or_store:
      if (there == absent) there = one.value;
      return one.yes == (before != absent) && one.found == there;
    case word::exchange:
      there = one.value;
      return one.found == before;
    case word::compare_exchange:
      if (matches) there = one.value;
      return one.yes == matches;
    case word::compare_erase:
      if (matches) there = absent;
      return one.yes == matches;
    case word::erase:
      there = absent;
      return one.yes == (before != absent);
    case word::load_and_erase:
      there = absent;
      return one.found == before;
    case word::alter:
      there = one.value;
      return one.found == before;
    case word::clear:
      now = nothing;
      return true;
    case word::snapshot:
      return one.all == now;
    case word::refer:
      return one.found == there;
    case word::still:
      return one.yes == matches;
  }
  return false;
}

inline std::ostream& operator<<(std::ostream& to, const event& one) {
  static constexpr const char* names[] = {"load",          "store", "load_or_store",  "exchange", "compare_exchange",
                                          "compare_erase", "erase", "load_and_erase", "alter",    "clear",
                                          "snapshot",      "refer", "still"};
  to << one.began << ".." << one.ended << ' ' << names[static_cast<std::size_t>(one.what)] << " key " << one.key
     << " value " << one.value << " expected " << one.expected << " -> " << one.found << (one.yes ? " yes" : " no");
  if (one.what != word::snapshot) return to;
  to << " {";
  for (const int there : one.all) to << ' ' << there;
  return to << " }";
}

inline std::ostream& operator<<(std::ostream& to, const history& all) {
  for (const event& one : all) to << "  " << one << '\n';
  return to;
}

}  // namespace holdfast::tests
