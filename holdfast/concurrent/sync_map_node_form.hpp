// Entries as nodes: any key, any value, at an address that stays.
//
// A form says what a slot of a bucket holds and what an entry is:
//
//   line, overflow_line    the buckets; see sync_map_line.hpp
//   cell                   what a slot holds
//   marks                  what of a hash is looked for in a line
//   found                  an entry, good inside the section in which it was found; false: none
//   answer                 the same in two registers, for who knows its key
//   held                   an entry, good for as long as one likes
//   pin_type               what the user gets of it
//   fresh                  an entry that is not in the map yet
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_node.hpp>
#include <holdfast/concurrent/sync_map_node_line.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
struct node_form {
  using key_type = typename Types::key_type;
  using mapped_type = typename Types::mapped_type;
  using hasher = typename Types::hasher;

  using line = node_line;
  using overflow_line = node_overflow;
  using cell = node_line::cell;
  using node = sync_node<Types>;
  using found = node*;
  using answer = node*;
  using held = reclaim::pin<node>;
  using pin_type = reclaim::pin<const mapped_type>;
  using fresh = own_node<node>;

  struct marks {
    explicit marks(std::uint64_t hash) noexcept : tag(tag_of(hash)), sign(sign_of(hash)) {}
    std::uint64_t tag;
    std::uint64_t sign;
  };

  static constexpr std::size_t bytes_beside_line = sizeof(node);  // of each entry
  // On average, at which growth goes on: so that most buckets need one line even just before they are split, when
  // they hold a third more.
  static constexpr std::uint64_t entries_per_two_buckets = 7;

  // ---- reading ----------------------------------------------------------------------------------------------
  // The entry at `place`, if it has the key.
  template <class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found look(const Line& in, unsigned place, std::uint64_t, marks wanted,
                                                         const Q& key, const Equal& equal) {
    const cell address = in.words[place].load(std::memory_order_acquire) ^ wanted.sign;
    // Not of this sign: another entry, a link, or vacant by now.
    if (address >> address_width != 0) [[unlikely]] return nullptr;
    node* const candidate = node_in<node>(address);
    return equal(candidate->key(), key) ? candidate : nullptr;
  }
  [[nodiscard]] static answer to_answer(found entry) noexcept { return entry; }
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found from_answer(const Q&, answer given) noexcept {
    return given;
  }
  // Calls visit(found) for each entry of one line that can be seen.
  template <class Line, class Visit>
  static void for_each_in(const Line& in, Visit&& visit) {
    for (const auto& word : in.words) {
      const cell seen = word.load(std::memory_order_acquire);
      if (leads_to_node(seen)) visit(node_in<node>(seen));
    }
  }

  static void prefetch_rest(const line&) noexcept {}
  // Where the entry with these marks may be.
  static void prefetch_entry(const line& in, marks wanted) noexcept {
    // relaxed: nothing is read through it.
    const tag_matches places(in.control.load(std::memory_order_relaxed), wanted.tag, line::slots);
    if (places) __builtin_prefetch(node_in<node>(in.words[places.first()].load(std::memory_order_relaxed)));
  }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static held hold(reclaim::section& inside, found entry) noexcept {
    return inside.hand_off(entry, entry);
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static pin_type pin(reclaim::section& inside, const node* entry) noexcept {
    return inside.hand_off(std::addressof(entry->value()), entry);
  }
  [[nodiscard]] static pin_type on_value(held&& entry) noexcept {
    const mapped_type* const value = std::addressof(entry->value());
    return std::move(entry).on(value);
  }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of(found entry, marks with) noexcept {
    return with.sign | reinterpret_cast<std::uintptr_t>(entry);
  }
  [[nodiscard]] static found entry_in(cell from) noexcept { return node_in<node>(from); }
  // A held node's address is not used again: the same address is the same, unchanged entry.
  [[nodiscard]] static bool is_same(found a, found b) noexcept { return a == b; }
  static void retire(reclaim::domain& domain, found gone) noexcept {
    domain.retire(*gone, sizeof(node), &node::destroy_retired);
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
