// One entry: key and value side by side, reached by one pointer, never moved and never changed.
//
//   | next retired | how to destroy | (hash) | (owner) | (watch) | key | value |
//
// A store to a key that is there publishes a new node and retires the old one, so what a pin points at
// stays as it was read. An integer with the default hash and a pointer as value make 32 bytes, half a cache
// line. The hash is kept where finding it again would cost more than a multiplication or could throw; the
// owner takes room only where the allocator has state, the watch only where the map gives references.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/sync_map_memory.hpp>
#include <holdfast/concurrent/sync_map_types.hpp>
#include <holdfast/concurrent/sync_map_watch.hpp>

namespace holdfast::inline v0::concurrent {

struct kept_hash {
  std::uint64_t value = 0;
};
struct no_kept_hash {};

// What references to the entry share, once there is one. Set under the lock of the entry's bucket.
struct kept_watch {
  std::atomic<entry_watch*> value{nullptr};
};
struct no_kept_watch {};

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

  // Null: nobody has ever referred to the entry. acquire: pairs with the release in set_watch().
  [[nodiscard]] entry_watch* watch() const noexcept
    requires(Types::gives_references)
  {
    return watch_.value.load(std::memory_order_acquire);
  }
  // Takes over one hold of `watch`.
  void set_watch(entry_watch& watch) noexcept
    requires(Types::gives_references)
  {
    // release: pairs with the acquire in watch().
    watch_.value.store(&watch, std::memory_order_release);
  }

  // For a node that nobody can reach. Runs the destructors of key and value.
  static void destroy(sync_node* node) noexcept {
    if constexpr (Types::gives_references) {
      if (entry_watch* const seen = node->watch()) seen->let_go();
    }
    node->destroy_value();
    node->destroy_keyed();
  }
  // As the reclamation domain calls it.
  static void destroy_retired(reclaim::retirable* node) noexcept { destroy(static_cast<sync_node*>(node)); }

 private:
  template <class Node>
  friend class own_node;
  using traits = std::allocator_traits<typename Types::allocator>;

  explicit sync_node(const owner& from) noexcept : owner_(from) {}
  ~sync_node() {}  // key and value have a life of their own

  void destroy_value() noexcept {
    auto memory = owner_.allocator();
    traits::destroy(memory, std::addressof(value_));
  }
  // Key and room, of a node without a value.
  void destroy_keyed() noexcept {
    auto memory = owner_.allocator();
    traits::destroy(memory, std::addressof(key_));
    free(this);
  }
  static void free(sync_node* node) noexcept {
    const owner from = node->owner_;
    node->~sync_node();
    give_room<sync_node>(node, from);
  }

  HOLDFAST_NO_UNIQUE_ADDRESS std::conditional_t<keeps_hash, kept_hash, no_kept_hash> hash_;
  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
  HOLDFAST_NO_UNIQUE_ADDRESS std::conditional_t<Types::gives_references, kept_watch, no_kept_watch> watch_;
  union {
    key_type key_;
  };
  union {
    mapped_type value_;
  };
};

// A node that has not been published: destroyed with this, unless it is let go. Gets its key first, its
// value later, so that a value can be made while others can already ask for the key.
template <class Node>
class own_node {
 public:
  own_node() = default;
  // Throws: what the allocator and the key's constructor throw; then nothing is left behind.
  template <class K>
  own_node(const typename Node::owner& from, std::uint64_t hash, K&& key) {
    struct room {
      Node* node;
      ~room() {
        if (node != nullptr) Node::free(node);
      }
    } taken{::new (take_room<Node>(from)) Node(from)};
    if constexpr (Node::keeps_hash) taken.node->hash_.value = hash;
    auto memory = from.allocator();
    Node::traits::construct(memory, std::addressof(taken.node->key_), std::forward<K>(key));
    node_ = std::exchange(taken.node, nullptr);
  }
  own_node(own_node&& other) noexcept
      : has_value_(std::exchange(other.has_value_, false)), node_(std::exchange(other.node_, nullptr)) {}
  own_node& operator=(own_node&& other) noexcept {
    std::swap(has_value_, other.has_value_);
    std::swap(node_, other.node_);
    return *this;
  }
  ~own_node() {
    if (node_ == nullptr) return;
    drop_value();
    node_->destroy_keyed();
  }

  // The value, built from `arguments`. Throws: what its constructor throws; then there is still none.
  template <class... Arguments>
  void set_value(Arguments&&... arguments) {
    drop_value();
    auto memory = node_->owner_.allocator();
    Node::traits::construct(memory, std::addressof(node_->value_), std::forward<Arguments>(arguments)...);
    has_value_ = true;
  }
  // The value that `make` returns, built in its place: it need not be movable.
  template <class Make>
  void make_value(Make& make) {
    drop_value();
    ::new (static_cast<void*>(std::addressof(node_->value_))) typename Node::mapped_type(make());
    has_value_ = true;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] Node* get() const noexcept { return node_; }
  Node* operator->() const noexcept { return node_; }
  Node* release() noexcept { return std::exchange(node_, nullptr); }

 private:
  void drop_value() noexcept {
    if (std::exchange(has_value_, false)) node_->destroy_value();
  }

  bool has_value_ = false;
  Node* node_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
