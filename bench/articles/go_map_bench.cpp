// The questions of Go's own benchmarks of sync.Map (sync/map_bench_test.go), asked of our maps, of a map under a mutex
// and of one that writers copy, and, where it is there, of Go's sync.Map itself.
//
//   go_map_bench --threads 2 --rounds 5 --go PROGRAM
//
// Numbers are keys and values, as there; no two threads bring the same new key. Figures are nanoseconds an operation of
// all threads together, as Go's benchmarks count. PROGRAM is bench/go/map_bench, built.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bench/harness/machine.hpp>
#include <bench/harness/options.hpp>
#include <bench/harness/report.hpp>
#include <bench/scale/stage.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_cell.hpp>
#include <holdfast/concurrent/sync_map.hpp>

namespace holdfast::bench {
namespace {

using number = std::uint64_t;

// One of ours, by Go's words as far as the questions need them.
template <class Map>
class ours {
 public:
  bool load(number key) const { return map_.load(key).has_value(); }
  void store(number key, number value) { map_.store(key, value); }
  bool load_or_store(number key, number value) { return map_.load_or_store(key, value).loaded; }
  bool load_and_erase(number key) { return map_.load_and_erase(key).has_value(); }
  void erase(number key) { map_.erase(key); }
  void exchange(number key, number value) { (void)map_.exchange(key, value); }
  bool compare_exchange(number key, number old, number fresh) { return map_.compare_exchange(key, old, fresh); }
  bool compare_erase(number key, number old) { return map_.compare_erase(key, old); }
  std::optional<number> first() const {
    std::optional<number> found;
    map_.for_each([&](number key, number) {
      found = key;
      return false;
    });
    return found;
  }
  number sum() const {
    number all = 0;
    map_.for_each([&](number, number value) { all += value; });
    return all;
  }
  void clear() { map_.clear(); }

 private:
  Map map_;
};

struct synced : ours<sync_map<number, number>> {
  static constexpr const char* name = "sync_map";
  static constexpr bool copies = false;
};
struct sharded : ours<sharded_map<number, number>> {
  static constexpr const char* name = "sharded_map";
  static constexpr bool copies = false;
};

using plain = std::unordered_map<number, number>;

// What each word does to a map that nobody else has.
struct words {
  static bool load_or_store(plain& map, number key, number value) { return !map.try_emplace(key, value).second; }
  static bool compare_exchange(plain& map, number key, number old, number fresh) {
    const auto found = map.find(key);
    if (found == map.end() || found->second != old) return false;
    found->second = fresh;
    return true;
  }
  static bool compare_erase(plain& map, number key, number old) {
    const auto found = map.find(key);
    if (found == map.end() || found->second != old) return false;
    map.erase(found);
    return true;
  }
  static number sum(const plain& map) {
    number all = 0;
    for (const auto& [key, value] : map) all += value;
    return all;
  }
  static std::optional<number> first(const plain& map) {
    return map.empty() ? std::nullopt : std::optional(map.begin()->first);
  }
};

class mutex_map {
  template <class Act>
  auto locked(Act act) {
    const std::scoped_lock held(lock_);
    return act();
  }
  std::mutex lock_;
  plain map_;

 public:
  static constexpr const char* name = "mutex + std map";
  static constexpr bool copies = false;

  bool load(number key) {
    return locked([&] { return map_.contains(key); });
  }
  void store(number key, number value) {
    locked([&] { return map_.insert_or_assign(key, value).second; });
  }
  bool load_or_store(number key, number value) {
    return locked([&] { return words::load_or_store(map_, key, value); });
  }
  bool load_and_erase(number key) {
    return locked([&] { return map_.erase(key) != 0; });
  }
  void erase(number key) { load_and_erase(key); }
  void exchange(number key, number value) { store(key, value); }
  bool compare_exchange(number key, number old, number fresh) {
    return locked([&] { return words::compare_exchange(map_, key, old, fresh); });
  }
  bool compare_erase(number key, number old) {
    return locked([&] { return words::compare_erase(map_, key, old); });
  }
  std::optional<number> first() {
    return locked([&] { return words::first(map_); });
  }
  number sum() {
    return locked([&] { return words::sum(map_); });
  }
  void clear() {
    locked([&] { return map_.clear(), true; });
  }
};

// Readers have a whole map, pinned; a writer copies it.
class copied_map {
 public:
  static constexpr const char* name = "sync_cell of std map";
  static constexpr bool copies = true;

  bool load(number key) const { return map_.load()->contains(key); }
  void store(number key, number value) {
    change([&](plain& map) { return map.insert_or_assign(key, value).second; });
  }
  bool load_or_store(number key, number value) {
    return load(key) || change([&](plain& map) { return words::load_or_store(map, key, value); });
  }
  bool load_and_erase(number key) {
    return load(key) && change([&](plain& map) { return map.erase(key) != 0; });
  }
  void erase(number key) { load_and_erase(key); }
  void exchange(number key, number value) { store(key, value); }
  bool compare_exchange(number key, number old, number fresh) {
    return holds(key, old) && change([&](plain& map) { return words::compare_exchange(map, key, old, fresh); });
  }
  bool compare_erase(number key, number old) {
    return holds(key, old) && change([&](plain& map) { return words::compare_erase(map, key, old); });
  }
  std::optional<number> first() const { return words::first(*map_.load()); }
  number sum() const { return words::sum(*map_.load()); }
  void clear() { map_.store(plain()); }

