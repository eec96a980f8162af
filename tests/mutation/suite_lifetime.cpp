// The mutation suite of handles, pools and references, those into maps among them. scripts/run_mutations.py compiles it
// once for each planted bug. One thread, so that what is caught once is caught always.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <holdfast/lifetime/chain.hpp>
#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/lifetime/must_check.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using namespace holdfast;

int alive = 0;

struct counted {
  int value;
  explicit counted(int v) : value(v) {
    if (v < 0) throw v;
    ++alive;
  }
  counted(const counted&) = delete;
  ~counted() {
    value = -7;
    --alive;
  }
};

void pools_of_one_thread() {
  checking("hf.lifetime.stale-never-live");
  {
    handle_pool<counted> pool;
    std::vector<handle<counted>> old;
    std::vector<const counted*> where;
    for (int i = 0; i < 300; ++i) {
      const auto one = pool.make(i);
      require(pool.get(one) != nullptr && pool.get(one)->value == i, "a live object is not found");
      for (const auto each : old) require(pool.get(each) == nullptr, "a stale handle is taken for a live one");
      require(pool.erase(one) && !pool.erase(one), "erase answers wrongly");
      old.push_back(one);
    }
    handle_pool<counted> fresh;
    const auto first = fresh.make(1);
    fresh.erase(first);
    // Generation 1 has become 2.
    require(!fresh.contains(handle<counted>::from_bits(first.bits() ^ std::uint64_t{3} << 32)),
            "a vacant slot is live");
    checking("hf.lifetime.why-told");
    require(pool.why(old[299]).what() == cause::pool_erased && pool.why(old[299]).serial() == 600,
            "the latest cause is lost");
    require(pool.why(old[0]).serial() == 0, "a cause is told of an object that had another");
    const auto again = pool.make(1);
    require(pool.why(again) == cause_record(), "a live object has a cause");
    pool.clear();
    require(pool.why(again).what() == cause::pool_cleared, "clear is not told");
    require(alive == 0, "an object is left");
  }
  checking("hf.lifetime.first-in-first-out");
  {
    handle_pool<int> pool;
    std::vector<handle<int>> all;
    std::vector<const int*> where;
    for (int i = 0; i < 10; ++i) all.push_back(pool.make(i)), where.push_back(pool.get(all.back()));
    for (const auto each : all) pool.erase(each);
    for (int i = 0; i < 10; ++i)
      require(pool.get(pool.make(i)) == where[static_cast<unsigned>(i)], "not first in, first out");
  }
  checking("hf.lifetime.no-wrap");
  {
    handle_pool<int, std::allocator<int>, 3> pool;
    for (int i = 0; i < 6; ++i) pool.erase(pool.make(i));
    require(pool.retired() == 3, "a slot is used beyond its last generation");
  }
  checking("hf.lifetime.foreign-told");
  {
    std::vector<std::unique_ptr<handle_pool<int>>> all;
    std::vector<handle<int>> lives;
    for (int i = 0; i < 300; ++i) {
      all.push_back(std::make_unique<handle_pool<int>>());
      lives.push_back(all.back()->make(i));
      for (int k = 0; k < 50; ++k) all.back()->erase(all.back()->make(k));
    }
    for (std::size_t i = 0; i < 300; ++i)
      for (std::size_t j = 0; j < 300; ++j)
        require(all[i]->state(lives[j]) == (i == j ? handle_state::live : handle_state::foreign),
                "foreign is not told");
    require(all[0]->state(handle<int>()) == handle_state::null, "null is not told");
  }
  checking("hf.lifetime.make-strong");
  {
    handle_pool<counted> pool;
    const auto first = pool.make(1);
    const counted* const where = pool.get(first);
    pool.erase(first);
    try {
      static_cast<void>(pool.make(-1));
    } catch (int) {}
    require(pool.size() == 0 && pool.get(pool.make(2)) == where, "a slot is lost");
  }
  checking("hf.lifetime.destructors-may-use-the-pool");
  {
    struct asks {
      handle_pool<asks>* pool;
      handle<asks> self;
      bool* was_live;
      ~asks() { *was_live = pool->contains(self); }
    };
    bool was_live = true;
    handle_pool<asks> pool;
    const auto one = pool.make(asks{&pool, {}, &was_live});
    pool.at(one).self = one;
    was_live = true;
    pool.erase(one);
    require(!was_live, "an object is found while it is destroyed");
  }
}

