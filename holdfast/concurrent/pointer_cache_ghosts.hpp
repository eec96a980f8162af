// What a full cache gave up of late, by fingerprint, so that it knows a key that comes back.
//
// Lines of eight slots, eight bytes each; a fingerprint has one line. Of each list that gives up entries it
// remembers so many as the caller says, the latest ones. How late is told by a number that counts what the list has
// given up; what is too old is not looked for and goes when its slot is wanted.
//
//   slot    | fingerprint, 32 bits; 0: empty | 1 bit: the list | 31 bits: its how-manieth |
//
// No key is kept, and two keys may share a fingerprint: a memory is a hint. Without room, because there is no
// memory to be had, nothing is remembered, and that is all.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <holdfast/concurrent/zeroed_memory.hpp>

namespace holdfast::inline v0::concurrent {

class cache_ghosts {
 public:
  // The list that gave the entry up: entries on trial, or proven ones.
  enum class from : std::uint8_t { trial, proven };
  // How many of each list are remembered.
  using limits = std::array<std::size_t, 2>;

  explicit cache_ghosts(const zeroed_memory& memory = zeroed_memory()) noexcept : memory_(memory) {}
  cache_ghosts(const cache_ghosts&) = delete;
  cache_ghosts& operator=(const cache_ghosts&) = delete;
  ~cache_ghosts() { forget_all(); }

  // Forgets all if more room is needed than there is; `at_most` is what will ever be needed.
  void make_room_for(std::size_t entries, std::size_t at_most) noexcept;

  // The line of `fingerprint` comes from memory while the caller does something else. Any thread, at any time.
  void ask_for(std::uint32_t fingerprint) const noexcept {
    const std::size_t lines = line_count();
    if (lines == 0) return;
    // Not line_of(): they may be there no more, and then an address is asked for in vain.
    const auto first = reinterpret_cast<std::uintptr_t>(lines_.load(std::memory_order_relaxed));
    __builtin_prefetch(reinterpret_cast<const void*>(first + line_number(fingerprint, lines) * sizeof(line)));
  }

  void remember(std::uint32_t fingerprint, from list, const limits& most) noexcept;
  // The list that gave it up; it is forgotten. Nothing if it is not remembered.
  [[nodiscard]] std::optional<from> take(std::uint32_t fingerprint, const limits& most) noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept { return room_bytes(line_count()); }
  // How many are remembered of `list`; some of these may have lost their slots.
  [[nodiscard]] std::size_t count(from list) const noexcept { return counts_[index(list)]; }

 private:
  struct slot {
    std::uint32_t fingerprint;
    std::uint32_t when;
  };
  struct alignas(64) line : std::array<slot, 8> {};
  // One line more than is used, since what is taken may begin within a line.
  static constexpr std::size_t room_bytes(std::size_t lines) noexcept {
    return lines == 0 ? 0 : (lines + 1) * sizeof(line);
  }

  static constexpr std::size_t index(from list) noexcept { return static_cast<std::size_t>(list); }
  static constexpr std::size_t line_number(std::uint32_t fingerprint, std::size_t lines) noexcept {
    return static_cast<std::size_t>(std::uint64_t{fingerprint} * lines >> 32);
  }
  [[nodiscard]] line& line_of(std::uint32_t fingerprint) const noexcept;
  [[nodiscard]] static from list_of(const slot& one) noexcept;
  [[nodiscard]] std::uint32_t age_of(const slot& one) const noexcept;

  void forget_all() noexcept;
  [[nodiscard]] std::size_t line_count() const noexcept { return line_count_.load(std::memory_order_relaxed); }

  const zeroed_memory memory_;
  void* taken_ = nullptr;
  // In what was taken. Written under the lock of the queue; relaxed: who does not have it goes nowhere by them.
  std::atomic<line*> lines_{nullptr};
  std::atomic<std::size_t> line_count_{0};
  std::size_t room_ = 0;
  std::array<std::uint32_t, 2> given_up_{};
  std::array<std::size_t, 2> counts_{};
};

}  // namespace holdfast::inline v0::concurrent
