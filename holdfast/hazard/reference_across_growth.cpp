// A reference to a value, kept while the table that holds it grows.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <memory>

#include <holdfast/hazard/flat_table.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace reference_across_growth_programs {

[[gnu::noinline]] void add_one(std::uint64_t& value) { value += 1; }

int naive(situation& here) {
  flat_table scores;
  const std::uint64_t ann = here.random();
  std::uint64_t& kept = scores[ann];
  while (!scores.full()) scores[here.random()] = 1;
  here.say("&scores[ann] is %p; %zu entries in %zu slots", static_cast<void*>(&kept), scores.size(), scores.capacity());
  scores[here.random()] = 1;
  here.say("one more entry: %zu slots, and the old array is gone", scores.capacity());
  here.expect_fault(&kept, sizeof kept);
  add_one(*hidden(&kept));
  return here.verdict(false, "the reference was still good");
}

constexpr std::string_view naive_code = R"(  flat_table scores;
  std::uint64_t& kept = scores[ann];
  while (!scores.full()) scores[here.random()] = 1;
  scores[here.random()] = 1;
  add_one(*hidden(&kept));
)";

using stable_map = holdfast::map<std::uint64_t, std::uint64_t, hash<std::uint64_t>, equal_to<std::uint64_t>,
                                 std::allocator<std::pair<const std::uint64_t, std::uint64_t>>, stable<fast_growth>>;

int stable_entries(situation& here) {
  stable_map scores;
  const std::uint64_t ann = here.random();
  std::uint64_t& kept = scores[ann];
  while (scores.size() < 100'000) scores[here.random()] = 1;
  add_one(kept);
  const bool same = &kept == &scores.at(ann) && scores.at(ann) == 1 && !scores.audit();
  here.say("%zu entries, grown %llu times", scores.size(), static_cast<unsigned long long>(scores.stats().growths));
  return here.verdict(same, same ? "the value is where it was and has the new score" : "the value has moved");
}

constexpr std::string_view stable_code = R"(using stable_map = holdfast::map<std::uint64_t, std::uint64_t, hash<std::uint64_t>, equal_to<std::uint64_t>,
                                 std::allocator<std::pair<const std::uint64_t, std::uint64_t>>, stable<fast_growth>>;
  stable_map scores;
  std::uint64_t& kept = scores[ann];
  while (scores.size() < 100'000) scores[here.random()] = 1;
  add_one(kept);
)";

int keep_the_key(situation& here) {
  holdfast::map<std::uint64_t, std::uint64_t> scores;
  const std::uint64_t ann = here.random();
  scores[ann] = 0;
  while (scores.size() < 100'000) scores[here.random()] = 1;
  if (auto score = scores.get(ann)) add_one(*score);
  const bool right = scores.at(ann) == 1 && !scores.audit();
  return here.verdict(right, right ? "looked up again after growth, and found" : "lost by growth");
}

constexpr std::string_view keep_the_key_code = R"(  holdfast::map<std::uint64_t, std::uint64_t> scores;
  scores[ann] = 0;
  while (scores.size() < 100'000) scores[here.random()] = 1;
  if (auto score = scores.get(ann)) add_one(*score);
)";

int follow(situation& here) {
  holdfast::checked_map<std::uint64_t, std::uint64_t> scores;
  const std::uint64_t ann = here.random();
  scores[ann] = 0;
  const auto kept = scores.ref(ann);
  const void* const before = kept.get();
  while (scores.size() < 100'000) scores[here.random()] = 1;
  add_one(*kept);
  here.say("&scores[ann] was %p and is %p", before, static_cast<void*>(kept.get()));
  const bool right = kept.get() == &scores.at(ann) && scores.at(ann) == 1 && !scores.audit();
  return here.verdict(right, right ? "the reference went where its entry went" : "it was left behind");
}

constexpr std::string_view follow_code = R"(  holdfast::checked_map<std::uint64_t, std::uint64_t> scores;
  const auto kept = scores.ref(ann);
  while (scores.size() < 100'000) scores[here.random()] = 1;
  add_one(*kept);
)";

}  // namespace reference_across_growth_programs

hazard reference_across_growth() {
  using namespace reference_across_growth_programs;
  return {
      .id = "reference-across-growth",
      .story = "A reference into the table outlives the array it points into",
      .explanation =
          "A table that keeps its entries in one array must move them to a larger one when it is full. Whoever took the "
          "address of a value before holds an address in the old array. Freed memory mostly stays readable for a while, so "
          "the program goes on and writes into a value that nobody will ever read, or into somebody else's memory; the naive "
          "table gives its old array back to the system at once, so the write faults where it happens.\n"
          "Go refuses `&m[k]`, and `p := m[k]` is a copy of the stored pointer, which growth does not touch: there the story "
          "is not true. It is true of every C++ table that moves its elements, and not of std::unordered_map, which never "
          "does.",
      .from = {"A0", "3.1", "K0.16, K3.2"},
      .in_go = {truth::no, "&m[k] does not compile, and the collector keeps old buckets while anything points at them"},
      .in_cpp = {truth::by_design, "true of open addressing, flat maps and vectors; false of node-based tables"},
      .naive = {"naive", "writes through a reference that was taken before growth", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"stable-entries", "stable<> boxes the entries: growth moves pointers to them, never the entries",
                 stable_entries, {}, stable_code},
                {"keep-the-key", "keeps the key and looks it up again; get() says whether it is there", keep_the_key, {},
                 keep_the_key_code},
                {"follow", "a reference of a checked map follows its entry through growth", follow, {}, follow_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
