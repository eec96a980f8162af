// All records of the process, one for each thread that ever read.
//
// The list only grows; a thread that ends leaves its record to the next one that comes. Whoever walks it
// needs no lock and may meet records that are being filled or left at that moment.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include <holdfast/base/reclaim/record.hpp>

namespace holdfast::inline v0::reclaim {

template <class Machine>
class basic_registry {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using record = basic_record<Machine>;

  constexpr basic_registry() = default;
  basic_registry(const basic_registry&) = delete;
  basic_registry& operator=(const basic_registry&) = delete;

  // A record for `thread`, which is the only one to enter it from now on. Null: no memory.
  // Async-signal-unsafe. Locks nothing.
  [[nodiscard]] record* claim(std::uint32_t thread) noexcept {
    record* found = take_over();
    if (found == nullptr) found = add();
    // relaxed: for people to read.
    if (found != nullptr) found->thread.store(thread, std::memory_order_relaxed);
    return found;
  }

  // The owner goes; its pins, if any, stay good.
  void leave(record& one) noexcept {
    // release: pairs with the acquire in move_in(), where the next owner goes on with the owner's fields.
    one.tenant.store(one.holds_nothing() ? tenancy::vacant : tenancy::orphaned, std::memory_order_release);
  }

  template <class Visitor>
  void for_each(Visitor&& visit) const {
    // acquire: pairs with the release in add(). Relaxed would do for what it shows; but a reader that
    // came after the heavy fence may be missed only because its loads come after that fence too.
    for (record* one = first_.load(std::memory_order_acquire); one != nullptr; one = one->next) visit(*one);
  }

  // Until every thread but the owner of `mine` that is running destructors has come out of them once.
  void wait_for_destructors(const record& mine) const noexcept {
    for_each([&](const record& one) {
      const std::uint64_t was = one.destructions();
      if (&one == &mine || was % 2 == 0) return;
      for (unsigned round = 0; one.destructions() == was; ++round) Machine::rest(round);
    });
  }

  // Frees the records. For registries of tests; nobody may use one any more.
  void destroy_records() noexcept {
    for (record* one = first_.exchange(nullptr, std::memory_order_acquire); one != nullptr;) {
      record* const next = one->next;
      delete one;
      one = next;
    }
  }

 private:
  record* take_over() noexcept {
    record* found = nullptr;
    for_each([&](record& one) {
      if (found == nullptr && move_in(one)) found = &one;
    });
    return found;
  }

  bool move_in(record& one) noexcept {
    tenancy was = one.tenant.load(std::memory_order_relaxed);
    if (was == tenancy::owned || (was == tenancy::orphaned && !one.holds_nothing())) return false;
    // acquire: pairs with the release in leave().
    return one.tenant.compare_exchange_strong(was, tenancy::owned, std::memory_order_acquire,
                                              std::memory_order_relaxed);
  }

  record* add() noexcept {
    auto* const fresh = new (std::nothrow) record;
    if (fresh == nullptr) return nullptr;
    record* front = first_.load(std::memory_order_relaxed);
    do fresh->next = front;
    // release: pairs with the acquire in for_each(), which sees the records behind it too: nothing but such exchanges
    // changes the front.
    while (!first_.compare_exchange_strong(front, fresh, std::memory_order_release, std::memory_order_relaxed));
    return fresh;
  }

  atomic<record*> first_{nullptr};
};

}  // namespace holdfast::inline v0::reclaim
