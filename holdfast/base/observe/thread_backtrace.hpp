// The stack of another thread, asked of it by a signal.
//
// The handler is installed on a real-time signal that nobody uses, for as long as the collector lives.
// A thread answers from inside the handler, where it captures its own stack and allocates nothing. One
// that blocks the signal, hangs in the kernel or has gone does not answer, and the answer says so.
//
// Only one collector at a time.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>

#include <holdfast/base/observe/backtrace.hpp>

namespace holdfast::inline v0::observe {

enum class answer : std::uint8_t { given, none, gone };

class stack_collector {
 public:
  stack_collector() noexcept;
  stack_collector(const stack_collector&) = delete;
  stack_collector& operator=(const stack_collector&) = delete;
  ~stack_collector();

  // `stack` is written only if the answer is given.
  // Cost: waits for the thread, `patience` at most.
  [[nodiscard]] answer ask(std::uint32_t thread, backtrace& stack,
                           std::chrono::milliseconds patience = std::chrono::milliseconds{200}) noexcept;

 private:
  int signal_ = 0;  // 0: every real-time signal is taken
  struct sigaction before_ = {};
};

}  // namespace holdfast::inline v0::observe
