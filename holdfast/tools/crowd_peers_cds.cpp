// libcds' SplitListMap with hazard pointers. It is told to expect a million entries.
#include "holdfast/tools/crowd_peer.hpp"

#if HOLDFAST_HAVE_CDS

#include <cds/container/michael_list_hp.h>
#include <cds/container/split_list_map.h>
#include <cds/gc/hp.h>
#include <cds/init.h>

#include <atomic>
#include <functional>

namespace holdfast::inline v0::tools {
namespace {

// The library, from the first map to the end of the process. It has hazard pointers for every thread that may play.
void begin() {
  struct library {
    library() { cds::Initialize(); }
    ~library() { cds::Terminate(); }
  };
  static const library once;
  static const cds::gc::HP reclamation(16, most_threads + 8);
}

class attached {
 public:
  attached() {
    begin();
    if (cds::threading::Manager::isThreadAttached()) return;
    cds::threading::Manager::attachThread();
    mine_ = true;
  }
  ~attached() {
    if (mine_) cds::threading::Manager::detachThread();
  }
  attached(const attached&) = delete;
  attached& operator=(const attached&) = delete;

 private:
  bool mine_ = false;
};

// The map leaves it to its user that two who overwrite one value do not meet.
struct word {
  word() = default;
  word(const word& other) noexcept : value(other.value.load(std::memory_order_relaxed)) {}
  word& operator=(const word&) = delete;
  std::atomic<const void*> value{nullptr};
};

template <class Stored>
struct less_traits : cds::container::michael_list::traits {
  using less = std::less<Stored>;
};
template <class Stored>
struct map_traits : cds::container::split_list::traits {
  using ordered_list = cds::container::michael_list_tag;
  using hash = std::hash<Stored>;
  using ordered_list_traits = less_traits<Stored>;
};

template <class Stored>
class cds_peer : public crowd_peer {
  using map = cds::container::SplitListMap<cds::gc::HP, Stored, word, map_traits<Stored>>;

 public:
  using thread_scope = attached;

  cds_peer() : map_(1'000'000, 1) {}

  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    const typename map::guarded_ptr held = map_.get(as_stored<Stored>(key));
    // acquire: pairs with the release in store(); what the pointer leads to was written before.
    if (const void* const value = held ? held->second.value.load(std::memory_order_acquire) : nullptr) f(value);
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    map_.update(as_stored<Stored>(key), [&](bool, typename map::value_type& there) {
      there.second.value.store(value, std::memory_order_release);
    });
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return map_.erase(as_stored<Stored>(key));
  }
  [[nodiscard]] std::size_t size() const { return map_.size(); }

 private:
  map map_;
};

}  // namespace

void add_cds_map(std::vector<crowd_map>& all) {
  all.push_back(crowd_map_of<cds_peer>("cds", "libcds' SplitListMap, hazard pointers", retirement::untold));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_cds_map(std::vector<crowd_map>&) {}
}  // namespace holdfast::inline v0::tools

#endif
