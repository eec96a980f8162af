// A fault inside memory that an arena has protected, told with the arena, the allocation and the reset.
//
//   int main() {
//     holdfast::arena_fault_reports reports;
//     ...
//
//   holdfast: use of arena memory after reset
//     write to 0x7f3c00012a40 by thread 4711, 16 bytes into an object at 0x7f3c00012a30
//     arena "requests" (id 3): arena reset by operation #5 on thread 4712
//     allocated at server.cpp:88 handle_login
//     stack of the use: ...
//     stack of the reset: ...
//     cure: copy what must outlive the request out of the arena
//
// Then the handler that the program had for SIGSEGV runs, as if this one had not been there; without one the process
// ends by the signal, with a core where those are allowed. Every other fault goes there at once.
//
// The handler itself reads only and takes no lock. Names are looked up by a child process on a stack of its own, which
// may crash or hang (five seconds) without harm; bare addresses are told then.
#pragma once

namespace holdfast::inline v0 {

// On while at least one of these lives. Threads: any.
class [[nodiscard]] arena_fault_reports {
 public:
  // Takes SIGSEGV. A handler installed later must pass on what is not its own, as this one does.
  arena_fault_reports() noexcept;
  arena_fault_reports(const arena_fault_reports&) = delete;
  arena_fault_reports& operator=(const arena_fault_reports&) = delete;
  // Puts the former handler back, unless somebody has installed one over this; that one goes on passing to the former.
  ~arena_fault_reports();
};

}  // namespace holdfast::inline v0
