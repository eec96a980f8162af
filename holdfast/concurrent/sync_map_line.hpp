// One cache line per bucket: everything a lookup must know before it touches an entry.
//
//   control    tag 0 | tag 1 | ... | tag 6 | lock            one byte each
//   word 0..6  16 bits sign | 48 bits address of a node
//
//   tag    0 vacant, 1 link, 2.. the top byte of the hash
//   sign   a set bit and 15 bits of the hash: those that decide where a split sends the entry once there
//          are 8192 buckets, so that moving an entry does not touch its node
//
// When a line is full its last word becomes a link (sign 0, low bit set) to an overflow line, which has
// five words and may itself end in a link. A reader that still has the old tags takes no link for a node,
// because the sign of a link, and of a vacant word, has no bit set.
//
// Readers load control, then the words whose tag fits. Writers hold the lock; they store a word before its
// tag, so that who sees a tag sees the word, and a tag appears together with the end of the lock.
//
// inv hf.concurrent.sign-tells-node: the top bit of a word is set if and only if it leads to a node.
// inv hf.concurrent.tag-matches-node: the tag and the sign beside a node are those of its hash.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::concurrent {

// ---- tags -----------------------------------------------------------------------------------------------

inline constexpr std::uint64_t vacant_tag = 0;
inline constexpr std::uint64_t link_tag = 1;
inline constexpr std::uint64_t lock_bit = std::uint64_t{1} << 63;
inline constexpr std::uint64_t all_tags = 0x00ff'ffff'ffff'ffff;

[[nodiscard]] constexpr std::uint64_t tag_of(std::uint64_t hash) noexcept {
  const std::uint64_t top = hash >> 56;
  return top < 2 ? top + 2 : top;
}

// `control` with `tag` at `place`, which was vacant.
[[nodiscard]] constexpr std::uint64_t with_tag(std::uint64_t control, unsigned place, std::uint64_t tag) noexcept {
  return control | tag << (8 * place);
}
[[nodiscard]] constexpr std::uint64_t without_tag(std::uint64_t control, unsigned place) noexcept {
  return control & ~(std::uint64_t{0xff} << (8 * place));
}

// The places of a line that may have a certain tag, first to last: at least those that have it.
class tag_matches {
 public:
  constexpr tag_matches(std::uint64_t control, std::uint64_t tag, unsigned slots) noexcept {
    const std::uint64_t differs = control ^ tag * ones;
    // Zero bytes become 0x80; a byte above one may, too, which costs a look at a word of another sign.
    found_ = (differs - ones) & ~differs & (ones << 7) & ((std::uint64_t{1} << (8 * slots)) - 1);
  }
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return found_ != 0; }
  [[nodiscard]] constexpr unsigned first() const noexcept { return static_cast<unsigned>(std::countr_zero(found_)) / 8; }
  constexpr void drop_first() noexcept { found_ &= found_ - 1; }

 private:
  static constexpr std::uint64_t ones = 0x0001'0101'0101'0101;
  std::uint64_t found_;
};

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

inline constexpr unsigned main_slots = 7;
inline constexpr unsigned overflow_slots = 5;

template <unsigned Slots>
struct line_of {
  static constexpr unsigned slots = Slots;
  // Every store of a word or of control that a reader may see is a release, every load of a reader an
  // acquire: they pair with each other, in the order in which writers store and readers load.
  std::atomic<std::uint64_t> control{0};
  std::atomic<std::uint64_t> words[Slots] = {};

  [[nodiscard]] std::uint64_t last_word() const noexcept { return words[Slots - 1].load(std::memory_order_acquire); }
};

struct alignas(64) bucket_line : line_of<main_slots> {};
static_assert(sizeof(bucket_line) == 64);

struct overflow_line : reclaim::retirable, line_of<overflow_slots> {};
static_assert(sizeof(overflow_line) == 64);

[[nodiscard]] inline std::uint64_t link_to(const overflow_line* line) noexcept {
  return reinterpret_cast<std::uintptr_t>(line) | 1;
}
[[nodiscard]] inline overflow_line* linked(std::uint64_t word) noexcept {
  return reinterpret_cast<overflow_line*>(static_cast<std::uintptr_t>(word & ~std::uint64_t{1}));
}

// Calls visit(word) for each node of a bucket. For who holds its lock, or needs no more than what may be
// seen at one time or another.
template <class Visit>
void for_each_word(const bucket_line& line, Visit&& visit) {
  const auto in_line = [&](const auto& part) {
    for (const auto& word : part.words) {
      const std::uint64_t seen = word.load(std::memory_order_acquire);
      if (leads_to_node(seen)) visit(seen);
    }
    return part.last_word();
  };
  for (std::uint64_t last = in_line(line); is_link(last);) last = in_line(*linked(last));
}

}  // namespace holdfast::inline v0::concurrent
