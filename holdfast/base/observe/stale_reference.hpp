// What happens when a reference that has ended is used: the exception, the fatal report, or nothing.
//
// All say the same: what it referred to, what ended it, what to do.
//
//   stale reference to map "users": entry erased by operation #81234 on thread 4711; look the key up again ...
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0 {

// What the use of a reference that has ended does.
enum class when_stale : std::uint8_t {
  raises,  // throws stale_reference
  fatal,   // reports, with the stack, and ends the process
  null,    // answers null
};

class stale_reference : public std::runtime_error {
 public:
  // `to` names what it referred to: "map \"users\"", "arena 7", "a pool".
  stale_reference(std::string_view to, cause_record why);
  // The same with words of the caller's own for what has happened and what to do.
  stale_reference(std::string_view to, cause_record why, std::string_view happened, std::string_view cure);
  // cause::none where the reference never led anywhere: it is empty, or a handle of another pool.
  [[nodiscard]] cause_record why() const noexcept { return why_; }

 private:
  cause_record why_;
};

// What is said of one that never led anywhere, and what to do.
inline constexpr std::string_view empty_reference = "the reference is empty: the key was not there when it was made";
inline constexpr std::string_view cure_of_empty_reference = "test it before it is used";

// "stale reference to TO: entry erased by operation #3 on thread 7; look the key up again ..."
[[nodiscard]] std::string stale_text(std::string_view to, cause_record why);
[[nodiscard]] std::string stale_text(std::string_view to, std::string_view happened, std::string_view cure);

// Throws: stale_reference.
[[noreturn]] HOLDFAST_COLD void raise_stale(std::string_view to, cause_record why);
// Fatal: first line "fatal error: use of a stale reference", then the text and the stack.
[[noreturn]] HOLDFAST_COLD void report_stale(std::string_view to, cause_record why) noexcept;
// The same with words of the caller's own.
[[noreturn]] HOLDFAST_COLD void raise_stale(std::string_view to, cause_record why, std::string_view happened,
                                            std::string_view cure);
[[noreturn]] HOLDFAST_COLD void report_stale(std::string_view to, std::string_view happened,
                                             std::string_view cure) noexcept;

}  // namespace holdfast::inline v0
