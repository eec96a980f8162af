// Which objects of a cache are under more than one key.
//
// A key is known here by its hash, so that nothing of the user's runs under the lock; two keys of one hash
// that share an object pass for one. An entry is counted before it can be found and until it has been taken
// out, so an object may seem shared for an instant too long, and never for one too short.
#pragma once

#include <cstddef>
#include <cstdint>
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

class alias_table {
 public:
  // One more entry of the key with this hash refers to `object`. Whether another key does too.
  [[nodiscard]] bool add(const void* object, std::uint64_t key_hash);
  // The same, but not if another key does. Whether it was added.
  [[nodiscard]] bool add_unless_shared(const void* object, std::uint64_t key_hash);
  void remove(const void* object, std::uint64_t key_hash) noexcept;

  // Whether a key of another hash refers to `object`.
  [[nodiscard]] bool is_shared(const void* object, std::uint64_t key_hash) const noexcept;
  // How many objects are under more than one key.
  [[nodiscard]] std::size_t shared_objects() const noexcept;

 private:
  struct holder {
    std::uint64_t key_hash;
    std::size_t entries;
  };
  using holders = std::vector<holder>;

  static bool has_other(const holders& all, std::uint64_t key_hash) noexcept;
  static void count_in(holders& all, std::uint64_t key_hash);

  mutable mutex lock_;
  map<const void*, holders> objects_;
};

// One more entry in the table, taken back unless it is kept.
class [[nodiscard]] alias_claim {
 public:
  alias_claim() = default;
  alias_claim(alias_table& in, const void* object, std::uint64_t key_hash) noexcept
      : in_(&in), object_(object), key_hash_(key_hash) {}
  alias_claim(const alias_claim&) = delete;
  alias_claim& operator=(const alias_claim&) = delete;
  ~alias_claim() {
    if (in_ != nullptr) in_->remove(object_, key_hash_);
  }
  void keep() noexcept { in_ = nullptr; }

 private:
  alias_table* in_ = nullptr;
  const void* object_ = nullptr;
  std::uint64_t key_hash_ = 0;
};

HOLDFAST_COLD void report_alias(const void* object);

}  // namespace concurrent
}  // namespace holdfast::inline v0
