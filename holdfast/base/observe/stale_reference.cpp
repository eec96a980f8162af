// See stale_reference.hpp.
#include <holdfast/base/observe/stale_reference.hpp>

#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0 {

std::string stale_text(std::string_view to, std::string_view happened, std::string_view cure) {
  std::string text = "stale reference to ";
  text += to;
  text += ": ";
  text += happened;
  text += "; ";
  return text += cure;
}

std::string stale_text(std::string_view to, cause_record why) {
  return stale_text(to, text_of(why), cure_of(why.what()));
}

stale_reference::stale_reference(std::string_view to, cause_record why)
    : std::runtime_error("holdfast: " + stale_text(to, why)), why_(why) {}

stale_reference::stale_reference(std::string_view to, cause_record why, std::string_view happened,
                                 std::string_view cure)
    : std::runtime_error("holdfast: " + stale_text(to, happened, cure)), why_(why) {}

void raise_stale(std::string_view to, cause_record why) { raise(stale_reference(to, why)); }

void raise_stale(std::string_view to, cause_record why, std::string_view happened, std::string_view cure) {
  raise(stale_reference(to, why, happened, cure));
}

void report_stale(std::string_view to, cause_record why) noexcept {
  report_stale(to, text_of(why), cure_of(why.what()));
}

void report_stale(std::string_view to, std::string_view happened, std::string_view cure) noexcept {
  std::string lines = "  stale reference to ";
  lines += to;
  lines += ": ";
  lines += happened;
  lines += '\n';
  observe::report_fatal_here("fatal error: use of a stale reference", lines, cure);
}

}  // namespace holdfast::inline v0
