// How long is a change of content at constant size: one erase of a key that is there, one insert of a fresh one.
//
// Every round has its own plan, which all contenders follow; each goes on from where it stood, so that
// whatever erasing leaves behind is there to be paid for. One operation is the pair.
#pragma once

#include <bench/harness/micro.hpp>

namespace holdfast::bench {

// Which keys leave and come; the keys that are in the map are kept by number.
template <class Family>
class turnover {
 public:
  explicit turnover(const inputs<Family>& given)
      : given_(given), living_(shuffled(given.size, given.seed + 29)), next_(given.size), random_(given.seed + 31) {}

  void next_round() {
    const std::size_t pairs = std::max<std::size_t>(given_.operations / 2, 1);
    leaving.clear();
    coming.clear();
    first = next_;
    for (std::size_t i = 0; i < pairs; ++i) {
      std::uint32_t& place = living_[random_.below(living_.size())];
      leaving.push_back(given_.key_at(place));
      coming.push_back(given_.key_at(next_));
      place = static_cast<std::uint32_t>(next_++);
    }
  }

  std::vector<typename Family::key> leaving;
  std::vector<typename Family::key> coming;
  std::uint64_t first = 0;  // number of coming[0]

 private:
  inputs<Family> given_;
  std::vector<std::uint32_t> living_;
  std::uint64_t next_;
  random_words random_;
};

template <class Family, class Map>
[[gnu::noinline]] std::uint64_t erase_and_insert(Map& map, const turnover<Family>& plan) {
  std::uint64_t erased = 0;
  for (std::size_t i = 0; i < plan.leaving.size(); ++i) {
    erased += map.erase(plan.leaving[i]);
    map.try_emplace(plan.coming[i], Family::value_of(plan.first + i));
  }
  return erased;
}

template <class Family>
void ask_erase_insert(const inputs<Family>& given, const options& chosen, std::vector<row>& rows) {
  if (!named_in(chosen.questions, "erase+insert")) return;
  turnover<Family> plan(given);
  std::vector<typename Family::key> keys = all_keys(given);
  std::vector<contender> contenders;
  for_each_contender([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using map_type = typename Face::template map<typename Family::key, typename Family::value>;
    const auto map = std::make_shared<map_type>();
    fill<Family>(*map, keys);
    contenders.push_back({name, {}, [map, &plan] {
                            return timed_run([&](sample& result) {
                              result.checksum = erase_and_insert<Family>(*map, plan) + map->size();
                              result.operations = plan.leaving.size();
                            });
                          }});
  });
  keys = {};
  rows.push_back(
      interleave(named_row("erase+insert", given), contenders, {chosen.rounds, 0, [&plan] { plan.next_round(); }}));
  print_row(rows.back());
}

}  // namespace holdfast::bench
