// Entries as nodes with words for values: the node stays while its key is there, the word is written in place.
//
// A store to a key that is there makes nothing that others see and retires nothing: it writes the word under the
// bucket's lock. A reader that has the node in hand reads the word once and has a copy. If the entry was erased
// between, what the word holds is what was there last, and the reader's instant is the one before the erasure: only
// who finds the node in its bucket, locked, writes to it, so after its erasure nobody does.
//
// An entry is the same as before if its node and its value are. The names are those of a form; see
// sync_map_node_form.hpp.
//
// inv hf.concurrent.word-of-entry: a word is written only while its node is in a bucket whose lock is held.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_node_slots.hpp>
#include <holdfast/concurrent/sync_map_word.hpp>

namespace holdfast::inline v0::concurrent {

// A node and the word that was read in it, or none.
template <class Node, class T>
class word_entry {
 public:
  word_entry() noexcept = default;
  HOLDFAST_ALWAYS_INLINE explicit word_entry(Node* node) noexcept
      : node_(node), word_(node == nullptr ? 0 : node->stored().word()) {}
  word_entry(Node* node, std::uint64_t word) noexcept : node_(node), word_(word) {}

  [[nodiscard]] explicit operator bool() const noexcept { return node_ != nullptr; }
  [[nodiscard]] decltype(auto) key() const noexcept { return std::as_const(*node_).key(); }
  [[nodiscard]] T value() const noexcept { return from_word<T>(word_); }
  [[nodiscard]] Node* node() const noexcept { return node_; }
  [[nodiscard]] std::uint64_t word() const noexcept { return word_; }
  template <class Hash>
  [[nodiscard]] std::uint64_t hash(const Hash& hash, std::uint64_t seed) const {
    return node_->hash(hash, seed);
  }

  // As a pin on a node has them.
  [[nodiscard]] const word_entry* operator->() const noexcept { return this; }
  [[nodiscard]] const word_entry& operator*() const noexcept { return *this; }

  friend bool operator==(const word_entry&, const word_entry&) = default;

 private:
  Node* node_ = nullptr;
  std::uint64_t word_ = 0;
};

template <class Types, class Node>
struct word_form : node_slots<Types, Node> {
  using base = node_slots<Types, Node>;
  using typename base::cell;
  using typename base::fresh;
  using typename base::marks;
  using node = Node;
  using mapped_type = typename Types::mapped_type;

  using found = word_entry<node, mapped_type>;
  using answer = found;
  using pin_type = value_pin<const mapped_type>;
  static constexpr bool node_stays = true;

  // Keeps the node, for its key and for the certainty that its address is not used again.
  class held {
   public:
    held() noexcept = default;
    held(reclaim::pin<node>&& kept, const found& entry) noexcept : kept_(std::move(kept)), entry_(entry) {}
    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(kept_); }
    [[nodiscard]] const found* operator->() const noexcept { return std::addressof(entry_); }
    [[nodiscard]] const found& operator*() const noexcept { return entry_; }
    [[nodiscard]] const found& get() const noexcept { return entry_; }

   private:
    reclaim::pin<node> kept_;
    found entry_;
  };

  // ---- reading ----------------------------------------------------------------------------------------------
  template <bool = false, class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found look(const Line& in, unsigned place, std::uint64_t, marks wanted,
                                                         const Q& key, const Equal& equal) {
    return found(base::look_at(in, place, wanted, key, equal));
  }
  [[nodiscard]] static answer to_answer(const found& entry) noexcept { return entry; }
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found from_answer(const Q&, const answer& given) noexcept {
    return given;
  }
  template <class Line, class Visit>
  static void for_each_in(const Line& in, Visit&& visit) {
    base::for_each_node(in, [&](node* one) { visit(found(one)); });
  }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static held hold(reclaim::section& inside, const found& entry) noexcept {
    return {inside.hand_off(entry.node(), entry.node()), entry};
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static pin_type pin(reclaim::section&, const found& entry) noexcept {
    return pin_type(entry.value());
  }
  [[nodiscard]] static pin_type on_value(const held& entry) noexcept { return pin_type(entry->value()); }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of(node* entry, marks with) noexcept { return base::cell_of_node(entry, with); }
  [[nodiscard]] static found entry_in(cell from) noexcept { return found(node_in<node>(from)); }
  [[nodiscard]] static bool is_same(const found& a, const found& b) noexcept { return a == b; }
  // The node stays, so nothing is to be retired; `from` is not published.
  template <class Line>
  [[nodiscard]] static found replace(Line& in, unsigned place, fresh& from, marks) noexcept {
    node_in<node>(in.read(place))->stored().set(from->stored().word());
    return {};
  }
  static void retire(reclaim::domain& domain, const found& gone) noexcept { base::retire_node(domain, *gone.node()); }
};

}  // namespace holdfast::inline v0::concurrent
