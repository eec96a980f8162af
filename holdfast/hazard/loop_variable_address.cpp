// The address of a loop's variable, stored in each turn: all keys have the same one.
#include <holdfast/hazard/catalogue.hpp>

#include <array>
#include <string>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/lifetime/alias_audit.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace loop_variable_address_programs {

struct user {
  std::string name;
  int age = 0;
};

std::array<user, 3> three_users() { return {{{"ann", 41}, {"bob", 17}, {"eve", 29}}}; }

int naive(situation& here) {
  std::array<user, 3> all = three_users();
  holdfast::map<std::string, const user*> by_name;
  user one;
  for (std::size_t turn = 0; turn < all.size(); ++turn) {
    one = all[turn];
    by_name[one.name] = hidden(&one);
  }
  here.say("ann's entry says that she is called %s", by_name["ann"]->name.c_str());
  const bool right = by_name["ann"]->name == "ann";
  return here.verdict(right, right ? "each key has its user" : "every key has the user of the last turn");
}

constexpr std::string_view naive_code = R"(  user one;
  for (std::size_t turn = 0; turn < all.size(); ++turn) {
    one = all[turn];
    by_name[one.name] = hidden(&one);
  }
)";

int element_itself(situation& here) {
  std::array<user, 3> all = three_users();
  holdfast::map<std::string, const user*> by_name;
  for (const user& one : all) by_name[one.name] = &one;
  const bool right = by_name["ann"]->age == 41 && by_name["bob"]->age == 17 && by_name["eve"]->age == 29;
  here.say("ann is %d, bob %d, eve %d", by_name["ann"]->age, by_name["bob"]->age, by_name["eve"]->age);
  return here.verdict(right, right ? "a reference names the element, and no variable between" : "users were mixed");
}

constexpr std::string_view element_itself_code = R"(  for (const user& one : all) by_name[one.name] = &one;
)";

int audited(situation& here) {
  std::array<user, 3> all = three_users();
  holdfast::map<std::string, const user*> by_name;
  user one;
  for (const user& next : all) {
    one = next;
    by_name[one.name] = hidden(&one);
  }
  const auto found = alias_audit(by_name);
  here.say("%s", alias_text(found).c_str());
  const bool right = found.groups.size() == 1 && found.groups[0].object == &one && found.groups[0].keys.size() == 3;
  return here.verdict(right, right ? "the audit names the object and the three keys that share it" : "not found");
}

constexpr std::string_view audited_code = R"(  const auto found = alias_audit(by_name);
  here.say("%s", alias_text(found).c_str());
)";

}  // namespace loop_variable_address_programs

hazard loop_variable_address() {
  using namespace loop_variable_address_programs;
  return {
      .id = "loop-variable-address",
      .story = "A loop enters the address of its variable, and every key gets the same one",
      .explanation =
          "A variable that is assigned in each turn has one address. Entered under a key per turn it makes a map whose keys all "
          "show what the last turn left, and after the variable's block has ended, nothing at all. It was the best-known trap "
          "of Go until version 1.22 gave each turn a variable of its own; the article warns of it together with addresses of "
          "locals.\n"
          "In C++ the range-for has a fresh variable a turn as well, but at the same address; only a reference to the element "
          "is different in each.",
      .from = {"A0", "1", "K0.4"},
      .in_go = {truth::partly, "true before 1.22; since then each turn has its own variable"},
      .in_cpp = {truth::yes, "true of every variable that is assigned in a loop, range-for by value included"},
      .naive = {"naive",
                "enters the address of one variable under three keys",
                naive,
                {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"element-itself", "takes a reference to the element", element_itself, {}, element_itself_code},
                {"audited", "alias_audit tells which keys share an object", audited, {}, audited_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
