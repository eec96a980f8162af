// See stack_text.hpp.
#include <holdfast/base/observe/stack_text.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include <holdfast/base/observe/thread_list.hpp>

namespace holdfast::inline v0::observe {

std::string stack_text(answer told, const backtrace& stack) {
  if (told == answer::none) return "    (no answer)\n";
  if (told == answer::gone) return "    (gone)\n";
  std::string text;
  std::size_t number = 0;
  for (const void* const place : stack.frames())
    for (const symbol& one : symbols_at(place)) {
      text += "    #" + std::to_string(number++) + ' ' + text_of(one);
      text += one.inlined ? " (inlined)\n" : "\n";
    }
  if (stack.count == backtrace::capacity) text += "    (and more)\n";
  return text;
}

std::string caller_of_ours(const backtrace& stack) {
  bool inside = false;
  for (const void* const place : stack.frames())
    for (const symbol& one : symbols_at(place)) {
      if (inside && !is_ours(one)) return short_text_of(one);
      inside = inside || is_ours(one);
    }
  return {};
}

std::string caller_of_ours(const void* place) {
  const std::vector<symbol> symbols = symbols_at(place);
  // What is inlined into ours is not the caller: the place may be in the middle of an atomic's load.
  const auto ours = std::find_if(symbols.begin(), symbols.end(), is_ours);
  if (ours == symbols.end()) return short_text_of(symbols.front());
  const auto caller = std::find_if_not(ours, symbols.end(), is_ours);
  return short_text_of(caller == symbols.end() ? symbols.back() : *caller);
}

std::string other_stacks_text(stack_collector& collector, std::uint32_t not_this, std::uint32_t nor_this) {
  using std::chrono::milliseconds;
  const auto deadline = std::chrono::steady_clock::now() + milliseconds{2000};
  std::string text;
  for (const std::uint32_t thread : thread_ids()) {
    if (thread == not_this || thread == nor_this) continue;
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    backtrace stack;
    const answer told = collector.ask(thread, stack, std::clamp(left, milliseconds{1}, milliseconds{200}));
    text += "  stack of thread " + thread_label(thread) + ":\n" + stack_text(told, stack);
  }
  return text;
}

}  // namespace holdfast::inline v0::observe