void pools_of_many_threads() {
  auto& domain = reclaim::default_domain();
  checking("hf.lifetime.weak-never-lies");
  weak<counted> outlives;
  {
    sync_handle_pool<counted> pool;
    sync_handle_pool<counted> other;
    const auto one = pool.make(1);
    auto held = one.pin();
    require(held && held->value == 1, "a live object cannot be pinned");
    require(!other.erase(one) && one.pin(), "another pool erases it");
    require(pool.erase(one) && !pool.erase(one) && !one.pin() && one.expired(), "an erased object is pinned");
    domain.drain();
    require(held->value == 1, "an object is destroyed under a pin");
    checking("hf.lifetime.destroyed-once");
    held.reset();
    domain.drain();
    require(alive == 0 && pool.size() == 0, "an object is not destroyed");
    checking("hf.lifetime.why-told");
    require(one.why().what() == cause::pool_erased && one.why().serial() != 0, "the cause is lost");
    std::vector<weak<counted>> all;
    for (int i = 0; i < 200; ++i) {
      all.push_back(pool.make(i));
      for (const auto& each : all)
        require(static_cast<bool>(each.pin()) == (each == all.back()), "a stale reference pins");
      pool.erase(all.back());
      domain.drain();
    }
    require(pool.capacity() == 64, "slots are lost");
    require(all[0].why().serial() == 0 && all[199].why().serial() != 0, "a cause is told of another object");
    checking("hf.lifetime.make-strong");
    try {
      static_cast<void>(pool.make(-1));
    } catch (int) {}
    require(pool.size() == 0, "an object that was not made is counted");
    outlives = pool.make(5);
  }
  checking("hf.lifetime.weak-outlives-pool");
  require(!outlives.pin() && outlives.why().what() == cause::pool_destroyed, "an object outlives its pool");
  domain.drain();
  require(alive == 0, "an object is left");
  checking("hf.lifetime.no-wrap");
  {
    struct own {
      int value;
    };
    sync_handle_pool<own, 3> pool;
    for (int i = 0; i < 128; ++i) {
      pool.erase(pool.make(own{i}));
      domain.drain();
    }
    require(pool.retired() == 64, "a slot is used beyond its last generation");
  }
}

struct leaf {
  int value = 3;
};
struct branch {
  leaf* left = nullptr;
  std::shared_ptr<leaf> own = std::make_shared<leaf>();
  [[nodiscard]] std::shared_ptr<leaf> give() const { return own; }
};

void nulls() {
  checking("hf.lifetime.chain-names-null");
  branch tree;
  branch* none = nullptr;
  require(chain(tree).then<&branch::left>().then<&leaf::value>().error() == null_link{1, "left"},
          "another link is named");
  require(chain(none).then<&branch::left>().error() == null_link{0, {}}, "the beginning is not named");
  leaf one;
  tree.left = &one;
  checking("hf.lifetime.chain-stops-at-null");
  require(chain(tree).then(&branch::left).then(&leaf::value).get() == &one.value, "a chain does not lead to its end");
  require(!chain(tree).then(&branch::left).error(), "an error where there is none");
  checking("hf.lifetime.chain-holds");
  {
    const auto whole = chain(tree).then(&branch::give).then(&leaf::value);
    std::weak_ptr<leaf> watched = tree.own;
    tree.own.reset();
    require(!watched.expired() && *whole.get() == 3, "what a link gave is gone");
  }
  checking("hf.lifetime.must-check-tested");
  must_check<leaf*> absent(nullptr);
  must_check<leaf*> present(&one);
  require(!absent.checked() && present.checked()->value == 3, "a test lies");
  require(absent.value_or(leaf{9}).value == 9 && present.value_or(leaf{9}).value == 3, "value_or");
  require(present.visit([](leaf&) { return 1; }, [] { return 2; }) == 1, "visit");
}

template <class Policy>
using map_under =
    map<int, int, holdfast::hash<int>, holdfast::equal_to<int>, std::allocator<std::pair<const int, int>>, Policy>;

