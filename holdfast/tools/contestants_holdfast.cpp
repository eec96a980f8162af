// Our own maps: the default one, with Go's numbers, with entries that never move, with Go's face.
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

#include <algorithm>
#include <string>

#include "holdfast/tools/memory_ledger.hpp"
#include "holdfast/tools/replay_loop.hpp"

namespace holdfast::inline v0::tools {
namespace {

// Asking a table for its bytes walks all of it, so that is done each time it holds 1/64 more than
// when it was asked last. Boxes come from malloc one by one and are rounded as the peers' nodes are.
template <bool Boxed, class Entry>
class stats_watch {
 public:
  template <class Map>
  void note_insert(const Map& map, std::size_t entries) {
    if (entries >= next_) look(map, entries);
  }

  template <class Map>
  [[nodiscard]] table_memory told(const Map& map, std::size_t entries) {
    if (entries >= memory_.most_entries) look(map, entries);
    return memory_;
  }

 private:
  template <class Map>
  void look(const Map& map, std::size_t entries) {
    const auto stats = map.stats();
    auto bytes = static_cast<std::size_t>(stats.bytes);
    if constexpr (Boxed) bytes += entries * (memory_ledger::set_aside(sizeof(Entry)) - sizeof(Entry));
    memory_.note(entries, bytes);
    memory_.peak_bytes = std::max(memory_.peak_bytes, bytes);
    memory_.growths = stats.growths + stats.same_size_growths;
    next_ = entries + entries / 64 + 1;
  }

  table_memory memory_;
  std::size_t next_ = 1;
};

template <class Map>
class map_face {
 public:
  template <class Key>
  [[nodiscard]] const void* find(const Key& key) {
    const auto found = map_.get(key);
    return found ? *found : nullptr;
  }
  template <class Key>
  void insert(const Key& key, const void* value) {
    map_.try_emplace(key, value);
  }
  template <class Key>
  [[nodiscard]] bool assign(const Key& key, const void* value) {
    return map_.insert_or_assign(key, value).second;
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return map_.erase(key) != 0;
  }
  void note_insert() { watch_.note_insert(map_, map_.size()); }
  [[nodiscard]] std::size_t size() const { return map_.size(); }
  [[nodiscard]] table_memory memory() { return watch_.told(map_, map_.size()); }

 private:
  Map map_;
  stats_watch<Map::policy_type::boxed, typename Map::value_type> watch_;
};

// Go's map has no transparent lookup: each operation makes the key it needs, as a C++ program must.
template <class Stored>
class go_face {
 public:
  template <class Key>
  [[nodiscard]] const void* find(const Key& key) {
    return map_.get(Stored(key));
  }
  template <class Key>
  void insert(const Key& key, const void* value) {
    map_.set(Stored(key), value);
  }
  template <class Key>
  [[nodiscard]] bool assign(const Key& key, const void* value) {
    const auto before = map_.len();
    map_.set(Stored(key), value);
    return map_.len() != before;
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    const auto before = map_.len();
    map_.erase(Stored(key));
    return map_.len() != before;
  }
  void note_insert() { watch_.note_insert(map_, map_.len()); }
  [[nodiscard]] std::size_t size() const { return map_.len(); }
  [[nodiscard]] table_memory memory() { return watch_.told(map_, map_.len()); }

 private:
  go::map<Stored, const void*> map_ = go::make_map<Stored, const void*>();
  stats_watch<false, void> watch_;
};

template <class Stored, class Policy>
using face = map_face<map<Stored, const void*, hash<Stored>, equal_to<Stored>,
                          std::allocator<std::pair<const Stored, const void*>>, Policy>>;

template <class Policy>
[[nodiscard]] contestant map_contestant(std::string_view name, std::string_view story) {
  return contestant_of<face<std::uint64_t, Policy>, face<std::string, Policy>>(name, story);
}

}  // namespace

void add_holdfast_maps(std::vector<contestant>& all) {
  all.push_back(map_contestant<fast_growth>("holdfast", "holdfast::map as it comes"));
  all.push_back(map_contestant<go_growth>("holdfast-go-policy",
                                          "holdfast::map growing by the numbers of Go's map"));
  all.push_back(map_contestant<stable<fast_growth>>("holdfast-stable",
                                                    "holdfast::map whose entries never move"));
  all.push_back(contestant_of<go_face<std::uint64_t>, go_face<std::string>>(
      "go-map", "holdfast::go::map, Go's map to the letter"));
}

}  // namespace holdfast::inline v0::tools
