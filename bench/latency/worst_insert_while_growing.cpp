// How long is the longest insert on the way from an empty map to ten million entries?
//
// Every insert is timed by the time stamp counter. The machine interrupts programs for longer than the
// inserts under test take, so two figures are given: `max`, the longest insert of a round (median of
// the rounds), and `own worst`, the longest after each insert has been given the best of its rounds: what
// the map does at the i-th insert it does in every round, what the machine does it does not do twice in
// the same place. The last line is an empty loop timed in the same way.
//
//   --data DIR   one file for each contender: tail.NAME.dat (fraction above, ns) and walk.NAME.dat
//                (entries, longest insert of a thousandth of the way)
#include <immintrin.h>
#include <cmath>
#include <filesystem>

#include <bench/harness/micro.hpp>
#include <holdfast/tools/histogram.hpp>

namespace holdfast::bench {

using tools::histogram;
namespace {

using family = u64_to_pointer;

struct latencies {
  std::string name;
  histogram ticks;              // of all rounds
  std::vector<double> longest;  // of each round, in ticks
  std::vector<double> total;    // of each round, in ticks
  std::vector<float> best;      // of each insert, in ticks
  std::function<void(latencies&)> run;
};

// A single operation from start to end: nothing before or after it overlaps.
[[gnu::always_inline]] inline std::uint64_t fenced_ticks() noexcept {
  const std::uint64_t now = ticks();
  _mm_lfence();
  return now;
}

void account(latencies& into, const std::vector<float>& round) {
  histogram counts;
  double total = 0;
  const bool first = into.best.empty();
  if (first) into.best = round;
  for (std::size_t i = 0; i < round.size(); ++i) {
    counts.add(static_cast<std::uint64_t>(round[i]));
    total += static_cast<double>(round[i]);
    if (!first && round[i] < into.best[i]) into.best[i] = round[i];
  }
  into.ticks.merge(counts);
  into.longest.push_back(static_cast<double>(counts.max()));
  into.total.push_back(total);
}

template <class Map>
[[gnu::noinline]] void timed_inserts(Map& map, const std::vector<std::uint64_t>& keys, std::vector<float>& round) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint64_t start = fenced_ticks();
    map.try_emplace(keys[i], family::value_of(i));
    round[i] = static_cast<float>(fenced_ticks() - start);
  }
}

[[gnu::noinline]] void timed_nothing(std::vector<float>& round) {
  for (float& one : round) {
    const std::uint64_t start = fenced_ticks();
    one = static_cast<float>(fenced_ticks() - start);
  }
}

void require_all(std::size_t found, std::size_t wanted, const std::string& name) {
  if (found == wanted) return;
  std::fprintf(stderr, "bench: %s holds %zu entries instead of %zu\n", name.c_str(), found, wanted);
  std::exit(1);
}

std::vector<latencies> contenders_for(const options& chosen, const std::vector<std::uint64_t>& keys,
                                      std::vector<float>& round) {
  std::vector<latencies> all;
  for_each_contender([&]<class Face>(const char* name, Face) {
    if (!named_in(chosen.only, name)) return;
    using map_type = typename Face::template map<family::key, family::value>;
    all.push_back({name, {}, {}, {}, {}, [&](latencies& mine) {
                     map_type map;
                     timed_inserts(map, keys, round);
                     require_all(map.size(), keys.size(), mine.name);
                     account(mine, round);
                   }});
  });
  all.push_back({"(empty loop)", {}, {}, {}, {}, [&](latencies& mine) {
                   timed_nothing(round);
                   account(mine, round);
                 }});
  return all;
}

struct figures {
  double p50, p90, p99, p999, p9999, p99999, longest, own_worst, total_seconds;
};

figures figures_of(const latencies& one, double scale) {
  const auto at = [&](double fraction) { return static_cast<double>(one.ticks.percentile(100 * fraction)) * scale; };
  const float own = *std::max_element(one.best.begin(), one.best.end());
  return {at(0.5),
          at(0.9),
          at(0.99),
          at(0.999),
          at(0.9999),
          at(0.99999),
          spread_of(one.longest).median * scale,
          static_cast<double>(own) * scale,
          spread_of(one.total).median * scale / 1e9};
}

void print_table(const std::vector<latencies>& all, std::size_t size, double scale) {
  std::printf(
      "\nevery insert from empty to %zu entries, u64->pointer (ns; total in s; times: own worst over holdfast's)\n",
      size);
  std::printf("  %-20s %6s %6s %7s %8s %8s %9s %12s %12s %8s %8s\n", "", "p50", "p90", "p99", "p99.9", "p99.99",
              "p99.999", "max", "own worst", "total", "times");
  double ours_worst = 0;
  for (const latencies& one : all) {
    const figures f = figures_of(one, scale);
    if (one.name == ours) ours_worst = f.own_worst;
    std::printf("  %-20s %6.0f %6.0f %7.0f %8.0f %8.0f %9.0f %12.0f %12.0f %8.3f", one.name.c_str(), f.p50, f.p90,
                f.p99, f.p999, f.p9999, f.p99999, f.longest, f.own_worst, f.total_seconds);
    if (ours_worst > 0 && one.name != ours) std::printf(" %8.1f", f.own_worst / ours_worst);
    std::printf("\n");
  }
  std::fflush(stdout);
}

