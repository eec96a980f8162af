// An entry erased in the middle of a loop over the map.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <functional>
#include <map>
#include <vector>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace erase_while_iterating_programs {

using checked_map = std::map<int, int, std::less<>, vanishing_allocator<std::pair<const int, int>>>;

int naive(situation& here) {
  checked_map m;
  for (int key = 0; key < 10; ++key) m[key] = key;
  const int victim = static_cast<int>(here.random(9));
  here.say("the loop erases key %d and then asks its node for the next one", victim);
  for (auto it = m.begin(); it != m.end(); ++it) {
    if (it->first == victim) {
      // The node has pages of its own and begins with the first.
      const auto node = reinterpret_cast<std::uintptr_t>(&*it) & ~(page_bytes - 1);
      here.expect_fault(reinterpret_cast<const void*>(node), page_bytes);
      m.erase(it);
    }
  }
  return here.verdict(false, "++ found its way from an erased node");
}

constexpr std::string_view naive_code = R"(using checked_map = std::map<int, int, std::less<>, vanishing_allocator<std::pair<const int, int>>>;
  for (auto it = m.begin(); it != m.end(); ++it) {
    if (it->first == victim) {
      m.erase(it);
    }
  }
)";

using numbers = holdfast::map<std::uint64_t, bool>;

// A thousand keys, every one with the wish to be met.
numbers thousand(situation& here) {
  numbers m;
  while (m.size() < 1000) m.try_emplace(here.random(), false);
  return m;
}

bool only_odd_and_met(const numbers& m, std::size_t even) {
  bool right = m.size() == 1000 - even && !m.audit();
  for (const auto& [key, met] : m) right = right && met && key % 2 == 1;
  return right;
}

int next_from_erase(situation& here) {
  numbers m = thousand(here);
  std::size_t erased = 0;
  for (auto it = m.begin(); it != m.end();) {
    it->second = true;
    if (it->first % 2 == 0) {
      it = m.erase(it);
      ++erased;
    } else {
      ++it;
    }
  }
  here.say("%zu of 1000 erased on the way", erased);
  const bool right = only_odd_and_met(m, erased);
  return here.verdict(right, right ? "every other entry was met" : "the walk missed entries");
}

constexpr std::string_view next_from_erase_code = R"(  for (auto it = m.begin(); it != m.end();) {
    if (it->first % 2 == 0) {
      it = m.erase(it);
    } else {
      ++it;
    }
  }
)";

int erase_in_range(situation& here) {
  numbers m = thousand(here);
  std::size_t erased = 0;
  for (auto& [key, met] : m) {
    met = true;
    if (key % 2 == 0) erased += m.erase(std::uint64_t{key});
  }
  here.say("%zu of 1000 erased in a range-for, by key", erased);
  const bool right = only_odd_and_met(m, erased);
  return here.verdict(right, right ? "every other entry was met" : "the walk missed entries");
}

constexpr std::string_view erase_in_range_code = R"(  for (auto& [key, met] : m) {
    met = true;
    if (key % 2 == 0) erased += m.erase(std::uint64_t{key});
  }
)";

int by_claim(situation& here) {
  numbers m = thousand(here);
  for (auto& [key, met] : m) met = true;
  const std::size_t erased = erase_if(m, [](const auto& entry) { return entry.first % 2 == 0; });
  here.say("%zu of 1000 erased by erase_if", erased);
  const bool right = only_odd_and_met(m, erased);
  return here.verdict(right, right ? "exactly the even keys are gone" : "the wrong keys are gone");
}

constexpr std::string_view by_claim_code = R"(  const std::size_t erased = erase_if(m, [](const auto& entry) { return entry.first % 2 == 0; });
)";

}  // namespace erase_while_iterating_programs

hazard erase_while_iterating() {
  using namespace erase_while_iterating_programs;
  return {
      .id = "erase-while-iterating",
      .story = "A loop erases the entry it stands on and then steps on from it",
      .explanation =
          "`m.erase(it)` destroys the node that `it` points at, and the `++it` at the end of the loop reads the way to the next "
          "one out of it. With an ordinary allocator the freed node mostly still holds what it held, so the loop seems to work "
          "until something else is allocated there. Here each node has pages of its own that vanish with it.\n"
          "The article says that all later iterators die too; of std::map only those to the erased element do. The cure it "
          "gives, `it = m.erase(it)`, is right. In Go, deleting on the way is part of the contract of range.",
      .from = {"A3", "4.1", "K3.17"},
      .in_go = {truth::no, "delete in a range is defined: what is deleted before it was reached is not met"},
      .in_cpp = {truth::partly, "advancing an iterator to the erased element is undefined; the others stay valid"},
      .naive = {"naive", "erases in a for loop over std::map and lets the loop do ++it", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"next-from-erase", "it = m.erase(it), the standard's own way", next_from_erase, {}, next_from_erase_code},
                {"erase-in-range", "erases the very entry the walk stands on, by key, in a range-for, as Go does",
                 erase_in_range, {}, erase_in_range_code},
                {"erase-if", "says which entries, and leaves the loop to the library", by_claim, {}, by_claim_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
