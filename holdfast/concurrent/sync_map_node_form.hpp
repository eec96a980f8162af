// Entries as nodes with objects for values: any key, any value, at an address that stays.
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
//   node_stays             whether a new value is written into the node that has the key
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_node_slots.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types, class Node>
struct node_form : node_slots<Types, Node> {
  using base = node_slots<Types, Node>;
  using typename base::cell;
  using typename base::fresh;
  using typename base::marks;
  using node = Node;
  using mapped_type = typename Types::mapped_type;

  using found = node*;
  using answer = node*;
  using held = reclaim::pin<node>;
  using pin_type = reclaim::pin<const mapped_type>;
  static constexpr bool node_stays = false;

  // ---- reading ----------------------------------------------------------------------------------------------
  // The entry at `place`, if it has the key.
  template <bool = false, class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found look(const Line& in, unsigned place, std::uint64_t, marks wanted,
                                                         const Q& key, const Equal& equal) {
    return base::look_at(in, place, wanted, key, equal);
  }
  [[nodiscard]] static answer to_answer(found entry) noexcept { return entry; }
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static found from_answer(const Q&, answer given) noexcept {
    return given;
  }
  // Calls visit(found) for each entry of one line that can be seen.
  template <class Line, class Visit>
  static void for_each_in(const Line& in, Visit&& visit) {
    base::for_each_node(in, visit);
  }

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static held hold(reclaim::section& inside, found entry) noexcept {
    return inside.hand_off(entry, entry);
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static pin_type pin(reclaim::section& inside, const node* entry) noexcept {
    return inside.hand_off(std::addressof(entry->value()), entry);
  }
  [[nodiscard]] static pin_type on_value(held&& entry) noexcept {
    const mapped_type* const value = std::addressof(std::as_const(*entry).value());
    return std::move(entry).on(value);
  }

  // ---- writing ----------------------------------------------------------------------------------------------
  [[nodiscard]] static cell cell_of(found entry, marks with) noexcept { return base::cell_of_node(entry, with); }
  [[nodiscard]] static found entry_in(cell from) noexcept { return node_in<node>(from); }
  // A held node's address is not used again: the same address is the same, unchanged entry.
  [[nodiscard]] static bool is_same(found a, found b) noexcept { return a == b; }
  // Publishes `from` in slot `place` of `in`, where an entry with its key is. What is to be retired.
  template <class Line>
  [[nodiscard]] static found replace(Line& in, unsigned place, fresh& from, marks with) noexcept {
    const found old = entry_in(in.read(place));
    in.write(place, cell_of(from.release(), with));
    return old;
  }
  static void retire(reclaim::domain& domain, found gone) noexcept { base::retire_node(domain, *gone); }
};

}  // namespace holdfast::inline v0::concurrent
