// What of a pool for many threads stays when the pool has gone: its slots, and the line of vacant ones.
//
// A slot must be there as long as anybody may ask for its generation, and an object may be destroyed long after
// its pool, when the last pin goes. So a core is never destroyed: a pool that ends leaves it, with its slots,
// to the next pool of the same type. Memory grows to the most that was in use at once.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

#include <holdfast/base/lang/immortal.hpp>
#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/lifetime/shared_slot.hpp>

namespace holdfast::inline v0::lifetime {

template <class T>
class shared_core : public slot_owner {
 public:
  using slot = shared_slot<T>;

  // One that no pool uses, or a new one. Throws: bad_alloc.
  [[nodiscard]] static shared_core& take() {
    idle_cores& idle = the_idle.it;
    {
      const std::lock_guard guard(idle.lock);
      if (shared_core* const found = idle.first) {
        idle.first = found->next_idle_;
        found->begin_pool();
        found->rename({});
        return *found;
      }
    }
    return *new shared_core;
  }
  static void leave(shared_core& one) noexcept {
    idle_cores& idle = the_idle.it;
    const std::lock_guard guard(idle.lock);
    one.next_idle_ = idle.first;
    idle.first = &one;
  }

  // A slot without an object that nobody else will be given. Throws: bad_alloc.
  [[nodiscard]] slot& take_vacant() {
    const std::lock_guard guard(lock_);
    if (first_ == nullptr) add_segment();
    slot& taken = *first_;
    first_ = taken.next;
    if (first_ == nullptr) last_ = nullptr;
    return taken;
  }
  // Its object has gone, and nobody has it in hand.
  void put_back(slot& one) noexcept {
    const std::lock_guard guard(lock_);
    one.next = nullptr;
    (last_ == nullptr ? first_ : last_->next) = &one;
    last_ = &one;
  }
  // It was taken in vain.
  void put_first(slot& one) noexcept {
    const std::lock_guard guard(lock_);
    one.next = first_;
    if (last_ == nullptr) last_ = &one;
    first_ = &one;
  }

  // visit(slot) for each slot that was there when the call began.
  template <class Visitor>
  void for_each_slot(Visitor&& visit) {
    // acquire: pairs with the release in add_segment(); its slots are made.
    for (segment* part = segments_.load(std::memory_order_acquire); part != nullptr; part = part->before) {
      for (std::size_t i = 0; i < part->length; ++i) visit(part->slots()[i]);
    }
  }
  [[nodiscard]] std::size_t slots() const noexcept {
    const segment* const latest = segments_.load(std::memory_order_acquire);
    return latest == nullptr ? 0 : latest->slots_in_all;
  }

  // relaxed, all of them: figures.
  std::atomic<std::uint64_t> operations{0};
  std::atomic<std::size_t> live{0};
  std::atomic<std::size_t> retired{0};

 private:
  struct alignas(std::max(alignof(slot), alignof(std::max_align_t))) segment {
    segment* before;
    std::size_t length;
    std::size_t slots_in_all;
    [[nodiscard]] slot* slots() noexcept { return reinterpret_cast<slot*>(this + 1); }
  };
  struct idle_cores {
    mutex lock;
    shared_core* first = nullptr;
  };

  shared_core() = default;

  // Under the lock. Its slots are the line, which is empty.
  void add_segment() {
    segment* const before = segments_.load(std::memory_order_relaxed);
    const std::size_t length = before == nullptr ? 64 : std::min<std::size_t>(before->length * 2, 4096);
    void* const memory = ::operator new(sizeof(segment) + length * sizeof(slot), std::align_val_t(alignof(segment)));
    auto* const part = ::new (memory) segment{before, length, length + (before == nullptr ? 0 : before->slots_in_all)};
    slot* const slots = part->slots();
    std::uninitialized_default_construct_n(slots, length);
    for (std::size_t i = 0; i < length; ++i) {
      slots[i].owner = this;
      slots[i].next = i + 1 < length ? slots + i + 1 : nullptr;
    }
    first_ = slots;
    last_ = slots + length - 1;
    // release: pairs with the acquire in for_each_slot().
    segments_.store(part, std::memory_order_release);
  }

  static inline constinit immortal<idle_cores> the_idle;

  mutex lock_;
  slot* first_ = nullptr;
  slot* last_ = nullptr;
  std::atomic<segment*> segments_{nullptr};
  shared_core* next_idle_ = nullptr;
};

}  // namespace holdfast::inline v0::lifetime
