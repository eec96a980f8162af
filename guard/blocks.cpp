// See blocks.hpp.
#include "guard/blocks.hpp"

#include <cerrno>
#include <cstring>

#include "guard/findings.hpp"
#include "guard/real.hpp"
#include "guard/slots.hpp"

extern "C" void* malloc(std::size_t bytes);

namespace holdfast::guard {
namespace {

void give_slot_back(void* block, const void* caller) noexcept {
  const int error_before = errno;
  switch (free_in_slot(block, caller)) {
    case free_result::done: break;
    case free_result::freed_before: fail_freed_twice(*slot_at(block), caller);
    case free_result::not_a_block: fail_not_a_block(block, caller);
    case free_result::was_overrun: fail_overrun(*slot_at(block));
  }
  errno = error_before;
}

}  // namespace

bool take_over(void* block, holdfast_leave how, const void* caller) noexcept {
  if (block == nullptr) return false;
  const bool in_slot = is_in_slots(block);
  if (own_range.has(block) && !in_slot) return true;  // spare and scratch are never given back
  // Nobody is asked about what is freed in the course of the guard's own work, and not again about what was let go
  // a moment ago on its way through delete.
  const bool is_asked = !own_work::in_progress() && this_thread.let_go != block;
  if (!is_asked && !in_slot) return false;
  const int error_before = errno;
  const std::size_t bytes = usable_size(block);
  if (is_asked && ask_keepers(block, bytes, how) == holdfast_keep) return true;
  if (in_slot) {
    give_slot_back(block, caller);
    return true;
  }
  bool held = false;
  if (table_count.load(std::memory_order_relaxed) != 0) {
    held = hold_back_if_shown(block, bytes, caller);
    settle_held_back();
  }
  errno = error_before;
  if (!held) this_thread.let_go = block;
  return held;
}

void* resize(void* block, std::size_t bytes, const void* caller) noexcept {
  const std::size_t had = usable_size(block);
  void* const fresh = bytes == 0 ? nullptr : malloc(bytes);
  if (bytes != 0 && fresh == nullptr) return nullptr;
  if (fresh != nullptr) std::memcpy(fresh, block, had < bytes ? had : bytes);
  if (!take_over(block, holdfast_leave_realloc, caller)) {
    real.free(block);
    let_go_is_over();
  }
  return fresh;
}

std::size_t usable_size(void* block) noexcept {
  if (block == nullptr) return 0;
  if (!own_range.has(block)) return real.malloc_usable_size(block);
  if (!is_in_slots(block)) return own_size(block);
  const slot* const one = slot_at(block);
  return one == nullptr ? 0 : one->bytes;
}

}  // namespace holdfast::guard
