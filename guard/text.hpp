// Text made in place: no allocation, no lock, no locale. What does not fit is cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace holdfast::guard {

// Writes into a buffer that somebody else owns.
class text_sink {
 public:
  text_sink(char* buffer, std::size_t capacity) noexcept : buffer_(buffer), capacity_(capacity) {}

  text_sink& add(std::string_view part) noexcept {
    for (const char c : part)
      if (length_ < capacity_) buffer_[length_++] = c;
    return *this;
  }

  text_sink& number(std::uint64_t value) noexcept { return in_base(value, 10); }

  text_sink& address(const void* value) noexcept {
    return add("0x").in_base(reinterpret_cast<std::uintptr_t>(value), 16);
  }

  text_sink& address(std::uintptr_t value) noexcept { return add("0x").in_base(value, 16); }

  void clear() noexcept { length_ = 0; }
  [[nodiscard]] std::string_view view() const noexcept { return {buffer_, length_}; }
  [[nodiscard]] bool empty() const noexcept { return length_ == 0; }

 private:
  text_sink& in_base(std::uint64_t value, unsigned base) noexcept {
    char digits[20];
    std::size_t first = sizeof digits;
    do digits[--first] = "0123456789abcdef"[value % base];
    while ((value /= base) != 0);
    return add({digits + first, sizeof digits - first});
  }

  char* buffer_;
  std::size_t capacity_;
  std::size_t length_ = 0;
};

// A sink with room for a line.
class text_line : public text_sink {
 public:
  text_line() noexcept : text_sink(room_, sizeof room_) {}
  text_line(const text_line&) = delete;
  text_line& operator=(const text_line&) = delete;

 private:
  char room_[512];
};

// As much of it to the file as the system takes. Async-signal-safe.
void write_all(int file, std::string_view text) noexcept;

}  // namespace holdfast::guard
