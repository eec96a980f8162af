// Rows as a table for the terminal and as JSON for bench/run.py.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <bench/harness/contenders.hpp>
#include <bench/harness/machine.hpp>
#include <bench/harness/options.hpp>
#include <bench/harness/runner.hpp>

namespace holdfast::bench {

struct spread {
  double least = 0;
  double median = 0;
  double most = 0;
};

[[nodiscard]] inline spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  const double median = values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
  return {values.front(), median, values.back()};
}

[[nodiscard]] inline const timed* find_contender(const row& about, const std::string& name) {
  for (const timed& one : about.contenders) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

// Round by round: what `who` took over what `against` took.
[[nodiscard]] inline spread ratio_of(const timed& who, const timed& against) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < who.nanoseconds.size(); ++round) {
    ratios.push_back(who.nanoseconds[round] / against.nanoseconds[round]);
  }
  return spread_of(std::move(ratios));
}

// The better of the two flat maps that set the bars, by median.
[[nodiscard]] inline const timed* best_peer_of(const row& about) {
  const timed* best = nullptr;
  for (const char* name : best_peers) {
    const timed* peer = find_contender(about, name);
    if (peer == nullptr) continue;
    if (best == nullptr || spread_of(peer->nanoseconds).median < spread_of(best->nanoseconds).median) best = peer;
  }
  return best;
}

inline void print_row(const row& about) {
  const timed* us = find_contender(about, ours);
  const timed* best = best_peer_of(about);
  std::printf("\n%s, %s, %zu entries (ns an operation; ratio: holdfast's time over theirs, round by round)\n",
              about.question.c_str(), about.family.c_str(), about.size);
  std::printf("  %-20s %8s %8s %8s   %6s %6s %6s\n", "", "min", "median", "max", "min", "ratio", "max");
  for (const timed& one : about.contenders) {
    const spread time = spread_of(one.nanoseconds);
    std::printf("  %-20s %8.2f %8.2f %8.2f", one.name.c_str(), time.least, time.median, time.most);
    if (us != nullptr && &one != us) {
      const spread ratio = ratio_of(*us, one);
      std::printf("   %6.3f %6.3f %6.3f%s", ratio.least, ratio.median, ratio.most, &one == best ? "  <- to beat" : "");
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

namespace report {

inline void write_list(std::FILE* to, const std::vector<double>& values) {
  std::fputc('[', to);
  for (std::size_t i = 0; i < values.size(); ++i) std::fprintf(to, "%s%.4f", i == 0 ? "" : ", ", values[i]);
  std::fputc(']', to);
}

inline void write_ratio(std::FILE* to, const row& about, const timed& one) {
  const timed* us = find_contender(about, ours);
  if (us == nullptr || us == &one) return;
  const spread ratio = ratio_of(*us, one);
  std::fprintf(to, ", \"ratio\": {\"min\": %.4f, \"median\": %.4f, \"max\": %.4f}", ratio.least, ratio.median,
               ratio.most);
}

inline void write_row(std::FILE* to, const row& about) {
  std::fprintf(to, "    {\"question\": \"%s\", \"family\": \"%s\", \"size\": %zu, \"operations\": %llu, ",
               about.question.c_str(), about.family.c_str(), about.size,
               static_cast<unsigned long long>(about.operations));
  std::fprintf(to, "\"checksum\": \"%llx\", \"contenders\": [", static_cast<unsigned long long>(about.checksum));
  const char* comma = "\n";
  for (const timed& one : about.contenders) {
    const spread time = spread_of(one.nanoseconds);
    std::fprintf(to, "%s      {\"name\": \"%s\", \"min\": %.4f, \"median\": %.4f, \"max\": %.4f", comma,
                 one.name.c_str(), time.least, time.median, time.most);
    write_ratio(to, about, one);
    std::fputs(", \"ns\": ", to);
    write_list(to, one.nanoseconds);
    std::fputc('}', to);
    comma = ",\n";
  }
  std::fputs("\n    ]}", to);
}

}  // namespace report

[[nodiscard]] inline std::FILE* open_for_writing(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) refuse("cannot write '" + path + "'");
  return file;
}

inline void write_json(const options& chosen, const std::vector<row>& rows, const char* kind = "micro") {
  if (chosen.json.empty()) return;
  std::FILE* to = open_for_writing(chosen.json);
  std::fprintf(to, "{\n  \"kind\": \"%s\", \"compiler\": \"%s\", \"vectors\": \"%s\", \"cpu\": \"%s\",\n",
               kind, compiler_name(), vector_level(), cpu_model().c_str());
  std::fprintf(to, "  \"seed\": %llu, \"rounds\": %d, \"heap\": \"%s\",\n  \"rows\": [\n",
               static_cast<unsigned long long>(chosen.seed), chosen.rounds, chosen.warm_heap ? "warm" : "fresh");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i != 0) std::fputs(",\n", to);
    report::write_row(to, rows[i]);
  }
  std::fputs("\n  ]\n}\n", to);
  std::fclose(to);
}

}  // namespace holdfast::bench
