#include "holdfast/tools/crowd_map.hpp"

#include <algorithm>
#include <string>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include "holdfast/tools/crowd_play.hpp"
#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

template <template <class Key> class Map>
[[nodiscard]] crowd_map crowd_map_of(std::string_view name, std::string_view story, bool retires) {
  return {name, story, retires, [](const trace& t, const crowd_plan& plan, crowd_watch watch) {
            if (t.has_words()) {
              return crowd_play<Map<std::string>, std::string_view>(t.words(), t.kinds(), plan).run(watch);
            }
            return crowd_play<Map<std::uint64_t>, std::uint64_t>(t.numbers(), t.kinds(), plan).run(watch);
          }};
}

template <class Key>
using synced = sync_map<Key, const void*>;
template <class Key>
using sharded = sharded_map<Key, const void*>;
template <class Key>
using locked = locked_map<Key, const void*>;

void add_once(std::vector<const crowd_map*>& chosen, const crowd_map* one) {
  if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(one);
}

}  // namespace

const std::vector<crowd_map>& crowd_maps() {
  static const std::vector<crowd_map> all = {
      crowd_map_of<synced>("sync_map", "readers take no lock, writers lock one bucket", true),
      crowd_map_of<sharded>("sharded_map", "32 maps, each under a reader-writer lock", false),
      crowd_map_of<locked>("locked_map", "one map under one reader-writer lock", false),
  };
  return all;
}

std::vector<const crowd_map*> choose_crowd_maps(const std::vector<std::string>& names) {
  std::vector<const crowd_map*> chosen;
  const auto& all = crowd_maps();
  for (const std::string& name : names.empty() ? std::vector<std::string>{"all"} : names) {
    const auto found = std::ranges::find(all, name, &crowd_map::name);
    if (found != all.end()) {
      add_once(chosen, &*found);
    } else if (name == "all") {
      for (const crowd_map& one : all) add_once(chosen, &one);
    } else {
      throw input_error("--map", "there is no map '" + shown(name) + "' for many threads",
                        "choose among sync_map, sharded_map, locked_map, all, or leave out --threads");
    }
  }
  return chosen;
}

}  // namespace holdfast::inline v0::tools
