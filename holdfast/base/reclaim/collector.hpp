// The way of a retired object to its destruction.
//
//   lanes     pushed here by retire(), each thread mostly alone on its lane
//   fresh     taken from the lanes
//   waiting   a grace period that began after they were taken must pass
//   ripe      out of every section's sight; destroyed unless a slot holds it, else looked at again
//
// An object is destroyed only after a scan of all slots that began when its grace period was over: what a
// section handed to a slot is there to be seen. One thread at a time moves objects along; whoever finds it
// at work goes away, unless he has been turned away too often. Destructors run after the lock is given back.
//
// inv hf.reclaim.scan-after-grace: slots are read after the grace period is seen to be over.
// inv hf.reclaim.scan-whole: a scan during which a pin was copied counts for nothing.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/reclaim/address_list.hpp>
#include <holdfast/base/reclaim/grace.hpp>
#include <holdfast/base/reclaim/retired_list.hpp>
#include <holdfast/base/sync/try_lock.hpp>

namespace holdfast::inline v0::reclaim {

// How much is on its way, as far as it has been taken from the lanes.
struct garbage {
  std::size_t objects = 0;
  std::size_t bytes = 0;
};

// `Lanes`: tests that play every step take fewer.
template <class Machine, unsigned Lanes = 64>
class basic_collector {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using registry = basic_registry<Machine>;
  using record = basic_record<Machine>;
  using grace = basic_grace<Machine>;

  constexpr basic_collector(registry& records, grace& periods) noexcept : records_(&records), periods_(&periods) {}
  basic_collector(const basic_collector&) = delete;
  basic_collector& operator=(const basic_collector&) = delete;

  // `one` is unlinked and noted. `lane` is any number; threads with different ones do not meet.
  void push(retirable& one, unsigned lane) noexcept {
    atomic<retirable*>& first = lanes_[lane % Lanes].first;
    retirable* before = first.load(std::memory_order_relaxed);
    do one.next_retired = before;
    // release: pairs with the acquire in gather(); the unlinking comes before the grace period.
    while (!first.compare_exchange_strong(before, &one, std::memory_order_release, std::memory_order_relaxed));
  }

  // Who has been turned away so often in a row waits for his turn: the one at work may be off its processor, and what
  // is retired meanwhile stays in the lanes, where no limit counts it.
  static constexpr unsigned most_refusals = 8;

  // Moves along what can be moved without waiting. Of what may be destroyed up to `most` is the caller's, who tells
  // when that is done; the rest is left for others, so that no thread destroys alone what many retire.
  // `refusals`: how often in a row the caller has been turned away because another was at work.
  [[nodiscard]] retired_list collect(haste hurry, std::size_t most, unsigned& refusals) noexcept {
    retired_list doomed;
    const bool waits = hurry == haste::pressed || refusals >= most_refusals;
    if (!enter(waits ? guard_.lock() : guard_.try_lock())) {
      ++refusals;
      return doomed;
    }
    refusals = 0;
    gather();
    take_ripe(doomed, most);
    // A fence takes long, and nobody else can take anything meanwhile: first what has piled up.
    if (doomed.objects < most) {
      move_along(hurry);
      take_ripe(doomed, most - doomed.objects);
    }
    guard_.unlock();
    return doomed;
  }
  void destroyed(garbage what) noexcept {
    // relaxed, here and below: figures.
    pending_objects_.fetch_sub(what.objects, std::memory_order_relaxed);
    pending_bytes_.fetch_sub(what.bytes, std::memory_order_relaxed);
  }

  // Everything on its way, for who wants to see it through: wait for a grace period, then sort_out().
  [[nodiscard]] retired_list take_all() noexcept {
    retired_list all;
    if (!enter(guard_.lock())) return all;
    gather();
    all.take(fresh_);
    all.take(waiting_);
    all.take(ripe_);
    guard_.unlock();
    return all;
  }
  // `all` is out of every section's sight. What may be destroyed is taken out of it.
  [[nodiscard]] retired_list sort_out(retired_list& all) noexcept {
    retired_list doomed;
    if (!enter(guard_.lock())) return doomed;
    if (find_held()) part(all, doomed, all.objects);
    guard_.unlock();
    return doomed;
  }
  // Gives back what take_all() gave; `seen_through`: a grace period has passed.
  void give_back(retired_list& rest, bool seen_through) noexcept {
    if (!enter(guard_.lock())) return;
    (seen_through ? ripe_ : fresh_).take(rest);
    guard_.unlock();
  }

