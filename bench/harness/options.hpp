// The command line that every benchmark understands.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <bench/harness/keys.hpp>

namespace holdfast::bench {

struct options {
  std::vector<std::size_t> sizes;      // empty: the benchmark's own
  std::vector<std::string> only;       // contenders; empty: all
  std::vector<std::string> questions;  // empty: all
  std::string json;                    // file to write, or empty
  int rounds = 9;
  std::size_t operations = 2'000'000;  // in each round, at least
  std::uint64_t seed = 1;
  int cpu = -1;  // pin to it
  bool quick = false;
  bool full = false;
  bool warm_heap = false;
  pattern shape = pattern::random;
  std::vector<std::string> rest;  // what the benchmark itself has to understand
};

inline constexpr const char* options_help =
    "  --sizes 1e3,1e6     how many entries\n"
    "  --rounds N          rounds in which every contender runs once (9)\n"
    "  --ops N             operations of a contender in a round, at least (2e6)\n"
    "  --only a,b          contenders (absl* stands for all that begin with absl)\n"
    "  --questions a,b     questions, as in the report\n"
    "  --pattern P         random, sequential or addresses (u64 keys)\n"
    "  --warm-heap         let malloc keep what maps gave back; default: large arrays are always fresh pages\n"
    "  --quick | --full    3 rounds of a quarter | every size\n"
    "  --cpu N             pin to a processor\n"
    "  --seed N            of keys and orders (1)\n"
    "  --json FILE         all samples\n";

[[nodiscard]] inline std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return parts;
}

[[noreturn]] inline void refuse(const std::string& what) {
  std::fprintf(stderr, "bench: %s\n%s", what.c_str(), options_help);
  std::exit(2);
}

[[nodiscard]] inline double number_in(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0' || !(number >= 0)) refuse("'" + text + "' is not a number");
  return number;
}

[[nodiscard]] inline pattern pattern_named(const std::string& name) {
  if (name == "random") return pattern::random;
  if (name == "sequential") return pattern::sequential;
  if (name == "addresses") return pattern::addresses;
  refuse("no pattern '" + name + "'");
}

inline void take_value(options& chosen, const std::string& flag, const std::string& value) {
  if (flag == "--sizes") {
    for (const std::string& size : split_at_commas(value))
      chosen.sizes.push_back(static_cast<std::size_t>(number_in(size)));
  } else if (flag == "--rounds") {
    chosen.rounds = static_cast<int>(number_in(value));
  } else if (flag == "--ops") {
    chosen.operations = static_cast<std::size_t>(number_in(value));
  } else if (flag == "--only") {
    chosen.only = split_at_commas(value);
  } else if (flag == "--questions") {
    chosen.questions = split_at_commas(value);
  } else if (flag == "--pattern") {
    chosen.shape = pattern_named(value);
  } else if (flag == "--cpu") {
    chosen.cpu = static_cast<int>(number_in(value));
  } else if (flag == "--seed") {
    chosen.seed = static_cast<std::uint64_t>(number_in(value));
  } else if (flag == "--json") {
    chosen.json = value;
  } else {
    chosen.rest.push_back(flag);
    chosen.rest.push_back(value);
  }
}

[[nodiscard]] inline options options_from(int count, char** words) {
  options chosen;
  for (int at = 1; at < count; ++at) {
    const std::string flag = words[at];
    if (flag == "--help" || flag == "-h") {
      std::fputs(options_help, stdout);
      std::exit(0);
    }
    if (flag == "--quick") {
      chosen.quick = true;
      chosen.rounds = 3;
      chosen.operations /= 4;
    } else if (flag == "--full") {
      chosen.full = true;
    } else if (flag == "--warm-heap") {
      chosen.warm_heap = true;
    } else if (at + 1 < count && flag.rfind("--", 0) == 0) {
      take_value(chosen, flag, words[++at]);
    } else {
      refuse("'" + flag + "' is not understood, or lacks its value");
    }
  }
  if (chosen.rounds < 1) refuse("--rounds must be at least 1");
  return chosen;
}

[[nodiscard]] inline bool named_in(const std::vector<std::string>& chosen, std::string_view name) {
  if (chosen.empty()) return true;
  for (const std::string& start : chosen) {
    if (name == start) return true;
    if (start.ends_with('*') && name.starts_with(std::string_view(start).substr(0, start.size() - 1))) return true;
  }
  return false;
}

}  // namespace holdfast::bench
