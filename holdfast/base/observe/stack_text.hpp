// Stacks as lines of a report.
#pragma once

#include <cstdint>
#include <string>

#include <holdfast/base/observe/backtrace.hpp>
#include <holdfast/base/observe/symbol.hpp>
#include <holdfast/base/observe/thread_backtrace.hpp>

namespace holdfast::inline v0::observe {

// `    #0 handle_login(int) at /src/server.cpp:88` and so on, one line for each function, inlined ones
// marked. `    (no answer)` or `    (gone)` where the thread did not tell.
[[nodiscard]] std::string stack_text(answer told, const backtrace& stack);

// The caller of this library: the innermost symbol that is not ours, outside one that is. Empty text
// if the library is not on the stack.
[[nodiscard]] std::string caller_of_ours(const backtrace& stack);

// The same for a single address and what was inlined around it; if all of it is ours, its outermost
// function.
[[nodiscard]] std::string caller_of_ours(const void* place);

// The stacks of all threads but `not_this` and `nor_this`, each under a line that names the thread.
// Cost: at most two seconds, however many threads do not answer.
[[nodiscard]] std::string other_stacks_text(stack_collector& collector, std::uint32_t not_this,
                                            std::uint32_t nor_this);

}  // namespace holdfast::inline v0::observe
