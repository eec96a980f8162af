// Two threads that write to one map.
#include <holdfast/hazard/catalogue.hpp>

#include <shared_mutex>
#include <thread>
#include <vector>

#include <holdfast/hazard/flat_table.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/hazard/slow_insertion.hpp>

namespace holdfast::inline v0::hazard {
namespace concurrent_writes_programs {

// Another key that wants the same slot.
std::uint64_t rival_of(const flat_table& table, std::uint64_t key, situation& here) {
  std::uint64_t rival = here.random();
  while (rival == key || table.home(rival) != table.home(key)) rival = here.random();
  return rival;
}

int naive(situation& here) {
  flat_table sessions;
  const std::uint64_t ann = here.random();
  const std::uint64_t bob = rival_of(sessions, ann, here);
  sessions.put(ann, 1, [&] {
    std::thread other([&] { sessions.put(bob, 2); });
    other.join();
  });
  const bool both = sessions.contains(ann) && sessions.contains(bob);
  here.say("both threads chose the same free slot; ann was written over bob");
  here.say("size() is %zu; ann is %s, bob is %s", sessions.size(), sessions.contains(ann) ? "there" : "lost",
           sessions.contains(bob) ? "there" : "lost");
  return here.verdict(both, both ? "both were stored" : "one write was lost without a sign");
}

constexpr std::string_view naive_code = R"(  sessions.put(ann, 1, [&] {
    std::thread other([&] { sessions.put(bob, 2); });
    other.join();
  });
  const bool both = sessions.contains(ann) && sessions.contains(bob);
)";

int reported(situation& here) {
  slow_map sessions;
  sessions.name("sessions");
  name_this_thread("handle-login");
  while_another_inserts(sessions, here.seed(), "expire-idle", [&] {
    here.say("thread expire-idle is in the middle of an insertion; handle-login begins another");
    sessions.try_emplace(here.seed() + 1);
  });
  return here.verdict(false, "two writes at once went unseen");
}

constexpr std::string_view reported_code = R"(  while_another_inserts(sessions, here.seed(), "expire-idle", [&] {
    sessions.try_emplace(here.seed() + 1);
  });
)";

int one_lock(situation& here) {
  constexpr std::uint64_t threads = 4;
  constexpr std::uint64_t each = 5000;
  holdfast::map<std::uint64_t, std::uint64_t> sessions;
  std::shared_mutex lock;
  std::vector<std::thread> writers;
  for (std::uint64_t t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < each; ++i) {
        const std::unique_lock hold(lock);
        sessions[t * each + i] = i;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const bool right = sessions.size() == threads * each && !sessions.audit();
  here.say("%zu entries after %d writes by %d threads", sessions.size(), static_cast<int>(threads * each),
           static_cast<int>(threads));
  return here.verdict(right, right ? "no write was lost" : "writes were lost");
}

constexpr std::string_view one_lock_code = R"(        const std::unique_lock hold(lock);
        sessions[t * each + i] = i;
)";

}  // namespace concurrent_writes_programs

hazard concurrent_writes() {
  using namespace concurrent_writes_programs;
  return {
      .id = "concurrent-writes",
      .story = "Two threads write at once and one of the writes is lost",
      .explanation =
          "A write finds a place and then fills it. When two threads are between these steps at the same time, both have "
          "found the same free slot, and the later one overwrites the earlier. The table even counts only one of them, so that "
          "nothing looks wrong. It makes no difference that the values are pointers: it is the table that is torn, not what "
          "it points at. The second thread here comes at the worst moment for certain; a scheduler picks it by chance.\n"
          "Go's detector turns this into `fatal error: concurrent map writes`, where it sees it. So does holdfast, and says "
          "which threads, which map and where.",
      .from = {"A1", "1, 3.1", "K1.1, K1.2, K0.11, K4.8"},
      .in_go = {truth::yes, "detected on a best-effort basis; the process ends with status 2, it is not a panic"},
      .in_cpp = {truth::yes, "a data race on a standard container is undefined behaviour, and nothing detects it"},
      .naive = {"naive", "a second thread inserts between the two steps of the first", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"report", "the writer mark: the second writer is stopped, and both are named", reported,
                 {.ending = ending::report,
                  .first_line = "fatal error: concurrent map writes",
                  .also_says = {"map \"sessions\"", "handle-login", "expire-idle", "cure: "}},
                 reported_code},
                {"one-lock", "one lock around every use of the map", one_lock, {}, one_lock_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
