// A key that is not equal to itself.
#include <holdfast/hazard/catalogue.hpp>

#include <cmath>
#include <limits>
#include <unordered_map>

#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace nan_key_programs {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int measurements = 1000;

int naive(situation& here) {
  std::unordered_map<double, int> readings;
  for (int i = 0; i < measurements; ++i) readings[nan] = i;
  const bool found = readings.find(nan) != readings.end();
  const std::size_t erased = readings.erase(nan);
  here.say("readings[NaN] = i, %d times: %zu entries", measurements, readings.size());
  here.say("find(NaN) finds %s, erase(NaN) erases %zu", found ? "one" : "none", erased);
  here.say("all of them in one bucket of %zu: the next insertion compares with each",
           readings.bucket_size(readings.bucket(nan)));
  const bool one_entry = readings.size() == 1 && found;
  return here.verdict(one_entry, one_entry ? "one entry, and it is found" : "the map grows without end and gives nothing back");
}

constexpr std::string_view naive_code = R"(  for (int i = 0; i < measurements; ++i) readings[nan] = i;
  const bool found = readings.find(nan) != readings.end();
  const std::size_t erased = readings.erase(nan);
)";

int walk_finds_them(situation& here) {
  holdfast::map<double, int> readings;
  readings[1.5] = -1;
  for (int i = 0; i < measurements; ++i) readings.insert_or_assign(nan, i);
  int met = 0;
  for (const auto& [key, value] : readings) met += std::isnan(key) ? 1 : 0;
  const auto longest = readings.stats().longest_chain;
  const bool sound = !readings.audit();
  const std::size_t erased = erase_if(readings, [](const auto& entry) { return std::isnan(entry.first); });
  here.say("a walk meets all %d, in chains of at most %d buckets; erase_if removes %zu", met, static_cast<int>(longest), erased);
  const bool right = sound && met == measurements && erased == measurements && readings.size() == 1 && longest <= 4 &&
                     readings.at(1.5) == -1;
  return here.verdict(right, right ? "they pile up nowhere and can be got rid of" : "they could not be got rid of");
}

constexpr std::string_view walk_finds_them_code = R"(  for (int i = 0; i < measurements; ++i) readings.insert_or_assign(nan, i);
  for (const auto& [key, value] : readings) met += std::isnan(key) ? 1 : 0;
  const std::size_t erased = erase_if(readings, [](const auto& entry) { return std::isnan(entry.first); });
)";

int clear_removes_them(situation& here) {
  auto readings = go::make_map<double, int>();
  for (int i = 0; i < measurements; ++i) readings.set(nan, i);
  const std::size_t before = readings.len();
  readings.clear();
  const bool right = before == measurements && readings.len() == 0 && !readings.audit();
  here.say("%zu entries before clear(), %zu after", before, readings.len());
  return here.verdict(right, right ? "clear removes what erase cannot name" : "clear left some behind");
}

constexpr std::string_view clear_removes_them_code = R"(  for (int i = 0; i < measurements; ++i) readings.set(nan, i);
  readings.clear();
)";

}  // namespace nan_key_programs

hazard nan_key() {
  using namespace nan_key_programs;
  return {
      .id = "nan-key",
      .story = "NaN as a key: each write adds an entry, and none is ever found again",
      .explanation =
          "NaN is not equal to itself, so no lookup of NaN ever succeeds, each assignment makes one more entry, and erase by "
          "key removes none. In std::unordered_map all of them hash alike and hang in one bucket, which every further insertion "
          "searches from end to end: the map leaks, and slows down with the square of what it leaks.\n"
          "Go has the same equality and the same entries that cannot be named, but hashes each NaN at random, and has clear to "
          "get rid of them. So has holdfast.",
      .from = {"A2", "2.3", "K2.8"},
      .in_go = {truth::yes, "each NaN is an entry of its own, met by range only, removed by clear only"},
      .in_cpp = {truth::yes, "and all of them share one bucket, because they hash alike"},
      .naive = {"naive", "assigns to readings[NaN] a thousand times in std::unordered_map", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"walk-finds-them", "each NaN hashes at random; a walk meets them, erase_if removes them", walk_finds_them, {},
                 walk_finds_them_code},
                {"clear-removes-them", "go::map's clear, as Go 1.21 has it", clear_removes_them, {},
                 clear_removes_them_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
