// What reports, walks and the guard want to know of a resource, beside its slot.
//
// Written by the thread that adopts, before the slot opens; read by who has a share. What the address index and
// the guard add is under the lock of the index's shard.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include <holdfast/lifetime/guard_abi.h>
#include <holdfast/base/observe/backtrace.hpp>
#include <holdfast/lifetime/resource_slots.hpp>

namespace holdfast::inline v0 {

// Where in the program's source something was asked for. clang 14 has no <source_location>.
struct resource_site {
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;

  [[nodiscard]] static constexpr resource_site here(const char* file = __builtin_FILE(),
                                                    const char* function = __builtin_FUNCTION(),
                                                    std::uint32_t line = __builtin_LINE()) noexcept {
    return {file, function, line};
  }
};

}  // namespace holdfast::inline v0

namespace holdfast::inline v0::lifetime {

struct resource_notes {
  static constexpr std::size_t name_capacity = 32;

  std::size_t size = 0;
  std::uint64_t tag = 0;
  resource_site site;
  std::uint64_t process = 0;  // real_machine::generation() of the adoption
  const std::uint64_t* cookie = nullptr;
  std::uint64_t expected = 0;  // what stood at the cookie
  std::unique_ptr<observe::backtrace> stack;
  std::uint32_t thread = 0;
  bool fork_safe = false;
  std::atomic<std::uint64_t> ended{0};  // cause_record: how it ended, or how C ended it
  char name[name_capacity] = {};  // ends with a zero

  // Under the shard's lock.
  bool linked = false;
  holdfast_leave left_by = holdfast_leave_free;
  std::uint32_t next_at_address = 0;  // index and one
};

inline resource_notes& resource_slots::notes_of(std::uint32_t index) const noexcept {
  // acquire: pairs with reach().
  return notes_[index / segment_size].load(std::memory_order_acquire)[index % segment_size];
}

inline resource_notes& resource_slot::notes() const noexcept { return the_resource_slots.it.notes_of(index); }

}  // namespace holdfast::inline v0::lifetime
