// How a mutation suite speaks: it names the promise it is about to check and stops at the first one that
// is broken. No test framework: a suite is compiled once for each bug, so it must compile fast.
#pragma once

#include <csignal>
#include <cstdint>
#include <cstdio>
#include <initializer_list>

#include <unistd.h>

namespace holdfast::tests {

struct suite {
  static inline const char* promise = "nothing yet";
  static inline std::uint64_t round = 0;
};

inline void checking(const char* promise) noexcept {
  suite::promise = promise;
  suite::round = 0;
}

[[noreturn]] __attribute__((cold, noinline)) inline void broken(const char* what, const char* more, int line) noexcept {
  std::printf("broken: %s: %s%s%s (line %d, round %llu)\n", suite::promise, what, *more != '\0' ? ": " : "", more, line,
              static_cast<unsigned long long>(suite::round));
  std::fflush(stdout);
  _exit(1);
}

inline void require(bool kept, const char* what, int line = __builtin_LINE()) noexcept {
  if (!kept) [[unlikely]] broken(what, "", line);
}

// A crash, or no end, breaks the promise that is being checked as well.
inline void broken_by_signals(unsigned seconds) noexcept {
  const auto told = [](int number) {
    broken(number == SIGALRM ? "it does not end" : number == SIGABRT ? "it ends with abort" : "it crashes", "", 0);
  };
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) std::signal(number, told);
  alarm(seconds);
}

// A stream of numbers that is the same in every run.
class numbers {
 public:
  explicit numbers(std::uint64_t start) noexcept : state_(start * 0x9e3779b97f4a7c15u + 1) {}

  [[nodiscard]] std::uint64_t next() noexcept { return mixed(state_ += 0x9e3779b97f4a7c15u); }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept { return (next() >> 16) % bound; }
  [[nodiscard]] bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }

  [[nodiscard]] static std::uint64_t mixed(std::uint64_t word) noexcept {
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
    word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
    return word ^ (word >> 31);
  }

 private:
  std::uint64_t state_;
};

}  // namespace holdfast::tests
