// libcds' SplitListMap with hazard pointers: a guarded pointer pins the entry. It is told how many entries to
// expect, a million where the others are not told either.
#include <functional>

#include <cds/container/michael_list_hp.h>
#include <cds/container/split_list_map.h>
#include <cds/gc/hp.h>
#include <cds/init.h>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

// The library, from the first map to the end of the program.
struct library {
  library() { cds::Initialize(); }
  ~library() { cds::Terminate(); }
  cds::gc::HP* reclamation = nullptr;
};

void begin() {
  static const library once;
  static cds::gc::HP reclamation(16, 64);
}

struct attached {
  attached() {
    begin();
    if (cds::threading::Manager::isThreadAttached()) return;
    cds::threading::Manager::attachThread();
    mine = true;
  }
  ~attached() {
    if (mine) cds::threading::Manager::detachThread();
  }
  attached(const attached&) = delete;
  attached& operator=(const attached&) = delete;
  bool mine = false;
};

template <class Key>
struct less_traits : cds::container::michael_list::traits {
  using less = std::less<Key>;
};
template <class Key>
struct map_traits : cds::container::split_list::traits {
  using ordered_list = cds::container::michael_list_tag;
  using hash = std::hash<Key>;
  using ordered_list_traits = less_traits<Key>;
};

template <class Family>
class cds_map {
 public:
  static constexpr const char* name = "libcds";
  using thread_scope = attached;
  using key = typename Family::key;
  using map = cds::container::SplitListMap<cds::gc::HP, key, typename Family::value, map_traits<key>>;

  explicit cds_map(std::size_t entries) : map_(entries == 0 ? 1'000'000 : entries, 1) {}
  std::uint64_t read(const key& wanted) {
    const typename map::guarded_ptr held = map_.get(wanted);
    return held ? Family::number_in(held->second) : 0;
  }
  // The library leaves it to the caller that two who overwrite one value do not meet; a word is written whole.
  void store(const key& at, typename Family::value value) {
    map_.update(at, [&](bool, typename map::value_type& there) { there.second = value; });
  }
  void erase(const key& at) { map_.erase(at); }

 private:
  map map_;
};

}  // namespace

void add_cds(roster<u64_to_pointer>& to) {
  begin();
  to.push_back(std::make_unique<subject_of<u64_to_pointer, cds_map<u64_to_pointer>>>());
}
void add_cds(roster<string_to_pointer>& to) {
  begin();
  to.push_back(std::make_unique<subject_of<string_to_pointer, cds_map<string_to_pointer>>>());
}

}  // namespace holdfast::bench
