// Grace periods: when one is over, every section that was open when it began has been left.
//
// One number for all: even, nothing is under way; odd, a period has begun. Whoever unlinked something
// takes a ticket, the number at which a period that began afterwards is over. There is no thread that
// makes periods go on: whoever wants one to end calls advance(), and one caller at a time does the work.
// So at most one heavy fence is executed at a time, and all that asked before it share it.
//
//   begin   number odd, heavy fence, note the sequence of each record that is inside a section
//   end     every noted sequence has changed: number even
//
// inv hf.reclaim.grace-covers: a ticket is passed only after each section open when it was taken is over.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/registry.hpp>
#include <holdfast/base/sync/try_lock.hpp>

namespace holdfast::inline v0::reclaim {

template <class Machine>
class basic_grace {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using registry = basic_registry<Machine>;
  using record = basic_record<Machine>;

  explicit constexpr basic_grace(registry& records) noexcept : records_(&records) {}

  // What was unlinked before this call is out of every reader's sight when the ticket is passed.
  [[nodiscard]] std::uint64_t ticket() noexcept {
    // acq_rel, and a write although nothing changes: pairs with the one in begin(). Either we come first,
    // then that period's fence comes after our unlinking, or we see its odd number.
    const std::uint64_t now = number_.fetch_add(0, std::memory_order_acq_rel);
    return now % 2 == 0 ? now + 2 : now + 3;
  }

  // acquire: pairs with the release in end(); all reads of the sections that are over are done.
  [[nodiscard]] bool passed(std::uint64_t ticket) const noexcept {
    return number_.load(std::memory_order_acquire) >= ticket;
  }

  // Takes the steps towards `ticket` that can be taken without waiting.
  void advance(std::uint64_t ticket) noexcept {
    if (!guard_.try_lock()) return;
    while (!passed(ticket))
      if (!step()) break;
    guard_.unlock();
  }

  [[nodiscard]] std::uint64_t number() const noexcept { return number_.load(std::memory_order_acquire); }

 private:
  // One step, if one can be taken.
  bool step() noexcept {
    // relaxed: only the holder of the guard changes it to anything new.
    const std::uint64_t now = number_.load(std::memory_order_relaxed);
    if (now % 2 == 0) {
      number_.fetch_add(1, std::memory_order_acq_rel);
      fenced_ = false;
    }
    if (!fenced_) {
      if (!Machine::heavy_fence()) return false;
      note_readers();
      fenced_ = true;
    }
    if (is_blocked()) return false;
    // release: pairs with the acquire in passed().
    number_.store(number_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    return true;
  }

  void note_readers() noexcept {
    records_->for_each([](record& one) {
      const std::uint64_t sequence = one.sequence();
      one.blocks_at = sequence % 2 == 1 ? sequence : 0;
    });
  }

  bool is_blocked() noexcept {
    bool blocked = false;
    records_->for_each([&](record& one) {
      if (one.blocks_at == 0) return;
      if (one.sequence() == one.blocks_at) blocked = true;
      else one.blocks_at = 0;
    });
    return blocked;
  }

  registry* records_;
  sync::basic_try_lock<Machine> guard_;
  atomic<std::uint64_t> number_{0};
  bool fenced_ = true;  // whether the period under way has had its fence
};

}  // namespace holdfast::inline v0::reclaim
