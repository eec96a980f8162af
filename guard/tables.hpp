// Tables of pointers that the program showed us: memory that is freed while a table shows it is held back for some
// frees and looked at again. If the entry has gone by then, all was well: taking it out just after the free is
// what everybody does. If it still stands, that is told, with the stack of the free. Then the memory is freed.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "guard/options.hpp"

namespace holdfast::guard {

// How many there are: no free looks further while there is none.
// relaxed: pairs with nothing; who registers a table orders that with its frees.
extern constinit std::atomic<std::uint32_t> table_count;

void prepare_tables(const options& wanted) noexcept;

// Looks for `block` in every table. True when it was taken over: it will be freed later.
// Cost: reads all tables.
[[nodiscard]] bool hold_back_if_shown(void* block, std::size_t bytes, const void* caller) noexcept;

// Lets go of what was held back long enough. Called at every free while there are tables.
void settle_held_back() noexcept;

// Around fork.
void tables_before_fork() noexcept;
void tables_after_fork() noexcept;

struct table_counts {
  std::uint64_t tables;
  std::uint64_t held_back;
};
[[nodiscard]] table_counts count_tables() noexcept;

}  // namespace holdfast::guard
