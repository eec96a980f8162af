// The frame of a micro benchmark: sizes, contenders and questions, in that order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <bench/harness/clock.hpp>
#include <bench/harness/contenders.hpp>
#include <bench/harness/families.hpp>
#include <bench/harness/machine.hpp>
#include <bench/harness/options.hpp>
#include <bench/harness/report.hpp>
#include <bench/harness/runner.hpp>

namespace holdfast::bench {

// What all contenders of one size are given alike.
template <class Family>
struct inputs {
  using key = typename Family::key;
  std::size_t size = 0;
  std::size_t operations = 0;
  std::uint64_t seed = 1;
  pattern shape = pattern::random;

  [[nodiscard]] key key_at(std::uint64_t i) const { return Family::key_of(i, seed, shape); }
};

// The keys of a map, in the order of insertion.
template <class Family>
[[nodiscard]] std::vector<typename Family::key> all_keys(const inputs<Family>& given) {
  std::vector<typename Family::key> keys;
  keys.reserve(given.size);
  for (std::size_t i = 0; i < given.size; ++i) keys.push_back(given.key_at(i));
  return keys;
}

template <class Family, class Map>
void fill(Map& map, const std::vector<typename Family::key>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i) map.try_emplace(keys[i], Family::value_of(i));
}

template <class Body>
[[gnu::noinline]] sample timed_run(Body&& body) {
  sample result;
  const double start = cpu_nanoseconds();
  body(result);
  result.nanoseconds = cpu_nanoseconds() - start;
  return result;
}

template <class Family>
[[nodiscard]] std::vector<std::size_t> default_sizes(const options& chosen) {
  if (!chosen.sizes.empty()) return chosen.sizes;
  constexpr bool first_family = std::is_same_v<Family, u64_to_pointer>;
  if (chosen.quick && !first_family) return {100'000};
  if (chosen.quick) return {1'000, 100'000, 1'000'000};
  if (chosen.full || first_family) return {1'000, 100'000, 1'000'000, 10'000'000};
  return {1'000, 100'000, 1'000'000};
}

template <class Family>
[[nodiscard]] row named_row(const char* question, const inputs<Family>& given) {
  row about;
  about.question = question;
  about.family = Family::name;
  about.size = given.size;
  return about;
}

// `ask(inputs, options, rows)` asks its questions at one size.
template <class Family, class Ask>
int run_micro(int count, char** words, Ask&& ask) {
  const options chosen = options_from(count, words);
  if (!chosen.rest.empty()) refuse("'" + chosen.rest.front() + "' is not understood");
  prepare_machine(chosen);
  std::printf("%s, %s, gcc %s, %s heap, %d rounds, CPU time\n", cpu_model().c_str(), vector_level(), compiler_name(),
              chosen.warm_heap ? "warm" : "fresh", chosen.rounds);
  std::vector<row> rows;
  for (const std::size_t size : default_sizes<Family>(chosen)) {
    inputs<Family> given{size, chosen.operations, chosen.seed, chosen.shape};
    forget_heap(chosen);
    ask(given, chosen, rows);
  }
  write_json(chosen, rows);
  return 0;
}

}  // namespace holdfast::bench
