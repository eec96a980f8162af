// A reference to an entry is used after the entry was erased.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>

#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace reference_after_erase_programs {

struct account {
  int visits = 0;
};

using entry = std::pair<const std::string, account>;
using account_map =
    std::unordered_map<std::string, account, std::hash<std::string>, std::equal_to<>, vanishing_allocator<entry>>;

[[gnu::noinline]] void add_visit(account& to) { to.visits += 1; }

int naive(situation& here) {
  account_map accounts;
  account& anns = accounts["ann"];
  here.say("ann's account is at %p", static_cast<void*>(&anns));
  accounts.erase("ann");
  here.say("her entry is erased; growth would have left the reference alone in this map, erasing does not");
  here.expect_fault(&anns, sizeof anns);
  add_visit(*hidden(&anns));
  return here.verdict(false, "the account was still there");
}

constexpr std::string_view naive_code = R"(  account& anns = accounts["ann"];
  accounts.erase("ann");
  add_visit(*hidden(&anns));
)";

int taken(situation& here) {
  holdfast::map<std::string, account> accounts;
  accounts["ann"].visits = 7;
  auto anns = accounts.take("ann");
  add_visit(*anns);
  const bool right = anns->visits == 8 && accounts.empty();
  here.say("taken out with %d visits; the map has %zu entries", anns->visits, accounts.size());
  return here.verdict(right, right ? "who erases and goes on takes the value out" : "the value was lost");
}

constexpr std::string_view taken_code = R"(  auto anns = accounts.take("ann");
  add_visit(*anns);
)";

int looked_up_again(situation& here) {
  holdfast::map<std::string, account> accounts;
  accounts["ann"].visits = 7;
  accounts.erase("ann");
  const auto anns = accounts.get("ann");
  if (anns) add_visit(*anns);
  const bool right = !anns && accounts.empty();
  return here.verdict(right, right ? "get() says that she is not there" : "an account of nobody");
}

constexpr std::string_view looked_up_again_code = R"(  const auto anns = accounts.get("ann");
  if (anns) add_visit(*anns);
)";

int pinned(situation& here) {
  holdfast::sync_map<std::string, account> accounts;
  accounts.store("ann", account{7});
  const auto anns = accounts.pin("ann");
  accounts.erase("ann");
  const bool right = anns->visits == 7 && !accounts.load("ann");
  here.say("erased, and still readable: %d visits", anns->visits);
  return here.verdict(right, right ? "an entry that is pinned outlives its place in the map" : "a pin did not hold");
}

constexpr std::string_view pinned_code = R"(  const auto anns = accounts.pin("ann");
  accounts.erase("ann");
)";

int asked(situation& here) {
  holdfast::checked_map<std::string, account> accounts;
  accounts.name("accounts");
  accounts["ann"].visits = 7;
  const auto anns = accounts.ref("ann");
  add_visit(*anns);
  accounts.erase("ann");
  here.say("%s", anns.explain().c_str());
  const bool right = anns.get() == nullptr && anns.why().what() == cause::erased && anns.why().serial() != 0;
  return here.verdict(right, right ? "the reference says that she is erased, by which operation" : "it says nothing");
}

constexpr std::string_view asked_code = R"(  holdfast::checked_map<std::string, account> accounts;
  const auto anns = accounts.ref("ann");
  add_visit(*anns);
  accounts.erase("ann");
  here.say("%s", anns.explain().c_str());
)";

int stale_report(situation&) {
  holdfast::checked_map<std::string, account, reference_rules{.stale = when_stale::fatal}> accounts;
  accounts.name("accounts");
  accounts["ann"].visits = 7;
  const auto anns = accounts.ref("ann");
  accounts.erase("ann");
  return anns->visits == 7 ? held_code : wrong_answer_code;
}

constexpr std::string_view stale_report_code = R"(  accounts.erase("ann");
  return anns->visits == 7 ? held_code : wrong_answer_code;
)";

}  // namespace reference_after_erase_programs

hazard reference_after_erase() {
  using namespace reference_after_erase_programs;
  return {
      .id = "reference-after-erase",
      .story = "A reference into a map is used after its entry was erased",
      .explanation =
          "std::unordered_map never moves an entry, and programs rely on it: they keep references to values. An erase ends "
          "them all the same, and whoever erases need not be near whoever keeps: a session that expires, a `clear` at "
          "the end of a test, an assignment to the whole map. No compiler and no map tells.\n"
          "In Go there is no such reference; `p := m[k]` of a pointer value keeps the object, and delete only drops the "
          "map's share of it.",
      .from = {"A3", "4.1", "K3.17"},
      .in_go = {truth::no, "&m[k] does not compile, and a copied pointer keeps its object"},
      .in_cpp = {truth::yes, "erase invalidates references to the erased element, in every container"},
      .naive = {"naive",
                "keeps a reference, erases the entry, and writes",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures = {{"taken", "take() erases and hands the value over", taken, {}, taken_code},
                {"looked-up-again", "keeps the key, and asks with get()", looked_up_again, {}, looked_up_again_code},
                {"pinned", "a pin keeps the value, also of an erased entry", pinned, {}, pinned_code},
                {"asked", "a reference of a checked map is asked, and says what ended it", asked, {}, asked_code},
                {"stale-report",
                 "followed all the same, it is a report that says what ended it",
                 stale_report,
                 {.ending = ending::report,
                  .signal_number = SIGABRT,
                  .first_line = "fatal error: use of a stale reference",
                  .also_says = {"map \"accounts\": entry erased by operation #"}},
                 stale_report_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
