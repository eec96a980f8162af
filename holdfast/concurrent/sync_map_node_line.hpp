// The line of a map whose entries are nodes: one cache line, seven pointers with a piece of hash in front.
//
//   control    seven tags and the lock
//   word 0..6  16 bits sign | 48 bits address of a node
//
//   sign   a set bit and 15 bits of the hash: those that decide where a split sends the entry once there
//          are 8192 buckets, so that moving an entry does not touch its node
//
// When a line is full its last word becomes a link (sign 0, low bit set) to an overflow line, which has
// five words and may itself end in a link. A reader that still has old tags takes no link for a node, because
// the sign of a link, and of a vacant word, has no bit set. So a word is one store, and that store is the instant
// of a change for all readers alike, whichever tags they go by: a tag is there before its word, and goes after it.
//
// inv hf.concurrent.sign-tells-node: the top bit of a word is set if and only if it leads to a node.
// inv hf.concurrent.tag-matches-node: the tag and the sign beside a node are those of its hash.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/sync_map_line.hpp>

namespace holdfast::inline v0::concurrent {

// ---- words ----------------------------------------------------------------------------------------------

inline constexpr unsigned address_width = 48;
inline constexpr std::uint64_t address_bits = (std::uint64_t{1} << address_width) - 1;
inline constexpr std::uint64_t node_bit = std::uint64_t{1} << 63;
inline constexpr unsigned sign_width = 15;
// The sign has these bits of the hash: first_sign_bit up to first_sign_bit + 14.
inline constexpr unsigned first_sign_bit = 13;

// Shifted to where it stands in a word.
[[nodiscard]] constexpr std::uint64_t sign_of(std::uint64_t hash) noexcept {
  constexpr std::uint64_t mask = (std::uint64_t{1} << sign_width) - 1;
  return node_bit | (hash >> first_sign_bit & mask) << address_width;
}
[[nodiscard]] constexpr bool sign_has_bit(unsigned bit) noexcept {
  return bit >= first_sign_bit && bit < first_sign_bit + sign_width;
}
// Where bit `bit` of the hash stands in the word of a node; only if sign_has_bit.
[[nodiscard]] constexpr std::uint64_t bit_in_word(unsigned bit) noexcept {
  return std::uint64_t{1} << (address_width + bit - first_sign_bit);
}

[[nodiscard]] constexpr bool leads_to_node(std::uint64_t word) noexcept { return (word & node_bit) != 0; }
[[nodiscard]] constexpr bool is_link(std::uint64_t word) noexcept { return (word & 1) != 0; }

template <class Node>
[[nodiscard]] Node* node_in(std::uint64_t word) noexcept {
  return reinterpret_cast<Node*>(static_cast<std::uintptr_t>(word & address_bits));
}

// ---- lines ----------------------------------------------------------------------------------------------

struct node_overflow;

template <unsigned Slots>
struct node_line_of {
  using cell = std::uint64_t;  // what a slot holds
  static constexpr unsigned slots = Slots;

  std::atomic<std::uint64_t> control{0};
  // Every store that a reader may see is a release, every load of a reader an acquire: they pair with each other,
  // in the order in which writers store and readers load.
  std::atomic<cell> words[Slots] = {};

  // For who holds the lock: nobody else writes.
  [[nodiscard]] cell read(unsigned place) const noexcept { return words[place].load(std::memory_order_relaxed); }
  void write(unsigned place, cell what) noexcept { words[place].store(what, std::memory_order_release); }
  [[nodiscard]] cell read_at_sight(unsigned place) const noexcept { return read(place); }
  void write_at_sight(unsigned place, cell what) noexcept { write(place, what); }
  void vacate(unsigned place) noexcept { write(place, 0); }
  // Puts `what` where nothing was; `tags` is what control says then. The tag first: see above. release, also of the tags:
  // they lack those of entries that have gone, and who sees that sees why.
  void put(unsigned place, cell what, std::uint64_t tags) noexcept {
    control.store(tags, std::memory_order_release);
    write(place, what);
  }

  // The overflow line behind this one, or null.
  [[nodiscard]] node_overflow* link() const noexcept {
    const cell last = words[Slots - 1].load(std::memory_order_acquire);
    return is_link(last) ? reinterpret_cast<node_overflow*>(static_cast<std::uintptr_t>(last & ~cell{1})) : nullptr;
  }
  // Whether there is one, or was when `tags` were read.
  [[nodiscard]] bool has_link(std::uint64_t tags) const noexcept {
    return link() != nullptr || tag_at(tags, Slots - 1) == link_tag;
  }
  // `tags` without what is no entry.
  [[nodiscard]] static constexpr std::uint64_t entries_of(std::uint64_t tags) noexcept {
    return tag_at(tags, Slots - 1) == link_tag ? without_tag(tags, Slots - 1) : tags;
  }

  // Puts the empty `fresh` behind this full line, whose last entry is in there before the link can be seen. The
  // tags of this line afterwards.
  [[nodiscard]] std::uint64_t add_link(node_overflow& fresh, std::uint64_t tags) noexcept;
  // Leads to `next` from now on, or, if null, nowhere. The tags of this line afterwards.
  [[nodiscard]] std::uint64_t relink(const node_overflow* next, std::uint64_t tags) noexcept {
    write(Slots - 1, next == nullptr ? 0 : link_to(next));
    return next == nullptr ? without_tag(tags, Slots - 1) : tags;
  }
  // Copies a line that nobody else writes to this one, which nobody else sees.
  void copy_from(const node_line_of& other) noexcept {
    for (unsigned i = 0; i < Slots; ++i) words[i].store(other.read(i), std::memory_order_relaxed);
  }

 private:
  [[nodiscard]] static cell link_to(const node_overflow* line) noexcept {
    return reinterpret_cast<std::uintptr_t>(line) | 1;
  }
};

struct alignas(64) node_line : node_line_of<7> {
  [[nodiscard]] static bool is_read_at_sight() noexcept { return true; }
};
static_assert(sizeof(node_line) == 64);

struct node_overflow : reclaim::retirable, node_line_of<5> {};
static_assert(sizeof(node_overflow) == 64);

template <unsigned Slots>
std::uint64_t node_line_of<Slots>::add_link(node_overflow& fresh, std::uint64_t tags) noexcept {
  constexpr unsigned last = Slots - 1;
  // relaxed, both: the link below publishes them.
  fresh.words[0].store(read(last), std::memory_order_relaxed);
  fresh.control.store(with_tag(0, 0, tag_at(tags, last)), std::memory_order_relaxed);
  write(last, link_to(&fresh));
  return with_tag(without_tag(tags, last), last, link_tag);
}

}  // namespace holdfast::inline v0::concurrent
