// Entries inserted in the middle of a loop over the map.
#include <holdfast/hazard/catalogue.hpp>

#include <unordered_map>
#include <vector>

#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace insert_while_iterating_programs {

constexpr std::uint64_t original_keys = 1000;

int naive(situation& here) {
  std::unordered_map<std::uint64_t, unsigned> visits;
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = first; key < first + original_keys; ++key) visits[key] = 0;
  std::uint64_t fresh = first + original_keys;
  const std::size_t buckets = visits.bucket_count();
  for (auto it = visits.begin(); it != visits.end(); ++it) {
    it->second += 1;
    for (int i = 0; i < 3; ++i) visits.emplace(fresh++, 0);
    if (fresh > first + 10 * original_keys) break;
  }
  std::size_t missed = 0;
  std::size_t again = 0;
  for (std::uint64_t key = first; key < first + original_keys; ++key) {
    missed += visits[key] == 0 ? 1 : 0;
    again += visits[key] > 1 ? 1 : 0;
  }
  here.say("rehashed from %zu to %zu buckets in the middle of the loop", buckets, visits.bucket_count());
  here.say("of %d entries that were there all the time, %zu were never visited and %zu more than once",
           static_cast<int>(original_keys), missed, again);
  return here.verdict(missed + again == 0, missed + again == 0 ? "each was visited once" : "the loop lost its way");
}

constexpr std::string_view naive_code = R"(  for (auto it = visits.begin(); it != visits.end(); ++it) {
    it->second += 1;
    for (int i = 0; i < 3; ++i) visits.emplace(fresh++, 0);
    if (fresh > first + 10 * original_keys) break;
  }
)";

int map_walk(situation& here) {
  holdfast::map<std::uint64_t, unsigned> visits;
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = first; key < first + original_keys; ++key) visits[key] = 0;
  std::uint64_t fresh = first + original_keys;
  for (auto& entry : visits) {
    entry.second += 1;
    for (int i = 0; i < 3 && fresh < first + 10 * original_keys; ++i) visits.try_emplace(fresh++, 0);
  }
  bool right = !visits.audit() && visits.size() > 3 * original_keys;
  for (const auto& [key, count] : visits) right = right && (key < first + original_keys ? count == 1 : count <= 1);
  here.say("%zu entries at the end", visits.size());
  return here.verdict(right, right ? "each original entry was visited once, no entry twice" : "the walk lost its way");
}

constexpr std::string_view map_walk_code = R"(  for (auto& entry : visits) {
    entry.second += 1;
    for (int i = 0; i < 3 && fresh < first + 10 * original_keys; ++i) visits.try_emplace(fresh++, 0);
  }
)";

int go_range(situation& here) {
  auto m = go::make_map<std::uint64_t, unsigned>();
  const std::uint64_t first = here.random(1 << 20);
  for (std::uint64_t key = first; key < first + original_keys; ++key) m.set(key, 0);
  std::vector<unsigned> visits(10 * original_keys);
  std::uint64_t fresh = first + original_keys;
  for (const auto& [key, value] : m) {
    visits[key - first] += 1;
    for (int i = 0; i < 3 && fresh < first + 10 * original_keys; ++i) m.set(fresh++, 0);
  }
  bool right = !m.audit();
  for (std::uint64_t i = 0; i < visits.size(); ++i) right = right && (i < original_keys ? visits[i] == 1 : visits[i] <= 1);
  here.say("%zu entries at the end", m.len());
  return here.verdict(right, right ? "each original entry was visited once, no entry twice" : "the range lost its way");
}

constexpr std::string_view go_range_code = R"(  for (const auto& [key, value] : m) {
    visits[key - first] += 1;
    for (int i = 0; i < 3 && fresh < first + 10 * original_keys; ++i) m.set(fresh++, 0);
  }
)";

}  // namespace insert_while_iterating_programs

hazard insert_while_iterating() {
  using namespace insert_while_iterating_programs;
  return {
      .id = "insert-while-iterating",
      .story = "A loop inserts on its way, the table is rehashed, and entries are skipped",
      .explanation =
          "std::unordered_map keeps its nodes when it rehashes, so nothing crashes; but it strings them together in another "
          "order, and a loop in the middle of the old order goes on in the middle of the new one. What lay ahead may now lie "
          "behind. The standard says that the iterator is invalid; the program sees a wrong answer and no sign of it.\n"
          "Go defines it: an entry added on the way may or may not be met, all others are met exactly once.",
      .from = {"A3", "4.1", "K3.17"},
      .in_go = {truth::no, "insertion during range is defined; only whether new entries are met is left open"},
      .in_cpp = {truth::yes, "a rehash invalidates iterators of every unordered container"},
      .naive = {"naive", "inserts three entries for each one it visits in std::unordered_map", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"walk", "the same loop over holdfast::map: the walk follows the entries through every split", map_walk, {},
                 map_walk_code},
                {"go-range", "the same loop over go::map, by Go's contract", go_range, {}, go_range_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
