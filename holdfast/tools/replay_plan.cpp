#include "holdfast/tools/replay_plan.hpp"

#include <charconv>

namespace holdfast::inline v0::tools {

std::optional<play_rule> play_rule_in(std::string_view text) {
  if (text == "mixed") return play_rule{play_mode::mixed, 0};
  if (text == "read-insert") return play_rule{play_mode::read_insert, 0};
  if (text == "insert") return play_rule{play_mode::insert, 0};
  constexpr std::string_view cache = "cache:";
  if (!text.starts_with(cache)) return std::nullopt;
  text.remove_prefix(cache.size());
  std::size_t capacity = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), capacity);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  if (!whole || capacity == 0) return std::nullopt;
  return play_rule{play_mode::cache, capacity};
}

std::string text_of(const play_rule& rule) {
  switch (rule.mode) {
    case play_mode::mixed: return "mixed";
    case play_mode::read_insert: return "read-insert";
    case play_mode::insert: return "insert";
    case play_mode::cache: break;
  }
  return "cache:" + std::to_string(rule.capacity);
}

const std::string_view play_rule_help =
    "OPERATIONS (--ops)\n"
    "  mixed        (default) as recorded: a read looks its key up and inserts it on a miss,\n"
    "               a write assigns, an erase erases\n"
    "  read-insert  whatever the kind, look the key up and insert it on a miss\n"
    "  insert       whatever the kind, assign: a table that only fills\n"
    "  cache:N      read-insert, but past N entries each insertion erases the oldest one (a\n"
    "               first-in first-out cache)\n";

}  // namespace holdfast::inline v0::tools
