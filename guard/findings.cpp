// See findings.hpp.
#include "guard/findings.hpp"

#include <utility>

#include "guard/report.hpp"

namespace holdfast::guard {
namespace {

constexpr std::string_view prefix = "holdfast-guard: ";

void add_stack_of(text_sink& to, std::string_view what, const stack& one) noexcept {
  to.add("  ").add(what).add(" by ");
  if (one.count == 0) {
    to.add("nobody we know of\n");
    return;
  }
  add_thread(to, one.thread);
  to.add(":\n");
  add_stack(to, one);
}

void add_block(text_sink& to, const slot& one) noexcept {
  to.add("a block of ").number(one.bytes).add(one.bytes == 1 ? " byte at " : " bytes at ").address(one.block);
}

// `address 0x7f.., 8 bytes behind a block of 24 bytes at 0x7f..`
void add_position(text_sink& to, std::uintptr_t address, const slot& one) noexcept {
  to.add("  address ").address(address).add(", ");
  if (address < one.block) to.number(one.block - address).add(" bytes before ");
  else if (address < one.block + one.bytes) to.number(address - one.block).add(" bytes into ");
  else to.number(address - one.block - one.bytes).add(" bytes behind the end of ");
  add_block(to, one);
  to.add("\n");
}

bool is_freed(const slot& one) noexcept {
  // acquire: pairs with the release in free_in_slot(); the stack of the free is there.
  const slot_state now = one.state.load(std::memory_order_acquire);
  return now == slot_state::freed || now == slot_state::closing;
}

void describe_fault(text_sink& to, const void* about) {
  const finding& found = *static_cast<const finding*>(about);
  const slot* const one = slot_near(found.address);
  const auto address = reinterpret_cast<std::uintptr_t>(found.address);
  const bool freed = one != nullptr && is_freed(*one);
  const bool before = one != nullptr && address < one->block;
  to.add(prefix);
  if (one == nullptr) to.add("use of memory that was never allocated\n");
  else if (freed) to.add("use after free\n");
  else to.add(before ? "use before the beginning of a block\n" : "use beyond the end of a block\n");
  if (one != nullptr) add_position(to, address, *one);
  add_stack_of(to, found.writes == 1 ? "written" : found.writes == 0 ? "read" : "used", found.here);
  if (freed) add_stack_of(to, "freed", one->freed);
  if (one != nullptr) add_stack_of(to, "allocated", one->allocated);
  if (freed) to.add("  cure: let go of the pointer before the memory is freed, or free it after its last use\n");
  else to.add("  cure: check the index or the length against the size of the block\n");
}

void describe_freed_twice(text_sink& to, const void* about) {
  const auto& [one, here] = *static_cast<const std::pair<const slot*, stack>*>(about);
  to.add(prefix).add("freed twice\n  ");
  add_block(to, *one);
  to.add("\n");
  add_stack_of(to, "freed again", here);
  add_stack_of(to, "freed", one->freed);
  add_stack_of(to, "allocated", one->allocated);
  to.add("  cure: let one place own the block, and set the pointer to null where it is freed\n");
}

void describe_not_a_block(text_sink& to, const void* about) {
  const auto& [address, here] = *static_cast<const std::pair<const void*, stack>*>(about);
  const slot* const one = slot_near(address);
  to.add(prefix).add("freed at an address where no block begins\n");
  if (one != nullptr) add_position(to, reinterpret_cast<std::uintptr_t>(address), *one);
  add_stack_of(to, "freed", here);
  if (one != nullptr) add_stack_of(to, "allocated", one->allocated);
  to.add("  cure: free the pointer that malloc gave, not one into the block\n");
}

void describe_overrun(text_sink& to, const void* about) {
  const slot& one = *static_cast<const slot*>(about);
  to.add(prefix).add("written outside a block, found when it was freed\n  ");
  add_block(to, one);
  to.add("\n");
  add_stack_of(to, "freed", one.freed);
  add_stack_of(to, "allocated", one.allocated);
  to.add("  cure: check the index or the length against the size of the block\n");
}

void describe_dangling(text_sink& to, const void* about) {
  const auto& found = *static_cast<const dangling_entry*>(about);
  to.add(prefix).add("memory freed while a table shows it\n  table \"").add(found.table).add("\", entry ");
  to.number(found.entry).add(", points into a block of ").number(found.bytes).add(" bytes at ").address(found.block);
  to.add("\n");
  add_stack_of(to, "freed", found.freed);
  to.add("  cure: take the entry out before the memory is freed, or let a registry of C resources own it\n");
}

void describe_encounter(text_sink& to, const void* about) {
  const auto& found = *static_cast<const encounter*>(about);
  to.add(prefix).add("two threads modify one container at once\n  ").add(found.kind).add(" at ");
  to.address(found.container).add("\n");
  if (found.stacks[0].count != 0) add_stack_of(to, found.operations[0], found.stacks[0]);
  else to.add("  changed by another thread, which is off its processor and did not answer in time\n");
  add_stack_of(to, found.operations[1], found.stacks[1]);
  to.add("  cure: hold one lock around every use of the container, or take a map for many threads\n");
}

}  // namespace

void tell_fault(const finding& found) noexcept { report(describe_fault, &found, true); }

void fail_freed_twice(const slot& one, const void* caller) noexcept {
  std::pair<const slot*, stack> about(&one, stack());
  capture(about.second, caller);
  report(describe_freed_twice, &about, true);
  die();
}

void fail_not_a_block(const void* address, const void* caller) noexcept {
  std::pair<const void*, stack> about(address, stack());
  capture(about.second, caller);
  report(describe_not_a_block, &about, true);
  die();
}

void fail_overrun(const slot& one) noexcept {
  report(describe_overrun, &one, true);
  die();
}

void tell_dangling(const dangling_entry& found, bool ends) noexcept {
  report(describe_dangling, &found, ends);
  if (ends) die();
}

bool tell_encounter(const encounter& found, bool ends) noexcept {
  const bool told = report(describe_encounter, &found, ends);
  if (ends) die();
  return told;
}

}  // namespace holdfast::guard
