// A write through a map that was declared but never made.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <string>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace nil_map_write_programs {

struct map_header {
  std::uint8_t flags;
  std::uint8_t bucket_bits;
  std::uint64_t count;
};

// A map that is one pointer to its header, as Go's is, and null until it is made.
struct nil_able_map {
  map_header* header = nullptr;
};

__attribute__((noinline, no_sanitize("undefined"))) void count_one_more(nil_able_map m) { ++m.header->count; }

int naive(situation& here) {
  nil_able_map scores;
  here.say("the map's one word is null; the insertion looks at the header behind it");
  here.expect_fault(nullptr, page_bytes);
  count_one_more({hidden(scores.header)});
  return here.verdict(false, "something is mapped at address 0");
}

constexpr std::string_view naive_code = R"(struct nil_able_map {
  map_header* header = nullptr;
};
  nil_able_map scores;
  count_one_more({hidden(scores.header)});
)";

int go_panics(situation& here) {
  go::map<std::string, int> scores;
  bool harmless = scores == nullptr && len(scores) == 0 && scores.get("ann") == 0 && !scores.lookup("ann").ok;
  for (auto at = scores.begin(); at != scores.end(); ++at) harmless = false;
  scores.erase("ann");
  scores.clear();
  try {
    scores.set("ann", 1);
  } catch (const go::runtime_error& error) {
    here.say("reading, ranging, len, erase and clear are fine; the write throws: %s", error.what());
    harmless = harmless && std::string_view(error.what()) == "assignment to entry in nil map";
    return here.verdict(harmless, harmless ? "Go's rule and Go's words, and the program goes on" : "not Go's rule");
  }
  return here.verdict(false, "a write to a nil map went through");
}

constexpr std::string_view go_panics_code = R"(  go::map<std::string, int> scores;
  scores.erase("ann");
  try {
    scores.set("ann", 1);
  } catch (const go::runtime_error& error) {
)";

int never_nil(situation& here) {
  holdfast::map<std::string, int> scores;
  const bool empty = scores.empty() && scores.bucket_count() == 0;
  scores["ann"] = 1;
  const bool right = empty && scores.at("ann") == 1;
  return here.verdict(right, right ? "a map of its own is ready when it is declared, and has allocated nothing" : "not ready");
}

constexpr std::string_view never_nil_code = R"(  holdfast::map<std::string, int> scores;
  scores["ann"] = 1;
)";

}  // namespace nil_map_write_programs

hazard nil_map_write() {
  using namespace nil_map_write_programs;
  return {
      .id = "nil-map-write",
      .story = "The first write to a map that nobody has made",
      .explanation =
          "A Go map is one pointer, null until make. Reading a nil map is defined to find nothing; writing to it must panic, "
          "because there is nowhere to write to. A C++ handle built the same way without that check follows the null pointer: "
          "the fault is near address 0, at the offset of the field that was touched first.\n"
          "One article says that reading and delete panic as well. They do not; its own table says so.",
      .from = {"A4", "1", "K4.2, K2.9"},
      .in_go = {truth::yes, "panics with \"assignment to entry in nil map\"; reading, range, len and delete are fine"},
      .in_cpp = {truth::by_design, "true of handles and of pointers to maps; a container by value is never null"},
      .naive = {"naive", "inserts through a handle whose pointer is null", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"go-panics", "go::map: an exception with Go's text, for the write only", go_panics, {}, go_panics_code},
                {"never-nil", "holdfast::map is a value: there is no nil", never_nil, {}, never_nil_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
