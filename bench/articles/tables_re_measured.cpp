// What do the articles' own tables say on this machine, with their designs in C++ and with ours?
//
//   A0 4.1   a cache of pointers: reads, and writes of one key
//   A1 4.1   a million operations on users by pointer, under a lock, by value
//   A1 4.2   one mutex against 32 shards with a reader-writer lock each
//   A4 4.1   sync.Map against a locked map, 100 threads
//
// The articles tell neither their machines nor their keys: here 4096 texts, drawn uniformly, by 8 threads where they do
// not say otherwise, and one write in ten where they say "read-mostly". Figures are wall time over the operations of
// all threads, as Go's benchmarks count. With --go PROGRAM Go's own designs take part, round by round.
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <bench/articles/designs.hpp>
#include <bench/harness/keys.hpp>
#include <bench/harness/machine.hpp>
#include <bench/harness/report.hpp>
#include <bench/scale/stage.hpp>

namespace holdfast::bench {
namespace {

constexpr std::size_t key_count = 4096;
constexpr unsigned flag_every = 64;

const std::vector<std::string>& keys() {
  static const auto all = [] {
    std::vector<std::string> made;
    for (std::size_t n = 0; n < key_count; ++n) made.push_back("user:" + std::to_string(n * 7919));
    return made;
  }();
  return all;
}

struct load {
  int threads;
  unsigned writes_in_100;
  bool one_key;
};

template <class Design>
struct load_body {
  Design& design;
  const load& given;

