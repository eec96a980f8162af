// How long is an insert of a new key: into a map that grows, and into one that was told its size.
//
// Only the inserts are timed. Maps are made before and destroyed after; small ones are filled by the
// dozen, one after another, so that the clock is read seldom.
#pragma once

#include <bench/harness/micro.hpp>

namespace holdfast::bench {

template <class Family, class Map>
[[gnu::noinline]] void insert_all(Map& map, const std::vector<typename Family::key>& keys) {
  fill<Family>(map, keys);
}

// Sums a few values, so that no insert can be left out.
template <class Family, class Map>
[[nodiscard]] std::uint64_t checked_sum(const Map& map, const std::vector<typename Family::key>& keys) {
  std::uint64_t sum = map.size();
  for (std::size_t i = 0; i < keys.size(); i += 1 + keys.size() / 64) {
    const auto found = map.find(keys[i]);
    if (found != map.end()) sum += Family::number_in(found->second);
  }
  return sum;
}

template <class Family, class Map>
[[nodiscard]] sample insert_run(const inputs<Family>& given, const std::vector<typename Family::key>& keys,
                                bool reserved) {
  constexpr std::size_t at_once = 64;
  const std::size_t wanted = std::max<std::size_t>(1, given.operations / 2 / given.size);
  sample total;
  for (std::size_t done = 0; done < wanted; done += at_once) {
    std::vector<Map> maps(std::min(at_once, wanted - done));
    if (reserved) {
      for (Map& map : maps) map.reserve(given.size);
    }
    const sample part = timed_run([&](sample&) {
      for (Map& map : maps) insert_all<Family>(map, keys);
    });
    total.nanoseconds += part.nanoseconds;
    for (const Map& map : maps) total.checksum += checked_sum<Family>(map, keys);
    total.operations += maps.size() * keys.size();
  }
  return total;
}

template <class Family>
void ask_insert(const inputs<Family>& given, const options& chosen, std::vector<row>& rows) {
  const std::vector<typename Family::key> keys = all_keys(given);
  std::vector<contender> growing;
  std::vector<contender> reserved;
  for_each_contender([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using map = typename Face::template map<typename Family::key, typename Family::value>;
    growing.push_back({name, {}, [&given, &keys] { return insert_run<Family, map>(given, keys, false); }});
    reserved.push_back({name, {}, [&given, &keys] { return insert_run<Family, map>(given, keys, true); }});
  });
  // A run at 1e7 takes seconds.
  const int rounds = given.size > 2'000'000 ? std::min(chosen.rounds, 5) : chosen.rounds;
  const auto ask = [&](const char* question, const std::vector<contender>& contenders) {
    if (!named_in(chosen.questions, question)) return;
    rows.push_back(interleave(named_row(question, given), contenders, {rounds, 0, {}}));
    print_row(rows.back());
  };
  ask("insert growing", growing);
  ask("insert reserved", reserved);
}

}  // namespace holdfast::bench
