// Where the pages of arenas come from.
//
// An interface, so that a test can refuse pages and count calls; programs use the system's. Huge pages are a wish: what
// was had is told, and nothing but speed depends on it.
//
// Real huge pages (`hugetlb`) are never taken unasked: after a fork the kernel may kill the child that writes to one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::inline v0::memory {

inline constexpr std::size_t region_bytes = std::size_t{1} << 21;

// In the order of wishes: what is refused is tried one lower.
enum class page_kind : std::uint8_t { plain, transparent, hugetlb };

[[nodiscard]] const char* name_of(page_kind kind) noexcept;

class page_source {
 public:
  page_source() = default;
  page_source(const page_source&) = delete;
  page_source& operator=(const page_source&) = delete;

  // `bytes`, a multiple of region_bytes, at a multiple of region_bytes; they read as zero. Null if refused.
  // `kind`: the wish goes in, what was had comes out.
  [[nodiscard]] virtual std::byte* map(std::size_t bytes, page_kind& kind) noexcept = 0;
  // The addresses [at, at + bytes), which must be nobody's. False if they are somebody's.
  [[nodiscard]] virtual bool map_at(std::byte* at, std::size_t bytes) noexcept = 0;
  virtual void unmap(std::byte* at, std::size_t bytes) noexcept = 0;
  // Whole pages, reachable or not from here on. False if refused; nothing has changed then.
  [[nodiscard]] virtual bool protect(std::byte* at, std::size_t bytes, bool reachable) noexcept = 0;
  // Gives the memory behind whole pages back, which read as zero then. False if refused.
  virtual bool discard(std::byte* at, std::size_t bytes) noexcept = 0;

 protected:
  ~page_source() = default;
};

// mmap, mprotect, madvise. Never destroyed.
[[nodiscard]] page_source& system_pages() noexcept;

}  // namespace holdfast::inline v0::memory
