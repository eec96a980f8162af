// Rows about many threads: throughput and tails of reads, as a table and as JSON.
//
// Ratios are taken round by round: our throughput over theirs, so larger is better.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <bench/harness/report.hpp>
#include <bench/scale/settings.hpp>
#include <bench/scale/stage.hpp>

namespace holdfast::bench {

struct scale_entry {
  std::string name;
  std::vector<double> rates;    // million operations a second, one for each round
  histogram reads;              // of all rounds, in ticks
  std::vector<double> longest;  // of each round, ns
};

struct scale_row {
  std::string question;
  std::string family;
  std::string spread;
  std::size_t size = 0;
  int threads = 0;
  std::vector<scale_entry> entries;
};

[[nodiscard]] inline const scale_entry* ours_of(const scale_row& about, const settings& chosen) {
  for (const std::string& name : split_at_commas(chosen.ours)) {
    for (const scale_entry& one : about.entries) {
      if (one.name == name) return &one;
    }
  }
  return nullptr;
}

[[nodiscard]] inline bool is_a_peer(const scale_entry& one) {
  return !one.name.starts_with("sync_map") && one.name != "sharded_map" && one.name != "locked_map" &&
         one.name != "xenium copied";
}

// The peer with the greatest median.
[[nodiscard]] inline const scale_entry* best_peer_of(const scale_row& about) {
  const scale_entry* best = nullptr;
  for (const scale_entry& one : about.entries) {
    if (!is_a_peer(one)) continue;
    if (best == nullptr || spread_of(one.rates).median > spread_of(best->rates).median) best = &one;
  }
  return best;
}

[[nodiscard]] inline spread ratio_of(const scale_entry& us, const scale_entry& theirs) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < us.rates.size(); ++round) ratios.push_back(us.rates[round] / theirs.rates[round]);
  return spread_of(std::move(ratios));
}

inline void print_row(const scale_row& about, const settings& chosen, double scale) {
  const scale_entry* us = ours_of(about, chosen);
  const scale_entry* best = best_peer_of(about);
  std::printf("\n%s, %s, %s, %zu entries, %d thread%s (million operations a second; reads in ns)\n",
              about.question.c_str(), about.family.c_str(), about.spread.c_str(), about.size, about.threads,
              about.threads == 1 ? "" : "s");
  std::printf("  %-18s %8s %8s %8s   %6s %7s %8s %9s %10s   %6s %6s %6s\n", "", "min", "median", "max", "p50", "p99.9",
              "p99.99", "max", "(of rounds)", "min", "ratio", "max");
  for (const scale_entry& one : about.entries) {
    const spread rate = spread_of(one.rates);
    std::printf("  %-18s %8.2f %8.2f %8.2f", one.name.c_str(), rate.least, rate.median, rate.most);
    const auto at = [&](double fraction) { return static_cast<double>(one.reads.percentile(100 * fraction)) * scale; };
    if (one.reads.count() != 0) {
      std::printf("   %6.0f %7.0f %8.0f %9.0f %10.0f", at(0.5), at(0.999), at(0.9999),
                  static_cast<double>(one.reads.max()) * scale, spread_of(one.longest).median);
    } else {
      std::printf("   %44s", "");
    }
    if (us != nullptr && us != &one) {
      const spread ratio = ratio_of(*us, one);
      std::printf("   %6.2f %6.2f %6.2f%s", ratio.least, ratio.median, ratio.most, &one == best ? "  <- to beat" : "");
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

inline void write_entry(std::FILE* to, const scale_row& about, const scale_entry& one, const settings& chosen,
                        double scale) {
  const spread rate = spread_of(one.rates);
  std::fprintf(to, "      {\"name\": \"%s\", \"min\": %.4f, \"median\": %.4f, \"max\": %.4f, ", one.name.c_str(),
               rate.least, rate.median, rate.most);
  if (one.reads.count() != 0) {
    const auto at = [&](double fraction) { return static_cast<double>(one.reads.percentile(100 * fraction)) * scale; };
    std::fprintf(to, "\"p50\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, \"p99.99\": %.1f, \"longest\": %.1f, ", at(0.5),
                 at(0.99), at(0.999), at(0.9999), static_cast<double>(one.reads.max()) * scale);
  }
  const scale_entry* us = ours_of(about, chosen);
  if (us != nullptr && us != &one) {
    const spread ratio = ratio_of(*us, one);
    std::fprintf(to, "\"ratio\": {\"min\": %.4f, \"median\": %.4f, \"max\": %.4f}, ", ratio.least, ratio.median,
                 ratio.most);
  }
  std::fputs("\"rates\": ", to);
  report::write_list(to, one.rates);
  std::fputc('}', to);
}

inline void write_json(const settings& chosen, const std::vector<scale_row>& rows, double scale) {
  if (chosen.shared.json.empty()) return;
  std::FILE* to = open_for_writing(chosen.shared.json);
  std::fprintf(to, "{\n  \"kind\": \"scale\", \"compiler\": \"%s\", \"vectors\": \"%s\", \"cpu\": \"%s\",\n",
               compiler_name(), vector_level(), cpu_model().c_str());
  std::fprintf(to, "  \"seed\": %llu, \"rounds\": %d, \"unit\": \"million operations a second\",\n  \"rows\": [\n",
               static_cast<unsigned long long>(chosen.shared.seed), chosen.shared.rounds);
  for (std::size_t at = 0; at < rows.size(); ++at) {
    const scale_row& one = rows[at];
    std::fprintf(to,
                 "%s    {\"question\": \"%s\", \"family\": \"%s\", \"spread\": \"%s\", \"size\": %zu, \"threads\": %d, "
                 "\"contenders\": [",
                 at == 0 ? "" : ",\n", one.question.c_str(), one.family.c_str(), one.spread.c_str(), one.size,
                 one.threads);
    const char* comma = "\n";
    for (const scale_entry& entry : one.entries) {
      std::fputs(comma, to);
      write_entry(to, one, entry, chosen, scale);
      comma = ",\n";
    }
    std::fputs("\n    ]}", to);
  }
  std::fputs("\n  ]\n}\n", to);
  std::fclose(to);
}

}  // namespace holdfast::bench
