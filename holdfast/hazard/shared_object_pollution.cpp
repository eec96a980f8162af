// One object under two keys: who changes it for one changes it for the other.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <string>
#include <thread>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace shared_object_pollution_programs {

struct settings {
  int volume = 5;
  int changes = 0;
};

int naive(situation& here) {
  holdfast::locked_map<std::string, std::shared_ptr<settings>> of_user;
  const auto defaults = std::make_shared<settings>();
  of_user.store("ann", defaults);
  of_user.store("bob", defaults);
  (*of_user.load("ann"))->volume = 11;
  const int bobs = (*of_user.load("bob"))->volume;
  here.say("ann set her volume to 11; bob, who did nothing, has %d", bobs);
  return here.verdict(bobs == 5, bobs == 5 ? "bob's settings are his own" : "two keys share one object");
}

constexpr std::string_view naive_code = R"(  const auto defaults = std::make_shared<settings>();
  of_user.store("ann", defaults);
  of_user.store("bob", defaults);
  (*of_user.load("ann"))->volume = 11;
)";

constexpr int rounds = 2000;

// Two threads, one for each user, change settings at the same time.
template <class Change>
void both_change(Change change) {
  std::thread other([&] {
    for (int round = 0; round < rounds; ++round) change("bob", -1);
  });
  for (int round = 0; round < rounds; ++round) change("ann", 1);
  other.join();
}

int own_values(situation& here) {
  holdfast::sync_map<std::string, settings> of_user;
  const settings defaults;
  of_user.store("ann", defaults);
  of_user.store("bob", defaults);
  both_change([&](const char* user, int louder) {
    of_user.alter(user, [&](const settings* old) {
      return std::optional(settings{old->volume + louder, old->changes + 1});
    });
  });
  const settings anns = *of_user.load("ann");
  const settings bobs = *of_user.load("bob");
  here.say("ann has volume %d, bob %d, after %d changes each", anns.volume, bobs.volume, anns.changes);
  const bool right = anns.volume == 5 + rounds && bobs.volume == 5 - rounds && bobs.changes == rounds;
  return here.verdict(right, right ? "a value that is stored is the key's own" : "settings were mixed");
}

constexpr std::string_view own_values_code = R"(  holdfast::sync_map<std::string, settings> of_user;
    of_user.alter(user, [&](const settings* old) {
      return std::optional(settings{old->volume + louder, old->changes + 1});
    });
)";

int copy_on_write(situation& here) {
  using shared = std::shared_ptr<const settings>;
  holdfast::locked_map<std::string, shared> of_user;
  const auto defaults = std::make_shared<const settings>();
  of_user.store("ann", defaults);
  of_user.store("bob", defaults);
  const bool one_object = *of_user.load("ann") == *of_user.load("bob");
  both_change([&](const char* user, int louder) {
    of_user.alter(user, [&](const shared* old) -> std::optional<shared> {
      return std::make_shared<const settings>(settings{(*old)->volume + louder, (*old)->changes + 1});
    });
  });
  const auto anns = *of_user.load("ann");
  const auto bobs = *of_user.load("bob");
  here.say("shared until the first change; then ann has volume %d and bob %d", anns->volume, bobs->volume);
  const bool right = one_object && anns->volume == 5 + rounds && bobs->volume == 5 - rounds && defaults->volume == 5;
  return here.verdict(right, right ? "what is shared is const, and a change makes a new object" : "settings were mixed");
}

constexpr std::string_view copy_on_write_code = R"(  using shared = std::shared_ptr<const settings>;
    of_user.alter(user, [&](const shared* old) -> std::optional<shared> {
      return std::make_shared<const settings>(settings{(*old)->volume + louder, (*old)->changes + 1});
    });
)";

}  // namespace shared_object_pollution_programs

hazard shared_object_pollution() {
  using namespace shared_object_pollution_programs;
  return {
      .id = "shared-object-pollution",
      .story = "Two keys hold a pointer to one object, and a change for one is a change for both",
      .explanation =
          "A pointer says where an object is and not whose it is. When the same default object is stored under every new key, the "
          "first user who changes hers changes everybody's; so does a factory that hands out a static, and a shared_ptr that "
          "is reused in a loop. The lock of the map is no help: what is changed lies outside it, and with a thread for each "
          "user it is a data race besides.\n"
          "shared_ptr answers who frees the object, not who may change it. Values that are stored as values cannot be shared, "
          "and what is const cannot be polluted.",
      .from = {"A0", "3.2", "K0.17"},
      .in_go = {truth::yes, "pointers in a map are shared as anywhere"},
      .in_cpp = {truth::yes, "the article's own example is of shared_ptr"},
      .naive = {"naive", "stores one object under two keys and changes it through one of them", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"own-values", "the map holds the objects themselves, and alter() replaces one", own_values, {}, own_values_code},
                {"copy-on-write", "shares const objects only; a change makes a new one for its key", copy_on_write, {},
                 copy_on_write_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