  // What another collector had on its way.
  void adopt(retired_list& more) noexcept {
    const garbage added{more.objects, more.bytes};
    give_back(more, false);
    pending_objects_.fetch_add(added.objects, std::memory_order_relaxed);
    pending_bytes_.fetch_add(added.bytes, std::memory_order_relaxed);
  }

  [[nodiscard]] garbage pending() const noexcept {
    return {pending_objects_.load(std::memory_order_relaxed), pending_bytes_.load(std::memory_order_relaxed)};
  }
  // The same with what is still in the lanes.
  [[nodiscard]] garbage count() noexcept {
    if (enter(guard_.lock())) {
      gather();
      guard_.unlock();
    }
    return pending();
  }

 private:
  struct alignas(64) lane_head {
    atomic<retirable*> first{nullptr};
  };

  // A thread that a fork left behind may have had the lists half in its hands: they are let go, unfreed.
  bool enter(sync::taken got) noexcept {
    if (got == sync::taken::no) return false;
    if (got == sync::taken::inherited) {
      fresh_ = waiting_ = ripe_ = {};
      held_.abandon();
    }
    // What those threads were destroying is no longer on its way either.
    if (const std::uint64_t here = Machine::generation(); here != generation_) {
      if (generation_ != 0) {
        pending_objects_.store(fresh_.objects + waiting_.objects + ripe_.objects, std::memory_order_relaxed);
        pending_bytes_.store(fresh_.bytes + waiting_.bytes + ripe_.bytes, std::memory_order_relaxed);
      }
      generation_ = here;
    }
    return true;
  }

  void gather() noexcept {
    retired_list found;
    for (lane_head& lane : lanes_) {
      // relaxed: an empty lane is left alone; what comes later comes along later.
      if (lane.first.load(std::memory_order_relaxed) == nullptr) continue;
      // acquire: pairs with the release in push().
      found.first = lane.first.exchange(nullptr, std::memory_order_acquire);
      const std::size_t objects = fresh_.objects, bytes = fresh_.bytes;
      found.give_all([&](retirable& one) { fresh_.add(one); });
      pending_objects_.fetch_add(fresh_.objects - objects, std::memory_order_relaxed);
      pending_bytes_.fetch_add(fresh_.bytes - bytes, std::memory_order_relaxed);
    }
  }

  // Twice: when a period ends, what came meanwhile begins the next one.
  void move_along(haste hurry) noexcept {
    for (int turn = 0; turn < 2; ++turn) {
      if (waiting_.empty()) {
        if (fresh_.empty()) return;
        waiting_.take(fresh_);
        ticket_ = periods_->ticket();
      }
      periods_->advance(ticket_, hurry);
      if (!periods_->passed(ticket_)) return;
      ripe_.take(waiting_);
    }
  }

  // False: it cannot be said, and nothing may be destroyed.
  bool find_held() noexcept {
    const std::uint64_t before = transfers();
    bool known = true;
    held_.clear();
    records_->for_each([&](const record& one) {
      one.for_each_held([&](const retirable* node) { known = held_.add(node) && known; });
    });
    held_.sort();
    return transfers() == before && known;
  }

  // Each part of the sum only grows, so an equal sum means that none has changed.
  std::uint64_t transfers() const noexcept {
    std::uint64_t sum = 0;
    records_->for_each([&](const record& one) { sum += one.transfers(); });
    return sum;
  }

  void take_ripe(retired_list& doomed, std::size_t most) noexcept {
    if (!ripe_.empty() && find_held()) part(ripe_, doomed, most);
  }

  // Looks at the first `most` of `all`; those that are held go to its end.
  void part(retired_list& all, retired_list& doomed, std::size_t most) noexcept {
    retired_list held;
    for (std::size_t n = 0; n < most && !all.empty(); ++n) {
      retirable& one = all.take_first();
      (held_.contains(&one) ? held : doomed).add(one);
    }
    all.take(held);
  }

  registry* records_;
  grace* periods_;
  lane_head lanes_[Lanes];
  sync::basic_try_lock<Machine> guard_;
  atomic<std::size_t> pending_objects_{0};
  atomic<std::size_t> pending_bytes_{0};
  // The rest is the guard's.
  retired_list fresh_;
  retired_list waiting_;
  retired_list ripe_;
  std::uint64_t ticket_ = 0;
  std::uint64_t generation_ = 0;
  address_list held_;
};

}  // namespace holdfast::inline v0::reclaim
