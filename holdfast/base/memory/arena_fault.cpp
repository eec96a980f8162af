// See arena_fault.hpp.
#include <holdfast/base/memory/arena_fault.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/arena_round.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/fault_access.hpp>
#include <holdfast/base/observe/backtrace.hpp>
#include <holdfast/base/observe/stack_text.hpp>

namespace holdfast::inline v0 {
namespace memory {
namespace {

constinit std::mutex install_guard;
constinit std::size_t wanted = 0;
constinit bool in_chain = false;
// Written before the handler is installed, and by it when the former one asked to be called once.
constinit struct sigaction former = {};
constinit std::atomic<bool> reporting{false};
// The thread that reports: its own fault while it does is passed on.
constinit std::atomic<std::uint32_t> reporter{0};

// A line in the making, without the heap.
class line {
 public:
  line& add(std::string_view text) noexcept {
    const std::size_t length = std::min(text.size(), sizeof text_ - length_);
    std::copy_n(text.data(), length, text_ + length_);
    length_ += length;
    return *this;
  }
  line& add(std::uint64_t number, unsigned base = 10) noexcept {
    char digits[20];
    char* first = digits + sizeof digits;
    do *--first = "0123456789abcdef"[number % base];
    while ((number /= base) != 0);
    return add({first, static_cast<std::size_t>(digits + sizeof digits - first)});
  }
  line& add_address(const void* address) noexcept {
    return add("0x").add(reinterpret_cast<std::uintptr_t>(address), 16);
  }
  void write() noexcept { write_to_stderr({text_, length_}); }

