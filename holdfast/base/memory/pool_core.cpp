// See pool_core.hpp.
#include <holdfast/base/memory/pool_core.hpp>

#include <algorithm>
#include <bit>
#include <string>
#include <thread>
#include <utility>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::memory {

constinit thread_local std::uint32_t pool_core::known_number = 0;

namespace {

constinit std::atomic<std::uint32_t> threads_numbered{0};

// Held for a few instructions; nobody waits for it.
class try_hold {
 public:
  // acquire: pairs with the release below.
  explicit try_hold(std::atomic<bool>& lock) noexcept
      : lock_(lock), held_(!lock.load(std::memory_order_relaxed) && !lock.exchange(true, std::memory_order_acquire)) {}
  try_hold(const try_hold&) = delete;
  try_hold& operator=(const try_hold&) = delete;
  ~try_hold() {
    // release: pairs with the acquire above.
    if (held_) lock_.store(false, std::memory_order_release);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return held_; }

 private:
  std::atomic<bool>& lock_;
  bool held_;
};

pool_slot* pop(pool_slot*& list) noexcept {
  pool_slot* const first = list;
  if (first != nullptr) list = first->next;
  return first;
}

void push(pool_slot*& list, pool_slot* slot) noexcept {
  slot->next = list;
  list = slot;
}

const std::byte* object_of(const pool_slot* slot) noexcept {
  return reinterpret_cast<const std::byte*>(slot) + slot->object_offset;
}

std::size_t count(const pool_slot* list) noexcept {
  std::size_t all = 0;
  for (; list != nullptr; list = list->next) ++all;
  return all;
}

}  // namespace

pool_core::pool_core() : mask_(0), address_sanitizer_(has_address_sanitizer()) {
  const std::size_t processors = std::clamp(std::thread::hardware_concurrency(), 1u, 64u);
  const std::size_t shards = std::bit_ceil(2 * processors);
  shards_ = std::make_unique<shard[]>(shards);
  mask_ = shards - 1;
}

std::uint32_t pool_core::next_thread_number() noexcept {
  // relaxed: pairs with nothing; it only counts.
  return known_number = threads_numbered.fetch_add(1, std::memory_order_relaxed) + 1;
}

void pool_core::start(pool_slot* slot, std::size_t object_bytes, std::size_t object_offset) noexcept {
  slot->owner = this;
  slot->object_bytes = static_cast<std::uint32_t>(object_bytes);
  slot->object_offset = static_cast<std::uint32_t>(object_offset);
  // relaxed: a figure for reports.
  made_.fetch_add(1, std::memory_order_relaxed);
}

void pool_core::forget(pool_slot* slot) noexcept {
  mark_readable(object_of(slot), slot->object_bytes);
  // relaxed: a figure for reports.
  slot->owner->destroyed_.fetch_add(1, std::memory_order_relaxed);
}

void pool_core::hand_out(pool_slot* slot) noexcept {
  if (address_sanitizer_) mark_readable(object_of(slot), slot->object_bytes);
  // relaxed: whoever puts it back has it from us.
  slot->idle.store(0, std::memory_order_relaxed);
}

void pool_core::check(pool_slot* slot) noexcept {
  if (slot->owner != this)
    observe::report_fatal_here("holdfast: fatal: object put into a pool that it is not from", "",
                               "put an object back where get() or borrow() gave it");
  // relaxed: of two that put it back at once one sees the other; nothing is read through it.
  if (slot->idle.exchange(1, std::memory_order_relaxed) != 0)
    observe::report_fatal_here("holdfast: fatal: object put into its pool twice", "",
                               "put an object back once; borrow() does so by itself");
  if (address_sanitizer_) mark_unreadable(object_of(slot), slot->object_bytes);
}

// Elsewhere than in this thread's hot place: its lists, then those of the others.
pool_slot* pool_core::search() noexcept {
  for (std::size_t i = 0; i <= mask_; ++i) {
    shard& one = shards_[(own_shard() + i) & mask_];
    // acquire: pairs with the release in give().
    if (i != 0 && one.hot.load(std::memory_order_relaxed) != nullptr)
      if (pool_slot* const slot = one.hot.exchange(nullptr, std::memory_order_acquire)) return slot;
    const try_hold hold(one.locked);
    if (!hold) continue;
    if (pool_slot* const slot = pop(one.fresh)) return slot;
    if (pool_slot* const slot = pop(one.stale)) return slot;
  }
  return nullptr;
}

bool pool_core::store(pool_slot* slot) noexcept {
  for (std::size_t i = 0; i <= mask_; ++i) {
    shard& one = shards_[(own_shard() + i) & mask_];
    const try_hold hold(one.locked);
    if (!hold) continue;
    push(one.fresh, slot);
    return true;
  }
  return false;
}

void pool_core::trim(destroyer destroy) noexcept {
  for (std::size_t i = 0; i <= mask_; ++i) {
    shard& one = shards_[i];
    pool_slot* over = nullptr;
    if (const try_hold hold(one.locked); hold) {
      over = std::exchange(one.stale, std::exchange(one.fresh, nullptr));
      // acquire: pairs with the release in give().
      if (pool_slot* const hot = one.hot.exchange(nullptr, std::memory_order_acquire)) push(one.stale, hot);
    }
    while (pool_slot* const slot = pop(over)) destroy(slot);
  }
}

void pool_core::end(destroyer destroy) noexcept {
  for (std::size_t i = 0; i <= mask_; ++i) {
    shard& one = shards_[i];
    if (pool_slot* const hot = one.hot.exchange(nullptr, std::memory_order_acquire)) push(one.fresh, hot);
    while (pool_slot* const slot = pop(one.fresh)) destroy(slot);
    while (pool_slot* const slot = pop(one.stale)) destroy(slot);
  }
  const std::uint64_t out = made_.load(std::memory_order_relaxed) - destroyed_.load(std::memory_order_relaxed);
  if (out != 0)
    report_refused("holdfast: object_pool ends while objects of it are out",
                   "  objects: " + std::to_string(out) + "\n  cure: put all objects back before their pool ends\n");
}

pool_stats pool_core::stats() const noexcept {
  pool_stats told;
  // relaxed: figures.
  told.made = made_.load(std::memory_order_relaxed);
  told.destroyed = destroyed_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i <= mask_; ++i) {
    const shard& one = shards_[i];
    told.idle += one.hot.load(std::memory_order_relaxed) != nullptr;
    const try_hold hold(one.locked);
    if (hold) told.idle += count(one.fresh) + count(one.stale);
  }
  return told;
}

}  // namespace holdfast::inline v0::memory
