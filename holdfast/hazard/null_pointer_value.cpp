// A pointer value that is absent or null, and followed all the same.
#include <holdfast/hazard/catalogue.hpp>

#include <csignal>
#include <memory>
#include <string>
#include <unordered_map>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/vanishing_allocator.hpp>
#include <holdfast/lifetime/chain.hpp>
#include <holdfast/map/go_map.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace null_pointer_value_programs {

struct user {
  char name[32] = {};
  int age = 0;
};

__attribute__((noinline, no_sanitize("undefined"))) int age_of(const user* who) { return who->age; }

int naive(situation& here) {
  user ann;
  std::unordered_map<std::string, user*> users = {{"ann", &ann}};
  here.say("users[\"bob\"] makes an entry with a null pointer; its age lies at offset %zu", offsetof(user, age));
  here.expect_fault(nullptr, page_bytes);
  const int age = age_of(hidden(users["bob"]));
  here.say("%d", age);
  return here.verdict(false, "something is mapped at address 0");
}

constexpr std::string_view naive_code = R"(  std::unordered_map<std::string, user*> users = {{"ann", &ann}};
  const int age = age_of(hidden(users["bob"]));
)";

int empty_answer(situation& here) {
  holdfast::map<std::string, std::unique_ptr<user>> users;
  users["ann"] = std::make_unique<user>();
  users["ann"]->age = 41;
  const auto age = [&](std::string_view name) {
    const auto found = users.get(name);
    return found && *found != nullptr ? (*found)->age : -1;
  };
  const bool right = age("ann") == 41 && age("bob") == -1 && users.size() == 1;
  here.say("ann is %d, bob is not there; %zu entry", age("ann"), users.size());
  return here.verdict(right, right ? "an absent key answers nothing, and asking adds nothing" : "asking changed the map");
}

constexpr std::string_view empty_answer_code = R"(    const auto found = users.get(name);
    return found && *found != nullptr ? (*found)->age : -1;
)";

int checked_pointer(situation& here) {
  auto users = go::make_map<std::string, go::ptr<user>>();
  users.set("ann", go::make_ptr<user>());
  users.set("eve", nullptr);
  users.get("ann")->age = 41;
  int refused = 0;
  for (const char* const name : {"bob", "eve"}) {
    try {
      users.get(name)->age = 1;
    } catch (const go::runtime_error& error) {
      refused += std::string_view(error.what()) == "runtime error: invalid memory address or nil pointer dereference" ? 1 : 0;
      here.say("%s: %s", name, error.what());
    }
  }
  const bool right = refused == 2 && users.get("ann")->age == 41 && users.len() == 2;
  return here.verdict(right, right ? "Go's panic as an exception, for the absent and for the null one" : "not refused");
}

constexpr std::string_view checked_pointer_code = R"(  auto users = go::make_map<std::string, go::ptr<user>>();
  users.set("ann", go::make_ptr<user>());
  users.set("eve", nullptr);
      users.get(name)->age = 1;
)";

struct theme {
  int colour = 0;
};
struct settings {
  std::unique_ptr<theme> chosen;
};
struct profile {
  std::unique_ptr<settings> set;
};

int first_null_link(situation& here) {
  holdfast::map<std::string, std::unique_ptr<profile>> profiles;
  profiles["ann"] = std::make_unique<profile>();
  const auto look = chain(profiles.get("ann")).then<&profile::set>().then<&settings::chosen>();
  const bool told = look.get() == nullptr && look.error() && look.error()->name == "set" && look.error()->index == 1;
  here.say("ann has no theme: link %u (%s) is null", look.error() ? look.error()->index : 0,
           look.error() ? std::string(look.error()->name).c_str() : "none");
  const bool nobody = chain(profiles.get("bob")).then<&profile::set>().error().has_value();
  profiles["ann"]->set = std::make_unique<settings>();
  profiles["ann"]->set->chosen = std::make_unique<theme>(theme{7});
  const auto again = chain(profiles.get("ann")).then<&profile::set>().then<&settings::chosen>();
  const bool right = told && nobody && again.get() != nullptr && again.get()->colour == 7;
  return here.verdict(right, right ? "a chain stops at the first null and names it" : "a null link was passed");
}

constexpr std::string_view first_null_link_code = R"(  const auto look = chain(profiles.get("ann")).then<&profile::set>().then<&settings::chosen>();
  const bool told = look.get() == nullptr && look.error() && look.error()->name == "set" && look.error()->index == 1;
)";

}  // namespace null_pointer_value_programs

hazard null_pointer_value() {
  using namespace null_pointer_value_programs;
  return {
      .id = "null-pointer-value",
      .story = "A looked-up pointer is followed although the key is absent or the pointer null",
      .explanation =
          "A map from keys to pointers has two ways to say no: the key is absent, or the pointer is null. Go's lookup gives "
          "the zero value for both, a nil pointer, and following it panics. std::unordered_map's operator[] does the same and "
          "even makes an entry with the null pointer; following it is undefined behaviour, in practice a fault at the offset of "
          "the member, which is far from address 0 for a large object and may then hit something.\n"
          "Down a chain (`u.Profile.Settings.Theme`) the article says that the fault comes late; in Go it comes at the first "
          "nil link.",
      .from = {"A0", "1, 3.3", "K0.1, K0.2, K0.18"},
      .in_go = {truth::yes, "a run-time panic with the text that the article gives"},
      .in_cpp = {truth::yes, "undefined behaviour; near address 0 it is a SIGSEGV"},
      .naive = {"naive", "users[\"bob\"]->age where nobody is called bob", naive,
                {.ending = ending::signal, .signal_number = SIGSEGV, .at_announced_address = true}, naive_code},
      .cures = {{"empty-answer", "get() gives a reference that may be absent and has to be asked", empty_answer, {},
                 empty_answer_code},
                {"checked-pointer", "go::ptr throws Go's panic when a null one is followed", checked_pointer, {},
                 checked_pointer_code},
                {"first-null-link", "chain() goes from pointer to pointer, stops at the first null and says which it is",
                 first_null_link, {}, first_null_link_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
