// Which objects of a cache are under more than one key.
//
// A key is known here by its hash, so that nothing of the user's runs under the lock; two keys of one hash
// that share an object pass for one. An entry is counted before it can be found and until it has been taken
// out, so an object may seem shared for an instant too long, and never for one too short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0 {

// What a pointer_cache does about one object under two keys: who changes the one, changes the other.
//   allow             nothing; it is not even noticed
//   report            it is stored, counted, and reported through the failure handler as a harmless misuse
//   reject            it is not stored
//   clone_on_store    what comes by a pointer that others may have is copied, always; nothing can be shared
//   unshare_on_write  it is stored; modify() gives the key that it is called for a copy of its own first
enum class cache_aliases : std::uint8_t { allow, report, reject, clone_on_store, unshare_on_write };

namespace concurrent {

// With a lock of its own; all memory is from Allocator, and asked for with the lock held.
template <class Allocator>
class alias_table {
 public:
  explicit alias_table(const Allocator& memory) : objects_(object_allocator(memory)) {}

  // One more entry of the key with this hash refers to `object`. Whether another key does too.
  // Throws: what the allocator throws; then nothing has changed.
  [[nodiscard]] bool add(const void* object, std::uint64_t key_hash) {
    const std::lock_guard hold(lock_);
    const filled all(objects_, object);
    const bool shared = has_other(*all, key_hash);
    count_in(*all, key_hash);
    return shared;
  }
  // The same, but not if another key does. Whether it was added.
  [[nodiscard]] bool add_unless_shared(const void* object, std::uint64_t key_hash) {
    const std::lock_guard hold(lock_);
    const filled all(objects_, object);
    if (has_other(*all, key_hash)) return false;
    count_in(*all, key_hash);
    return true;
  }
  void remove(const void* object, std::uint64_t key_hash) noexcept {
    const std::lock_guard hold(lock_);
    const auto found = objects_.get(object);
    if (!found) return;
    list& all = found->all;
    const auto at = std::ranges::find(all, key_hash, &holder::key_hash);
    if (at == all.end()) return;
    if (--at->entries == 0) all.erase(at);
    if (all.empty()) objects_.erase(object);
  }

  // Whether a key of another hash refers to `object`.
  [[nodiscard]] bool is_shared(const void* object, std::uint64_t key_hash) const noexcept {
    const std::lock_guard hold(lock_);
    const auto found = objects_.get(object);
    return found && has_other(found->all, key_hash);
  }
  // How many objects are under more than one key.
  [[nodiscard]] std::size_t shared_objects() const noexcept {
    const std::lock_guard hold(lock_);
    std::size_t shared = 0;
    for (const auto& [object, held] : objects_) shared += held.all.size() > 1 ? 1 : 0;
    return shared;
  }

 private:
  struct holder {
    std::uint64_t key_hash;
    std::size_t entries;
  };
  template <class U>
  using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<U>;
  using list = std::vector<holder, rebound<holder>>;
  // Not a list itself, to which some allocators would hand themselves a second time.
  struct holders {
    explicit holders(const rebound<holder>& memory) : all(memory) {}
    list all;
  };
  using object_allocator = rebound<std::pair<const void* const, holders>>;
  using object_map = map<const void*, holders, hash<const void*>, equal_to<const void*>, object_allocator>;

  // The holders of an object, which is in the table from here on if it has any at the end.
  class filled {
   public:
    filled(object_map& in, const void* object)
        : in_(in), object_(object), all_(in.try_emplace(object, in.get_allocator()).first->second.all) {}
    filled(const filled&) = delete;
    filled& operator=(const filled&) = delete;
    ~filled() {
      if (all_.empty()) in_.erase(object_);
    }
    [[nodiscard]] list& operator*() const noexcept { return all_; }

   private:
    object_map& in_;
    const void* object_;
    list& all_;
  };

  static bool has_other(const list& all, std::uint64_t key_hash) noexcept {
    return std::ranges::any_of(all, [&](const holder& one) { return one.key_hash != key_hash; });
  }
  static void count_in(list& all, std::uint64_t key_hash) {
    const auto at = std::ranges::find(all, key_hash, &holder::key_hash);
    if (at != all.end()) {
      ++at->entries;
    } else {
      all.push_back({key_hash, 1});
    }
  }

  mutable mutex lock_;
  object_map objects_;
};

extern template class alias_table<std::allocator<std::byte>>;

// One more entry in the table, taken back unless it is kept.
template <class Allocator>
class [[nodiscard]] alias_claim {
 public:
  using table = alias_table<Allocator>;

  alias_claim() = default;
  alias_claim(table& in, const void* object, std::uint64_t key_hash) noexcept
      : in_(&in), object_(object), key_hash_(key_hash) {}
  alias_claim(const alias_claim&) = delete;
  alias_claim& operator=(const alias_claim&) = delete;
  ~alias_claim() {
    if (in_ != nullptr) in_->remove(object_, key_hash_);
  }
  void keep() noexcept { in_ = nullptr; }

 private:
  table* in_ = nullptr;
  const void* object_ = nullptr;
  std::uint64_t key_hash_ = 0;
};

HOLDFAST_COLD void report_alias(const void* object);

}  // namespace concurrent
}  // namespace holdfast::inline v0
