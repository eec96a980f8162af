// libcuckoo's cuckoohash_map. A value is seen by a function that runs under the two buckets' locks.
#include "holdfast/tools/crowd_peer.hpp"

#if HOLDFAST_HAVE_CUCKOO

#include <libcuckoo/cuckoohash_map.hh>

namespace holdfast::inline v0::tools {
namespace {

template <class Stored>
class cuckoo_peer : public crowd_peer {
 public:
  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    map_.find_fn(as_stored<Stored>(key), [&](const void* value) { f(value); });
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    map_.insert_or_assign(as_stored<Stored>(key), value);
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return map_.erase(as_stored<Stored>(key));
  }
  [[nodiscard]] std::size_t size() const { return map_.size(); }

 private:
  libcuckoo::cuckoohash_map<Stored, const void*> map_;
};

}  // namespace

void add_cuckoo_map(std::vector<crowd_map>& all) {
  all.push_back(crowd_map_of<cuckoo_peer>("cuckoo", "libcuckoo's cuckoohash_map: locks of buckets", retirement::none));
}

}  // namespace holdfast::inline v0::tools

#else

namespace holdfast::inline v0::tools {
void add_cuckoo_map(std::vector<crowd_map>&) {}
}  // namespace holdfast::inline v0::tools

#endif
