// See reserved_range.hpp.
#include <holdfast/base/memory/reserved_range.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace holdfast::inline v0::memory {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr int collapse_advice = 25;  // MADV_COLLAPSE, which the headers of some systems lack that have it

// Whether the system hands out transparent huge pages to those who ask.
bool transparent_pages_enabled() noexcept {
  std::FILE* const file = std::fopen("/sys/kernel/mm/transparent_hugepage/enabled", "re");
  if (file == nullptr) return false;
  char line[128] = {};
  const bool read = std::fgets(line, sizeof line, file) != nullptr;
  std::fclose(file);
  return read && std::strstr(line, "[never]") == nullptr;
}

}  // namespace

reserved_range reserved_range::reserve(std::size_t bytes) noexcept {
  const std::size_t size = (bytes + page - 1) / page * page;
  if (size < bytes || size == 0) return {};
  void* const start =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (start == MAP_FAILED) return {};
  // On systems that give huge pages to everybody a first touch would stall an insert for a millisecond.
  madvise(start, size, MADV_NOHUGEPAGE);
  return {static_cast<std::byte*>(start), size};
}

reserved_range::reserved_range(reserved_range&& other) noexcept
    : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}

reserved_range& reserved_range::operator=(reserved_range&& other) noexcept {
  std::swap(start_, other.start_);
  std::swap(size_, other.size_);
  return *this;
}

reserved_range::~reserved_range() {
  if (start_ != nullptr) munmap(start_, size_);
}

void reserved_range::discard(std::size_t offset, std::size_t bytes) noexcept {
  if (start_ == nullptr) return;
  const std::size_t first = (offset + page - 1) / page * page;
  const std::size_t last = (offset + bytes) / page * page;
  if (first < last) madvise(start_ + first, last - first, MADV_DONTNEED);
}

void reserved_range::populate(std::size_t offset, std::size_t bytes) noexcept {
  if (start_ == nullptr) return;
  const std::size_t first = offset / page * page;
  const std::size_t last = std::min(size_, (offset + bytes + page - 1) / page * page);
#ifdef MADV_POPULATE_WRITE
  if (first < last) madvise(start_ + first, last - first, MADV_POPULATE_WRITE);
#endif
}

huge_pages reserved_range::ask_for_huge_pages(std::size_t used) noexcept {
  if (start_ == nullptr || !transparent_pages_enabled()) return huge_pages::none;
  if (madvise(start_, size_, MADV_HUGEPAGE) != 0) return huge_pages::none;
  // One by one: the kernel stops everybody's faults meanwhile. The last may reach beyond what is used, into this range.
  std::size_t at = -reinterpret_cast<std::uintptr_t>(start_) % huge_page;
  for (; at < used && at + huge_page <= size_; at += huge_page)
    if (madvise(start_ + at, huge_page, collapse_advice) != 0) break;  // an older kernel, or no such page to be had
  return huge_pages::transparent;
}

}  // namespace holdfast::inline v0::memory
