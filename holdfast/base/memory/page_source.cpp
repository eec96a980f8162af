// See page_source.hpp.
#include <holdfast/base/memory/page_source.hpp>

#include <atomic>

#include <sys/mman.h>

#include <holdfast/base/lang/immortal.hpp>

namespace holdfast::inline v0::memory {
namespace {

constexpr int reach = PROT_READ | PROT_WRITE;
constexpr int fresh = MAP_PRIVATE | MAP_ANONYMOUS;

class system_page_source final : public page_source {
 public:
  constexpr system_page_source() = default;

  std::byte* map(std::size_t bytes, page_kind& kind) noexcept override {
    if (kind == page_kind::hugetlb) {
      if (std::byte* const huge = map_hugetlb(bytes)) return huge;
      kind = page_kind::transparent;
    }
    std::byte* const start = map_aligned(bytes);
    if (start == nullptr) return nullptr;
    if (kind == page_kind::transparent && madvise(start, bytes, MADV_HUGEPAGE) != 0) kind = page_kind::plain;
    if (kind == page_kind::plain) madvise(start, bytes, MADV_NOHUGEPAGE);
    return start;
  }

  bool map_at(std::byte* at, std::size_t bytes) noexcept override {
    void* const start = mmap(at, bytes, reach, fresh | MAP_FIXED_NOREPLACE, -1, 0);
    if (start == at) return true;
    // A kernel older than 4.17 takes the address for a hint.
    if (start != MAP_FAILED) munmap(start, bytes);
    return false;
  }

  void unmap(std::byte* at, std::size_t bytes) noexcept override { munmap(at, bytes); }

  bool protect(std::byte* at, std::size_t bytes, bool reachable) noexcept override {
    return mprotect(at, bytes, reachable ? reach : PROT_NONE) == 0;
  }

  bool discard(std::byte* at, std::size_t bytes) noexcept override { return madvise(at, bytes, MADV_DONTNEED) == 0; }

 private:
  std::byte* map_hugetlb(std::size_t bytes) noexcept {
    // relaxed: pairs with nothing; one try too many does no harm.
    if (hugetlb_refused_.load(std::memory_order_relaxed)) return nullptr;
    constexpr int two_mebibytes = 21 << MAP_HUGE_SHIFT;
    void* const start = mmap(nullptr, bytes, reach, fresh | MAP_HUGETLB | two_mebibytes, -1, 0);
    if (start != MAP_FAILED) return static_cast<std::byte*>(start);
    hugetlb_refused_.store(true, std::memory_order_relaxed);
    return nullptr;
  }

  // One region more than is needed, and the ends cut off.
  static std::byte* map_aligned(std::size_t bytes) noexcept {
    if (bytes > static_cast<std::size_t>(PTRDIFF_MAX) - region_bytes) return nullptr;
    void* const start = mmap(nullptr, bytes + region_bytes, reach, fresh | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) return nullptr;
    auto* const first = static_cast<std::byte*>(start);
    const std::size_t before = (0 - reinterpret_cast<std::uintptr_t>(first)) % region_bytes;
    if (before != 0) munmap(first, before);
    munmap(first + before + bytes, region_bytes - before);
    return first + before;
  }

  // Set by the first refusal: pages are reserved by the administrator, rarely while a program runs.
  std::atomic<bool> hugetlb_refused_{false};
};

constinit immortal<system_page_source> of_the_system;

}  // namespace

const char* name_of(page_kind kind) noexcept {
  switch (kind) {
    case page_kind::hugetlb: return "hugetlb";
    case page_kind::transparent: return "transparent huge pages";
    default: return "plain";
  }
}

page_source& system_pages() noexcept { return of_the_system.it; }

}  // namespace holdfast::inline v0::memory
