// How long is a look-up: one that hits, one that hits and must end before the next can start, one that misses.
//
// The probing keys lie in memory in the order of probing, so that what they cost is a stream and the
// misses are the map's own. A small map is probed in one random order after another, `least_probes` in
// all: a thousand look-ups that repeat are learnt by heart by the branch predictor.
#pragma once

#include <bench/harness/micro.hpp>

namespace holdfast::bench {

template <class Family>
struct probes {
  std::vector<typename Family::key> all;      // in the order of insertion
  std::vector<typename Family::key> present;  // keys of the map in a random order
  std::vector<typename Family::key> absent;
};

inline constexpr std::size_t least_probes = 16'384;

// `wanted` numbers below `size`: shuffles of all, one behind the other.
[[nodiscard]] inline std::vector<std::uint32_t> probing_order(std::size_t size, std::size_t wanted,
                                                              std::uint64_t seed) {
  std::vector<std::uint32_t> order;
  for (std::uint64_t pass = 0; order.size() < wanted; ++pass) {
    const std::vector<std::uint32_t> next = shuffled(size, seed + 1000 * pass);
    const std::size_t count = std::min(size, wanted - order.size());
    order.insert(order.end(), next.begin(), next.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return order;
}

template <class Family>
[[nodiscard]] probes<Family> probes_for(const inputs<Family>& given) {
  probes<Family> made;
  const std::size_t wanted = std::max(least_probes, std::min(given.size, given.operations));
  const std::vector<std::uint32_t> order = probing_order(given.size, wanted, given.seed + 17);
  made.all = all_keys(given);
  made.present.reserve(wanted + 1);
  made.absent.reserve(wanted);
  for (std::size_t i = 0; i < wanted; ++i) made.present.push_back(given.key_at(order[i]));
  for (std::size_t i = 0; i < wanted; ++i) made.absent.push_back(given.key_at(given.size + order[i]));
  made.present.push_back(made.present.front());  // the dependent loop computes one index too many
  return made;
}

template <class Family, class Map>
[[gnu::noinline]] void find_all(const Map& map, const typename Family::key* keys, std::size_t count,
                                std::uint64_t& sum) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = map.find(keys[i]);
    if (found != map.end()) sum += Family::number_in(found->second);
  }
}

// The next index is known only when the value is: the lowest bit of a value's number is always 0.
template <class Family, class Map>
[[gnu::noinline]] void find_in_turn(const Map& map, const typename Family::key* keys, std::size_t count,
                                    std::uint64_t& sum) {
  for (std::size_t i = 0; i < count;) {
    const std::uint64_t number = Family::number_in(map.find(keys[i])->second);
    sum += number;
    i += 1 + (number & 1);
  }
}

template <class Family, class Map>
class find_bench {
 public:
  find_bench(const inputs<Family>& given, std::shared_ptr<const probes<Family>> with)
      : given_(given), with_(std::move(with)) {
    build();
  }

  void build() {
    map_ = std::make_unique<Map>();
    fill<Family>(*map_, with_->all);
  }

  [[nodiscard]] sample hits() const { return repeated(with_->present.data(), &find_all<Family, Map>); }
  [[nodiscard]] sample hits_in_turn() const { return repeated(with_->present.data(), &find_in_turn<Family, Map>); }
  [[nodiscard]] sample misses() const { return repeated(with_->absent.data(), &find_all<Family, Map>); }

 private:
  using loop = void (*)(const Map&, const typename Family::key*, std::size_t, std::uint64_t&);

  // Small maps are gone through often enough to make the operations asked for. Each timed run comes after
  // an untimed one, because the other contenders have just swept the caches: a whole one where the map
  // might stay in them.
  [[nodiscard]] sample repeated(const typename Family::key* keys, loop through) const {
    const std::size_t count = with_->absent.size();
    const std::size_t times = std::max<std::size_t>(1, given_.operations / count);
    std::uint64_t ignored = 0;
    through(*map_, keys, given_.size <= 1'000'000 ? count : count / 8, ignored);
    return timed_run([&](sample& result) {
      for (std::size_t i = 0; i < times; ++i) through(*map_, keys, count, result.checksum);
      result.operations = times * count;
    });
  }

  inputs<Family> given_;
  std::shared_ptr<const probes<Family>> with_;
  std::unique_ptr<Map> map_;
};

template <class Family>
void ask_find(const inputs<Family>& given, const options& chosen, std::vector<row>& rows) {
  const auto with = std::make_shared<const probes<Family>>(probes_for(given));
  std::vector<contender> hit;
  std::vector<contender> in_turn;
  std::vector<contender> miss;
  for_each_contender([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using map = typename Face::template map<typename Family::key, typename Family::value>;
    const auto one = std::make_shared<find_bench<Family, map>>(given, with);
    const auto build = [one] { one->build(); };
    hit.push_back({name, build, [one] { return one->hits(); }});
    in_turn.push_back({name, build, [one] { return one->hits_in_turn(); }});
    miss.push_back({name, build, [one] { return one->misses(); }});
  });
  const schedule plan{chosen.rounds, given.size <= 1'000'000 ? 4 : 0, {}};
  const auto ask = [&](const char* question, const std::vector<contender>& contenders) {
    if (!named_in(chosen.questions, question)) return;
    rows.push_back(interleave(named_row(question, given), contenders, plan));
    print_row(rows.back());
  };
  ask("find hit", hit);
  ask("find hit dependent", in_turn);
  ask("find miss", miss);
}

}  // namespace holdfast::bench
