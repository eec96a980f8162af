// The name of a member, from a pointer to it that is known at compile time.
//
// The compiler writes it into __PRETTY_FUNCTION__; g++ and clang agree as far as is needed here.
#pragma once

#include <string_view>

namespace holdfast::inline v0::lifetime {

// `member_name<&user::profile>()` is "profile".
template <auto Member>
[[nodiscard]] consteval std::string_view member_name() noexcept {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Member = "));
  text = text.substr(0, text.find_first_of(";]"));
  text.remove_prefix(text.rfind("::") + 2);
  return text.substr(0, text.find('('));
}

}  // namespace holdfast::inline v0::lifetime
