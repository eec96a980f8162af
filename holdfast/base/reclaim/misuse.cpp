// See misuse.hpp.
#include <holdfast/base/reclaim/misuse.hpp>

#include <atomic>
#include <cinttypes>
#include <cstdio>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::reclaim {

void report_retired_twice(const retirable* node) noexcept {
  char line[64];
  std::snprintf(line, sizeof line, "  object at 0x%" PRIxPTR "\n", reinterpret_cast<std::uintptr_t>(node));
  observe::report_fatal_here("holdfast: fatal: object retired twice", line,
                             "retire an object where it is unlinked, and only by the thread that unlinked it");
}

void report_wait_in_section() noexcept {
  observe::report_fatal_here("holdfast: fatal: waiting for readers while reading",
                             "  this thread is inside a section or read_scope, and would wait for itself\n",
                             "end the read_scope before synchronize(), drain() or barrier()");
}

void report_wait_in_destructor() noexcept {
  observe::report_fatal_here("holdfast: fatal: draining inside a destructor",
                             "  the destructor was called by a domain, which would wait for it to return\n",
                             "drain after the destructor, or from another thread");
}

void report_section_left_elsewhere() noexcept {
  observe::report_fatal_here("holdfast: fatal: section left by another thread",
                             "  a section or read_scope ends on the thread where it began\n",
                             "take a pin before you suspend a coroutine or hand work to another thread");
}

void report_no_memory_for_pins() noexcept {
  report_fatal("holdfast: fatal: no memory to hold an object", "  cure: hold fewer pins at a time\n");
}

void report_no_grace_period() noexcept {
  observe::report_fatal_here("holdfast: fatal: readers cannot be waited for",
                             "  the kernel denies membarrier, which it had granted before\n",
                             "install seccomp filters before the first read, or let them allow membarrier");
}

void report_no_fork_handler() noexcept {
  report_fatal("holdfast: fatal: no memory for a fork handler", "  cure: start the process with more memory\n");
}

void report_lost_fence() noexcept {
  static constinit std::atomic<bool> said{false};
  // relaxed: only one of those who ask says it.
  if (said.exchange(true, std::memory_order_relaxed)) return;
  report_refused("holdfast: membarrier is denied now",
                 "  it was granted when the first reader came, so readers execute no fence;\n"
                 "  what is retired from now on is not destroyed\n"
                 "  cure: install seccomp filters before the first read, or let them allow membarrier\n");
}

}  // namespace holdfast::inline v0::reclaim
