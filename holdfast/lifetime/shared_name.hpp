// A name that reports may read while it is being given.
//
// Up to 47 bytes, in words of its own: who reads while another thread gives a name may see a mixture, and never
// touches freed memory.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace holdfast::inline v0::lifetime {

class shared_name {
 public:
  // Threads: one at a time; any number read meanwhile.
  void set(std::string_view name) noexcept {
    char bytes[sizeof words_] = {};
    name.copy(bytes, sizeof bytes - 1);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t word;
      std::memcpy(&word, bytes + i * sizeof word, sizeof word);
      words_[i].store(word, std::memory_order_relaxed);
    }
  }
  // Empty where none was given.
  [[nodiscard]] std::string text() const {
    std::string read;
    for (const auto& each : words_) {
      const std::uint64_t word = each.load(std::memory_order_relaxed);
      char bytes[sizeof word];
      std::memcpy(bytes, &word, sizeof word);
      read.append(bytes, sizeof bytes);
    }
    return read.substr(0, read.find('\0'));
  }

 private:
  static constexpr std::size_t count = 6;
  std::atomic<std::uint64_t> words_[count] = {};
};

}  // namespace holdfast::inline v0::lifetime
