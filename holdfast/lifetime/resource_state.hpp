// One word says whose turn a slot is, how many share it, and what has become of it.
//
//   bits  0..7    flags
//   bits  8..31   count of shares; 0: nobody's
//   bits 32..63   generation: which tenant this is; 0: there was none yet
//
// Whoever takes the count to zero sets `over` in the same step, so a reader that sees neither count nor
// anything but its generation and `borrowed` knows that the resource is good:
//
//   reader             (word without count) == generation, borrowed
//   first reader       sets `borrowed`: from then on the last release waits for a grace period
//   last release       count 1 → 0, sets `over`; unborrowed: nobody can be looking
//
// The rules are a template over the machine they run on, as those of base/reclaim are, so that tests play them
// in chosen orders.
//
// inv hf.resources.generation-saturates: the last generation is given out once and never left.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/lifetime/resource_error.hpp>

namespace holdfast::inline v0::lifetime {

enum resource_flag : std::uint64_t {
  flag_closing = 1,   // nobody gets a new share
  flag_borrowed = 2,  // somebody has used it without a share
  flag_gone = 4,      // C has freed it
  flag_kept = 8,      // C has tried to free it; the memory was kept
  flag_over = 16,     // the last share was released
  flag_checked = 32,  // it has a cookie to be compared before each use
};

struct resource_word {
  static constexpr std::uint64_t one_share = 1 << 8;
  static constexpr std::uint64_t count_mask = 0xffffff00;
  static constexpr std::uint32_t most_shares = 0xffffff;
  static constexpr std::uint32_t last_generation = 0xffffffff;

  std::uint64_t bits = 0;

  [[nodiscard]] constexpr std::uint32_t generation() const noexcept { return static_cast<std::uint32_t>(bits >> 32); }
  [[nodiscard]] constexpr std::uint32_t count() const noexcept {
    return static_cast<std::uint32_t>((bits & count_mask) >> 8);
  }
  [[nodiscard]] constexpr bool has(resource_flag flag) const noexcept { return (bits & flag) != 0; }

  // The usual case of a reader, in one comparison.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE constexpr bool is_plainly_readable(std::uint32_t asked) const noexcept {
    return (bits & ~count_mask) == (std::uint64_t{asked} << 32 | flag_borrowed);
  }

  // What a handle of generation `asked` meets: none, invalid, stale.
  [[nodiscard]] constexpr resource_error judge(std::uint32_t asked) const noexcept {
    if (asked == 0 || asked > generation()) return resource_error::invalid;
    return asked == generation() && count() != 0 ? resource_error::none : resource_error::stale;
  }
  // The same for who wants to use it, or to share it.
  [[nodiscard]] constexpr resource_error judge_use(std::uint32_t asked) const noexcept {
    if (const resource_error what = judge(asked); what != resource_error::none) return what;
    if (has(flag_gone)) return resource_error::freed;
    return has(flag_closing) ? resource_error::closing : resource_error::none;
  }
};

// `LastGeneration` is what tests shorten.
template <class Machine, std::uint32_t LastGeneration = resource_word::last_generation>
class basic_resource_state {
 public:
  struct released {
    resource_error error;
    bool last;
    bool borrowed;
  };

  // As if it had had so many tenants.
  constexpr explicit basic_resource_state(std::uint32_t tenants = 0) noexcept : word_{std::uint64_t{tenants} << 32} {}

  // acquire: pairs with open(): who sees the generation sees what the slot says of its resource.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE resource_word load() const noexcept {
    return {word_.load(std::memory_order_acquire)};
  }

  // Whether open() has a generation left to give.
  [[nodiscard]] bool is_exhausted() const noexcept { return load().generation() == LastGeneration; }

  // A new tenant with one share; its generation. By who took the slot from the list, and alone has it.
  std::uint32_t open(std::uint64_t flags) noexcept {
    const std::uint32_t next = load().generation() + 1;
    // release: pairs with the acquire in load(), share() and borrow().
    word_.store(std::uint64_t{next} << 32 | resource_word::one_share | flags, std::memory_order_release);
    return next;
  }

  // One share more. Refuses what has none left, is closing, or was freed.
  resource_error share(std::uint32_t generation) noexcept {
    return count_up([generation](resource_word now) { return now.judge_use(generation); });
  }
  // The same by who has a share: closing and freed make no difference.
  resource_error share_again(std::uint32_t generation) noexcept {
    return count_up([generation](resource_word now) { return now.judge(generation); });
  }

  // One share less.
  released release(std::uint32_t generation) noexcept {
    resource_word now = load();
    for (;;) {
      if (const resource_error what = now.judge(generation); what != resource_error::none) return {what, false, false};
      const bool last = now.count() == 1;
      const std::uint64_t next = (now.bits - resource_word::one_share) | (last ? std::uint64_t{flag_over} : 0);
      // acq_rel: the last release comes after every other one, and after all that was done under those shares.
      if (word_.compare_exchange_strong(now.bits, next, std::memory_order_acq_rel, std::memory_order_acquire))
        return {resource_error::none, last, now.has(flag_borrowed)};
    }
  }

  // From now on the last release waits for readers. Inside a section, before the pointer is looked at.
  resource_error borrow(std::uint32_t generation) noexcept {
    resource_word now = load();
    for (;;) {
      if (const resource_error what = now.judge_use(generation); what != resource_error::none) return what;
      if (now.has(flag_borrowed)) return resource_error::none;
      // acq_rel: pairs with release(): either it comes first and we see no share, or it sees our flag.
      if (word_.compare_exchange_strong(now.bits, now.bits | flag_borrowed, std::memory_order_acq_rel,
                                        std::memory_order_acquire))
        return resource_error::none;
    }
  }

  // The usual way to use it without a share, in no section: `node`, in which this state lies, is held in a slot of
  // `mine` if the tenant is plainly readable before and after. Null: it was not. The first look keeps stale handles
  // from holding up who has the place now.
  template <class Record, class Node>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE typename Record::slot* hold(Record& mine, const Node* node,
                                                                   std::uint32_t generation) const noexcept {
    const resource_word seen = load();
    if (!seen.is_plainly_readable(generation)) [[unlikely]]
      return nullptr;
    typename Record::slot& held = mine.hold_and_look(node);
    if (load().bits == seen.bits) [[likely]]
      return &held;
    Record::release(held);
    return nullptr;
  }

  // Sets a flag of the tenant `generation`, also after its last share was released; whether it was clear before.
  bool mark(std::uint32_t generation, resource_flag flag) noexcept {
    resource_word now = load();
    while (now.generation() == generation && !now.has(flag)) {
      // acq_rel: pairs with the load of who frees the resource, and with share() and borrow().
      if (word_.compare_exchange_strong(now.bits, now.bits | flag, std::memory_order_acq_rel,
                                        std::memory_order_acquire))
        return true;
    }
    return false;
  }

 private:
  template <class Judge>
  resource_error count_up(Judge judge) noexcept {
    resource_word now = load();
    for (;;) {
      if (const resource_error what = judge(now); what != resource_error::none) return what;
      if (now.count() == resource_word::most_shares) return resource_error::too_many;
      // acquire: pairs with open() and with marks; the share is worth nothing to anybody before it is made.
      if (word_.compare_exchange_strong(now.bits, now.bits + resource_word::one_share, std::memory_order_acquire,
                                        std::memory_order_acquire))
        return resource_error::none;
    }
  }

  typename Machine::template atomic<std::uint64_t> word_;
};

}  // namespace holdfast::inline v0::lifetime
