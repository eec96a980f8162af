// The writing half of crash_notes.hpp: runs in the child, at the end in a signal handler.
#include <holdfast/hazard/crash_notes.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <dlfcn.h>
#include <execinfo.h>
#include <sys/mman.h>
#include <unistd.h>

namespace holdfast::inline v0::hazard {
namespace {

constexpr int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGTRAP};
constexpr std::size_t handler_stack_bytes = std::size_t{1} << 16;
constexpr int most_frames = 32;

// Set once before any program runs; the handler reads it.
constinit int notes_descriptor = -1;

// A line put together without allocating.
class line_text {
 public:
  line_text& operator<<(std::string_view text) noexcept {
    const std::size_t room = sizeof bytes_ - length_;
    const std::size_t taken = text.size() < room ? text.size() : room;
    std::memcpy(bytes_ + length_, text.data(), taken);
    length_ += taken;
    return *this;
  }
  line_text& number(std::uint64_t value, unsigned base) noexcept {
    char digits[24];
    std::size_t begin = sizeof digits;
    do {
      digits[--begin] = "0123456789abcdef"[value % base];
      value /= base;
    } while (value != 0);
    if (base == 16) *this << "0x";
    return *this << std::string_view(digits + begin, sizeof digits - begin);
  }
  line_text& hex(std::uint64_t value) noexcept { return number(value, 16); }
  void write_to(int descriptor) noexcept { write_all(descriptor, {bytes_, length_}); }

 private:
  char bytes_[2048];
  std::size_t length_ = 0;
};

void write_frame(int descriptor, void* counter) noexcept {
  const auto address = reinterpret_cast<std::uintptr_t>(counter);
  Dl_info info{};
  line_text line;
  if (dladdr(counter, &info) == 0 || info.dli_fname == nullptr) {
    line << "frame ";
    line.hex(address) << " 0x0 ? ?\n";
    return line.write_to(descriptor);
  }
  line << "frame ";
  line.hex(address) << " ";
  line.hex(address - reinterpret_cast<std::uintptr_t>(info.dli_fbase)) << " ";
  if (info.dli_sname == nullptr) {
    line << "?";
  } else {
    line << info.dli_sname << "+";
    line.hex(address - reinterpret_cast<std::uintptr_t>(info.dli_saddr));
  }
  line << " " << info.dli_fname << "\n";
  line.write_to(descriptor);
}

bool is_fault(int signal) noexcept {
  return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
}

void on_deadly_signal(int signal, siginfo_t* info, void*) {
  const int kept_errno = errno;
  line_text head;
  head << "signal ";
  head.number(static_cast<std::uint64_t>(signal), 10) << " ";
  head.number(static_cast<std::uint64_t>(static_cast<std::int64_t>(info->si_code)), 10) << "\n";
  if (is_fault(signal) && info->si_code > 0) {
    head << "address ";
    head.hex(reinterpret_cast<std::uintptr_t>(info->si_addr)) << "\n";
  }
  head.write_to(notes_descriptor);
  void* counters[most_frames];
  const int depth = backtrace(counters, most_frames);
  // The first two are this handler and the kernel's return from it.
  for (int i = 2; i < depth; ++i) write_frame(notes_descriptor, counters[i]);
  errno = kept_errno;
  // The handler is gone (SA_RESETHAND). A fault comes again by itself, from the very instruction, so
  // that a core shows it; a signal that was sent must be sent again.
  if (info->si_code <= 0) raise(signal);
}

}  // namespace

void write_all(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void note_expected_fault(int notes, const volatile void* address, std::uint64_t bytes) noexcept {
  line_text line;
  line << "expect ";
  line.hex(reinterpret_cast<std::uintptr_t>(address)) << " ";
  line.number(bytes, 10) << "\n";
  if (notes >= 0) line.write_to(notes);
}

void note_deadly_signals(int notes) noexcept {
  notes_descriptor = notes;
  void* counter = nullptr;
  // Loads what backtrace needs now, while allocating is still allowed.
  if (backtrace(&counter, 1) == 1) {
    Dl_info info{};
    dladdr(counter, &info);
  }
  stack_t stack{};
  stack.ss_size = handler_stack_bytes;
  stack.ss_sp = mmap(nullptr, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool own_stack = stack.ss_sp != MAP_FAILED && sigaltstack(&stack, nullptr) == 0;
  struct sigaction action{};
  action.sa_sigaction = on_deadly_signal;
  // Two's complement: SA_RESETHAND is the sign bit.
  action.sa_flags = SA_SIGINFO | static_cast<int>(SA_RESETHAND) | (own_stack ? SA_ONSTACK : 0);
  sigemptyset(&action.sa_mask);
  for (const int signal : deadly) sigaction(signal, &action, nullptr);
}

}  // namespace holdfast::inline v0::hazard
