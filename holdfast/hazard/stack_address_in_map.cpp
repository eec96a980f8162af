// The address of a local variable is stored in a map that outlives it.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <string>

#include <holdfast/hazard/hidden.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace stack_address_in_map_programs {

struct user {
  int age = 0;
};

using user_map = holdfast::map<std::string, user*>;

// The same frame each time, as its callers have the same one.
[[gnu::noinline]] void enter(user_map& users, const char* name, int age) {
  user local{age};
  users[name] = hidden(&local);
}

int naive(situation& here) {
  user_map users;
  enter(users, "ann", 41);
  enter(users, "bob", 17);
  here.say("ann is at %p, bob at %p", static_cast<void*>(users["ann"]), static_cast<void*>(users["bob"]));
  const bool one_place = users["ann"] == users["bob"];
  const int anns = hidden(users["ann"])->age;
  here.say("ann was entered with 41; the frame that both were in reads %d", anns);
  return here.verdict(!one_place && anns == 41,
                      one_place ? "ann and bob are one address in a frame that has gone" : "apart");
}

constexpr std::string_view naive_code = R"(  user local{age};
  users[name] = hidden(&local);
  enter(users, "ann", 41);
  enter(users, "bob", 17);
)";

int own_objects(situation& here) {
  holdfast::map<std::string, std::unique_ptr<user>> users;
  const auto enter_own = [&](const char* name, int age) { users[name] = std::make_unique<user>(user{age}); };
  enter_own("ann", 41);
  enter_own("bob", 17);
  const bool right = users["ann"]->age == 41 && users["bob"]->age == 17 && users["ann"] != users["bob"];
  here.say("ann is %d, bob %d", users["ann"]->age, users["bob"]->age);
  return here.verdict(right, right ? "each entry owns an object of its own" : "objects were mixed");
}

constexpr std::string_view own_objects_code =
    R"(  const auto enter_own = [&](const char* name, int age) { users[name] = std::make_unique<user>(user{age}); };
)";

int values(situation& here) {
  holdfast::map<std::string, user> users;
  const auto enter_value = [&](const char* name, int age) {
    const user local{age};
    users[name] = local;
  };
  enter_value("ann", 41);
  enter_value("bob", 17);
  const bool right = users["ann"].age == 41 && users["bob"].age == 17;
  here.say("ann is %d, bob %d", users["ann"].age, users["bob"].age);
  return here.verdict(right, right ? "a value is copied, and no address stays" : "values were mixed");
}

constexpr std::string_view values_code = R"(    const user local{age};
    users[name] = local;
)";

}  // namespace stack_address_in_map_programs

hazard stack_address_in_map() {
  using namespace stack_address_in_map_programs;
  return {
      .id = "stack-address-in-map",
      .story = "A map keeps the address of a local variable whose function has returned",
      .explanation =
          "The address of a local is good until its block ends. A map that keeps it has, from then on, the address of whatever "
          "the next call puts there: here the next call is of the same function, so ann and bob are one address, and what is "
          "read there is bob, or what a later call left. Nothing crashes, because the stack is always mapped.\n"
          "The article warns of this for Go, where it cannot happen: the compiler sees that the address escapes and moves the "
          "variable to the heap.",
      .from = {"A0", "1", "K0.4, K0.10"},
      .in_go = {truth::no, "a local whose address escapes is moved to the heap"},
      .in_cpp = {truth::yes, "the address dangles when the block ends; compilers warn of the simplest cases only"},
      .naive = {"naive",
                "a function enters the address of its local, twice",
                naive,
                {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"own-objects", "each entry owns an object on the heap", own_objects, {}, own_objects_code},
                {"values", "the map holds values, not addresses", values, {}, values_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
