// See options.hpp.
#include "guard/options.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

namespace holdfast::guard {
namespace {

// One option: its key, what may stand behind it, what that does, and where it goes.
struct known_option {
  std::string_view key;
  std::string_view values;
  std::string_view meaning;
  std::uint64_t options::* number;
  std::uint64_t least;
  std::uint64_t most;
  answer options::* choice;
  bool options::* flag;
};

constexpr std::uint64_t any = std::numeric_limits<std::uint64_t>::max();

constexpr known_option number_option(std::string_view key, std::string_view meaning, std::uint64_t options::* where,
                                     std::uint64_t least, std::uint64_t most) {
  return {key, "=N", meaning, where, least, most, nullptr, nullptr};
}

constexpr known_option choice_option(std::string_view key, std::string_view meaning, answer options::* where) {
  return {key, "=off|report|abort", meaning, nullptr, 0, 0, where, nullptr};
}

constexpr known_option flag_option(std::string_view key, std::string_view meaning, bool options::* where) {
  return {key, "", meaning, nullptr, 0, 0, nullptr, where};
}

// clang-format off
constexpr known_option known[] = {
  number_option("sample", "guard about one allocation in N with pages of its own; 0 for none (5000)", &options::sample, 0, any),
  number_option("slots", "how many can be guarded at once, 1 to 4096 (128)", &options::slots, 1, most_slots),
  number_option("seed", "make what is chosen by chance repeat itself; 0 for another one each time (0)", &options::seed, 0, any),
  choice_option("containers", "two threads in one std::map, set, unordered_map at once (report)", &options::containers),
  number_option("hold", "percent of its time that a thread may wait inside containers others use, 0 to 50 (2)", &options::hold, 0, 50),
  choice_option("tables", "memory freed while a registered table still shows it (report)", &options::tables),
  number_option("grace", "frees after which the address must be gone from its table, 0 to 64 (16)", &options::grace, 0, most_grace),
  number_option("reports", "findings told before the guard falls silent, unless they end the process (8)", &options::reports, 0, any),
  {"log", "=FILE", "append reports to FILE instead of stderr", nullptr, 0, 0, nullptr, nullptr},
  flag_option("status", "tell at exit what was done", &options::status),
  flag_option("help", "print this", &options::help),
};
// clang-format on

bool is_number(std::string_view text, std::uint64_t& number) noexcept {
  const std::from_chars_result read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

bool is_answer(std::string_view text, answer& chosen) noexcept {
  if (text == "off") chosen = answer::off;
  else if (text == "report") chosen = answer::report;
  else if (text == "abort") chosen = answer::abort;
  else return false;
  return true;
}

void complain(text_line& to, std::string_view option, std::string_view reason) noexcept {
  to.add(to.empty() ? "holdfast-guard: HOLDFAST_GUARD: ignored \"" : ", \"");
  for (std::size_t i = 0; i < option.size() && i < 40; ++i) {
    const char c = option[i];
    to.add({static_cast<unsigned char>(c) < ' ' ? "?" : &c, 1});
  }
  to.add("\" (").add(reason).add(")");
}

// Null when taken, else why not.
const char* take(const known_option& one, bool has_value, std::string_view value, options& into) noexcept {
  if (one.flag != nullptr) {
    if (has_value) return "takes no value";
    into.*one.flag = true;
  } else if (one.choice != nullptr) {
    if (!is_answer(value, into.*one.choice)) return "neither off, report nor abort";
  } else if (one.number != nullptr) {
    std::uint64_t number = 0;
    if (!is_number(value, number)) return "not a number";
    if (number < one.least || number > one.most) return "out of range";
    into.*one.number = number;
  } else {
    if (value.empty()) return "needs a file";
    into.log = value;
  }
  return nullptr;
}

void take(std::string_view option, options& into, text_line& complaints) noexcept {
  const std::size_t equals = std::min(option.find('='), option.size());
  const bool has_value = equals != option.size();
  const std::string_view key(option.data(), equals);
  const std::size_t value_at = equals + (has_value ? 1 : 0);
  const std::string_view value(option.data() + value_at, option.size() - value_at);
  for (const known_option& one : known) {
    if (one.key != key) continue;
    if (const char* const reason = take(one, has_value, value, into)) complain(complaints, option, reason);
    return;
  }
  complain(complaints, option, "unknown");
}

}  // namespace

options read_options(std::string_view text, text_line& complaints) noexcept {
  options wanted;
  while (!text.empty()) {
    const std::string_view option(text.data(), std::min(text.find(':'), text.size()));
    text.remove_prefix(std::min(text.size(), option.size() + 1));
    if (!option.empty()) take(option, wanted, complaints);
  }
  if (!complaints.empty()) complaints.add("; HOLDFAST_GUARD=help tells what is known\n");
  return wanted;
}

void add_help(text_sink& to) noexcept {
  to.add("holdfast-guard: HOLDFAST_GUARD=key=value:key=value...\n");
  for (const known_option& one : known) {
    to.add("  ").add(one.key).add(one.values);
    for (std::size_t width = one.key.size() + one.values.size(); width < 30; ++width) to.add(" ");
    to.add(one.meaning).add("\n");
  }
}

}  // namespace holdfast::guard