template <class Policy>
void references(std::uint64_t seed) {
  constexpr reference_rules rules = Policy::rules;
  struct known {
    ref<int, rules> reference;
    int key;
    cause ended = cause::none;
  };
  numbers random(seed);
  map_under<Policy> map;
  std::vector<known> all;
  const auto end = [&](int key, cause what) {
    for (known& each : all)
      if (each.ended == cause::none && (key < 0 || each.key == key)) each.ended = what;
  };
  for (int step = 0; step < 500; ++step) {
    const int key = static_cast<int>(random.below(100));
    switch (random.below(12)) {
      case 0:
        if (!random.one_in(20)) break;
        map.clear();
        end(-1, cause::map_cleared);
        break;
      case 1:
        if (random.one_in(4)) map.shrink_to_fit();
        break;
      case 2:
      case 3:
        if (map.erase(key) != 0) end(key, cause::erased);
        break;
      case 4:
      case 5:
      case 6:
        if (auto made = map.ref(key)) all.push_back({made, key});
        if (random.one_in(12) && !all.empty()) {
          std::swap(all[random.below(all.size())], all.back());
          all.pop_back();
        }
        break;
      default:
        if (!map.insert_or_assign(key, key).second && rules.overwritten == when_overwritten::ends)
          end(key, cause::overwritten);
    }
    for (const known& each : all) {
      const int* const found = each.reference.get();
      if (each.ended != cause::none) {
        checking("hf.map.ref-never-dangles");
        require(found == nullptr, "a reference that has ended leads somewhere");
        checking("hf.map.ref-tells");
        require(each.reference.why().what() == each.ended, "another cause is told");
      } else if (found == nullptr) {
        checking("hf.map.ref-follows");
        require(rules.moved == when_moved::ends && each.reference.why().what() == cause::grown, "a reference is lost");
      } else {
        checking("hf.map.ref-never-dangles");
        require(found == &map.at(each.key), "a reference leads elsewhere");
      }
    }
  }
}

void references_of_whole_maps() {
  checking("hf.map.ref-goes-with-entries");
  checked_map<int, int> a{{1, 10}};
  checked_map<int, int> b{{2, 20}};
  const auto one = a.ref(1);
  const auto two = b.ref(2);
  swap(a, b);
  require(one.get() == &b.at(1) && two.get() == &a.at(2), "references do not go with their entries");
  b.erase(1);
  require(!one && one.why().what() == cause::erased, "the other map's list was asked");
  b.name("b");
  require(one.explain().find("map \"b\"") != std::string::npos, "the entry is taken to be in the other map");
  a = checked_map<int, int>{{2, 30}};
  checking("hf.map.ref-tells");
  require(!two && two.why().what() == cause::map_replaced, "an assignment is not told");
  checking("hf.map.ref-follows");
  checked_map<int, int> roomy(1000);
  std::vector<ref<int>> all;
  for (int i = 0; i < 50; ++i) roomy[i] = i, all.push_back(roomy.ref(i));
  roomy.shrink_to_fit();
  for (int i = 0; i < 50; ++i)
    require(all[static_cast<unsigned>(i)].get() == &roomy.at(i), "lost while the map shrank");
  checking("hf.map.ref-tells");
  auto last = std::make_unique<checked_map<int, int>>();
  last->name("last");
  (*last)[1] = 1;
  const auto outlives = last->ref(1);
  const auto serial = cause_record(cause::map_destroyed, 3, this_thread_id());
  last.reset();
  require(outlives.why() == serial, "the end of a map is not told, or not its operation");
  require(outlives.explain().find("map \"last\"") != std::string::npos, "the name is lost");
  bool thrown = false;
  try {
    static_cast<void>(*outlives);
  } catch (const stale_reference&) {
    thrown = true;
  }
  require(thrown, "the use of a reference that has ended is not told");
}

}  // namespace

int main() {
  broken_by_signals(60);
  pools_of_one_thread();
  pools_of_many_threads();
  nulls();
  constexpr reference_rules strict{when_moved::ends, when_overwritten::ends, when_stale::raises};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    references<checked<fast_growth>>(seed);
    references<checked<go_growth>>(seed);
    references<checked<fast_growth, strict>>(seed);
    references<checked<stable<fast_growth>, strict>>(seed);
  }
  references_of_whole_maps();
  std::puts("every promise is kept");
}
