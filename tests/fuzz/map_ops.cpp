// Commands of seven bytes, as Go's own fuzzer has them: an operation, a 16-bit key, a 32-bit value.
#include <cstdint>
#include <unordered_map>

#include <holdfast/map/map.hpp>

#include "tests/fuzz/fuzz_case.hpp"

// contract T60, T61
FUZZ_CASE(map_ops) {
  holdfast::map<std::uint16_t, std::uint32_t> map;
  std::unordered_map<std::uint16_t, std::uint32_t> oracle;
  while (!in.done()) {
    const auto operation = in.take<std::uint8_t>();
    const auto key = in.take<std::uint16_t>();
    const auto value = in.take<std::uint32_t>();
    switch (operation % 3) {
      case 0: ASSERT_EQ(map.get_or(key, 1), oracle.contains(key) ? oracle[key] : 1); break;
      case 1: map[key] = oracle[key] = value; break;
      default: ASSERT_EQ(map.erase(key), oracle.erase(key));
    }
    ASSERT_EQ(map.size(), oracle.size());
    const auto fault = map.audit();
    ASSERT_FALSE(fault) << fault->invariant << ": " << fault->text;
  }
  for (const auto& [key, value] : map) ASSERT_EQ(oracle.at(key), value);
}