void write_size(std::FILE* to, const std::vector<latencies>& all, std::size_t size, double scale, const char* comma) {
  std::fprintf(
      to, "%s    {\"question\": \"worst insert while growing\", \"family\": \"%s\", \"size\": %zu, \"contenders\": [",
      comma, family::name, size);
  const char* between = "\n";
  for (const latencies& one : all) {
    const figures f = figures_of(one, scale);
    std::fprintf(
        to,
        "%s      {\"name\": \"%s\", \"p50\": %.1f, \"p90\": %.1f, \"p99\": %.1f, \"p99.9\": %.1f, \"p99.99\": %.1f, "
        "\"p99.999\": %.1f, \"max\": %.1f, \"own_worst\": %.1f, \"total_s\": %.4f, \"longest\": ",
        between, one.name.c_str(), f.p50, f.p90, f.p99, f.p999, f.p9999, f.p99999, f.longest, f.own_worst,
        f.total_seconds);
    std::vector<double> longest = one.longest;
    for (double& value : longest) value *= scale;
    report::write_list(to, longest);
    std::fputc('}', to);
    between = ",\n";
  }
  std::fputs("\n    ]}", to);
}

std::string file_name_of(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '(' || c == ')'; }, '_');
  return name;
}

void write_tail(const std::string& path, const latencies& one, double scale) {
  std::FILE* to = open_for_writing(path);
  std::fprintf(to, "# %s: fraction of inserts that took longer than, ns\n", one.name.c_str());
  const double total = static_cast<double>(one.ticks.count());
  one.ticks.for_each([&](std::uint64_t value, std::uint64_t above) {
    const double fraction = above == 0 ? 0.5 / total : static_cast<double>(above) / total;
    std::fprintf(to, "%.4g %.1f\n", fraction, static_cast<double>(value) * scale);
  });
  std::fclose(to);
}

void write_walk(const std::string& path, const latencies& one, double scale) {
  std::FILE* to = open_for_writing(path);
  std::fprintf(to, "# %s: entries, longest insert since the line before, ns (each insert at the best of its rounds)\n",
               one.name.c_str());
  const std::size_t step = std::max<std::size_t>(1, one.best.size() / 1000);
  for (std::size_t from = 0; from < one.best.size(); from += step) {
    const std::size_t end = std::min(one.best.size(), from + step);
    const float most = *std::max_element(one.best.begin() + static_cast<std::ptrdiff_t>(from),
                                         one.best.begin() + static_cast<std::ptrdiff_t>(end));
    std::fprintf(to, "%zu %.1f\n", end, static_cast<double>(most) * scale);
  }
  std::fclose(to);
}

void write_data(const std::string& folder, const std::vector<latencies>& all, double scale) {
  if (folder.empty()) return;
  std::filesystem::create_directories(folder);
  for (const latencies& one : all) {
    write_tail(folder + "/tail." + file_name_of(one.name) + ".dat", one, scale);
    write_walk(folder + "/walk." + file_name_of(one.name) + ".dat", one, scale);
  }
}

std::vector<latencies> measure(const options& chosen, std::size_t size) {
  std::vector<std::uint64_t> keys(size);
  for (std::size_t i = 0; i < size; ++i) keys[i] = family::key_of(i, chosen.seed, chosen.shape);
  std::vector<float> round(size);
  std::vector<latencies> all = contenders_for(chosen, keys, round);
  for (int number = 0; number < chosen.rounds; ++number) {
    for (std::size_t place = 0; place < all.size(); ++place) {
      latencies& next = all[runner::turn(static_cast<std::size_t>(number), place, all.size())];
      next.run(next);
    }
  }
  return all;
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  std::string folder;
  if (chosen.rest.size() == 2 && chosen.rest[0] == "--data") {
    folder = chosen.rest[1];
  } else if (!chosen.rest.empty()) {
    refuse("'" + chosen.rest.front() + "' is not understood");
  }
  prepare_machine(chosen);
  if (!chosen.quick) chosen.rounds = std::min(chosen.rounds, 5);
  if (chosen.sizes.empty()) {
    chosen.sizes = chosen.quick ? std::vector<std::size_t>{1'000'000} : std::vector<std::size_t>{10'000'000};
    if (chosen.full) chosen.sizes.push_back(50'000'000);
  }
  const double scale = nanoseconds_per_tick();
  std::FILE* json = chosen.json.empty() ? nullptr : open_for_writing(chosen.json);
  if (json != nullptr) {
    std::fprintf(json,
                 "{\n  \"kind\": \"latency\", \"compiler\": \"%s\", \"vectors\": \"%s\", \"cpu\": \"%s\", \"rounds\": "
                 "%d,\n  \"rows\": [\n",
                 compiler_name(), vector_level(), cpu_model().c_str(), chosen.rounds);
  }
  const char* comma = "";
  for (const std::size_t size : chosen.sizes) {
    const std::vector<latencies> all = measure(chosen, size);
    print_table(all, size, scale);
    write_data(folder.empty() ? folder : folder + "/" + std::to_string(size), all, scale);
    if (json != nullptr) write_size(json, all, size, scale, comma);
    comma = ",\n";
  }
  if (json != nullptr) {
    std::fputs("\n  ]\n}\n", json);
    std::fclose(json);
  }
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