 private:
  char text_[512];
  std::size_t length_ = 0;
};

struct fault {
  const void* address;
  access_kind kind;
  std::uint32_t thread;
  const chunk_header* chunk;
  const arena_round* round;
  const allocation_site* site;
  observe::backtrace stack;
};

// The last allocation at or below the address; null if none was written down.
const allocation_site* site_of(const chunk_header* chunk, const void* address) noexcept {
  const allocation_site* const first = chunk->sites;
  const allocation_site* const last = first + chunk->site_count;
  const auto* const behind = std::upper_bound(
      first, last, reinterpret_cast<std::uintptr_t>(address),
      [](std::uintptr_t wanted_address, const allocation_site& one) { return wanted_address < one.object; });
  return behind == first ? nullptr : behind - 1;
}

// What a return address was called from.
const void* call_of(const void* place) noexcept { return static_cast<const char*>(place) - 1; }

void tell_facts(const fault& one) noexcept {
  line text;
  text.add("holdfast: use of arena memory after reset\n  ").add(name_of(one.kind)).add(" ").add_address(one.address);
  text.add(" by thread ").add(one.thread);
  if (one.site != nullptr) {
    const auto object = one.site->object;
    text.add(", ").add(reinterpret_cast<std::uintptr_t>(one.address) - object).add(" bytes into an object at ");
    text.add_address(reinterpret_cast<const void*>(object));
  }
  // relaxed: written before the chunk was protected.
  const auto why = cause_record::from_word(one.chunk->ended.load(std::memory_order_relaxed));
  text.add("\n  arena \"").add(one.round != nullptr ? one.round->name : "?").add("\" (id ");
  text.add(one.chunk->arena.load(std::memory_order_relaxed)).add("): ").add(what_happened(why.what()));
  text.add(" by operation #").add(why.serial()).add(" on thread ").add(why.thread()).add("\n");
  text.write();
}

void tell_addresses(std::string_view title, const observe::backtrace& stack) noexcept {
  line text;
  text.add(title);
  for (const void* const place : stack.frames()) text.add(" ").add_address(place);
  text.add("\n").write();
}

void tell_without_names(const fault& one) noexcept {
  if (one.site != nullptr) line().add("  allocated at ").add_address(call_of(one.site->place)).add("\n").write();
  tell_addresses("  stack of the use:", one.stack);
  if (one.round != nullptr) tell_addresses("  stack of the reset:", one.round->ended_by);
}

// In the child.
int tell_with_names(void* argument) {
  const fault& one = *static_cast<const fault*>(argument);
  for (const int number : {SIGSEGV, SIGALRM, SIGABRT}) std::signal(number, SIG_DFL);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, nullptr);
  alarm(5);
  std::string text;
  if (one.site != nullptr) text += "  allocated at " + observe::caller_of_ours(call_of(one.site->place)) + '\n';
  text += "  stack of the use:\n" + observe::stack_text(observe::answer::given, one.stack);
  if (one.round != nullptr)
    text += "  stack of the reset:\n" + observe::stack_text(observe::answer::given, one.round->ended_by);
  write_to_stderr(text);
  _exit(0);
}

// Whether the child has told all.
bool tell_from_child(fault& one) noexcept {
  constexpr std::size_t stack_bytes = std::size_t{1} << 20;
  void* const stack = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (stack == MAP_FAILED) return false;
  // No flags: a copy of this process, that gives no signal when it ends.
  const int child = clone(tell_with_names, static_cast<char*>(stack) + stack_bytes, 0, &one);
  int status = -1;
  if (child > 0)
    while (waitpid(child, &status, __WALL) < 0 && errno == EINTR) {}
  munmap(stack, stack_bytes);
  return status == 0;
}

void tell(const void* address, access_kind kind, const chunk_header* chunk) noexcept {
  const auto me = static_cast<std::uint32_t>(syscall(SYS_gettid));
  // relaxed: pairs with nothing; a second thread tells nothing, the first one's text is the whole.
  std::uint32_t nobody = 0;
  if (!reporter.compare_exchange_strong(nobody, me, std::memory_order_relaxed)) return;
  fault one{address, kind, me, chunk, chunk->round, site_of(chunk, address), {}};
  observe::capture_interrupted(one.stack);
  tell_facts(one);
  if (!tell_from_child(one)) tell_without_names(one);
  line().add("  cure: ").add(cure_of(cause::arena_reset)).add("\n").write();
  reporter.store(0, std::memory_order_relaxed);
}

// As the kernel would have done without us.
void pass_on(int signal, siginfo_t* sent, void* context) noexcept {
  const struct sigaction before = former;
  if ((before.sa_flags & SA_RESETHAND) != 0) former = {};
  if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(signal, sent, context);
  const bool was_sent = sent->si_code <= 0;
  if (before.sa_handler == SIG_IGN && was_sent) return;
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(signal);
  struct sigaction plain = {};
  plain.sa_handler = SIG_DFL;
  sigaction(signal, &plain, nullptr);
  // The instruction faults again on return; a signal that was sent has to be sent again.
  if (was_sent) raise(signal);
}

void on_fault(int signal, siginfo_t* sent, void* context) noexcept {
  const int error_before = errno;
  // relaxed: a fault while reports are switched on or off may be told or not.
  if (sent->si_code > 0 && reporting.load(std::memory_order_relaxed)) {
    const chunk_header* const chunk = find_chunk(sent->si_addr);
    // relaxed: a chunk that this thread reached by a stale pointer was protected before, or it would not fault.
    if (chunk != nullptr && chunk->state.load(std::memory_order_relaxed) == chunk_state::protected_after_reset)
      tell(sent->si_addr, access_of(static_cast<const ucontext_t*>(context)), chunk);
  }
  errno = error_before;
  pass_on(signal, sent, context);
}

bool is_ours(const struct sigaction& one) noexcept {
  return (one.sa_flags & SA_SIGINFO) != 0 && one.sa_sigaction == on_fault;
}

void install() noexcept {
  // relaxed: see on_fault.
  reporting.store(true, std::memory_order_relaxed);
  struct sigaction now = {};
  sigaction(SIGSEGV, nullptr, &now);
  // Under somebody else's handler we are still asked, unless it was ours that was taken away again.
  if (in_chain && now.sa_sigaction != former.sa_sigaction) return;
  former = now;
  struct sigaction ours = {};
  ours.sa_sigaction = on_fault;
  ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (former.sa_flags & (SA_NODEFER | SA_RESTART));
  ours.sa_mask = former.sa_mask;
  in_chain = sigaction(SIGSEGV, &ours, nullptr) == 0;
}

void uninstall() noexcept {
  reporting.store(false, std::memory_order_relaxed);
  struct sigaction now = {};
  if (!in_chain || sigaction(SIGSEGV, nullptr, &now) != 0 || !is_ours(now)) return;
  in_chain = sigaction(SIGSEGV, &former, nullptr) != 0;
}

}  // namespace
}  // namespace memory

arena_fault_reports::arena_fault_reports() noexcept {
  const std::lock_guard<std::mutex> hold(memory::install_guard);
  if (memory::wanted++ == 0) memory::install();
}

arena_fault_reports::~arena_fault_reports() {
  const std::lock_guard<std::mutex> hold(memory::install_guard);
  if (--memory::wanted == 0) memory::uninstall();
}

}  // namespace holdfast::inline v0
