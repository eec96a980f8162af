// How many requests does pointer_cache answer, beside other policies with the same number of entries?
//
//   hit_ratio [--quick] [--json FILE] [TRACE...]
//
// A TRACE is what `holdfast replay` reads: csv, u64be, u32be or words, also as .xz and .gz. Without one, those
// named in HOLDFAST_CACHE_TRACES (separated by colons) and the trace that holdfast ships are played. Each
// operation is a request: a read or a write hits if its key is there and stores it if not; an erase hits if
// its key is there, and takes it out. Ends with the points that pointer_cache lacks to the better of LRU and SIEVE. No
// clock is read: the figures are the same on every machine.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <bench/cache/policies.hpp>
#include <holdfast/tools/byte_source.hpp>
#include <holdfast/tools/share_folder.hpp>
#include <holdfast/tools/trace_reader.hpp>

namespace {

using namespace holdfast;
using namespace holdfast::bench;

// Keys are numbered by the order in which they first come.
struct request {
  std::uint32_t key;
  bool erases;
};

constexpr std::array policies{"pointer_cache", "LRU", "SIEVE", "FIFO", "S3-FIFO", "ARC"};

struct played {
  std::string trace;
  double share;  // of the distinct keys
  std::size_t capacity;
  std::array<double, policies.size()> hits;  // ratios, in the order of `policies`

  // In points; above 0 if it is the best of the three.
  [[nodiscard]] double lead() const { return 100 * (hits[0] - std::max(hits[1], hits[2])); }
};

struct requests_read {
  std::vector<request> all;
  std::size_t keys;
};

template <class Keys>
requests_read numbered(const Keys& keys, const tools::trace& all) {
  requests_read read{std::vector<request>(all.size()), 0};
  std::unordered_map<std::remove_cvref_t<decltype(keys[0])>, std::uint32_t> numbers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint32_t number = numbers.emplace(keys[i], static_cast<std::uint32_t>(numbers.size())).first->second;
    read.all[i] = {number, all.kinds()[i] == tools::op_kind::erase};
  }
  read.keys = numbers.size();
  return read;
}

template <class Cache>
double hit_ratio_of(const requests_read& requests, std::size_t capacity) {
  Cache cache(capacity, requests.keys);
  std::size_t hits = 0;
  for (const request& each : requests.all) {
    const bool is_hit = cache.look_up(each.key);
    hits += is_hit ? 1 : 0;
    if (each.erases) {
      if (is_hit) cache.erase(each.key);
    } else if (!is_hit) {
      cache.store(each.key);
    }
  }
  return static_cast<double>(hits) / static_cast<double>(requests.all.size());
}

void print(const played& one) {
  std::printf("  %8zu %6.2f %%", one.capacity, 100 * one.share);
  for (const double ratio : one.hits) std::printf(" %13.2f", 100 * ratio);
  std::printf(" %+8.2f\n", one.lead());
}

void play(const std::string& path, bool is_quick, std::vector<played>& results) {
  const auto source = tools::open_source(path);
  tools::parse_options how;
  how.name = path;
  const auto read = tools::read_trace(*source, std::nullopt, how);
  const auto& operations = read.operations;
  const auto requests =
      operations.has_words() ? numbered(operations.words(), operations) : numbered(operations.numbers(), operations);
  const std::string name = path.substr(path.rfind('/') + 1);
  std::printf("%s: %zu requests, %zu keys; hits in per cent\n   entries    share", name.c_str(), requests.all.size(),
              requests.keys);
  for (const char* const policy : policies) std::printf(" %13s", policy);
  std::printf(" %8s\n", "lead");
  for (const double share : {0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3}) {
    const auto capacity = static_cast<std::size_t>(share * static_cast<double>(requests.keys));
    if (capacity < 10 || (is_quick && capacity < requests.keys / 20)) continue;
    results.push_back({name,
                       share,
                       capacity,
                       {hit_ratio_of<real_cache>(requests, capacity), hit_ratio_of<lru_cache>(requests, capacity),
                        hit_ratio_of<sieve_cache>(requests, capacity), hit_ratio_of<fifo_cache>(requests, capacity),
                        hit_ratio_of<s3_fifo_cache>(requests, capacity), hit_ratio_of<arc_cache>(requests, capacity)}});
    print(results.back());
  }
}

void write_json(const std::string& file, const std::vector<played>& results) {
  std::ofstream out(file);
  out << "{\"kind\": \"cache\", \"rows\": [";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const played& one = results[i];
    out << (i == 0 ? "\n" : ",\n") << "  {\"trace\": \"" << one.trace << "\", \"entries\": " << one.capacity
        << ", \"share\": " << one.share << ", \"lead\": " << one.lead() << ", \"hits\": {";
    for (std::size_t policy = 0; policy < policies.size(); ++policy) {
      out << (policy == 0 ? "\"" : ", \"") << policies[policy] << "\": " << one.hits[policy];
    }
    out << "}}";
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
  bool is_quick = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = words[i];
    if (word == "--help") {
      std::puts(
          "hit_ratio [--quick] [--json FILE] [TRACE...]   hit ratios of pointer_cache and others "
          "(HOLDFAST_CACHE_TRACES)");
      return 0;
    }
    if (word == "--quick") {
      is_quick = true;
    } else if (word == "--json" && i + 1 < count) {
      json = words[++i];
    } else {
      traces.emplace_back(word);
    }
  }
  try {
    std::vector<played> results;
    for (const std::string& trace : traces.empty() ? traces_by_default() : traces) play(trace, is_quick, results);
    if (results.empty()) return 0;
    const auto worst = std::min_element(results.begin(), results.end(),
                                        [](const played& a, const played& b) { return a.lead() < b.lead(); });
    std::printf("least lead of pointer_cache over LRU and SIEVE: %+.2f points (%s, %zu entries)\n", worst->lead(),
                worst->trace.c_str(), worst->capacity);
    if (!json.empty()) write_json(json, results);
  } catch (const std::exception& trouble) {
    std::fprintf(stderr, "hit_ratio: %s\n", trouble.what());
    return 2;
  }
  return 0;
}
