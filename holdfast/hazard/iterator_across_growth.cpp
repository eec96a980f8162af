// An iterator, kept while the table it points into grows.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <vector>

#include <holdfast/hazard/flat_table.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace iterator_across_growth_programs {

int naive(situation& here) {
  flat_table scores;
  while (scores.size() < 20) scores[here.random()] = 1;
  auto at = scores.begin();
  here.say("begin() stands on slot %p of %zu", static_cast<void*>(&*at), scores.capacity());
  const flat_table::slot* const next = &*at + 1;
  while (scores.capacity() == 32) scores[here.random()] = 1;
  here.say("grown to %zu slots; ++ looks for the next entry in the old array", scores.capacity());
  here.expect_fault(next, sizeof *next);
  ++at;
  here.say("the next entry is in slot %p", static_cast<void*>(&*at));
  return here.verdict(false, "the iterator was still good");
}

constexpr std::string_view naive_code = R"(  flat_table scores;
  while (scores.size() < 20) scores[here.random()] = 1;
  auto at = scores.begin();
  while (scores.capacity() == 32) scores[here.random()] = 1;
  ++at;
)";

int walking(situation& here) {
  holdfast::map<std::uint64_t, unsigned> visits;
  std::vector<std::uint64_t> original;
  while (visits.size() < 20) original.push_back(visits.try_emplace(here.random()).first->first);
  auto at = visits.begin();
  at->second += 1;
  while (visits.size() < 10'000) visits.try_emplace(here.random());
  while (++at != visits.end()) at->second += 1;
  bool right = !visits.audit();
  for (const std::uint64_t key : original) right = right && visits.at(key) == 1;
  for (const auto& [key, count] : visits) right = right && count <= 1;
  here.say("20 entries at the start, %zu at the end, %llu growths in between", visits.size(),
           static_cast<unsigned long long>(visits.stats().growths));
  return here.verdict(right, right ? "each of the 20 was met once, and none twice" : "the walk lost its way");
}

constexpr std::string_view walking_code = R"(  holdfast::map<std::uint64_t, unsigned> visits;
  auto at = visits.begin();
  at->second += 1;
  while (visits.size() < 10'000) visits.try_emplace(here.random());
  while (++at != visits.end()) at->second += 1;
)";

int light(situation& here) {
  holdfast::map<std::uint64_t, std::uint64_t> scores;
  scores.name("scores");
  const std::uint64_t ann = here.random();
  scores[ann] = 1;
  const auto found = scores.find(ann);
  while (scores.size() < 100) scores[here.random()] = 1;
  here.say("find(ann) was called before %zu insertions", scores.size() - 1);
  return here.verdict(found->second == 1, "the stale iterator was used, and nobody said a word");
}

constexpr std::string_view light_code = R"(  holdfast::map<std::uint64_t, std::uint64_t> scores;
  const auto found = scores.find(ann);
  while (scores.size() < 100) scores[here.random()] = 1;
  return here.verdict(found->second == 1, "the stale iterator was used, and nobody said a word");
)";

}  // namespace iterator_across_growth_programs

hazard iterator_across_growth() {
  using namespace iterator_across_growth_programs;
  return {
      .id = "iterator-across-growth",
      .story = "An iterator goes on in an array that growth has left behind",
      .explanation =
          "An iterator over an open-addressing table is an address and an end. Growth replaces the array, and the iterator "
          "walks on through memory that is no longer the table's: freed, reused, or, as here, gone.\n"
          "The standard's containers say so in their tables of invalidation, and nothing tells when the rule was broken. In Go "
          "a range goes on through growth by contract: each entry present all through is met once.",
      .from = {"A3", "4.1", "K3.17, K3.2"},
      .in_go = {truth::no, "a range over a map is defined through any growth"},
      .in_cpp = {truth::yes, "an insertion that rehashes invalidates every iterator, also of std::unordered_map"},
      .naive = {"naive", "advances an iterator after the table has grown", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"walking-iterator", "an iterator from begin() is known to the table, and growth takes it along", walking, {},
                 walking_code},
                {"stale-report", "an iterator from find() costs nothing and does not survive: using it is reported", light,
                 {.ending = ending::report,
                  .first_line = "fatal error: use of a stale map iterator",
                  .also_says = {"map \"scores\"", "cure: "}},
                 light_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
