// What the slots of a line of nodes mean: the part of a form that is the same whatever the nodes' values are.
#pragma once

#include <cstddef>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_node.hpp>
#include <holdfast/concurrent/sync_map_node_line.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types, class Node>
struct node_slots {
  using hasher = typename Types::hasher;
  using node = Node;
  using line = node_line;
  using overflow_line = node_overflow;
  using cell = node_line::cell;
  using fresh = own_node<node>;

  struct marks {
    explicit marks(std::uint64_t hash) noexcept : tags(tags_of(hash)), sign(sign_of(hash)) {}
    [[nodiscard]] std::uint64_t tag() const noexcept { return tags & 0xff; }
    std::uint64_t tags;  // seven times over
    std::uint64_t sign;
  };

  static constexpr std::size_t bytes_beside_line = sizeof(node);  // of each entry
  static constexpr bool ends_unseen = node::ends_unseen;
  // On average, at which growth goes on: so that most buckets need one line even just before they are split, when
  // they hold a third more.
  static constexpr std::uint64_t entries_per_two_buckets = 7;

  // ---- reading ----------------------------------------------------------------------------------------------
  // The node at `place`, if it has the key, or null.
  template <class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static node* look_at(const Line& in, unsigned place, marks wanted, const Q& key,
                                                            const Equal& equal) {
    const cell address = in.words[place].load(std::memory_order_acquire) ^ wanted.sign;
    // Not of this sign: another entry, a link, or vacant by now.
    if (address >> address_width != 0) [[unlikely]] return nullptr;
    node* const candidate = node_in<node>(address);
    return equal(candidate->key(), key) ? candidate : nullptr;
  }
  // Calls visit(node*) for each entry of one line that can be seen.
  template <class Line, class Visit>
  static void for_each_node(const Line& in, Visit&& visit) {
    for (const auto& word : in.words) {
      const cell seen = word.load(std::memory_order_acquire);
      if (leads_to_node(seen)) visit(node_in<node>(seen));
    }
  }

  static void prefetch_rest(const line&) noexcept {}
  // Where the entry with these marks may be.
  static void prefetch_entry(const line& in, marks wanted) noexcept {
    // relaxed: nothing is read through it.
    const tag_matches places(in.control.load(std::memory_order_relaxed), wanted.tags, line::slots);
    if (places) __builtin_prefetch(node_in<node>(in.words[places.first()].load(std::memory_order_relaxed))->first_read());
  }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of_node(const node* one, marks with) noexcept {
    return with.sign | reinterpret_cast<std::uintptr_t>(one);
  }
  static void retire_node(reclaim::domain& domain, node& gone) noexcept {
    domain.retire(gone, gone.bytes(), &destroy_retired_node<node>);
  }

  // Calls move(goes) with goes(cell, tag): whether what a slot holds is an entry whose hash has `bit`.
  template <class Move>
  static auto with_direction(unsigned bit, const hasher& hash, std::uint64_t seed, Move&& move) {
    if (sign_has_bit(bit)) {
      // One test, not two with a branch between: the outcome is random.
      const cell both = node_bit | bit_in_word(bit);
      return move([both](cell of, std::uint64_t) { return (of & both) == both; });
    }
    return move([&hash, bit, seed](cell of, std::uint64_t) {
      return leads_to_node(of) && (node_in<node>(of)->hash(hash, seed) >> bit & 1) != 0;
    });
  }
  // Makes the slots vacant whose byte in `leaving` is 0xff.
  HOLDFAST_ALWAYS_INLINE static void vacate(line& in, std::uint64_t leaving) noexcept {
    for (unsigned i = 0; i < line::slots; ++i) {
      const cell kept = (leaving >> (8 * i) & 1) - 1;  // all bits if it stays
      in.write(i, in.read(i) & kept);
    }
  }

  // ---- soundness --------------------------------------------------------------------------------------------
  // The promise that the marks of an entry break, or null.
  [[nodiscard]] static const char* broken_marks(std::uint64_t tag, cell of, std::uint64_t hash) noexcept {
    return tag_of(hash) != tag || (sign_of(hash) ^ of) >> address_width != 0 ? "hf.concurrent.tag-matches-node" : nullptr;
  }
  // The promise that a slot breaks, or null.
  [[nodiscard]] static const char* broken_slot(std::uint64_t tag, cell of, bool is_last) noexcept {
    const bool agrees = tag == vacant_tag ? of == 0 : tag == link_tag ? is_last && is_link(of) : leads_to_node(of);
    return agrees ? nullptr : "hf.concurrent.sign-tells-node";
  }
};

}  // namespace holdfast::inline v0::concurrent
