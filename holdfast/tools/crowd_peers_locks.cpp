// What programs do without a map for threads: one lock around a map, or 32 of both.
#include <array>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <holdfast/base/hash/mix.hpp>

#include "holdfast/tools/crowd_peer.hpp"

#if HOLDFAST_HAVE_ABSL
#include <absl/container/flat_hash_map.h>
#endif

namespace holdfast::inline v0::tools {
namespace {

template <class Map, class Lock, class ReadLock>
class under_lock {
  using stored = typename Map::key_type;

 public:
  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    const stored& wanted = as_stored<stored>(key);
    const ReadLock held(lock_);
    if (const auto at = map_.find(wanted); at != map_.end()) f(at->second);
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    const stored& at = as_stored<stored>(key);
    const std::scoped_lock held(lock_);
    map_[at] = value;
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    const stored& at = as_stored<stored>(key);
    const std::scoped_lock held(lock_);
    return map_.erase(at) != 0;
  }
  [[nodiscard]] std::size_t size() const { return map_.size(); }

 private:
  Lock lock_;
  Map map_;
};

template <class Key>
class mutex_std : public crowd_peer,
                  public under_lock<std::unordered_map<Key, const void*>, std::mutex, std::scoped_lock<std::mutex>> {};

#if HOLDFAST_HAVE_ABSL

template <class Key>
using flat_under_lock =
    under_lock<absl::flat_hash_map<Key, const void*>, std::shared_mutex, std::shared_lock<std::shared_mutex>>;

template <class Key>
class shared_absl : public crowd_peer, public flat_under_lock<Key> {};

template <class Stored>
class sharded_absl : public crowd_peer {
 public:
  template <class Key, class F>
  void visit(const Key& key, F&& f) {
    home(key).visit(key, f);
  }
  template <class Key>
  void store(const Key& key, const void* value) {
    home(key).store(key, value);
  }
  template <class Key>
  [[nodiscard]] bool erase(const Key& key) {
    return home(key).erase(key);
  }
  [[nodiscard]] std::size_t size() const {
    std::size_t sum = 0;
    for (const shard& one : shards_) sum += one.map.size();
    return sum;
  }

 private:
  struct alignas(128) shard {
    flat_under_lock<Stored> map;
  };
  template <class Key>
  [[nodiscard]] flat_under_lock<Stored>& home(const Key& key) {
    return shards_[mix_word(std::hash<Key>()(key), 1) >> 59].map;
  }
  std::array<shard, 32> shards_;
};

#endif

}  // namespace

void add_maps_with_locks(std::vector<crowd_map>& all) {
  all.push_back(crowd_map_of<mutex_std>("mutex-std", "std::unordered_map under one std::mutex", retirement::none));
#if HOLDFAST_HAVE_ABSL
  all.push_back(
      crowd_map_of<shared_absl>("shared-absl", "absl::flat_hash_map under one std::shared_mutex", retirement::none));
  all.push_back(crowd_map_of<sharded_absl>("sharded-absl", "32 of both", retirement::none));
#endif
}

}  // namespace holdfast::inline v0::tools
