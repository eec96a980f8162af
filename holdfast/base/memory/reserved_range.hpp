// A range of addresses set aside for an array that will grow without moving.
//
// Pages are backed by memory only when they are first touched, and read as zero then, so setting aside
// a thousand times what is needed now costs nothing but addresses. Where the system will not set the
// range aside (an address limit, strict overcommit, too many mappings) the caller gets an empty range
// and must manage with an ordinary allocation.
//
// inv hf.memory.fresh-pages-are-zero: a byte never written since reserve or discard reads as zero.
#pragma once

#include <cstddef>

namespace holdfast::inline v0::memory {

// What the system agreed to when huge pages were asked for.
enum class huge_pages : unsigned char { none, transparent };

class reserved_range {
 public:
  reserved_range() = default;

  // `bytes` rounded up to whole pages; empty on refusal.
  [[nodiscard]] static reserved_range reserve(std::size_t bytes) noexcept;

  reserved_range(reserved_range&& other) noexcept;
  reserved_range& operator=(reserved_range&& other) noexcept;
  ~reserved_range();

  [[nodiscard]] explicit operator bool() const noexcept { return start_ != nullptr; }
  [[nodiscard]] std::byte* start() const noexcept { return start_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  // Gives the memory behind whole pages inside [offset, offset + bytes) back; the addresses stay ours.
  // Cost: about 60 us per MiB that was touched; callers with a bound on pauses go in slices.
  void discard(std::size_t offset, std::size_t bytes) noexcept;

  // Has the whole pages that hold [offset, offset + bytes) backed at once, instead of by a fault each; before
  // Linux 5.14, or where memory is short, they are backed when they are touched. Keeps what they hold.
  void populate(std::size_t offset, std::size_t bytes) noexcept;

  // Asks for 2 MiB pages from here on; a first touch then costs about 1 ms, so it is not the default. What lies in
  // [0, used) already is moved to such pages at once, from Linux 6.1 on and as far as there are any: half a millisecond
  // to four for each, in which nobody else has his page faults served.
  [[nodiscard]] huge_pages ask_for_huge_pages(std::size_t used) noexcept;

 private:
  reserved_range(std::byte* start, std::size_t size) noexcept : start_(start), size_(size) {}

  std::byte* start_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace holdfast::inline v0::memory
