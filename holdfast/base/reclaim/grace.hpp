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
// inv hf.reclaim.one-fence: at most one heavy fence is executed at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/registry.hpp>
#include <holdfast/base/sync/try_lock.hpp>

namespace holdfast::inline v0::reclaim {

enum class haste : std::uint8_t {
  none,     // a new period may wait until the last fence is long enough ago
  now,
  pressed,  // now, and whoever is at work on it is waited for
};

// The reader that keeps a grace period from ending.
struct blocker {
  std::uint32_t thread = 0;   // 0: none
  std::uint64_t since = 0;    // when that period began, in nanoseconds of Machine::now()
};

template <class Machine>
class basic_grace {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using registry = basic_registry<Machine>;
  using record = basic_record<Machine>;

  // Fences are at least so far apart, and take a tenth of the time if they take a tenth of `most_spacing` or less.
  // They are not kept apart for longer: one that seems long was most often long because its thread was taken off the
  // processor, and what is retired meanwhile waits for the next one.
  static constexpr std::uint64_t least_spacing = 100'000;
  static constexpr std::uint64_t most_spacing = 1'000'000;
  // A reader that blocks longer than this is asked to make room; see read_scope.
  static constexpr std::uint64_t patience = 10'000'000;

  explicit constexpr basic_grace(registry& records) noexcept : records_(&records) {}
  basic_grace(const basic_grace&) = delete;
  basic_grace& operator=(const basic_grace&) = delete;

  // What was unlinked before this call is out of every reader's sight when the ticket is passed.
  [[nodiscard]] std::uint64_t ticket() noexcept {
    // release, and a write although nothing changes: pairs with the fence after begin(). Either we come first, then
    // that fence comes after our unlinking, or we see the odd number.
    const std::uint64_t now = number_.fetch_add(0, std::memory_order_release);
    return now % 2 == 0 ? now + 2 : now + 3;
  }

  // acquire: pairs with the release in end(); all reads of the sections that are over are done.
  [[nodiscard]] bool passed(std::uint64_t ticket) const noexcept {
    return number_.load(std::memory_order_acquire) >= ticket;
  }

  // Takes the steps towards `ticket` that can be taken without waiting.
  void advance(std::uint64_t ticket, haste hurry) noexcept {
    const sync::taken got = guard_.try_lock();
    if (got == sync::taken::no) return;
    // A thread that the fork left behind may have been between the fence and its notes.
    if (got == sync::taken::inherited) noted_ = false;
    while (!passed(ticket) && step(hurry)) {}
    guard_.unlock();
  }

  // Grace periods that are over.
  // relaxed, here and below: figures for people.
  [[nodiscard]] std::uint64_t periods() const noexcept { return number_.load(std::memory_order_relaxed) / 2; }
  [[nodiscard]] std::uint64_t fences() const noexcept { return fences_.load(std::memory_order_relaxed); }
  // The heavy fence was refused after readers had begun to rely on it: no period ends any more.
  [[nodiscard]] bool is_lost() const noexcept { return lost_.load(std::memory_order_relaxed); }

  [[nodiscard]] blocker find_blocker() const noexcept {
    blocker found;
    if (number_.load(std::memory_order_relaxed) % 2 == 0) return found;
    records_->for_each([&](const record& one) {
      if (one.is_blocking()) found.thread = one.thread.load(std::memory_order_relaxed);
    });
    if (found.thread != 0) found.since = began_.load(std::memory_order_relaxed);
    return found;
  }

 private:
  // One step, if one can be taken.
  bool step(haste hurry) noexcept {
    // relaxed: only the holder of the guard changes it to anything new.
    if (number_.load(std::memory_order_relaxed) % 2 == 0 && !begin(hurry)) return false;
    if (!noted_ && !fence_and_note()) return false;
    if (is_blocked()) return false;
    // release: pairs with the acquire in passed(). No plain store, although nobody else changes the number: it would
    // stand between a ticket just taken and the next begin(), whose fence would then not know of that unlinking.
    number_.fetch_add(1, std::memory_order_release);
    return true;
  }

  bool begin(haste hurry) noexcept {
    const std::uint64_t now = Machine::now();
    if (hurry == haste::none && now < earliest_) return false;
    began_.store(now, std::memory_order_relaxed);
    noted_ = false;
    // relaxed: the heavy fence, which comes before anything else is concluded, is a full one for its caller too, and so
    // makes this see what came before each ticket() taken till now.
    number_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  bool fence_and_note() noexcept {
    const std::uint64_t before = Machine::now();
    const bool fenced = Machine::heavy_fence();
    const std::uint64_t after = Machine::now();
    earliest_ = after + std::clamp(10 * (after - before), least_spacing, most_spacing);
    lost_.store(!fenced, std::memory_order_relaxed);
    if (!fenced) return false;
    fences_.store(fences_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    records_->for_each([](record& one) { one.note_reading(); });
    noted_ = true;
    return true;
  }

  bool is_blocked() noexcept {
    bool blocked = false;
    records_->for_each([&](record& one) { blocked = one.is_blocking() || blocked; });
    if (blocked && Machine::now() - began_.load(std::memory_order_relaxed) > patience)
      records_->for_each([](record& one) {
        if (one.is_blocking()) one.ask_to_refresh();
      });
    return blocked;
  }

  registry* records_;
  sync::basic_try_lock<Machine> guard_;
  atomic<std::uint64_t> number_{0};
  atomic<std::uint64_t> began_{0};
  atomic<std::uint64_t> fences_{0};
  atomic<bool> lost_{false};
  // The rest is the guard's.
  bool noted_ = true;  // whether the period under way has had its fence and its notes
  std::uint64_t earliest_ = 0;
};

}  // namespace holdfast::inline v0::reclaim
