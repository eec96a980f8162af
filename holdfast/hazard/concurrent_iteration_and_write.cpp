// One thread walks over a map while another writes to it.
#include <holdfast/hazard/catalogue.hpp>

#include <mutex>
#include <shared_mutex>
#include <thread>
#include <unordered_map>

#include <holdfast/hazard/flat_table.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/slow_insertion.hpp>

namespace holdfast::inline v0::hazard {
namespace concurrent_iteration_and_write_programs {

int naive(situation& here) {
  flat_table sessions;
  while (sessions.capacity() < 1024 || !sessions.full()) sessions[here.random()] = 1;
  const std::size_t entries = sessions.size();
  std::unordered_map<std::uint64_t, unsigned> visits;
  std::size_t visited = 0;
  sessions.for_each([&](std::uint64_t key) {
    visits[key] += 1;
    if (++visited != entries / 2) return;
    std::thread writer([&] { sessions[here.random()] = 1; });
    writer.join();
  });
  std::size_t twice = 0;
  for (const auto& [key, count] : visits) twice += count > 1 ? 1 : 0;
  here.say("%zu entries, %zu visits: another thread's insertion made the table grow in the middle", entries, visited);
  here.say("%zu entries were visited twice", twice);
  return here.verdict(twice == 0, twice == 0 ? "each was visited once" : "a bill sent to each of them would be sent twice");
}

constexpr std::string_view naive_code = R"(  sessions.for_each([&](std::uint64_t key) {
    visits[key] += 1;
    if (++visited != entries / 2) return;
    std::thread writer([&] { sessions[here.random()] = 1; });
    writer.join();
  });
)";

int reported(situation& here) {
  slow_map sessions;
  sessions.name("sessions");
  for (std::uint64_t key = 0; key < 8; ++key) sessions.try_emplace(here.seed() + key);
  name_this_thread("send-bills");
  auto at = sessions.begin();
  while_another_inserts(sessions, here.seed() + 8, "handle-login", [&] {
    here.say("thread handle-login is in the middle of an insertion; send-bills takes the next step of its walk");
    ++at;
  });
  return here.verdict(false, "a walk during a write went unseen");
}

constexpr std::string_view reported_code = R"(  auto at = sessions.begin();
  while_another_inserts(sessions, here.seed() + 8, "handle-login", [&] {
    ++at;
  });
)";

int walk_a_clone(situation& here) {
  constexpr std::uint64_t entries = 1000;
  holdfast::map<std::uint64_t, std::uint64_t> sessions;
  for (std::uint64_t key = 0; key < entries; ++key) sessions[key] = key;
  std::shared_mutex lock;
  std::thread writer([&] {
    for (std::uint64_t key = entries; key < 10 * entries; ++key) {
      const std::unique_lock hold(lock);
      sessions[key] = key;
    }
  });
  bool right = true;
  for (int round = 0; round < 5; ++round) {
    const auto snapshot = [&] {
      const std::shared_lock hold(lock);
      return sessions.clone();
    }();
    std::uint64_t old_ones = 0;
    for (const auto& [key, value] : snapshot) old_ones += key < entries ? 1 : 0;
    right = right && old_ones == entries && !snapshot.audit();
  }
  writer.join();
  here.say("5 walks over clones while another thread wrote %d entries", static_cast<int>(9 * entries));
  return here.verdict(right, right ? "each walk met each of the old entries once" : "a walk was wrong");
}

constexpr std::string_view walk_a_clone_code = R"(    const auto snapshot = [&] {
      const std::shared_lock hold(lock);
      return sessions.clone();
    }();
    for (const auto& [key, value] : snapshot) old_ones += key < entries ? 1 : 0;
)";

}  // namespace concurrent_iteration_and_write_programs

hazard concurrent_iteration_and_write() {
  using namespace concurrent_iteration_and_write_programs;
  return {
      .id = "concurrent-iteration-and-write",
      .story = "A walk visits entries twice because another thread made the table grow",
      .explanation =
          "A walk by slot number holds only a number. When another thread's insertion doubles the array in the middle, the "
          "entries are spread anew: some of those that were visited already now lie ahead, and are visited again. No crash, no "
          "report, a wrong result; with an iterator instead of a number it would be a dangling pointer.\n"
          "Go checks at each step of a range and says `concurrent map iteration and map write`. Insertions by the *same* thread "
          "are another matter: they are allowed, in Go and here (insert-while-iterating).",
      .from = {"A2", "2.2", "K2.6, K2.7, K0.12"},
      .in_go = {truth::yes, "checked at the beginning of a range and at each step"},
      .in_cpp = {truth::yes, "a data race, and the iterator is invalid besides"},
      .naive = {"naive", "a second thread makes the table grow in the middle of a walk", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"report", "the writer mark: the walk is stopped at its next step, and both are named", reported,
                 {.ending = ending::report,
                  .first_line = "fatal error: concurrent map iteration and map write",
                  .also_says = {"map \"sessions\"", "send-bills", "handle-login", "cure: "}},
                 reported_code},
                {"walk-a-clone", "clones under the lock and walks without it", walk_a_clone, {}, walk_a_clone_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
