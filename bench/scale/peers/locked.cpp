// What programs do without a map for threads: one lock around a map, or 32 of both.
#include <array>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include <bench/harness/contenders.hpp>
#include <bench/scale/roster.hpp>

namespace holdfast::bench {
namespace {

template <class Family, class Map, class Lock, class ReadLock>
class under_lock {
 public:
  using thread_scope = no_scope;
  using key = typename Family::key;

  explicit under_lock(std::size_t) {}
  std::uint64_t read(const key& wanted) const {
    const ReadLock held(lock_);
    const auto found = map_.find(wanted);
    return found == map_.end() ? 0 : Family::number_in(found->second);
  }
  void store(const key& at, typename Family::value value) {
    const std::scoped_lock held(lock_);
    map_.insert_or_assign(at, value);
  }
  void erase(const key& at) {
    const std::scoped_lock held(lock_);
    map_.erase(at);
  }

 private:
  mutable Lock lock_;
  Map map_;
};

template <class Family, class One>
class under_32_locks {
 public:
  using thread_scope = no_scope;
  using key = typename Family::key;

  explicit under_32_locks(std::size_t) {}
  std::uint64_t read(const key& wanted) const { return home(wanted).one.read(wanted); }
  void store(const key& at, typename Family::value value) { home(at).one.store(at, value); }
  void erase(const key& at) { home(at).one.erase(at); }

 private:
  struct alignas(128) shard {
    One one{0};
  };
  static std::size_t number_of(const key& wanted) { return mixed(std::hash<key>()(wanted)) >> 59; }
  shard& home(const key& wanted) { return shards_[number_of(wanted)]; }
  const shard& home(const key& wanted) const { return shards_[number_of(wanted)]; }
  std::array<shard, 32> shards_;
};

#if defined(HOLDFAST_HAVE_ABSL) && HOLDFAST_HAVE_ABSL
template <class Family>
using flat_map = absl::flat_hash_map<typename Family::key, typename Family::value>;
inline constexpr const char* one_lock_name = "shared_mutex absl";
inline constexpr const char* many_locks_name = "32 x shared absl";
#else
template <class Family>
using flat_map = holdfast::map<typename Family::key, typename Family::value>;
inline constexpr const char* one_lock_name = "shared_mutex map";
inline constexpr const char* many_locks_name = "32 x shared map";
#endif

template <class Family>
using shared = under_lock<Family, flat_map<Family>, std::shared_mutex, std::shared_lock<std::shared_mutex>>;

template <class Family>
struct one_shared_lock : shared<Family> {
  static constexpr const char* name = one_lock_name;
  using shared<Family>::under_lock;
};
template <class Family>
struct many_shared_locks : under_32_locks<Family, shared<Family>> {
  static constexpr const char* name = many_locks_name;
  using under_32_locks<Family, shared<Family>>::under_32_locks;
};
template <class Family>
using plain = under_lock<Family, std::unordered_map<typename Family::key, typename Family::value>, std::mutex,
                         std::scoped_lock<std::mutex>>;
template <class Family>
struct one_mutex : plain<Family> {
  static constexpr const char* name = "mutex std";
  using plain<Family>::under_lock;
};

template <class Family>
void add_all(roster<Family>& to) {
  to.push_back(std::make_unique<subject_of<Family, many_shared_locks<Family>>>());
  to.push_back(std::make_unique<subject_of<Family, one_shared_lock<Family>>>());
  to.push_back(std::make_unique<subject_of<Family, one_mutex<Family>>>());
}

}  // namespace

void add_locked(roster<u64_to_pointer>& to) { add_all(to); }
void add_locked(roster<string_to_pointer>& to) { add_all(to); }

}  // namespace holdfast::bench