  template <class Go>
  void attach(int, Go&& go) {
    go();
  }
  void run(int thread, part& mine, const going& flag) {
    random_words random(static_cast<std::uint64_t>(thread) + 1);
    while (flag) {
      for (unsigned n = 0; n < flag_every; ++n) {
        const std::uint64_t word = random();
        const std::string& key = keys()[given.one_key ? 0 : word % key_count];
        if ((word >> 32) % 100 < given.writes_in_100) {
          design.write(key, word | 1);
        } else {
          mine.checksum += design.read(key);
        }
      }
      mine.operations += flag_every;
    }
  }
};

// Nanoseconds an operation of all threads together.
template <class Design>
double time_of(const load& given, double seconds) {
  const auto design = std::make_unique<Design>();
  for (const std::string& key : keys()) design->write(key, 1);
  load_body<Design> body{*design, given};
  return 1e9 / run_threads(given.threads, seconds, body).operations_per_second;
}

struct contender {
  std::string name;
  double in_article;  // in the table's unit; 0: not in it
  std::function<double(const load&, double)> time;
  std::vector<double> figures{};  // in the table's unit, a round each
};

template <class Design>
contender as_in(double in_article) {
  return {Design::name, in_article, &time_of<Design>};
}

struct table {
  const char* article;
  const char* question;
  const char* unit;
  load given;
  double (*in_unit)(double nanoseconds);
  std::vector<contender> all;
};

double in_nanoseconds(double nanoseconds) { return nanoseconds; }
double in_ms_a_million(double nanoseconds) { return nanoseconds; }  // 1e6 operations of 1 ns are 1 ms
double in_thousands_a_second(double nanoseconds) { return 1e6 / nanoseconds; }

std::vector<table> all_tables() {
  const load reads{8, 0, false};
  const load writes{8, 100, false};
  return {
      {"A0 4.1",
       "reads",
       "ns",
       reads,
       in_nanoseconds,
       {as_in<mutex_and_map>(120), as_in<pinned_sync_map>(85), as_in<cached_users>(62)}},
      {"A0 4.1",
       "writes of one key",
       "ns",
       {8, 100, true},
       in_nanoseconds,
       {as_in<mutex_and_map>(210), as_in<pinned_sync_map>(195), as_in<cached_users>(178)}},
      {"A1 4.1",
       "a million operations, one in ten writes",
       "ms",
       {8, 10, false},
       in_ms_a_million,
       {as_in<pinned_sync_map>(18.3), as_in<rw_mutex_and_map>(22.7), as_in<pinned_locked_map>(22.7),
        as_in<copied_users>(31.9)}},
      {"A1 4.2",
       "reads",
       "ns",
       reads,
       in_nanoseconds,
       {as_in<mutex_and_map>(248), as_in<pinned_sharded_map>(89), as_in<pinned_sync_map>(0)}},
      {"A1 4.2",
       "writes, thousands a second",
       "k/s",
       writes,
       in_thousands_a_second,
       {as_in<mutex_and_map>(42), as_in<pinned_sharded_map>(156), as_in<pinned_sync_map>(0)}},
      {"A4 4.1",
       "reads, 100 threads",
       "ns",
       {100, 0, false},
       in_nanoseconds,
       {as_in<numbers_in_sync_map>(8.2), as_in<numbers_in_locked_map>(6.5)}},
      {"A4 4.1",
       "half of them writes, 100 threads",
       "ns",
       {100, 50, false},
       in_nanoseconds,
       {as_in<numbers_in_sync_map>(42.1), as_in<numbers_in_locked_map>(29.7)}},
  };
}

// A round of Go's: lines "article|question|design|its figure there|nanoseconds".
void ask_go(const std::string& program, double seconds, std::vector<table>& tables) {
  const std::string command = program + " " + std::to_string(seconds);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (pipe == nullptr) refuse("cannot run " + program);
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
    std::array<char, 64> article{}, question{}, design{};
    double there = 0, nanoseconds = 0;
    if (std::sscanf(line.data(), "%63[^|]|%63[^|]|%63[^|]|%lf|%lf", article.data(), question.data(), design.data(),
                    &there, &nanoseconds) != 5) {
      refuse(program + " says: " + line.data());
    }
    for (table& one : tables) {
      if (one.article != std::string_view(article.data()) || one.question != std::string_view(question.data()))
        continue;
      auto found =
          std::find_if(one.all.begin(), one.all.end(), [&](const contender& c) { return c.name == design.data(); });
      if (found == one.all.end()) found = one.all.insert(one.all.end(), {design.data(), there, nullptr});
      found->figures.push_back(one.in_unit(nanoseconds));
    }
  }
}

void print(const table& one) {
  std::printf("\n%s, %s (%s; %d threads)\n", one.article, one.question, one.unit, one.given.threads);
  std::printf("  %-36s %10s %10s %10s %10s\n", "", "article", "here: min", "median", "max");
  for (const contender& each : one.all) {
    const spread here = spread_of(each.figures);
    std::printf("  %-36s ", each.name.c_str());
    if (each.in_article > 0) {
      std::printf("%10.1f", each.in_article);
    } else {
      std::printf("%10s", "-");
    }
    std::printf(" %10.1f %10.1f %10.1f\n", here.least, here.median, here.most);
  }
}

void write_json(const std::string& file, const std::vector<table>& tables) {
  if (file.empty()) return;
  std::FILE* const to = open_for_writing(file);
  std::fprintf(to, "{\"kind\": \"articles\", \"compiler\": \"%s\", \"cpu\": \"%s\", \"rows\": [", compiler_name(),
               cpu_model().c_str());
  const char* comma = "\n";
  for (const table& one : tables) {
    for (const contender& each : one.all) {
      const spread here = spread_of(each.figures);
      std::fprintf(
          to,
          "%s  {\"article\": \"%s\", \"question\": \"%s\", \"unit\": \"%s\", \"threads\": %d, \"design\": \"%s\", "
          "\"in_article\": %g, \"min\": %.4g, \"median\": %.4g, \"max\": %.4g}",
          comma, one.article, one.question, one.unit, one.given.threads, each.name.c_str(), each.in_article, here.least,
          here.median, here.most);
      comma = ",\n";
    }
  }
  std::fputs("\n]}\n", to);
  std::fclose(to);
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  std::string go;
  for (std::size_t at = 0; at + 1 < chosen.rest.size(); at += 2) {
    if (chosen.rest[at] != "--go") refuse("'" + chosen.rest[at] + "' is not understood");
    go = chosen.rest[at + 1];
  }
  prepare_machine(chosen);
  const double seconds = chosen.quick ? 0.05 : 0.1;
  const int rounds = chosen.rounds == 9 ? 5 : chosen.rounds;
  std::printf("%s, gcc %s, %d rounds of %.0f ms\n", cpu_model().c_str(), compiler_name(), rounds, seconds * 1e3);
  std::vector<table> tables = all_tables();
  for (int round = 0; round < rounds; ++round) {
    for (table& one : tables) {
      for (contender& each : one.all) {
        if (each.time) each.figures.push_back(one.in_unit(each.time(one.given, seconds)));
      }
    }
    if (!go.empty()) ask_go(go, seconds, tables);
  }
  for (const table& one : tables) print(one);
  write_json(chosen.json, tables);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
