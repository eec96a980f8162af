// What a pool does that depends on no type: where idle objects wait.
//
//   shard   hot: one slot, taken and left by one instruction      as many shards as twice the processors;
//           fresh: put back since the last trim                   a thread always begins at the same one
//           stale: idle since the trim before; the next one destroys them
//
// Lists are under a lock that nobody waits for: who does not get it goes on to the next shard, or makes an object.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::memory {

class pool_core;

// In front of each object.
struct pool_slot {
  pool_slot* next = nullptr;
  pool_core* owner = nullptr;
  std::atomic<std::uint32_t> idle{0};
  std::uint32_t object_bytes = 0;
  std::uint32_t object_offset = 0;
};

struct pool_stats {
  std::uint64_t made = 0;
  std::uint64_t destroyed = 0;
  std::size_t idle = 0;  // shards that another thread is at are left out
};

class pool_core {
 public:
  pool_core(const pool_core&) = delete;
  pool_core& operator=(const pool_core&) = delete;

  [[nodiscard]] pool_stats stats() const noexcept;

 protected:
  using destroyer = void (*)(pool_slot*) noexcept;

  pool_core();
  ~pool_core() = default;

  [[nodiscard]] pool_slot* take() noexcept {
    // acquire: pairs with the release in give(); the object is as it was left.
    pool_slot* slot = shards_[own_shard()].hot.exchange(nullptr, std::memory_order_acquire);
    if (slot == nullptr) slot = search();
    if (slot != nullptr) hand_out(slot);
    return slot;
  }

  // False if no list could be had: the object is the caller's.
  [[nodiscard]] bool give(pool_slot* slot) noexcept {
    check(slot);
    pool_slot* nobody = nullptr;
    // release: pairs with the acquire of who takes it.
    if (shards_[own_shard()].hot.compare_exchange_strong(nobody, slot, std::memory_order_release,
                                                         std::memory_order_relaxed))
      return true;
    return store(slot);
  }

  void start(pool_slot* slot, std::size_t object_bytes, std::size_t object_offset) noexcept;
  static void forget(pool_slot* slot) noexcept;
  void trim(destroyer destroy) noexcept;
  void end(destroyer destroy) noexcept;

 private:
  struct alignas(64) shard {
    std::atomic<pool_slot*> hot{nullptr};
    mutable std::atomic<bool> locked{false};
    pool_slot* fresh = nullptr;
    pool_slot* stale = nullptr;
  };

  [[nodiscard]] std::size_t own_shard() const noexcept { return thread_number() & mask_; }
  [[nodiscard]] static std::uint32_t thread_number() noexcept {
    const std::uint32_t known = known_number;
    return known != 0 ? known : next_thread_number();
  }
  [[nodiscard]] HOLDFAST_COLD static std::uint32_t next_thread_number() noexcept;

  void hand_out(pool_slot* slot) noexcept;
  void check(pool_slot* slot) noexcept;
  [[nodiscard]] pool_slot* search() noexcept;
  [[nodiscard]] bool store(pool_slot* slot) noexcept;

  HOLDFAST_NEAR_TLS static constinit thread_local std::uint32_t known_number;

  std::unique_ptr<shard[]> shards_;
  std::size_t mask_;
  bool address_sanitizer_;
  std::atomic<std::uint64_t> made_{0};
  std::atomic<std::uint64_t> destroyed_{0};
};

}  // namespace holdfast::inline v0::memory
