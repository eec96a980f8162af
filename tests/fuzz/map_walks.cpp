// Several walks over a map that the input changes under them.
#include <cstdint>
#include <set>
#include <vector>

#include <holdfast/map/map.hpp>

#include "tests/fuzz/fuzz_case.hpp"

namespace {

using walked = holdfast::map<std::uint16_t, std::uint32_t>;

struct walk {
  walked::iterator at;
  std::set<std::uint32_t> met;  // serial numbers: a key inserted again is another entry
};

}  // namespace

FUZZ_CASE(map_walks) {
  walked map;
  std::uint32_t serial = 0;
  std::set<std::uint32_t> alive;
  std::vector<walk> walks;
  while (!in.done()) {
    const auto operation = in.take<std::uint8_t>();
    const auto key = static_cast<std::uint16_t>(in.take<std::uint16_t>() % 400);
    switch (operation % 8) {
      case 0:
        if (walks.size() < 8) walks.push_back({map.begin(), {}});
        break;
      case 1:
      case 2:
        if (!walks.empty()) {
          walk& one = walks[key % walks.size()];
          if (one.at == map.end()) {
            one = {map.begin(), {}};
          } else {
            ++one.at;
          }
          if (one.at != map.end()) {
            ASSERT_TRUE(alive.contains(one.at->second)) << "met an entry that is gone";
            ASSERT_TRUE(one.met.insert(one.at->second).second) << "met twice";
          }
        }
        break;
      case 3:
        if (const auto gone = map.take(key)) alive.erase(*gone);
        break;
      case 4:
        if (key == 0) {
          map.clear();
          alive.clear();
        }
        break;
      case 5: map.step_growth(key % 4); break;
      default:
        if (map.try_emplace(key, serial).second) alive.insert(serial);
        ++serial;
    }
    ASSERT_EQ(map.size(), alive.size());
  }
}
