// One entry: key and value side by side, reached by one pointer, never moved.
//
//   | next retired | how to destroy | (hash) | (owner) | (watch) | key | value |
//
// A value that is an object never changes: a store to a key that is there publishes a new node and retires the old
// one, so what a pin points at stays as it was read. A value that is a word is written in place. The hash is kept
// where finding it again would cost more than a multiplication or could throw; the owner takes room only where the
// allocator has state, the watch only where the map gives references. Keys that are texts have a node of their own; see
// sync_map_text_node.hpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_types.hpp>
#include <holdfast/concurrent/sync_map_value.hpp>
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
  using value_type = value_in_node<Types>;
  static constexpr bool keeps_hash = !hash_is_cheap<key_type, typename Types::hasher>;
  // Whether anybody notices when a node is destroyed.
  static constexpr bool ends_unseen = std::is_trivially_destructible_v<key_type> &&
                                      std::is_trivially_destructible_v<mapped_type> && has_no_state<typename Types::allocator>;

  // Whether nothing of the user's runs when a key is put into a node: it may be done with a bucket's lock held.
  static constexpr bool is_made_by_us = false;

  // A node that has its key and no value. Throws: what the allocator and the key's constructor throw; then nothing is
  // left behind.
  template <class K>
  [[nodiscard]] static sync_node* make(const owner& from, std::uint64_t hash, K&& key) {
    struct room {
      sync_node* node;
      ~room() {
        if (node != nullptr) free(node);
      }
    } taken{::new (take_room<sync_node>(from)) sync_node(from)};
    if constexpr (keeps_hash) taken.node->hash_.value = hash;
    auto memory = from.allocator();
    traits::construct(memory, std::addressof(taken.node->key_), std::forward<K>(key));
    return std::exchange(taken.node, nullptr);
  }

  [[nodiscard]] const key_type& key() const noexcept { return key_; }
  // An object, or a copy of a word.
  [[nodiscard]] decltype(auto) value() const noexcept { return value_.get(); }
  [[nodiscard]] value_type& stored() noexcept { return value_; }
  [[nodiscard]] auto allocator() const noexcept { return owner_.allocator(); }
  [[nodiscard]] static constexpr std::size_t bytes() noexcept { return sizeof(sync_node); }
  // What a lookup reads first.
  [[nodiscard]] const void* first_read() const noexcept { return this; }

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

  // Key and room, of a node without a value that nobody can reach.
  static void destroy_keyed(sync_node* node) noexcept {
    if constexpr (Types::gives_references) {
      if (entry_watch* const seen = node->watch()) seen->let_go();
    }
    auto memory = node->owner_.allocator();
    traits::destroy(memory, std::addressof(node->key_));
    free(node);
  }

 private:
  using traits = std::allocator_traits<typename Types::allocator>;

  explicit sync_node(const owner& from) noexcept : owner_(from) {}
  ~sync_node() {}  // key and value have a life of their own

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
  value_type value_;
};

// For a node that nobody can reach. Runs the destructors of key and value.
template <class Node>
void destroy_node(Node* node) noexcept {
  node->stored().end(node->allocator());
  Node::destroy_keyed(node);
}
// As the reclamation domain calls it.
template <class Node>
void destroy_retired_node(reclaim::retirable* node) noexcept {
  destroy_node(static_cast<Node*>(node));
}

// A node that has not been published: destroyed with this, unless it is let go. Gets its key first, its
// value later, so that a value can be made while others can already ask for the key.
template <class Node>
class own_node {
 public:
  own_node() = default;
  // Throws: what the allocator and the key's constructor throw; then nothing is left behind.
  template <class K>
  own_node(const typename Node::owner& from, std::uint64_t hash, K&& key)
      : node_(Node::make(from, hash, std::forward<K>(key))) {}
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
    Node::destroy_keyed(node_);
  }

  // The value, built from `arguments`. Throws: what its constructor throws; then there is still none.
  template <class... Arguments>
  void set_value(Arguments&&... arguments) {
    drop_value();
    node_->stored().begin(node_->allocator(), std::forward<Arguments>(arguments)...);
    has_value_ = true;
  }
  // The value that `make` returns, built in its place: it need not be movable.
  template <class Make>
  void make_value(Make& make) {
    drop_value();
    node_->stored().begin_made(make);
    has_value_ = true;
  }

  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] Node* get() const noexcept { return node_; }
  Node* operator->() const noexcept { return node_; }
  Node* release() noexcept { return std::exchange(node_, nullptr); }

 private:
  void drop_value() noexcept {
    if (std::exchange(has_value_, false)) node_->stored().end(node_->allocator());
  }

  bool has_value_ = false;
  Node* node_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
