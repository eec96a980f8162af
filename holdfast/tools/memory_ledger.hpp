// How much memory a table holds, by one method for every table that takes an allocator: add up
// what glibc's malloc sets aside for each request (16-byte steps and an 8-byte header; whole pages
// and 16 bytes from 128 KiB on), as they come and go.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

namespace holdfast::inline v0::tools {

struct memory_ledger {
  std::size_t live = 0;
  std::size_t peak = 0;

  void take(std::size_t bytes) noexcept {
    live += set_aside(bytes);
    peak = std::max(peak, live);
  }
  void give(std::size_t bytes) noexcept { live -= set_aside(bytes); }

  [[nodiscard]] static constexpr std::size_t set_aside(std::size_t bytes) noexcept {
    constexpr std::size_t mapped_from = 128 * 1024;
    if (bytes >= mapped_from) return (bytes + 16 + 4095) / 4096 * 4096;
    return std::max(std::size_t{32}, (bytes + 8 + 15) / 16 * 16);
  }
};

// std::allocator that keeps a ledger.
template <class T>
class counting_allocator {
 public:
  using value_type = T;

  explicit counting_allocator(memory_ledger& ledger) noexcept : ledger_(&ledger) {}
  template <class U>
  counting_allocator(const counting_allocator<U>& other) noexcept : ledger_(&other.ledger()) {}

  [[nodiscard]] T* allocate(std::size_t count) {
    T* const place = std::allocator<T>().allocate(count);
    ledger_->take(count * sizeof(T));
    return place;
  }
  void deallocate(T* place, std::size_t count) noexcept {
    ledger_->give(count * sizeof(T));
    std::allocator<T>().deallocate(place, count);
  }

  [[nodiscard]] memory_ledger& ledger() const noexcept { return *ledger_; }

  template <class U>
  [[nodiscard]] bool operator==(const counting_allocator<U>& other) const noexcept {
    return ledger_ == &other.ledger();
  }

 private:
  memory_ledger* ledger_;
};

}  // namespace holdfast::inline v0::tools
