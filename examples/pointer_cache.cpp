// A cache of user records in front of a slow source: what a reader holds stays, whatever happens to its key.
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <holdfast/concurrent/pointer_cache.hpp>

namespace {

struct user {
  std::string name;
  int visits = 0;
};

// Stands for a database.
std::unique_ptr<user> fetch(std::string_view name) {
  if (name == "nobody") return nullptr;
  return std::make_unique<user>(user{std::string(name)});
}

}  // namespace

int main() {
  using namespace std::chrono_literals;
  holdfast::pointer_cache<std::string, user> users({.capacity = 10'000, .time_to_live = 5min, .time_of_absence = 10s});

  // One thread fetches, others that want the same user wait for it.
  const auto ann = users.load_or_make("ann", [] { return fetch("ann"); }).value;
  const auto nobody = users.load_or_make("nobody", [] { return fetch("nobody"); }).value;
  std::printf("%s is here, nobody is %s\n", ann->name.c_str(), users.knows_absent("nobody") ? "known not to be" : "?");

  // A changed copy takes the place of the object; `ann` still holds the old one.
  users.update("ann", [](user& copy) { ++copy.visits; });
  const auto newer = users.load("ann");
  std::printf("held: %d visits, now: %d\n", ann->visits, newer->visits);

  users.erase("ann");
  std::printf("erased, and still held: %s\n", newer->name.c_str());
  const auto figures = users.stats();
  return !nobody && ann->visits == 0 && newer->visits == 1 && figures.loads == 2 ? 0 : 1;
}
