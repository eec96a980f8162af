// A map keeps an object of an arena across the arena's reset.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <string>

#include <holdfast/base/memory/arena.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace arena_used_after_reset_programs {

struct order {
  std::uint64_t user = 0;
  int books = 0;
};

constexpr std::uint64_t ann = 1;
constexpr std::uint64_t bob = 2;

int naive(situation& here) {
  holdfast::arena arena({.check = after_reset::off});
  holdfast::map<std::string, order*> latest;
  latest["ann"] = arena.make<order>(ann, 3);
  arena.reset();
  order* const bobs = arena.make<order>(bob, 7);
  here.say("ann's order is at %p; after the reset bob's is at %p", static_cast<void*>(latest["ann"]), static_cast<void*>(bobs));
  const order* const anns = hidden(latest["ann"]);
  here.say("the map says that ann has ordered %d books", anns->books);
  const bool right = anns->user == ann;
  return here.verdict(right, right ? "her own order" : "it is bob's order");
}

constexpr std::string_view naive_code = R"(  latest["ann"] = arena.make<order>(ann, 3);
  arena.reset();
  order* const bobs = arena.make<order>(bob, 7);
  const order* const anns = hidden(latest["ann"]);
)";

int generation(situation& here) {
  holdfast::arena arena;
  holdfast::map<std::string, arena_ptr<order>> latest;
  latest["ann"] = arena.make_ptr<order>(ann, 3);
  const bool before = latest["ann"].is_live();
  arena.reset();
  latest["bob"] = arena.make_ptr<order>(bob, 7);
  const bool right = before && latest["ann"].get() == nullptr && latest["bob"]->books == 7;
  here.say("ann's pointer is %s before the reset, %s after it", before ? "live" : "stale",
           latest["ann"].is_live() ? "live" : "stale");
  return here.verdict(right, right ? "a pointer knows the round that it belongs to" : "a stale pointer was followed");
}

constexpr std::string_view generation_code = R"(  holdfast::map<std::string, arena_ptr<order>> latest;
  latest["ann"] = arena.make_ptr<order>(ann, 3);
  arena.reset();
  latest["bob"] = arena.make_ptr<order>(bob, 7);
)";

int stale_report(situation&) {
  holdfast::arena arena({.name = "orders"});
  holdfast::map<std::string, arena_ptr<order>> latest;
  latest["ann"] = arena.make_ptr<order>(ann, 3);
  arena.reset();
  return latest["ann"]->books == 3 ? held_code : wrong_answer_code;
}

constexpr std::string_view stale_report_code = R"(  arena.reset();
  return latest["ann"]->books == 3 ? held_code : wrong_answer_code;
)";

int protected_pages(situation& here) {
  holdfast::arena arena({.check = after_reset::protect});
  holdfast::map<std::string, order*> latest;
  latest["ann"] = arena.make<order>(ann, 3);
  arena.reset();
  here.say("a bare pointer; the pages that it points into cannot be touched any more");
  here.expect_fault(latest["ann"], sizeof(order));
  return hidden(latest["ann"])->books == 3 ? held_code : wrong_answer_code;
}

constexpr std::string_view protected_pages_code = R"(  holdfast::arena arena({.check = after_reset::protect});
  arena.reset();
  return hidden(latest["ann"])->books == 3 ? held_code : wrong_answer_code;
)";

}  // namespace arena_used_after_reset_programs

hazard arena_used_after_reset() {
  using namespace arena_used_after_reset_programs;
  return {
      .id = "arena-used-after-reset",
      .story = "A map keeps an object of an arena, and the arena begins its next round",
      .explanation =
          "An arena frees everything at once, which is why it is fast, and also what somebody still has. The map outlives the "
          "request whose arena the object came from; the next request gets the same memory and writes an object of the same type to "
          "the same address. Ann's entry then shows bob's order: valid memory, a valid object, the wrong user.\n"
          "Go's arena makes freed chunks unreachable, but not the one that was partly used. The article's own arena checks "
          "nothing. A pointer that remembers its round, or pages that cannot be touched, tell.",
      .from = {"A0", "4.3", "K0.22"},
      .in_go = {truth::partly, "a full chunk faults after Free; a partly used one is handed out again"},
      .in_cpp = {truth::yes, "of every arena that is used again and of every monotonic buffer"},
      .naive = {"naive", "reads through the map after the arena was reset and used again", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"generation", "arena_ptr knows its round, and is null in every later one", generation, {}, generation_code},
                {"stale-report", "followed all the same, it is a report that says what ended it", stale_report,
                 {.ending = ending::report,
                  .signal_number = SIGABRT,
                  .first_line = "fatal error: use of a stale reference",
                  .also_says = {"arena reset by operation #1"}},
                 stale_report_code},
                {"protected-pages", "after_reset::protect: also a bare pointer faults at its first use", protected_pages,
                 {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                 protected_pages_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
