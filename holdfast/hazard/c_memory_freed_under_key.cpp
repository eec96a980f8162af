// Keys that are views of C's memory, and C frees the texts.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <string>
#include <string_view>
#include <unordered_map>

#include <holdfast/hazard/c_memory.hpp>
#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace c_memory_freed_under_key_programs {

using view_map = std::unordered_map<std::string_view, int>;

[[gnu::noinline]] int look_up(const view_map& ages, std::string_view name) {
  const auto found = ages.find(name);
  return found == ages.end() ? -1 : found->second;
}

int naive(situation& here) {
  view_map ages;
  char* const name = c_strdup("ann of the green hill");
  ages[name] = 41;
  here.say("one entry; its key is a view of C's memory at %p", static_cast<void*>(name));
  c_free(name);
  here.say("C has freed the text; the look-up has a good one of its own");
  here.expect_fault(name, 32);
  const int age = look_up(*hidden(&ages), "ann of the green hill");
  return here.verdict(false, age == 41 ? "the key was still there" : "not found");
}

constexpr std::string_view naive_code = R"(  char* const name = c_strdup("ann of the green hill");
  ages[name] = 41;
  c_free(name);
  const int age = look_up(*hidden(&ages), "ann of the green hill");
)";

int own_key(situation& here) {
  holdfast::map<std::string, int> ages;
  char* const name = c_strdup("ann of the green hill");
  ages[name] = 41;
  c_free(name);
  const auto age = ages.get(std::string_view("ann of the green hill"));
  const bool right = age && *age == 41;
  here.say("found by a view, without a copy for the look-up: %s", right ? "41" : "nothing");
  return here.verdict(right, right ? "the key is the map's own; C may free its text" : "the key went with C's text");
}

constexpr std::string_view own_key_code = R"(  holdfast::map<std::string, int> ages;
  ages[name] = 41;
  c_free(name);
  const auto age = ages.get(std::string_view("ann of the green hill"));
)";

int erase_first(situation& here) {
  view_map ages;
  char* const name = c_strdup("ann of the green hill");
  ages[name] = 41;
  ages.erase(name);
  c_free(name);
  const bool right = look_up(ages, "ann of the green hill") == -1;
  return here.verdict(right, right ? "the entry goes before its key does" : "an entry without a key");
}

constexpr std::string_view erase_first_code = R"(  ages[name] = 41;
  ages.erase(name);
  c_free(name);
)";

}  // namespace c_memory_freed_under_key_programs

hazard c_memory_freed_under_key() {
  using namespace c_memory_freed_under_key_programs;
  return {
      .id = "c-memory-freed-under-key",
      .story = "Keys are views of C's memory, and every look-up that meets one reads it",
      .explanation =
          "The article says that a freed C pointer as a key crashes look-ups. In Go it does not: such a key is compared as a "
          "number. In C++ it does where the key is a view: string_view, or char* with a hash of the text. Entering it costs no "
          "copy, which is why people do it; from then on every look-up of that hash reads the text, and so do growth of tables "
          "that do not store hashes, and whoever prints the map. It need not be the entry's owner who crashes: any key that "
          "falls on the same hash will do, on any day after the text was freed.\n"
          "The fault is inside the map, with the caller's own good key in hand, which makes it hard to believe.",
      .from = {"A2", "intro, 4.2", "K2.1, K2.2, K2.16"},
      .in_go = {truth::no, "pointer keys are compared as numbers and never followed; a Go string owns its bytes"},
      .in_cpp = {truth::yes, "true of keys that are views of memory which somebody else frees"},
      .naive = {"naive",
                "enters a view of C's text, lets C free it and looks the name up",
                naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true},
                naive_code},
      .cures = {{"own-key", "the key is a std::string; views are for looking up", own_key, {}, own_key_code},
                {"erase-first", "the entry is erased before its text is freed", erase_first, {}, erase_first_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
