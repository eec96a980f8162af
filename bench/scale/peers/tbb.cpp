// oneTBB's concurrent_hash_map, whose accessor holds the entry's own reader-writer lock, and its
// concurrent_unordered_map, which nothing can be erased from while others read: it takes part where nobody erases.
#include <atomic>
#include <string>

#include <oneapi/tbb/concurrent_hash_map.h>
#include <oneapi/tbb/concurrent_unordered_map.h>

#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

template <class Family>
class tbb_map {
 public:
  static constexpr const char* name = "tbb";
  using thread_scope = no_scope;
  using key = typename Family::key;
  using map = tbb::concurrent_hash_map<key, typename Family::value>;

  explicit tbb_map(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    typename map::const_accessor held;
    return map_.find(held, wanted) ? Family::number_in(held->second) : 0;
  }
  void store(const key& at, typename Family::value value) {
    typename map::accessor held;
    map_.insert(held, at);
    held->second = value;
  }
  void erase(const key& at) { map_.erase(at); }

 private:
  map map_;
};

template <class Family>
class tbb_unordered {
 public:
  static constexpr const char* name = "tbb unordered";
  static constexpr bool survives_erasure = false;
  using thread_scope = no_scope;
  using key = typename Family::key;

  explicit tbb_unordered(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    const auto found = map_.find(wanted);
    // acquire: pairs with the release in store().
    return found == map_.end() ? 0 : Family::number_in(found->second.load(std::memory_order_acquire));
  }
  void store(const key& at, typename Family::value value) {
    const auto [where, is_new] = map_.emplace(at, value);
    if (!is_new) where->second.store(value, std::memory_order_release);
  }
  void erase(const key&) {}

 private:
  tbb::concurrent_unordered_map<key, std::atomic<typename Family::value>> map_;
};

}  // namespace

void add_tbb(roster<u64_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<u64_to_pointer, tbb_unordered<u64_to_pointer>>>());
  to.push_back(std::make_unique<subject_of<u64_to_pointer, tbb_map<u64_to_pointer>>>());
}
void add_tbb(roster<string_to_pointer>& to) {
  to.push_back(std::make_unique<subject_of<string_to_pointer, tbb_unordered<string_to_pointer>>>());
  to.push_back(std::make_unique<subject_of<string_to_pointer, tbb_map<string_to_pointer>>>());
}

}  // namespace holdfast::bench
