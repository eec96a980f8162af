// See own_memory.hpp.
#include "guard/own_memory.hpp"

#include <atomic>
#include <cstring>

#include <sys/mman.h>

#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

constexpr std::size_t spare_bytes = std::size_t{128} << 10;
constexpr std::size_t scratch_bytes = std::size_t{1} << 20;
constexpr std::size_t header = 16;  // the size, in front of each block

// A stretch that is handed out from its beginning on.
struct stretch {
  std::uintptr_t begin = 0;
  std::size_t bytes = 0;
  std::atomic<std::size_t> used{0};

  void* take(std::size_t wanted) noexcept {
    if (wanted > bytes) return nullptr;
    const std::size_t whole = (wanted + header + 15) / 16 * 16;
    // relaxed: pairs with nothing; blocks are told apart, nothing is published.
    const std::size_t at = used.fetch_add(whole, std::memory_order_relaxed);
    if (at > bytes || whole > bytes - at) return nullptr;
    auto* const place = reinterpret_cast<char*>(begin + at);  // NOLINT(performance-no-int-to-ptr)
    std::memcpy(place, &wanted, sizeof wanted);
    std::memset(place + header, 0, wanted);
    return place + header;
  }
};

constinit stretch spare;
constinit stretch scratch;

}  // namespace

constinit address_range own_range;
constinit address_range slot_range;

void reserve_own_memory(std::size_t slot_bytes) noexcept {
  const std::size_t ours = spare_bytes + scratch_bytes;
  void* const place = mmap(nullptr, ours + slot_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) return;
  if (mprotect(place, ours, PROT_READ | PROT_WRITE) != 0) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(place);
  spare.begin = begin;
  spare.bytes = spare_bytes;
  scratch.begin = begin + spare_bytes;
  scratch.bytes = scratch_bytes;
  slot_range = {begin + ours, slot_bytes};
  own_range = {begin, ours + slot_bytes};
}

void* own_allocate(std::size_t bytes) noexcept { return (this_thread.reporting != 0 ? scratch : spare).take(bytes); }

std::size_t own_size(const void* block) noexcept {
  std::size_t bytes = 0;
  std::memcpy(&bytes, static_cast<const char*>(block) - header, sizeof bytes);
  return bytes;
}

// relaxed: pairs with nothing; only the reporting thread allocates there.
void empty_scratch() noexcept { scratch.used.store(0, std::memory_order_relaxed); }

}  // namespace holdfast::guard
