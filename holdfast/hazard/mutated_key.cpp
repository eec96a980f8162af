// A key that is changed while it is in the map.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace mutated_key_programs {

// Names are hashed and compared by their text, and belong to somebody else.
struct text_hash {
  std::size_t operator()(const std::string* name) const { return std::hash<std::string>{}(*name); }
};
struct text_equal {
  bool operator()(const std::string* a, const std::string* b) const { return *a == *b; }
};

int naive(situation& here) {
  std::unordered_map<const std::string*, int, text_hash, text_equal> ages;
  ages.reserve(1000);
  std::string name = "ann" + std::to_string(here.random(1000));
  const std::string before = name;
  const std::size_t bucket = ages.bucket(&name);
  ages[&name] = 41;
  do {
    name += 'e';  // until the new name belongs in another bucket
  } while (ages.bucket(&name) == bucket);
  const std::string after = name;
  here.say("%s was renamed to %s while it was a key", before.c_str(), after.c_str());
  const bool found = ages.contains(&before) || ages.contains(&after);
  here.say("size() is %zu; found by the old name: %s, by the new: %s", ages.size(), ages.contains(&before) ? "yes" : "no",
           ages.contains(&after) ? "yes" : "no");
  return here.verdict(found, found ? "it is still found" : "it is there, and nobody can reach it");
}

constexpr std::string_view naive_code = R"(  std::unordered_map<const std::string*, int, text_hash, text_equal> ages;
  ages[&name] = 41;
    name += 'e';  // until the new name belongs in another bucket
  const bool found = ages.contains(&before) || ages.contains(&after);
)";

int owned_key(situation& here) {
  holdfast::map<std::string, int> ages;
  std::string name = "ann" + std::to_string(here.random(1000));
  const std::string before = name;
  ages[name] = 41;
  name += "e";
  using key_in_map = decltype((ages.begin()->first));
  static_assert(!std::is_assignable_v<key_in_map, std::string>, "the key of an entry can be assigned to");
  const bool right = ages.contains(before) && !ages.contains(name) && !ages.audit();
  return here.verdict(right, right ? "the map has a copy, which is const: renaming the original does not concern it"
                                   : "the map's key has changed");
}

constexpr std::string_view owned_key_code = R"(  holdfast::map<std::string, int> ages;
  ages[name] = 41;
  name += "e";
  static_assert(!std::is_assignable_v<key_in_map, std::string>, "the key of an entry can be assigned to");
)";

int audited(situation& here) {
  holdfast::map<const std::string*, int, text_hash, text_equal> ages;
  std::vector<std::unique_ptr<std::string>> names;
  for (int i = 0; i < 100; ++i) {
    names.push_back(std::make_unique<std::string>("name" + std::to_string(here.random())));
    ages[names.back().get()] = i;
  }
  const bool sound_before = !ages.audit();
  for (int i = 0; i < 8; ++i) *names[static_cast<std::size_t>(i)] += "e";
  const auto fault = ages.audit();
  if (fault) here.say("audit: %s: %s", fault->invariant, fault->text.c_str());
  const std::string_view broken = fault ? fault->invariant : "";
  const bool named = broken == "hf.table.top-of-key" || broken == "hf.table.findable-in-growth";
  return here.verdict(sound_before && named, named ? "audit names the broken invariant and the slot" : "audit saw nothing");
}

constexpr std::string_view audited_code = R"(  holdfast::map<const std::string*, int, text_hash, text_equal> ages;
  for (int i = 0; i < 8; ++i) *names[static_cast<std::size_t>(i)] += "e";
  const auto fault = ages.audit();
)";

}  // namespace mutated_key_programs

hazard mutated_key() {
  using namespace mutated_key_programs;
  return {
      .id = "mutated-key",
      .story = "A key changes while it is in the map, and its entry can no longer be reached",
      .explanation =
          "An entry lies where its key's hash put it. When the key changes afterwards, because the map holds only a pointer to "
          "it, the entry lies in the wrong place: the new text is looked for elsewhere, the old text is compared with the new "
          "one and differs. size() still counts it, a walk still meets it.\n"
          "Go hashes pointer keys by address, and strings cannot change, so it cannot happen there. In C++ it takes a key that "
          "refers to something outside the map, or a cast.",
      .from = {"A1", "2.3", "K1.8, K2.8"},
      .in_go = {truth::no, "keys are hashed by what cannot change: values, immutable strings, addresses"},
      .in_cpp = {truth::by_design, "keys by value are const; keys that are pointers or views are as good as what they refer to"},
      .naive = {"naive", "renames a string to which the map has a pointer", naive, {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"owned-key", "the map owns its keys, and they are const: changing one does not compile", owned_key, {},
                 owned_key_code},
                {"audit", "where a key must be a pointer, audit() finds the entry that lies in the wrong place", audited, {},
                 audited_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
