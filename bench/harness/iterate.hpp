// How long is a step of a walk over the whole map, which reads every value.
#pragma once

#include <bench/harness/micro.hpp>

namespace holdfast::bench {

template <class Family, class Map>
[[gnu::noinline]] std::uint64_t sum_of(const Map& map) {
  std::uint64_t sum = 0;
  for (const auto& entry : map) sum += Family::number_in(entry.second);
  return sum;
}

template <class Family>
void ask_iterate(const inputs<Family>& given, const options& chosen, std::vector<row>& rows) {
  if (!named_in(chosen.questions, "iterate")) return;
  std::vector<typename Family::key> keys = all_keys(given);
  std::vector<contender> contenders;
  for_each_contender([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using map_type = typename Face::template map<typename Family::key, typename Family::value>;
    const auto map = std::make_shared<map_type>();
    fill<Family>(*map, keys);
    contenders.push_back({name, {}, [map, &given] {
                            const std::size_t times = std::max<std::size_t>(1, given.operations / given.size);
                            return timed_run([&](sample& result) {
                              for (std::size_t i = 0; i < times; ++i) result.checksum += sum_of<Family>(*map);
                              result.operations = times * given.size;
                            });
                          }});
  });
  rows.push_back(interleave(named_row("iterate", given), contenders, {chosen.rounds, 0, {}}));
  print_row(rows.back());
}

}  // namespace holdfast::bench