 private:
  bool holds(number key, number value) const {
    const auto all = map_.load();
    const auto found = all->find(key);
    return found != all->end() && found->second == value;
  }
  template <class Act>
  bool change(Act act) {
    bool answer = false;
    map_.update([&](plain& copy) { answer = act(copy); });
    return answer;
  }
  sync_cell<plain> map_{plain()};
};

constexpr number half = 128;

// What is there before, and what the i-th operation of a thread is. `own` makes a new key of it that is the thread's.
template <class Map>
struct question {
  const char* name;
  number stored;  // keys 0 .. stored-1 are there before
  bool brings_new_keys;  // no question for a map that writers copy, as in Go
  std::function<void(Map&, number i, number own)> act;
};

// A result that nobody wants is computed all the same.
inline void keep(number result) { asm volatile("" : : "r"(result)); }

template <class Map>
std::vector<question<Map>> all_questions() {
  const auto mostly = [](number hits) {
    return [hits](Map& map, number i, number) { keep(map.load(i % 1024 < hits ? i % 1024 % hits : i % 1024 + 1024)); };
  };
  const auto swaps = [](number hits) {
    return [hits](Map& map, number i, number own) {
      if (const number at = i % 1024; at < hits) {
        map.exchange(at, at);
      } else {
        map.exchange(own, own);
        map.erase(own);
      }
    };
  };
  const auto compares = [](number hits) {
    return [hits](Map& map, number i, number own) {
      map.compare_exchange(i % 1024 < hits ? i % 1024 : own, i % 1024, i % 1024);
    };
  };
  const auto erases = [](number hits) {
    return [hits](Map& map, number i, number own) {
      const number at = i % 1024;
      if (map.compare_erase(at < hits ? at : own, at)) map.store(at, at);
    };
  };
  return {
      {"LoadMostlyHits", 1023, false, mostly(1023)},
      {"LoadMostlyMisses", 1, false, mostly(1)},
      {"LoadOrStoreBalanced", half, true,
       [](Map& map, number i, number own) { map.load_or_store(i % (2 * half) < half ? i % half : own, i); }},
      {"LoadOrStoreUnique", 0, true, [](Map& map, number i, number own) { map.load_or_store(own, i); }},
      {"LoadOrStoreCollision", 1, false, [](Map& map, number, number) { map.load_or_store(0, 0); }},
      {"LoadAndDeleteBalanced", half, true,
       [](Map& map, number i, number own) { map.load_and_erase(i % (2 * half) < half ? i % half : own); }},
      {"LoadAndDeleteUnique", 0, false, [](Map& map, number, number own) { map.load_and_erase(own); }},
      {"LoadAndDeleteCollision", 1, false,
       [](Map& map, number, number) {
         if (map.load_and_erase(0)) map.store(0, 0);
       }},
      {"Range", 1024, false, [](Map& map, number, number) { keep(map.sum()); }},
      // New keys between loads of keys that are not there.
      {"AdversarialAlloc", 0, true,
       [](Map& map, number i, number own) {
         keep(map.load(own));
         if (i % 64 == 0) map.load_or_store(own, i);
       }},
      {"AdversarialDelete", 1024, false,
       [](Map& map, number i, number own) {
         keep(map.load(own));
         if (i % 1024 != 0) return;
         if (const auto one = map.first()) map.erase(*one);
         map.store(own, i);
       }},
      {"DeleteCollision", 0, false, [](Map& map, number, number) { map.erase(0); }},
      {"SwapCollision", 1, false, [](Map& map, number, number) { map.exchange(0, 0); }},
      {"SwapMostlyHits", 1023, false, swaps(1023)},
      {"SwapMostlyMisses", 1, false, swaps(1)},
      {"CompareAndSwapCollision", 1, false,
       [](Map& map, number, number) {
         if (map.compare_exchange(0, 0, 42)) map.compare_exchange(0, 42, 0);
       }},
      {"CompareAndSwapNoExistingKey", 0, false, [](Map& map, number, number own) { map.compare_exchange(own, 0, 0); }},
      {"CompareAndSwapValueNotEqual", 1, false, [](Map& map, number, number) { map.compare_exchange(0, 1, 2); }},
      {"CompareAndSwapMostlyHits", 1023, false, compares(1023)},
      {"CompareAndSwapMostlyMisses", 1, false, compares(1)},
      {"CompareAndDeleteCollision", 1, false,
       [](Map& map, number, number) {
         if (map.compare_erase(0, 0)) map.store(0, 0);
       }},
      {"CompareAndDeleteMostlyHits", 1023, false, erases(1023)},
      {"CompareAndDeleteMostlyMisses", 1, false, erases(1)},
      {"Clear", 0, false,
       [](Map& map, number i, number) {
         map.store(i % 8, i);
         if (i % 8 == 7) map.clear();
       }},
  };
}

template <class Map>
struct body {
  Map& map;
  const question<Map>& asked;

