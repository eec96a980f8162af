// Every operation that touches growth, on a table of Go's policy in few buckets and long chains.
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include <holdfast/map/map.hpp>

#include "tests/fuzz/fuzz_case.hpp"

namespace {

// Few distinct hashes, so that chains get long; the fuzzer chooses how few.
struct narrow_hash {
  unsigned distinct = 1;
  std::size_t operator()(std::uint16_t key) const noexcept { return key % distinct; }
};

using narrow_map = holdfast::map<std::uint16_t, std::uint32_t, narrow_hash, std::equal_to<std::uint16_t>,
                                 std::allocator<std::pair<const std::uint16_t, std::uint32_t>>, holdfast::go_growth>;

}  // namespace

FUZZ_CASE(map_growth) {
  narrow_map map(0, narrow_hash{in.take<std::uint8_t>() + 1u});
  std::unordered_map<std::uint16_t, std::uint32_t> oracle;
  while (!in.done()) {
    const auto operation = in.take<std::uint8_t>();
    const auto key = static_cast<std::uint16_t>(in.take<std::uint16_t>() % 600);
    switch (operation % 12) {
      case 0: map.step_growth(key % 5); break;
      case 1: map.finish_growth(); break;
      case 2: map.pause_growth(); break;
      case 3: map.resume_growth(); break;
      case 4: map.reserve(key); break;
      case 5: map.shrink_to_fit(); break;
      case 6: map = narrow_map(map); break;
      case 7: case 8: ASSERT_EQ(map.erase(key), oracle.erase(key)); break;
      default: map[key] = oracle[key] = operation;
    }
    ASSERT_EQ(map.size(), oracle.size());
    const auto fault = map.audit();
    ASSERT_FALSE(fault) << fault->invariant << ": " << fault->text;
  }
  for (const auto& [key, value] : oracle) ASSERT_EQ(map.at(key), value);
}
