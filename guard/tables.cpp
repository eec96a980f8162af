// See tables.hpp.
#include "guard/tables.hpp"

#include <cstring>

#include <holdfast/base/lang/config.hpp>

#include "guard/findings.hpp"
#include "guard/guard.h"
#include "guard/keepers.hpp"
#include "guard/lock.hpp"
#include "guard/real.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

struct table {
  std::uintptr_t base;  // 0: not in use
  std::size_t entries;
  std::size_t stride;
  std::size_t offset;
  char name[64];

  [[nodiscard]] std::uintptr_t place_of(std::size_t entry) const noexcept { return base + entry * stride + offset; }

  // The program may be writing to it.
  [[nodiscard]] std::uintptr_t shown_at(std::size_t entry) const noexcept {
    std::uintptr_t value = 0;
    std::memcpy(&value, reinterpret_cast<const void*>(place_of(entry)), sizeof value);  // NOLINT
    return value;
  }
};

// A block that was freed, and not yet given on.
struct held_block {
  void* block = nullptr;
  std::uint64_t due = 0;  // in frees
  const table* shown_by = nullptr;
  dangling_entry about;
};

constexpr std::size_t most_tables = 64;

// Guards all below.
constinit short_lock table_lock;
constinit table tables[most_tables] = {};
constinit held_block held[most_grace] = {};
constinit std::uint64_t held_begin = 0;
constinit std::uint64_t held_end = 0;
constinit std::uint64_t frees = 0;
constinit std::uint64_t held_back_count = 0;

constinit answer wanted_answer = answer::report;
constinit std::uint64_t grace = 16;

bool is_inside(std::uintptr_t address, std::uintptr_t begin, std::size_t bytes) noexcept {
  return address - begin < bytes;
}

void forget(table& one) noexcept {
  one.base = 0;
  table_count.fetch_sub(1, std::memory_order_relaxed);
  for (std::uint64_t i = held_begin; i != held_end; ++i)
    if (held[i % most_grace].shown_by == &one) held[i % most_grace].shown_by = nullptr;
}

// A table that lies in the block goes with it.
void forget_tables_in(std::uintptr_t block, std::size_t bytes) noexcept {
  for (table& one : tables)
    if (one.base != 0 && is_inside(one.base, block, bytes)) forget(one);
}

bool is_shown(const table& one, std::uintptr_t block, std::size_t bytes, std::size_t& entry) noexcept {
  for (entry = 0; entry < one.entries; ++entry)
    if (is_inside(one.shown_at(entry), block, bytes)) return true;
  return false;
}

// Forgets tables that lie in the block, and holds it back if another shows it.
bool look_at_tables(void* block, std::size_t bytes, const void* caller) noexcept {
  const auto begin = reinterpret_cast<std::uintptr_t>(block);
  const lock_guard looking(table_lock);
  ++frees;
  forget_tables_in(begin, bytes);
  if (held_end - held_begin == most_grace) return false;
  for (const table& one : tables) {
    std::size_t entry = 0;
    if (one.base == 0 || !is_shown(one, begin, bytes, entry)) continue;
    held_block& last = held[held_end++ % most_grace];
    last.block = block;
    last.due = frees + grace;
    last.shown_by = &one;
    last.about.table = one.name;
    last.about.entry = entry;
    last.about.block = begin;
    last.about.bytes = bytes;
    capture(last.about.freed, caller);
    ++held_back_count;
    return true;
  }
  return false;
}

void let_go_of_oldest(dangling_entry& found, bool& is_found, void*& block) noexcept {
  const held_block& oldest = held[held_begin++ % most_grace];
  const table* const by = oldest.shown_by;
  block = oldest.block;
  is_found = by != nullptr && is_inside(by->shown_at(oldest.about.entry), oldest.about.block, oldest.about.bytes);
  if (is_found) found = oldest.about;
}

// One block whose time has come, told and freed outside the lock. False when there is none.
bool settle_one() noexcept {
  static constinit dangling_entry found;  // written by one thread: who holds the turn
  static constinit short_lock turn;
  void* block = nullptr;
  bool is_found = false;
  if (!turn.try_lock()) return false;
  {
    const lock_guard looking(table_lock);
    const bool is_due = held_begin != held_end && held[held_begin % most_grace].due <= frees;
    if (is_due) let_go_of_oldest(found, is_found, block);
  }
  if (is_found) tell_dangling(found, wanted_answer == answer::abort);
  turn.unlock();
  if (block != nullptr) real.free(block);
  return block != nullptr;
}

// False when there is no room.
bool add_table(const table& wanted) noexcept {
  const lock_guard changing(table_lock);
  for (table& one : tables) {
    if (one.base != 0) continue;
    one = wanted;
    table_count.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  return false;
}

// False when none begins there.
bool remove_table(std::uintptr_t base) noexcept {
  const lock_guard changing(table_lock);
  for (table& one : tables) {
    if (base == 0 || one.base != base) continue;
    forget(one);
    return true;
  }
  return false;
}

}  // namespace

constinit std::atomic<std::uint32_t> table_count{0};

void prepare_tables(const options& wanted) noexcept {
  wanted_answer = wanted.tables;
  grace = wanted.grace;
}

bool hold_back_if_shown(void* block, std::size_t bytes, const void* caller) noexcept {
  const std::uint32_t tables_before = table_count.load(std::memory_order_relaxed);
  const bool is_held = look_at_tables(block, bytes, caller);
  if (table_count.load(std::memory_order_relaxed) != tables_before) count_watchers();
  return is_held;
}

void settle_held_back() noexcept {
  while (settle_one()) continue;
}

void tables_before_fork() noexcept { table_lock.lock(); }
void tables_after_fork() noexcept { table_lock.unlock(); }

table_counts count_tables() noexcept {
  const lock_guard looking(table_lock);
  return {table_count.load(std::memory_order_relaxed), held_back_count};
}

}  // namespace holdfast::guard

using namespace holdfast::guard;

extern "C" HOLDFAST_EXPORTED int holdfast_guard_register_table(const void* base, std::size_t bytes, std::size_t stride,
                                                               std::size_t offset, const char* name) {
  constexpr std::size_t pointer = sizeof(void*);
  if (base == nullptr || stride < pointer || offset > stride - pointer || bytes < stride) return -1;
  if (wanted_answer == answer::off) return 0;
  table wanted = {reinterpret_cast<std::uintptr_t>(base), bytes / stride, stride, offset, {}};
  for (std::size_t i = 0; name != nullptr && name[i] != 0 && i + 1 < sizeof wanted.name; ++i) wanted.name[i] = name[i];
  if (!add_table(wanted)) return -1;
  count_watchers();
  return 0;
}

extern "C" HOLDFAST_EXPORTED int holdfast_guard_unregister_table(const void* base) {
  if (!remove_table(reinterpret_cast<std::uintptr_t>(base))) return -1;
  count_watchers();
  return 0;
}
