// How many requests does pointer_cache answer, beside plain LRU and FIFO of the same number of entries?
//
//   hit_ratio [--json FILE] [TRACE...]
//
// A TRACE is what `holdfast replay` reads: csv, u64be, u32be or words, also as .xz and .gz. Without one, those
// named in HOLDFAST_CACHE_TRACES (separated by colons) and the trace that holdfast ships are played. Each
// operation is a request: a read or a write hits if its key is there and stores it if not; an erase hits if
// its key is there, and takes it out. No clock is read: the figures are the same on every machine.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <bench/cache/policies.hpp>
#include <holdfast/tools/byte_source.hpp>
#include <holdfast/tools/share_folder.hpp>
#include <holdfast/tools/trace_reader.hpp>

namespace {

using namespace holdfast;
using namespace holdfast::bench;

struct request {
  std::uint64_t key;
  bool erases;
};

struct played {
  std::string trace;
  double share;  // of the distinct keys
  std::size_t capacity;
  double sieve;
  double lru;
  double fifo;
};

// Words become numbers by the order in which they first come.
std::vector<request> requests_in(const tools::trace& all) {
  std::vector<request> requests(all.size());
  std::unordered_map<std::string_view, std::uint64_t> numbers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t key =
        all.has_words() ? numbers.emplace(all.words()[i], numbers.size()).first->second : all.numbers()[i];
    requests[i] = {key, all.kinds()[i] == tools::op_kind::erase};
  }
  return requests;
}

template <class Cache>
double hit_ratio_of(std::span<const request> requests, std::size_t capacity) {
  Cache cache(capacity);
  std::size_t hits = 0;
  for (const request& each : requests) {
    const bool is_hit = cache.look_up(each.key);
    hits += is_hit ? 1 : 0;
    if (each.erases) {
      if (is_hit) cache.erase(each.key);
    } else if (!is_hit) {
      cache.store(each.key);
    }
  }
  return static_cast<double>(hits) / static_cast<double>(requests.size());
}

std::size_t distinct_in(std::span<const request> requests) {
  std::unordered_set<std::uint64_t> keys;
  for (const request& each : requests) keys.insert(each.key);
  return keys.size();
}

void play(const std::string& path, std::vector<played>& results) {
  const auto source = tools::open_source(path);
  tools::parse_options how;
  how.name = path;
  const auto read = tools::read_trace(*source, std::nullopt, how);
  const auto requests = requests_in(read.operations);
  const std::size_t keys = distinct_in(requests);
  const std::string name = path.substr(path.rfind('/') + 1);
  std::printf("%s: %zu requests, %zu keys\n", name.c_str(), requests.size(), keys);
  for (const double share : {0.001, 0.01, 0.1, 0.3}) {
    const auto capacity = std::max<std::size_t>(1, static_cast<std::size_t>(share * static_cast<double>(keys)));
    const played one{name,
                     share,
                     capacity,
                     hit_ratio_of<sieve_cache>(requests, capacity),
                     hit_ratio_of<lru_cache>(requests, capacity),
                     hit_ratio_of<fifo_cache>(requests, capacity)};
    std::printf("  %8zu entries (%4.1f %%)   pointer_cache %6.2f %%   LRU %6.2f %%   FIFO %6.2f %%\n", capacity,
                100 * share, 100 * one.sieve, 100 * one.lru, 100 * one.fifo);
    results.push_back(one);
  }
}

void write_json(const std::string& file, const std::vector<played>& results) {
  std::ofstream out(file);
  out << "{\"benchmark\": \"hit_ratio\", \"results\": [";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const played& one = results[i];
    out << (i == 0 ? "\n" : ",\n") << "  {\"trace\": \"" << one.trace << "\", \"entries\": " << one.capacity
        << ", \"share\": " << one.share << ", \"pointer_cache\": " << one.sieve << ", \"lru\": " << one.lru
        << ", \"fifo\": " << one.fifo << "}";
  }
  out << "\n]}\n";
}

std::vector<std::string> traces_by_default() {
  std::vector<std::string> traces;
  if (const char* const listed = std::getenv("HOLDFAST_CACHE_TRACES")) {
    for (std::string_view rest(listed); !rest.empty();) {
      const std::size_t end = std::min(rest.find(':'), rest.size());
      if (end != 0) traces.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  traces.push_back(tools::shipped_file("traces/jq-allocations.csv.xz").string());
  return traces;
}

}  // namespace

int main(int count, char** words) {
  std::vector<std::string> traces;
  std::string json;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--help") {
      std::puts(
          "hit_ratio [--json FILE] [TRACE...]   hit ratios of pointer_cache, LRU and FIFO (HOLDFAST_CACHE_TRACES)");
      return 0;
    }
    if (word == "--json" && i + 1 < count) {
      json = words[++i];
    } else {
      traces.emplace_back(word);
    }
  }
  try {
    std::vector<played> results;
    for (const std::string& trace : traces.empty() ? traces_by_default() : traces) play(trace, results);
    if (!json.empty()) write_json(json, results);
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "hit_ratio: %s\n", trouble.what());
    return 2;
  }
  return 0;
}
