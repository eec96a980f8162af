// Which resource lies at an address, and a filter that says for most addresses that none does.
//
// A chain of slots for each of 65 536 hash values; the filter has a bit for each chain, set while the chain is not
// empty, so it never needs to be rebuilt. 64 shards, each with its lock, its chains and its words of the filter:
//
//   address ─hash─▶ 16 bits: shard (6) · chain (10)      filter bit 1 ⇔ heads[shard][chain] ≠ 0
//
// A shard with more than four resources to a chain splits its chains in two; the filter's bit then stands for
// several of them. A child of fork() that finds a shard locked by a thread it does not have makes the chains anew.
//
// While this thread has a shard locked, is_inside_index() says so: what the C library frees for us meanwhile is
// nobody's resource, and looking it up would wait for ourselves.
//
// inv hf.resources.filter-covers: the bit of an address that is linked is set.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include <holdfast/lifetime/guard_abi.h>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/real_machine.hpp>
#include <holdfast/base/sync/try_lock.hpp>
#include <holdfast/lifetime/resource_slots.hpp>

namespace holdfast::inline v0::lifetime {

[[nodiscard]] bool is_inside_index() noexcept;

class address_index {
 public:
  static constexpr unsigned shard_count = 64;

  // `owner` is what the slots that are linked here have for their owner.
  explicit address_index(const registry_core* owner) noexcept : owner_(owner) {}
  address_index(const address_index&) = delete;
  address_index& operator=(const address_index&) = delete;
  ~address_index();

  // ---- the slot's pointer is the address; at most one slot is linked for it ----

  // Links `slot`, with the shard locked. `open()` is called before, unless there is no memory: then nothing is done,
  // and it says false. `replace(resource_slot&)` is called with the one that was linked for the address until now, if
  // any; that one is unlinked.
  template <class Open, class Replace>
  [[nodiscard]] bool link(resource_slot& slot, Open&& open, Replace&& replace) noexcept {
    const locked held(*this, slot.pointer);
    if (!held.has_room()) return false;
    open();
    if (resource_slot* before = held.find(slot.pointer)) {
      replace(*before);
      held.unlink(*before);
    }
    held.link(slot);
    return true;
  }

  // How many were ever linked since that was forgotten.
  [[nodiscard]] std::uint64_t ever_linked() const noexcept;
  void forget_ever_linked() noexcept;

  // Unlinks `slot` if it is linked, and calls `then()` with the shard locked.
  template <class Then>
  void unlink(resource_slot& slot, Then&& then) noexcept {
    const locked held(*this, slot.pointer);
    held.unlink(slot);
    then();
  }

  // Calls `visit(resource_slot&)` for the slot that is linked for the address, with the shard locked; the slot is
  // unlinked if it says true.
  template <class Visit>
  void at(const void* address, Visit&& visit) noexcept {
    const locked held(*this, address);
    if (resource_slot* found = held.find(address))
      if (visit(*found)) held.unlink(*found);
  }

  // at() for all addresses in [begin, begin + size). Costs a look at all that is linked.
  template <class Visit>
  void within(const void* begin, std::size_t size, Visit&& visit) noexcept {
    if (!may_lie_within(begin, size)) return;
    const auto first = reinterpret_cast<std::uintptr_t>(begin);
    for (unsigned number = 0; number < shard_count; ++number) {
      const locked held(*this, number);
      held.for_each([&](resource_slot& each) {
        const auto place = reinterpret_cast<std::uintptr_t>(each.pointer);
        if (place >= first && place - first < size && visit(each)) held.unlink(each);
      });
    }
  }

  // Whether something may be linked for the address. One load; any thread, at any time.
  [[nodiscard]] bool may_hold(const void* address) const noexcept {
    const std::uint32_t bit = holdfast_filter_bit(address);
    // relaxed: a hint to others; who links and then hands the address on is seen by who got it.
    return (filter_[bit / 64].load(std::memory_order_relaxed) >> bit % 64 & 1) != 0;
  }
  // The same words, as the guard reads them.
  [[nodiscard]] const std::uint64_t* filter() const noexcept { return reinterpret_cast<const std::uint64_t*>(filter_); }

 private:
  static constexpr unsigned least_width = 10;
  static constexpr unsigned filter_words = holdfast_filter_bits / 64;

  struct alignas(64) shard {
    sync::basic_try_lock<sync::real_machine> guard;
    std::uint32_t* heads = nullptr;  // 1 << width of them: index of a slot and one; 0: empty
    unsigned width = least_width;
    std::size_t linked = 0;
    std::atomic<std::uint64_t> ever_linked{0};  // written under the lock
  };

  // A shard, locked.
  class [[nodiscard]] locked {
   public:
    locked(address_index& all, unsigned number) noexcept;
    locked(address_index& all, const void* address) noexcept;
    locked(const locked&) = delete;
    locked& operator=(const locked&) = delete;
    ~locked();

    [[nodiscard]] bool has_room() const noexcept;
    [[nodiscard]] resource_slot* find(const void* address) const noexcept;
    void link(resource_slot& slot) const noexcept;
    void unlink(resource_slot& slot) const noexcept;
    // Also while what is visited is unlinked.
    template <class Visit>
    void for_each(Visit&& visit) const {
      if (one_.heads == nullptr) return;
      for (std::uint32_t& head : std::span(one_.heads, std::size_t{1} << one_.width))
        for (std::uint32_t next = head; next != 0;) {
          resource_slot& each = *the_resource_slots.it.find(next - 1);
          next = next_of(each);
          visit(each);
        }
    }

   private:
    [[nodiscard]] std::uint32_t* head_of(const void* address) const noexcept;
    [[nodiscard]] static std::uint32_t& next_of(const resource_slot& slot) noexcept;
    void put(resource_slot& slot) const noexcept;
    void split() const noexcept;
    void make_anew() const noexcept;
    [[nodiscard]] bool is_chain_empty(const void* address) const noexcept;

    address_index& all_;
    shard& one_;
  };

  [[nodiscard]] bool may_lie_within(const void* begin, std::size_t size) const noexcept;
  void note_page(const void* address) noexcept;

  const registry_core* owner_;
  shard shards_[shard_count];
  std::atomic<std::uint64_t> filter_[filter_words] = {};
  // A bit for each page on which something was ever linked; never cleared.
  std::atomic<std::uint64_t> pages_[filter_words] = {};
};

}  // namespace holdfast::inline v0::lifetime
