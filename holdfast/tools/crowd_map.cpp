#include "holdfast/tools/crowd_map.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include "holdfast/tools/crowd_play.hpp"
#include "holdfast/tools/input_error.hpp"

namespace holdfast::inline v0::tools {
namespace {

template <template <class Key> class Map>
[[nodiscard]] crowd_map crowd_map_of(std::string_view name, std::string_view story, bool retires,
                                     bool is_cache = false) {
  return {name, story, retires, is_cache, [](const trace& t, const crowd_plan& plan, crowd_watch watch) {
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

// pointer_cache, spoken to as a map. When it has a bound, a read that misses puts its key in, as readers of a cache do.
template <class Key>
class cached {
  struct figures {
    std::uint64_t bytes;
  };
  struct no_fault {
    const char* invariant;
  };

 public:
  static constexpr bool can_be_bounded = true;

  explicit cached(std::size_t bound) : makes_(bound != 0), all_(bound) {}

  // `value` is what a read that misses puts in.
  template <class Q, class F>
  void visit(const Q& key, const void* value, F&& f) {
    if (!makes_) return static_cast<void>(all_.visit(key, f));
    const auto read = all_.load_or_make(key, [&] { return value; });
    if (read.loaded) f(*read.value);
  }
  template <class Q>
  void store(const Q& key, const void* value) {
    all_.store(key, value);
  }
  template <class Q>
  [[nodiscard]] bool erase(const Q& key) {
    return all_.erase(key);
  }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] figures stats() const { return {all_.bytes()}; }
  [[nodiscard]] std::optional<no_fault> audit() const { return std::nullopt; }

 private:
  bool makes_;
  pointer_cache<Key, const void*> all_;
};

void add_once(std::vector<const crowd_map*>& chosen, const crowd_map* one) {
  if (std::ranges::find(chosen, one) == chosen.end()) chosen.push_back(one);
}

}  // namespace

const std::vector<crowd_map>& crowd_maps() {
  static const std::vector<crowd_map> all = {
      crowd_map_of<synced>("sync_map", "readers take no lock, writers lock one bucket", true),
      crowd_map_of<sharded>("sharded_map", "32 maps, each under a reader-writer lock", false),
      crowd_map_of<locked>("locked_map", "one map under one reader-writer lock", false),
      crowd_map_of<cached>("pointer_cache", "readers take no lock; with --capacity N it keeps N entries", true, true),
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
                        "choose among sync_map, sharded_map, locked_map, pointer_cache, all, or leave out --threads");
    }
  }
  return chosen;
}

}  // namespace holdfast::inline v0::tools
