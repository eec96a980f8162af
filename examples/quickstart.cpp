// The first minute with holdfast: a map of pointers, found by name, changed while it is walked.
#include <holdfast/map/map.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

struct session {
  int requests = 0;
};

int main() {
  holdfast::map<std::string, std::unique_ptr<session>> sessions;
  sessions.name("sessions");  // reports and tools call it by this name

  for (const char* user : {"ann", "bob", "cid"}) {
    sessions.try_emplace(user, std::make_unique<session>());
  }

  // Look up without making a string; nothing is made when the key is absent.
  if (auto found = sessions.get(std::string_view("bob"))) (*found)->requests += 3;

  // Erasing and inserting while walking is defined: each entry present all through comes once.
  for (auto walk = sessions.begin(); walk != sessions.end();) {
    walk = walk->second->requests == 0 ? sessions.erase(walk) : ++walk;
  }

  // Growth goes on in small steps, one old bucket with an insert; no insert waits for the whole table.
  for (int i = 0; i < 1000; ++i) {
    sessions.try_emplace("guest " + std::to_string(i), std::make_unique<session>());
  }
  sessions.finish_growth();

  std::printf("%zu sessions, bob made %d requests\n", sessions.size(), sessions.at("bob")->requests);
  if (const auto fault = sessions.audit()) {
    std::printf("the map is broken: %s\n", fault->text.c_str());
    return 1;
  }
  return sessions.size() == 1001 ? 0 : 1;
}
