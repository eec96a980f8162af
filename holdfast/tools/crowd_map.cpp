#include "holdfast/tools/crowd_map.hpp"

#include <fmt/format.h>

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

constexpr std::size_t maps_of_ours = 4;

[[nodiscard]] bool is_called(const crowd_map& one, std::string_view name) {
  return one.name == name || (one.name.ends_with("_map") && one.name.substr(0, one.name.size() - 4) == name);
}

[[nodiscard]] std::string all_names() {
  std::string names;
  for (const crowd_map& one : crowd_maps()) names += std::string(one.name) + ", ";
  return names + "all";
}

}  // namespace

const std::vector<crowd_map>& crowd_maps() {
  static const auto all = [] {
    std::vector<crowd_map> built = {
        crowd_map_of<synced>("sync_map", "readers take no lock, writers lock one bucket", retirement::told),
        crowd_map_of<sharded>("sharded_map", "32 maps, each under a reader-writer lock", retirement::none),
        crowd_map_of<locked>("locked_map", "one map under one reader-writer lock", retirement::none),
        crowd_map_of<cached>("pointer_cache", "readers take no lock; with --capacity N it keeps N entries",
                             retirement::told, true),
    };
    add_maps_with_locks(built);
    add_tbb_map(built);
    add_cuckoo_map(built);
    add_cds_map(built);
    add_urcu_map(built);
    return built;
  }();
  return all;
}

std::vector<const crowd_map*> choose_crowd_maps(const std::vector<std::string>& names) {
  std::vector<const crowd_map*> chosen;
  const auto& all = crowd_maps();
  for (std::size_t i = 0; names.empty() && i < maps_of_ours; ++i) chosen.push_back(&all[i]);
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(all, [&](const crowd_map& one) { return is_called(one, name); });
    if (found != all.end()) {
      add_once(chosen, &*found);
    } else if (name == "all") {
      for (const crowd_map& one : all) add_once(chosen, &one);
    } else {
      throw input_error("--map", "there is no map '" + shown(name) + "' for many threads in this build",
                        "choose among " + all_names() + ", or leave out --threads");
    }
  }
  return chosen;
}

std::string crowd_map_help() {
  std::string text = "MAPS FOR MANY THREADS (--map, with --threads)\n";
  for (const crowd_map& one : crowd_maps()) text += fmt::format("  {:<18} {}\n", one.name, one.story);
  text += fmt::format("  {:<18} every one of them\n", "all");
  return text + "  Without --map: the first four.\n";
}

}  // namespace holdfast::inline v0::tools
