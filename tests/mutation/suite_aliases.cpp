// The mutation suite of the search for aliases. scripts/run_mutations.py compiles it once for each planted bug.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <holdfast/lifetime/alias_audit.hpp>
#include <holdfast/lifetime/alias_steps.hpp>
#include <holdfast/lifetime/counted.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using holdfast::object_extent;
using holdfast::lifetime::alias_finder;
using holdfast::lifetime::alias_sieve;
using place = std::pair<std::uintptr_t, std::size_t>;

object_extent at(const place& one) { return {reinterpret_cast<const void*>(one.first), one.second, 0}; }

// Of some size, dense or with other ones far away.
std::vector<place> places(std::uint64_t seed, std::size_t count) {
  numbers random(seed);
  std::vector<place> all;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uintptr_t far = random.one_in(4) ? random.below(8) << 40 : 0;
    all.emplace_back(16 + far + random.below(40 * count), random.below(4) * 24);
  }
  return all;
}

bool begins_in(const place& inner, const place& outer) {
  return inner != outer && outer.first <= inner.first && inner.first - outer.first < outer.second &&
         (inner.first != outer.first || inner.second < outer.second);
}

void finder_is_right(std::size_t count) {
  const auto all = places(count, count);
  alias_finder finder;
  for (const auto& one : all) finder.add(at(one));
  finder.find();
  std::map<place, std::size_t> times;
  for (const auto& one : all) ++times[one];
  std::set<place> shared, nested, told_shared, told_nested;
  for (auto inner = times.begin(); inner != times.end(); ++inner) {
    if (inner->second > 1) shared.insert(inner->first);
    const auto near = times.lower_bound({inner->first.first - std::min<std::uintptr_t>(inner->first.first, 100), 0});
    for (auto outer = near; outer != times.end() && outer->first.first <= inner->first.first; ++outer) {
      if (begins_in(inner->first, outer->first)) nested.insert(inner->first);
    }
  }
  const auto suspect = [&](std::size_t number) {
    return place(finder.suspects()[number].begin, finder.suspects()[number].bytes);
  };
  for (std::size_t number = 0; number < finder.suspects().size(); ++number) {
    require(finder.suspects()[number].times == times[suspect(number)], "how often it was added");
    require(finder.number_of(at(suspect(number))) == number, "the number of a suspect");
    if (finder.suspects()[number].times > 1) told_shared.insert(suspect(number));
  }
  for (const auto& [inner, outer] : finder.nestings()) {
    require(begins_in(suspect(inner), suspect(outer)), "begins inside");
    told_nested.insert(suspect(inner));
  }
  require(shared == told_shared, "shared extents");
  require(nested == told_nested, "nested extents");
}

void sieve_misses_none() {
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    auto all = places(seed, 60);
    for (auto& one : all) one.second *= seed;
    alias_sieve sieve;
    for (const auto& one : all) sieve.add(at(one));
    const auto end = [](const place& one) { return one.first + std::max<std::size_t>(one.second, 1); };
    for (const auto& one : all) {
      for (const auto& other : all) {
        if (&one == &other || one.first >= end(other) || other.first >= end(one)) continue;
        require(sieve.may_share(at(one)), "an extent that shares is stopped");
      }
    }
  }
  alias_sieve apart;
  for (std::uintptr_t i = 1; i < 5000; ++i) apart.add(at({i << 16 | (i & 0xff) << 4, 16}));
  require(!apart.any_met(), "what is apart passes");
  apart.add(at({1 << 16 | 1 << 4, 16}));
  require(apart.may_share(at({1 << 16 | 1 << 4, 16})), "the first page is kept");
}

void reports_are_right() {
  std::vector<int> objects(100);
  std::map<int, int*> map;
  for (int i = 0; i < 100; ++i) map[i] = &objects[static_cast<std::size_t>(i)];
  map[200] = nullptr;
  require(holdfast::alias_audit(map).found_none(), "no aliases");
  require(holdfast::alias_audit(map).entries == 101 && holdfast::alias_audit(map).without_object == 1, "counts");
  map[100] = map[101] = &objects[7];
  const auto found = holdfast::alias_audit(map);
  require(found.groups.size() == 1 && found.groups[0].keys == std::vector<int>{7, 100, 101}, "the keys of a group");
  require(found.groups[0].object == &objects[7] && found.groups[0].bytes == sizeof(int), "its object");
  const std::map<int, object_extent> nested = {{1, at({160, 64})}, {2, at({176, 8})}, {3, at({320, 8})}};
  const auto told = holdfast::alias_audit(nested);
  require(told.groups.empty() && told.inside.size() == 1 && told.inside[0].offset() == 16, "inside");
  require(told.inside[0].keys == std::vector<int>{2} && told.inside[0].outer_keys == std::vector<int>{1}, "its keys");
}

}  // namespace

template <>
inline constexpr bool holdfast::walks_through_changes<std::map<int, int*>> = true;

namespace {

void steps_look_again() {
  int one = 0, two = 0;
  std::map<int, int*> map = {{1, &one}, {2, &one}, {3, &two}, {4, &two}};
  holdfast::alias_steps audit(map);
  for (int step = 0; step < 14; ++step) require(!audit.step(1), "three walks of four entries and two ends");
  map[2] = nullptr;
  while (!audit.step(1)) {}
  const auto found = audit.report();
  require(found.groups.size() == 1 && found.groups[0].keys == std::vector<int>{3, 4}, "what is so at the end");
}

void counted_unshares() {
  holdfast::counted<int> first(1);
  auto second = first;
  require(first.use_count() == 2, "two holders");
  second.write() = 2;
  require(*first == 1 && *second == 2 && first.use_count() == 1, "a copy of its own");
  const int* const same = second.get();
  second.write() = 3;
  require(second.get() == same, "alone, it is not copied");
  second = first = std::move(second);
  require(first.use_count() == 2 && *first == 3, "assigned");
}

}  // namespace

int main() {
  broken_by_signals(20);
  checking("hf.alias.sieve-misses-none");
  sieve_misses_none();
  checking("hf.alias.groups-exact");
  finder_is_right(300);
  finder_is_right(4000);
  reports_are_right();
  checking("hf.alias.steps");
  steps_look_again();
  checking("hf.alias.counted");
  counted_unshares();
}
