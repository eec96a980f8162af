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
    const std::size_t lines = lines_there_.load(std::memory_order_relaxed);
    const std::uintptr_t first = first_line_.load(std::memory_order_relaxed);
    if (lines != 0)
      __builtin_prefetch(reinterpret_cast<const void*>(first + line_number(fingerprint, lines) * sizeof(line)));
  }

  void remember(std::uint32_t fingerprint, from list, const limits& most) noexcept;
  // The list that gave it up; it is forgotten. Nothing if it is not remembered.
  [[nodiscard]] std::optional<from> take(std::uint32_t fingerprint, const limits& most) noexcept;

  [[nodiscard]] std::size_t bytes() const noexcept { return room_bytes(line_count_); }
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

  const zeroed_memory memory_;
  void* taken_ = nullptr;
  line* lines_ = nullptr;  // in what was taken
  std::size_t line_count_ = 0;
  std::size_t room_ = 0;
  std::array<std::uint32_t, 2> given_up_{};
  std::array<std::size_t, 2> counts_{};
  // Where the lines are, for ask_for(). relaxed: an address of before is asked for in vain.
  std::atomic<std::uintptr_t> first_line_{0};
  std::atomic<std::size_t> lines_there_{0};
};

}  // namespace holdfast::inline v0::concurrent
