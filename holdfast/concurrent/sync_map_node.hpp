// One entry: key and value side by side, reached by one pointer, never moved and never changed.
//
//   | next retired | how to destroy | (hash) | (owner) | key | value |
//
// A store to a key that is there publishes a new node and retires the old one, so what a pin points at
// stays as it was read. An integer with the default hash and a pointer as value make 32 bytes, half a cache
// line. The hash is kept where finding it again would cost more than a multiplication or could throw; the
// owner takes room only where the allocator has state.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/sync_map_memory.hpp>

namespace holdfast::inline v0::concurrent {

// Everything a sync_map is made of.
template <class Key, class T, class Hash, class Equal, class Allocator>
struct sync_types {
  using key_type = Key;
  using mapped_type = T;
  using hasher = Hash;
  using key_equal = Equal;
  using allocator = Allocator;
  using owner = block_owner<Allocator>;
};

template <class Key, class Hash>
inline constexpr bool hash_is_cheap =
    (std::integral<Key> || std::is_enum_v<Key> || std::is_pointer_v<Key>) && std::same_as<Hash, hash<Key>>;

struct kept_hash {
  std::uint64_t value = 0;
};
struct no_kept_hash {};

template <class Types>
class sync_node : public reclaim::retirable {
 public:
  using key_type = typename Types::key_type;
  using mapped_type = typename Types::mapped_type;
  using owner = typename Types::owner;
  static constexpr bool keeps_hash = !hash_is_cheap<key_type, typename Types::hasher>;

  [[nodiscard]] const key_type& key() const noexcept { return key_; }
  [[nodiscard]] const mapped_type& value() const noexcept { return value_; }

  // The hash under the map's own hash and seed.
  [[nodiscard]] std::uint64_t hash(const typename Types::hasher& hash, std::uint64_t seed) const noexcept {
    if constexpr (keeps_hash) {
      return hash_.value;
    } else {
      return finished_hash(hash, key_, seed);
    }
  }

  // A node whose key is made from `key` and whose value is what `make` builds at the address it is given.
  // Throws: what the allocator, the key's constructor and `make` throw; then nothing is left behind.
  template <class K, class Make>
  [[nodiscard]] static sync_node* make(const owner& from, std::uint64_t hash, K&& key, Make&& make) {
    unfinished building(from);
    sync_node& node = *building.node;
    if constexpr (keeps_hash) node.hash_.value = hash;
    auto memory = from.allocator();
    traits::construct(memory, std::addressof(node.key_), std::forward<K>(key));
    building.has_key = true;
    make(memory, std::addressof(node.value_));
    return std::exchange(building.node, nullptr);
  }

  // For a node that nobody can reach. Runs the destructors of key and value.
  static void destroy(sync_node* node) noexcept {
    auto memory = node->owner_.allocator();
    traits::destroy(memory, std::addressof(node->value_));
    traits::destroy(memory, std::addressof(node->key_));
    free(node);
  }
  // As the reclamation domain calls it.
  static void destroy_retired(reclaim::retirable* node) noexcept { destroy(static_cast<sync_node*>(node)); }

 private:
  using traits = std::allocator_traits<typename Types::allocator>;

  explicit sync_node(const owner& from) noexcept : owner_(from) {}
  ~sync_node() {}  // key and value are destroyed by destroy()

  static void free(sync_node* node) noexcept {
    const owner from = node->owner_;
    node->~sync_node();
    give_room<sync_node>(node, from);
  }

  struct unfinished {
    explicit unfinished(const owner& from) : node(::new (take_room<sync_node>(from)) sync_node(from)) {}
    unfinished(const unfinished&) = delete;
    unfinished& operator=(const unfinished&) = delete;
    ~unfinished() {
      if (node == nullptr) return;
      if (has_key) {
        auto memory = node->owner_.allocator();
        traits::destroy(memory, std::addressof(node->key_));
      }
      free(node);
    }
    sync_node* node;
    bool has_key = false;
  };

  HOLDFAST_NO_UNIQUE_ADDRESS std::conditional_t<keeps_hash, kept_hash, no_kept_hash> hash_;
  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
  union {
    key_type key_;
  };
  union {
    mapped_type value_;
  };
};

// A node that has not been published: destroyed with this, unless it is let go.
template <class Node>
class own_node {
 public:
  own_node() = default;
  explicit own_node(Node* node) noexcept : node_(node) {}
  own_node(own_node&& other) noexcept : node_(other.release()) {}
  own_node& operator=(own_node&& other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~own_node() {
    if (node_ != nullptr) Node::destroy(node_);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] Node* get() const noexcept { return node_; }
  Node* operator->() const noexcept { return node_; }
  Node* release() noexcept { return std::exchange(node_, nullptr); }

 private:
  Node* node_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
