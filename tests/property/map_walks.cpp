// Walks over a map that changes under them: what was there all through comes exactly once, what was
// erased before it was reached never, nothing twice.
#include <cstdint>
#include <memory>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <holdfast/map/map.hpp>

#include "tests/property/map_keys.hpp"
#include "tests/property/map_operations.hpp"

namespace {

using holdfast::tests::key_of;
using holdfast::tests::map_operation;

// An entry is known by the serial number of its insertion, so that one that was erased and inserted
// again counts as another.
struct value {
  std::uint32_t serial;
  std::uint32_t written;
};

template <class Key, class Policy>
class walked_map {
 public:
  using map = holdfast::map<Key, value, holdfast::hash<Key>, holdfast::equal_to<Key>,
                            std::allocator<std::pair<const Key, value>>, Policy>;

  explicit walked_map(std::uint16_t entries) {
    for (std::uint16_t number = 0; number < entries; ++number) insert(number);
  }

  void begin_walk() {
    walks_.push_back({map_.begin(), {}, alive_});
  }
  void advance_walk(std::size_t which, std::size_t steps) {
    if (walks_.empty()) return;
    walk& one = walks_[which % walks_.size()];
    for (; steps > 0 && one.at != map_.end(); --steps) {
      if (one.erased_here) {
        one.erased_here = false;
      } else {
        meet(one);
      }
      ++one.at;
    }
  }
  void apply(const map_operation& operation) {
    switch (operation.kind % 16) {
      case 0: begin_walk(); break;
      case 1: case 2: case 3: case 4: advance_walk(operation.value, operation.key % 20u); break;
      case 5: case 6: case 7: erase(operation.key); break;
      case 8: overwrite(operation.key); break;
      case 9: map_.step_growth(operation.value % 9); break;
      case 10: if (operation.value % 16 == 0) map_.finish_growth(); break;
      case 11: erase_under_walk(operation.value); break;
      case 12: if (operation.value % 64 == 0) clear(); break;
      default: insert(operation.key);
    }
    const auto fault = map_.audit();
    if (fault) RC_FAIL(std::string(fault->invariant) + ": " + fault->text);
  }
  void finish_all() {
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      advance_walk(i, ~std::size_t{0});
      for (const std::uint32_t serial : walks_[i].from_the_start) {
        if (!walks_[i].met.contains(serial)) RC_FAIL("not met although it was there all through");
      }
    }
  }

 private:
  struct walk {
    typename map::iterator at;
    std::set<std::uint32_t> met;
    std::set<std::uint32_t> from_the_start;  // present since the walk began
    bool erased_here = false;                // the entry it stands on is gone
  };

  void meet(walk& one) {
    const auto& [key, met] = *one.at;
    RC_ASSERT(alive_.contains(met.serial));
    if (findable(key)) RC_ASSERT(written_.at(met.serial) == met.written);
    RC_ASSERT(one.met.insert(met.serial).second);
  }
  static bool findable(const Key& key) { return key == key; }

  void insert(std::uint16_t number) {
    const auto result = map_.try_emplace(key_of<Key>(number), value{next_, 0});
    if (!result.second) return;
    alive_.insert(next_);
    written_[next_++] = 0;
  }
  void forget(std::uint32_t serial) {
    alive_.erase(serial);
    for (walk& one : walks_) one.from_the_start.erase(serial);
  }
  void note_walks_standing_on(std::uint32_t serial) {
    for (walk& one : walks_) {
      if (one.at != map_.end() && !one.erased_here && one.at->second.serial == serial) {
        one.erased_here = true;
        // It stood there: it counts as met.
        one.met.insert(serial);
      }
    }
  }
  void erase(std::uint16_t number) {
    const auto found = map_.find(key_of<Key>(number));
    if (found == map_.end()) return;
    const std::uint32_t serial = found->second.serial;
    note_walks_standing_on(serial);
    map_.erase(key_of<Key>(number));
    forget(serial);
  }
  void erase_under_walk(std::size_t which) {
    if (walks_.empty()) return;
    const std::size_t index = which % walks_.size();
    if (walks_[index].at == map_.end() || walks_[index].erased_here) return;
    const std::uint32_t serial = walks_[index].at->second.serial;
    if (!walks_[index].met.contains(serial)) meet(walks_[index]);
    for (std::size_t i = 0; i < walks_.size(); ++i) {
      if (i != index && walks_[i].at != map_.end() && !walks_[i].erased_here && walks_[i].at->second.serial == serial) {
        walks_[i].erased_here = true;
        walks_[i].met.insert(serial);
      }
    }
    walks_[index].at = map_.erase(walks_[index].at);
    forget(serial);
  }
  void overwrite(std::uint16_t number) {
    const auto found = map_.find(key_of<Key>(number));
    if (found == map_.end()) return;
    const std::uint32_t serial = found->second.serial;
    map_.insert_or_assign(key_of<Key>(number), value{serial, ++writes_});
    written_[serial] = writes_;
  }
  void clear() {
    map_.clear();
    alive_.clear();
    for (walk& one : walks_) {
      one.from_the_start.clear();
      one.erased_here = one.at != map_.end();
    }
  }

  map map_;
  std::vector<walk> walks_;
  std::set<std::uint32_t> alive_;
  std::unordered_map<std::uint32_t, std::uint32_t> written_;
  std::uint32_t next_ = 1;
  std::uint32_t writes_ = 0;
};

template <class Key, class Policy>
void check_walks() {
  EXPECT_TRUE(rc::check("walks keep their promises", [] {
    walked_map<Key, Policy> under_test(static_cast<std::uint16_t>(*rc::gen::inRange(0, 400)));
    under_test.begin_walk();
    for (const map_operation& operation : holdfast::tests::any_operations()) under_test.apply(operation);
    under_test.finish_all();
  }));
}

// contract M53, M54, M55, M56, M57, M59
TEST(MapWalks, OverIntegersUnderFastGrowth) { check_walks<std::uint32_t, holdfast::fast_growth>(); }
TEST(MapWalks, OverIntegersUnderGoGrowth) { check_walks<std::uint32_t, holdfast::go_growth>(); }
TEST(MapWalks, OverIntegersUnderArticleGrowth) { check_walks<std::uint32_t, holdfast::article_growth>(); }
TEST(MapWalks, OverIntegersInAStableMap) { check_walks<std::uint32_t, holdfast::stable<holdfast::go_growth>>(); }
TEST(MapWalks, OverStringsUnderFastGrowth) { check_walks<std::string, holdfast::fast_growth>(); }
TEST(MapWalks, OverOneLongChainUnderFastGrowth) { check_walks<holdfast::tests::collider, holdfast::fast_growth>(); }
TEST(MapWalks, OverOneLongChainUnderGoGrowth) { check_walks<holdfast::tests::collider, holdfast::go_growth>(); }
TEST(MapWalks, OverNansUnderFastGrowth) { check_walks<double, holdfast::fast_growth>(); }
TEST(MapWalks, OverNansUnderGoGrowth) { check_walks<double, holdfast::go_growth>(); }

}  // namespace
