// See slots.hpp.
#include "guard/slots.hpp"

#include <cstring>

#include <sys/mman.h>

#include "guard/lock.hpp"
#include "guard/options.hpp"

namespace holdfast::guard {
namespace {

constexpr unsigned char filling = 0xA7;
constexpr std::size_t most_filled = 64;  // bytes on each side of a block

constinit slot* slots = nullptr;
constinit std::uint32_t slot_count = 0;

// Guards the three below: slots that were never used, and a ring of those that were freed, oldest first.
constinit short_lock line_lock;
constinit std::uint32_t used_slots = 0;
constinit std::uint16_t freed_line[most_slots];
constinit std::uint64_t line_begin = 0;
constinit std::uint64_t line_end = 0;

// relaxed: pairs with nothing; it counts.
constinit std::atomic<std::uint64_t> guarded_count{0};

std::uintptr_t page_of(const slot& one) noexcept {
  return slot_range.begin + (2 * static_cast<std::size_t>(&one - slots) + 1) * page;
}

void* at(std::uintptr_t address) noexcept {
  return reinterpret_cast<void*>(address);  // NOLINT(performance-no-int-to-ptr)
}

struct filled_part {
  std::uintptr_t begin;
  std::size_t bytes;
};

// What is filled before and behind the block.
filled_part before_block(const slot& one) noexcept {
  const std::size_t room = one.block - page_of(one);
  const std::size_t bytes = room < most_filled ? room : most_filled;
  return {one.block - bytes, bytes};
}

filled_part behind_block(const slot& one) noexcept {
  const std::size_t room = page_of(one) + page - one.block - one.bytes;
  return {one.block + one.bytes, room < most_filled ? room : most_filled};
}

bool is_whole(filled_part part) noexcept {
  const auto* const bytes = static_cast<const unsigned char*>(at(part.begin));
  for (std::size_t i = 0; i < part.bytes; ++i)
    if (bytes[i] != filling) return false;
  return true;
}

void fill(filled_part part) noexcept { std::memset(at(part.begin), filling, part.bytes); }

// A signal handler may have interrupted this thread here: then the allocation is not guarded.
slot* next_slot() noexcept {
  if (!line_lock.try_lock()) return nullptr;
  slot* found = nullptr;
  if (used_slots < slot_count) found = &slots[used_slots++];
  else if (line_begin != line_end) found = &slots[freed_line[line_begin++ % most_slots]];
  line_lock.unlock();
  return found;
}

void put_in_line(const slot& one) noexcept {
  const lock_guard changing(line_lock);
  freed_line[line_end++ % most_slots] = static_cast<std::uint16_t>(&one - slots);
}

}  // namespace

void prepare_slots(std::uint64_t count) noexcept {
  if (slot_range.bytes == 0 || count == 0) return;
  const std::size_t bytes = count * sizeof(slot);
  void* const place = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (place == MAP_FAILED) return;
  slots = static_cast<slot*>(place);  // all zero is a vacant slot
  slot_count = static_cast<std::uint32_t>(count);
}

void* allocate_in_slot(std::size_t bytes, std::size_t alignment, std::uint64_t chance, const void* caller) noexcept {
  if (bytes > page || alignment > page) return nullptr;
  slot* const one = next_slot();
  if (one == nullptr) return nullptr;
  const std::uintptr_t begin = page_of(*one);
  if (mprotect(at(begin), page, PROT_READ | PROT_WRITE) != 0) {
    put_in_line(*one);
    return nullptr;
  }
  const bool at_left_end = (chance & 1) != 0;
  one->block = at_left_end ? begin : begin + (page - (bytes == 0 ? 1 : bytes)) / alignment * alignment;
  one->bytes = bytes;
  one->freed.count = 0;
  capture(one->allocated, caller);
  fill(before_block(*one));
  fill(behind_block(*one));
  guarded_count.fetch_add(1, std::memory_order_relaxed);
  // release: pairs with the acquire of who looks at the slot; publishes the block and its stack.
  one->state.store(slot_state::live, std::memory_order_release);
  return at(one->block);
}

slot* slot_at(const void* block) noexcept {
  const std::size_t number = (reinterpret_cast<std::uintptr_t>(block) - slot_range.begin) / page / 2;
  if (number >= slot_count) return nullptr;
  slot& one = slots[number];
  // acquire: pairs with the release in allocate_in_slot().
  if (one.state.load(std::memory_order_acquire) == slot_state::vacant) return nullptr;
  return one.block == reinterpret_cast<std::uintptr_t>(block) ? &one : nullptr;
}

free_result free_in_slot(void* block, const void* caller) noexcept {
  slot* const one = slot_at(block);
  if (one == nullptr) return free_result::not_a_block;
  slot_state expected = slot_state::live;
  // acquire: as above; of two frees one gets it.
  if (!one->state.compare_exchange_strong(expected, slot_state::closing, std::memory_order_acquire))
    return free_result::freed_before;
  capture(one->freed, caller);
  if (!is_whole(before_block(*one)) || !is_whole(behind_block(*one))) return free_result::was_overrun;
  // One call closes the page and gives its memory back.
  mmap(at(page_of(*one)), page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  // release: pairs with the acquire of who looks at the slot; publishes the stack of the free.
  one->state.store(slot_state::freed, std::memory_order_release);
  put_in_line(*one);
  return free_result::done;
}

slot* slot_near(const void* address) noexcept {
  const std::size_t number = (reinterpret_cast<std::uintptr_t>(address) - slot_range.begin) / page;
  const bool is_page_of_slot = number % 2 == 1;
  slot* const right = number / 2 < slot_count ? &slots[number / 2] : nullptr;
  slot* const left = is_page_of_slot || number == 0 || number / 2 > slot_count ? nullptr : &slots[number / 2 - 1];
  const auto is_used = [](const slot* one) {
    // acquire: pairs with the release in allocate_in_slot().
    return one != nullptr && one->state.load(std::memory_order_acquire) != slot_state::vacant;
  };
  if (!is_used(left)) return is_used(right) ? right : nullptr;
  if (!is_used(right)) return left;
  const auto place = reinterpret_cast<std::uintptr_t>(address);
  return place - (left->block + left->bytes) < right->block - place ? left : right;
}

void slots_before_fork() noexcept { line_lock.lock(); }
void slots_after_fork() noexcept { line_lock.unlock(); }

slot_counts count_slots() noexcept {
  slot_counts counts{guarded_count.load(std::memory_order_relaxed), 0, 0};
  for (std::uint32_t i = 0; i < slot_count; ++i) {
    // relaxed: pairs with nothing; it counts.
    const slot_state now = slots[i].state.load(std::memory_order_relaxed);
    counts.live += now == slot_state::live;
    counts.freed += now == slot_state::freed;
  }
  return counts;
}

}  // namespace holdfast::guard
