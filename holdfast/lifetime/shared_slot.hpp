// The slot of an object that many threads reach: it is never freed, so anybody may compare its generation.
//
//   retirable    how the object waits until no reader has it in hand
//   now          the generation: odd while its handles lead to the object
//   ended        how the latest object ended, and of which generation that was
//   object       built before `now` becomes odd, destroyed after readers have let go
//
// inv hf.lifetime.weak-outlives-pool: the memory of a slot stays a slot of the same type until the process ends.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/lifetime/generation.hpp>
#include <holdfast/lifetime/shared_name.hpp>

namespace holdfast::inline v0::lifetime {

// What a slot knows of its pool, whatever the type.
class slot_owner {
 public:
  void rename(std::string_view name) noexcept { name_.set(name); }
  [[nodiscard]] std::string name() const { return name_.text(); }

  // Slots outlive pools: which one they serve now. relaxed: only compared.
  [[nodiscard]] std::uint32_t pool() const noexcept { return pool_.load(std::memory_order_relaxed); }
  void begin_pool() noexcept { pool_.fetch_add(1, std::memory_order_relaxed); }

 private:
  shared_name name_;
  std::atomic<std::uint32_t> pool_{0};
};

struct ending {
  cause_record why{cause::pool_erased, 0, 0};
  bool in_present_pool = false;
};

template <class T>
struct shared_slot : reclaim::retirable {
  std::atomic<lifetime::slot_generation> now{0};
  alignas(T) std::byte bytes[sizeof(T)];
  // Not touched by who pins.
  std::atomic<lifetime::slot_generation> ended_at{0};
  std::atomic<std::uint64_t> ended{0};
  std::atomic<std::uint32_t> ended_in{0};
  slot_owner* owner = nullptr;
  shared_slot* next = nullptr;  // of the line of vacant slots

  // User-provided, so that the bytes are not cleared.
  shared_slot() noexcept {}

  [[nodiscard]] T* room() noexcept { return reinterpret_cast<T*>(bytes); }
  [[nodiscard]] T* object() noexcept { return std::launder(reinterpret_cast<T*>(bytes)); }

  // By whoever has made `mine` even; nobody else writes here until the slot lives again.
  void note_end(lifetime::slot_generation mine, cause_record why) noexcept {
    ended_at.store(0, std::memory_order_relaxed);
    // release: pairs with the acquire in how_ended(): who reads one of these words sees that they are of no
    // generation yet.
    ended.store(why.word(), std::memory_order_release);
    ended_in.store(owner->pool(), std::memory_order_release);
    // release: pairs with the acquire in how_ended().
    ended_at.store(mine, std::memory_order_release);
  }
  // How the object of that generation ended, which it has.
  [[nodiscard]] ending how_ended(lifetime::slot_generation mine) const noexcept {
    // acquire, all: pairs with note_end().
    if (ended_at.load(std::memory_order_acquire) != mine) return {};
    const std::uint64_t word = ended.load(std::memory_order_acquire);
    const std::uint32_t pool = ended_in.load(std::memory_order_acquire);
    if (ended_at.load(std::memory_order_relaxed) != mine) return {};
    return {cause_record::from_word(word), pool == owner->pool()};
  }
};

}  // namespace holdfast::inline v0::lifetime
