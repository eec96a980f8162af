#include <holdfast/tools/lab_report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <holdfast/hazard/frame_text.hpp>
#include <holdfast/hazard/judge.hpp>
#include <holdfast/tools/lab_words.hpp>
#include <holdfast/tools/terminal.hpp>

namespace holdfast::inline v0::tools {
namespace {

constexpr std::string_view inset = "      ";
constexpr std::size_t most_frames = 6;

[[nodiscard]] std::string_view last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  return text.substr(text.rfind('\n') + 1);
}

[[nodiscard]] std::string_view without_last_line(std::string_view text) {
  return text.substr(0, text.size() - std::min(text.size(), last_line(text).size() + 1));
}

// "failed as told: SIGSEGV at 0x…" for the naive program, "held: …" for a cure.
[[nodiscard]] std::string headline(const program_result& one, bool is_naive) {
  const auto& trial = one.trial;
  const auto rate = fmt::format("{}/{}", trial.as_told, trial.runs);
  if (!trial.passed) return fmt::format("NOT as told, {}: {}", rate, trial.why_not);
  const auto& shown = trial.shown;
  switch (one.which->expectation.ending) {
    case hazard::ending::held: return fmt::format("held, {}: {}", rate, last_line(shown.standard_output));
    case hazard::ending::wrong_answer:
      return fmt::format("failed as told, {}: wrong answer: {}", rate, last_line(shown.standard_output));
    case hazard::ending::report: return fmt::format("held, {}: stopped with \"{}\"", rate, one.which->expectation.first_line);
    case hazard::ending::signal: break;
  }
  return fmt::format("{}, {}: {}", is_naive ? "failed as told" : "held", rate, hazard::ending_text(shown));
}

// A fatal report without its first line, which the headline has, and without its stacks.
[[nodiscard]] std::string report_in_short(std::string_view text) {
  std::string kept;
  std::size_t line_number = 0;
  bool in_stack = false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line_number++ == 0) continue;
    in_stack = line.starts_with("    ") || line.starts_with("  stack of");
    if (!in_stack) kept += std::string(line) + '\n';
  }
  return kept;
}

[[nodiscard]] std::string stack_text(const hazard::crash_notes& notes, bool whole) {
  const auto lines = hazard::stack_lines(notes);
  const std::size_t shown = whole ? lines.size() : std::min(lines.size(), most_frames);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("#{} {}\n", i, lines[i]);
  if (shown < lines.size()) text += fmt::format("… and {} more\n", lines.size() - shown);
  return text;
}

// Where the system puts cores: a file name, or a program to pipe them to.
[[nodiscard]] std::string core_pattern() {
  std::ifstream file("/proc/sys/kernel/core_pattern");
  std::string pattern;
  std::getline(file, pattern);
  return pattern;
}

[[nodiscard]] std::string places_text(const hazard::outcome& shown, bool kept) {
  if (!shown.core.empty()) return fmt::format("core: {}\n", shown.core);
  std::string text;
  if (shown.dumped_core) text += fmt::format("core: not here; kernel.core_pattern is \"{}\"\n", core_pattern());
  if (kept) text += fmt::format("folder: {}\n", shown.folder);
  return text;
}

// What the shown run wrote: all of it where asked for or where something is wrong.
[[nodiscard]] std::string evidence(const program_result& one, bool is_naive, const report_style& style) {
  const auto& shown = one.trial.shown;
  const auto kind = one.which->expectation.ending;
  const bool everything = style.verbose || !one.trial.passed;
  std::string text;
  if (everything) {
    text = shown.standard_output + shown.standard_error;
    if (shown.cut_short) text += "(it wrote more than is shown)\n";
  } else if (kind == hazard::ending::report) {
    text = shown.standard_output + report_in_short(shown.standard_error);
  } else if (is_naive) {
    text = kind == hazard::ending::signal ? shown.standard_output : std::string(without_last_line(shown.standard_output));
  }
  if (shown.notes.signal != 0) text += stack_text(shown.notes, style.verbose);
  return text;
}

[[nodiscard]] std::string program_text(const program_result& one, bool is_naive, std::size_t name_width, const report_style& style) {
  const auto& trial = one.trial;
  const ink colour = !trial.passed ? ink::bad : is_naive ? ink::plain : ink::good;
  const auto name = painted(fmt::format("{:<{}}", one.which->name, name_width), colour, style.colour);
  std::string text = fmt::format("  {}  {}\n", name, painted(headline(one, is_naive), trial.passed ? ink::plain : ink::bad, style.colour));
  std::string details = evidence(one, is_naive, style);
  if (!trial.passed) details += fmt::format("seen with --seed {}\n", trial.shown_seed);
  details += places_text(trial.shown, std::filesystem::exists(trial.shown.folder));
  return text + painted(indented(details, inset), details.empty() ? ink::plain : ink::dim, style.colour);
}

[[nodiscard]] std::string count_text(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string report_text(const hazard_result& result, const report_style& style) {
  std::size_t name_width = 0;
  for (const auto& one : result.programs) name_width = std::max(name_width, one.which->name.size());
  std::string text = fmt::format("{}  {}\n", painted(result.which->id, ink::bold, style.colour), result.which->story);
  for (const auto& one : result.programs) text += program_text(one, one.which == &result.which->naive, name_width, style);
  return text + '\n';
}

std::string summary_text(const std::vector<hazard_result>& results, double seconds, const report_style& style) {
  std::size_t programs = 0;
  std::size_t runs = 0;
  std::string wrong;
  for (const auto& result : results) {
    for (const auto& one : result.programs) {
      ++programs;
      runs += one.trial.runs;
      if (!one.trial.passed) wrong += fmt::format("{}{}/{}", wrong.empty() ? "" : ", ", result.which->id, one.which->name);
    }
  }
  const auto counted = fmt::format("{}, {}, {} in {:.1f} s: ", count_text(results.size(), "hazard"),
                                   count_text(programs, "program"), count_text(runs, "run"), seconds);
  if (wrong.empty()) return counted + painted("everything behaved as told", ink::good, style.colour) + '\n';
  return counted + painted("not as told: " + wrong, ink::bad, style.colour) + '\n';
}

}  // namespace holdfast::inline v0::tools
