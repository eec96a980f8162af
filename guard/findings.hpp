// What the guard found, in words: what, who and where, what to do.
#pragma once

#include <cstddef>
#include <cstdint>

#include "guard/slots.hpp"
#include "guard/stack.hpp"

namespace holdfast::guard {

// A use of a closed page.
struct finding {
  const void* address = nullptr;
  int writes = -1;  // 1 a write, 0 a read, -1 not known
  stack here;
};

// The program goes on to its handler or its end; so this is told whatever HOLDFAST_GUARD=reports says.
void tell_fault(const finding& found) noexcept;

// Each of these ends the process.
[[noreturn]] void fail_freed_twice(const slot& one, const void* caller) noexcept;
[[noreturn]] void fail_not_a_block(const void* address, const void* caller) noexcept;
[[noreturn]] void fail_overrun(const slot& one) noexcept;

// `block` was freed, and a registered table has shown it ever since.
struct dangling_entry {
  const char* table = nullptr;
  std::size_t entry = 0;
  std::uintptr_t block = 0;
  std::size_t bytes = 0;
  stack freed;
};
void tell_dangling(const dangling_entry& found, bool ends) noexcept;

// Two threads were inside one container at once.
struct encounter {
  const char* kind = nullptr;       // "a std::map"
  const void* container = nullptr;  // its address
  const char* operations[2] = {};
  stack stacks[2];  // first the one that was inside, then the one that came
};
bool tell_encounter(const encounter& found, bool ends) noexcept;

}  // namespace holdfast::guard
