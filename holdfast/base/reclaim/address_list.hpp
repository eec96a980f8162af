// Addresses, collected and then asked for: the objects that pins hold.
//
// Grows without exceptions: who reclaims must go on, or put it off, when memory is short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <new>

namespace holdfast::inline v0::reclaim {

class address_list {
 public:
  constexpr address_list() = default;
  address_list(const address_list&) = delete;
  address_list& operator=(const address_list&) = delete;
  ~address_list() { delete[] items_; }

  void clear() noexcept { size_ = 0; }

  // False: no memory.
  [[nodiscard]] bool add(const void* address) noexcept {
    if (size_ == capacity_ && !grow()) return false;
    items_[size_++] = address;
    return true;
  }

  void sort() noexcept { std::sort(items_, items_ + size_, std::less<>{}); }

  // After sort().
  [[nodiscard]] bool contains(const void* address) const noexcept {
    return std::binary_search(items_, items_ + size_, address, std::less<>{});
  }

  // Lets the memory go without freeing it: it may be half of a growth that nobody will finish.
  void abandon() noexcept {
    items_ = nullptr;
    size_ = capacity_ = 0;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  bool grow() noexcept {
    const std::size_t wanted = capacity_ == 0 ? 64 : capacity_ * 2;
    auto* const larger = new (std::nothrow) const void*[wanted];
    if (larger == nullptr) return false;
    std::copy(items_, items_ + size_, larger);
    delete[] items_;
    items_ = larger;
    capacity_ = wanted;
    return true;
  }

  const void** items_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace holdfast::inline v0::reclaim
