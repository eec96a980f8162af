// The reports of must_check.hpp and chain.hpp: something was null, and here is where it came from.
#include <string>

#include <holdfast/base/observe/fatal.hpp>
#include <holdfast/base/observe/stack_text.hpp>
#include <holdfast/lifetime/chain.hpp>
#include <holdfast/lifetime/must_check.hpp>

namespace holdfast::inline v0::lifetime {

void report_followed_null(const void* made_at) noexcept {
  std::string lines = "  the null was made at ";
  lines += made_at == nullptr ? std::string("a place that was not recorded") : observe::caller_of_ours(made_at);
  lines += '\n';
  observe::report_fatal_here(
      "fatal error: a null must_check was followed", lines,
      "test it, if (auto p = x.checked()), or say what happens otherwise with visit or value_or");
}

void report_null_link(const null_link& link, unsigned links) noexcept {
  const std::string lines = "  " + text_of(link) + ", of " + std::to_string(links) + " links\n";
  observe::report_fatal_here("fatal error: a chain of pointers has a null link", lines,
                             "ask the chain: if (auto* p = c.get()), value_or; error() names the link");
}

std::string text_of(const null_link& link) {
  if (link.index == 0 && link.name.empty()) return "the beginning of the chain is null";
  std::string text = "link " + std::to_string(link.index);
  if (!link.name.empty()) {
    text += " (";
    text += link.name;
    text += ')';
  }
  return text + " is null";
}

}  // namespace holdfast::inline v0::lifetime
