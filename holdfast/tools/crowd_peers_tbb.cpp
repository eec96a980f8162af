// oneTBB's concurrent_hash_map. An accessor holds the entry's own reader-writer lock.
#include "holdfast/tools/crowd_peer.hpp"

#if HOLDFAST_HAVE_TBB

#include <oneapi/tbb/concurrent_hash_map.h>

#include <memory>
#include <utility>

namespace holdfast::inline v0::tools {
namespace {

// With malloc's memory, as the others have it.
template <class Stored>
class tbb_peer : public crowd_peer {
  using map = tbb::concurrent_hash_map<Stored, const void*, tbb::tbb_hash_compare<Stored>,
                                       std::allocator<std::pair<const Stored, const void*>>>;

 public:
  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    typename map::const_accessor held;
    if (map_.find(held, as_stored<Stored>(key))) f(held->second);
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    typename map::accessor held;
    map_.insert(held, as_stored<Stored>(key));
    held->second = value;
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

void add_tbb_map(std::vector<crowd_map>& all) {
  all.push_back(crowd_map_of<tbb_peer>("tbb", "oneTBB's concurrent_hash_map: a lock an entry", retirement::none));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_tbb_map(std::vector<crowd_map>&) {}
}  // namespace holdfast::inline v0::tools

#endif
