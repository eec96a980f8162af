// xenium's vyukov_hash_map with epoch-based reclamation. Values lie in nodes, so that an accessor pins one;
// it has no overwriting, which is an erase and an insert here. Version 0.0.2 crashes when several threads
// erase and insert one key that others read, so the pinned one takes part where nobody erases. A second one keeps the
// pointer itself in the bucket and copies it out: faster, but what is read is not held.
#include <functional>
#include <string>

#include <xenium/reclamation/generic_epoch_based.hpp>
#include <xenium/vyukov_hash_map.hpp>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

using epochs = xenium::reclamation::new_epoch_based<>;

// Of a size that the map keeps in a node.
template <class Value>
struct in_node {
  Value value{};
  Value unused{};
};

template <class Key>
struct standard_hash {
  std::size_t operator()(const Key& key) const { return std::hash<Key>()(key); }
};

template <class Family, class Stored>
class xenium_map {
 public:
  using thread_scope = no_scope;
  using key = typename Family::key;
  using map = std::conditional_t<std::is_integral_v<key>,
                                 xenium::vyukov_hash_map<key, Stored, xenium::policy::reclaimer<epochs>>,
                                 xenium::vyukov_hash_map<key, Stored, xenium::policy::reclaimer<epochs>,
                                                         xenium::policy::hash<standard_hash<key>>>>;

  explicit xenium_map(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    typename map::accessor held;
    if (!map_.try_get_value(wanted, held)) return 0;
    if constexpr (std::is_pointer_v<Stored>) {
      return Family::number_in(*held);
    } else {
      return Family::number_in(held->value);
    }
  }
  void store(const key& at, typename Family::value value) {
    while (!map_.emplace(at, stored(value))) map_.erase(at);
  }
  void erase(const key& at) { map_.erase(at); }

 private:
  static Stored stored(typename Family::value value) {
    if constexpr (std::is_pointer_v<Stored>) {
      return value;
    } else {
      return {value, value};
    }
  }
  map map_;
};

template <class Family>
struct pinned : xenium_map<Family, in_node<typename Family::value>> {
  static constexpr const char* name = "xenium";
  static constexpr bool survives_erasure = false;
  using xenium_map<Family, in_node<typename Family::value>>::xenium_map;
};
template <class Family>
struct copied : xenium_map<Family, typename Family::value> {
  static constexpr const char* name = "xenium copied";
  using xenium_map<Family, typename Family::value>::xenium_map;
};

}  // namespace

void add_xenium(roster<u64_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<u64_to_pointer, pinned<u64_to_pointer>>>());
  to.push_back(std::make_unique<subject_of<u64_to_pointer, copied<u64_to_pointer>>>());
}
void add_xenium(roster<string_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<string_to_pointer, pinned<string_to_pointer>>>());
}

}  // namespace holdfast::bench