  template <class Go>
  void attach(int, Go&& go) {
    go();
  }
  void run(int thread, part& mine, const going& flag) {
    for (number i = 0; flag;) {
      for (unsigned n = 0; n < 16; ++n, ++i) asked.act(map, i, (static_cast<number>(thread) + 1) << 40 | i);
      mine.operations += 16;
    }
  }
};

struct row {
  std::string question;
  std::string map;
  std::vector<double> nanoseconds;
};

row& row_of(std::vector<row>& all, const std::string& question, const std::string& map) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const row& one) { return one.question == question && one.map == map; });
  return found != all.end() ? *found : all.emplace_back(row{question, map, {}});
}

template <class Map>
void ask(std::vector<row>& all, int threads, double seconds) {
  for (const auto& asked : all_questions<Map>()) {
    if (Map::copies && asked.brings_new_keys) continue;
    const auto map = std::make_unique<Map>();
    for (number key = 0; key < asked.stored; ++key) map->store(key, key);
    body<Map> work{*map, asked};
    row_of(all, asked.name, Map::name)
        .nanoseconds.push_back(1e9 / run_threads(threads, seconds, work).operations_per_second);
  }
}

// A round of Go's: lines "question|nanoseconds".
void ask_go(const std::string& program, int threads, double seconds, std::vector<row>& all) {
  const std::string command = program + " " + std::to_string(threads) + " " + std::to_string(seconds);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (pipe == nullptr) refuse("cannot run " + program);
  std::array<char, 256> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
    std::array<char, 64> question{};
    double nanoseconds = 0;
    if (std::sscanf(line.data(), "%63[^|]|%lf", question.data(), &nanoseconds) != 2) {
      refuse(program + " says: " + line.data());
    }
    row_of(all, question.data(), "Go: sync.Map").nanoseconds.push_back(nanoseconds);
  }
}

void print(const std::vector<row>& all, int threads) {
  std::printf("\nnanoseconds an operation of %d thread%s together: median (least .. most)\n", threads,
              threads == 1 ? "" : "s");
  for (const auto& asked : all_questions<synced>()) {
    std::printf("\n%s\n", asked.name);
    for (const row& one : all) {
      if (one.question != asked.name) continue;
      const spread here = spread_of(one.nanoseconds);
      std::printf("  %-22s %10.1f  (%.1f .. %.1f)\n", one.map.c_str(), here.median, here.least, here.most);
    }
  }
}

void write_json(const std::string& file, const std::vector<row>& all, int threads) {
  if (file.empty()) return;
  std::FILE* const to = open_for_writing(file);
  std::fprintf(
      to,
      "{\"kind\": \"go_map_bench\", \"compiler\": \"%s\", \"cpu\": \"%s\", \"threads\": %d, \"unit\": \"ns\", \"rows\": [",
      compiler_name(), cpu_model().c_str(), threads);
  const char* comma = "\n";
  for (const row& one : all) {
    const spread here = spread_of(one.nanoseconds);
    std::fprintf(to, "%s  {\"question\": \"%s\", \"map\": \"%s\", \"min\": %.4g, \"median\": %.4g, \"max\": %.4g}",
                 comma, one.question.c_str(), one.map.c_str(), here.least, here.median, here.most);
    comma = ",\n";
  }
  std::fputs("\n]}\n", to);
  std::fclose(to);
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  std::string go;
  int threads = 2;
  for (std::size_t at = 0; at + 1 < chosen.rest.size(); at += 2) {
    if (chosen.rest[at] == "--go") {
      go = chosen.rest[at + 1];
    } else if (chosen.rest[at] == "--threads") {
      threads = static_cast<int>(number_in(chosen.rest[at + 1]));
      if (threads < 1 || threads > 256) refuse("--threads takes a number from 1 to 256");
    } else {
      refuse("'" + chosen.rest[at] + "' is not understood");
    }
  }
  prepare_machine(chosen);
  const double seconds = chosen.quick ? 0.02 : 0.05;
  const int rounds = chosen.rounds == 9 ? 5 : chosen.rounds;
  std::printf("%s, gcc %s, %d rounds of %.0f ms\n", cpu_model().c_str(), compiler_name(), rounds, seconds * 1e3);
  std::vector<row> all;
  for (int round = 0; round < rounds; ++round) {
    ask<synced>(all, threads, seconds);
    ask<sharded>(all, threads, seconds);
    ask<mutex_map>(all, threads, seconds);
    ask<copied_map>(all, threads, seconds);
    if (!go.empty()) ask_go(go, threads, seconds, all);
  }
  print(all, threads);
  write_json(chosen.json, all, threads);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
