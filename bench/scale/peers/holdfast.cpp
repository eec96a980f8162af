// Our own maps. Results are pinned.
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

template <class Family, class Map>
class pinning {
 public:
  using thread_scope = no_scope;
  using key = typename Family::key;

  explicit pinning(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    const auto held = map_.pin(wanted);
    return held ? Family::number_in(*held) : 0;
  }
  void store(const key& at, typename Family::value value) { map_.store(at, value); }
  void erase(const key& at) { map_.erase(at); }

 protected:
  Map map_;
};

template <class Family>
struct sync : pinning<Family, sync_map<typename Family::key, typename Family::value>> {
  static constexpr const char* name = "sync_map";
  using pinning<Family, sync_map<typename Family::key, typename Family::value>>::pinning;
};
// On 2 MiB pages, where the system has them.
template <class Family>
struct sync_huge : sync<Family> {
  static constexpr const char* name = "sync_map huge";
  using sync<Family>::sync;
  void built() { static_cast<void>(this->map_.ask_for_huge_pages()); }
};
template <class Family>
struct sharded : pinning<Family, sharded_map<typename Family::key, typename Family::value>> {
  static constexpr const char* name = "sharded_map";
  using pinning<Family, sharded_map<typename Family::key, typename Family::value>>::pinning;
};
template <class Family>
struct locked : pinning<Family, locked_map<typename Family::key, typename Family::value>> {
  static constexpr const char* name = "locked_map";
  using pinning<Family, locked_map<typename Family::key, typename Family::value>>::pinning;
};

template <class Family>
void add_all(roster<Family>& to) {
  to.push_back(std::make_unique<subject_of<Family, sync<Family>>>());
  to.push_back(std::make_unique<subject_of<Family, sync_huge<Family>>>());
  to.push_back(std::make_unique<subject_of<Family, sharded<Family>>>());
  to.push_back(std::make_unique<subject_of<Family, locked<Family>>>());
}

}  // namespace

void add_holdfast(roster<u64_to_pointer>& to) { add_all(to); }
void add_holdfast(roster<string_to_pointer>& to) { add_all(to); }

}  // namespace holdfast::bench
