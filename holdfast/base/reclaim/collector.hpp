// The way of a retired object to its destruction.
//
//   lanes     pushed here by retire(), each thread mostly alone on its lane
//   waiting   taken from the lanes together; a grace period that begins after that must pass
//   ripe      out of every section's sight; destroyed unless a slot holds it, else looked at again
//
// An object is destroyed only after a scan of all slots that began when its grace period was over: what a
// section handed to a slot is there to be seen. One thread at a time moves objects along; whoever finds it
// at work goes away. Destructors run after the lock is given back.
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

template <class Machine>
class basic_collector {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using registry = basic_registry<Machine>;
  using record = basic_record<Machine>;
  using grace = basic_grace<Machine>;
  static constexpr unsigned lanes = 64;

  constexpr basic_collector(registry& records, grace& periods) noexcept : records_(&records), periods_(&periods) {}
  basic_collector(const basic_collector&) = delete;
  basic_collector& operator=(const basic_collector&) = delete;

  // `one` is unlinked and noted. `lane` is any number; threads with different ones do not meet.
  void push(retirable& one, unsigned lane) noexcept {
    atomic<retirable*>& first = lanes_[lane % lanes].first;
    retirable* before = first.load(std::memory_order_relaxed);
    do one.next_retired = before;
    // release: pairs with the acquire in gather(); the unlinking comes before the grace period.
    while (!first.compare_exchange_strong(before, &one, std::memory_order_release, std::memory_order_relaxed));
  }

  // Moves along what can be moved without waiting, destroys what can be destroyed, and says how many.
  std::size_t collect() noexcept {
    if (!guard_.try_lock()) return 0;
    retired_list doomed;
    move_along(doomed);
    guard_.unlock();
    return destroy(doomed);
  }

 private:
  struct alignas(64) lane_head {
    atomic<retirable*> first{nullptr};
  };

  void move_along(retired_list& doomed) noexcept {
    for (int turn = 0; turn < 2; ++turn) {
      if (waiting_.empty()) {
        gather();
        if (!waiting_.empty()) ticket_ = periods_->ticket();
      }
      if (waiting_.empty()) break;
      periods_->advance(ticket_);
      if (!periods_->passed(ticket_)) break;
      waiting_.give_all([&](retirable& one) { ripe_.add(one); });
    }
    if (!ripe_.empty() && find_held()) part(doomed);
  }

  void gather() noexcept {
    for (lane_head& lane : lanes_) {
      // relaxed: an empty lane is left alone; what comes later comes along later.
      if (lane.first.load(std::memory_order_relaxed) == nullptr) continue;
      // acquire: pairs with the release in push().
      for (retirable* one = lane.first.exchange(nullptr, std::memory_order_acquire); one != nullptr;) {
        retirable* const next = one->next_retired;
        waiting_.add(*one);
        one = next;
      }
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
    return known && transfers() == before;
  }

  // Each part of the sum only grows, so an equal sum means that none has changed.
  std::uint64_t transfers() const noexcept {
    std::uint64_t sum = 0;
    records_->for_each([&](const record& one) { sum += one.transfers(); });
    return sum;
  }

  void part(retired_list& doomed) noexcept {
    retired_list held;
    ripe_.give_all([&](retirable& one) { (held_.contains(&one) ? held : doomed).add(one); });
    ripe_ = held;
  }

  static std::size_t destroy(retired_list& doomed) noexcept {
    const std::size_t number = doomed.objects;
    doomed.give_all([](retirable& one) {
      const destroy_function destroy = one.destroyer();
      one.how = 0;
      destroy(&one);
    });
    return number;
  }

  registry* records_;
  grace* periods_;
  lane_head lanes_[lanes];
  sync::basic_try_lock<Machine> guard_;
  retired_list waiting_;
  retired_list ripe_;
  std::uint64_t ticket_ = 0;
  address_list held_;
};

}  // namespace holdfast::inline v0::reclaim
