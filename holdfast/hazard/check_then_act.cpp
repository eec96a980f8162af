// Looks whether a key is there, and enters it if it was not.
#include <holdfast/hazard/catalogue.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace check_then_act_programs {

// Counts how many were ever opened.
struct connection {
  // relaxed: a count that is read when all threads have been joined.
  explicit connection(std::atomic<int>& opened) : number(opened.fetch_add(1, std::memory_order_relaxed) + 1) {}
  int number;
};

using handle = std::shared_ptr<const connection>;
using pool = holdfast::locked_map<std::uint64_t, handle>;

// `meanwhile` happens between the check and the act; a real scheduler picks the moment by chance.
handle find_or_open(pool& connections, std::uint64_t host, std::atomic<int>& opened,
                    const std::function<void()>& meanwhile = {}) {
  if (const auto found = connections.load(host)) return *found;
  if (meanwhile) meanwhile();
  const auto mine = std::make_shared<const connection>(opened);
  connections.store(host, mine);
  return mine;
}

int naive(situation& here) {
  pool connections;
  const std::uint64_t host = here.random();
  std::atomic<int> opened{0};
  handle theirs;
  const handle mine = find_or_open(connections, host, opened, [&] {
    std::thread other([&] { theirs = find_or_open(connections, host, opened); });
    other.join();
  });
  here.say("two threads asked for the connection to one host; %d were opened", opened.load());
  here.say("one has number %d, the other %d; the map has %d", theirs->number, mine->number,
           (*connections.load(host))->number);
  const bool right = opened.load() == 1 && theirs == mine;
  return here.verdict(right, right ? "both got the same" : "both made one, and one of them is in no map");
}

constexpr std::string_view naive_code = R"(  if (const auto found = connections.load(host)) return *found;
  if (meanwhile) meanwhile();
  const auto mine = std::make_shared<const connection>(opened);
  connections.store(host, mine);
)";

constexpr std::uint64_t hosts = 200;
constexpr std::size_t threads = 4;

// Has each thread ask for every host at the same time; whether all were given the same connections.
template <class Ask>
bool all_are_given_the_same(std::uint64_t first, Ask ask) {
  std::vector<std::vector<handle>> given(threads);
  door start;
  std::vector<std::thread> askers;
  for (auto& mine : given) {
    askers.emplace_back([&] {
      start.wait();
      for (std::uint64_t host = 0; host < hosts; ++host) mine.push_back(ask(first + host));
    });
  }
  start.open();
  for (std::thread& asker : askers) asker.join();
  bool same = true;
  for (const auto& mine : given) same = same && mine == given.front();
  return same;
}

int load_or_make(situation& here) {
  holdfast::sync_map<std::uint64_t, handle> connections;
  std::atomic<int> opened{0};
  const bool same = all_are_given_the_same(here.random(1U << 30), [&](std::uint64_t host) {
    return connections.load_or_make(host, [&] { return std::make_shared<const connection>(opened); }).value;
  });
  here.say("%d threads asked for %d hosts each; %d connections were opened", static_cast<int>(threads),
           static_cast<int>(hosts), opened.load());
  const bool right = same && opened.load() == static_cast<int>(hosts);
  return here.verdict(right, right ? "one maker for a key, the others wait for it" : "a key had two makers");
}

constexpr std::string_view load_or_make_code = R"(  holdfast::sync_map<std::uint64_t, handle> connections;
    return connections.load_or_make(host, [&] { return std::make_shared<const connection>(opened); }).value;
)";

int load_or_store(situation& here) {
  holdfast::sharded_map<std::uint64_t, handle> connections;
  std::atomic<int> opened{0};
  const bool same = all_are_given_the_same(here.random(1U << 30), [&](std::uint64_t host) {
    if (const auto found = connections.load(host)) return *found;
    return connections.load_or_store(host, std::make_shared<const connection>(opened)).value;
  });
  here.say("%d connections were opened for %d hosts; what lost was closed again", opened.load(), static_cast<int>(hosts));
  const bool right = same && connections.size() == hosts;
  return here.verdict(right, right ? "whoever stores first wins, and all get what won" : "threads have different connections");
}

constexpr std::string_view load_or_store_code = R"(    if (const auto found = connections.load(host)) return *found;
    return connections.load_or_store(host, std::make_shared<const connection>(opened)).value;
)";

int alter(situation& here) {
  constexpr int rounds = 5000;
  holdfast::sync_map<std::uint64_t, int> hits;
  const std::uint64_t page = here.random();
  const auto count = [&] {
    for (int round = 0; round < rounds; ++round) {
      hits.alter(page, [](const int* old) { return std::optional(old != nullptr ? *old + 1 : 1); });
    }
  };
  std::thread other(count);
  count();
  other.join();
  const int seen = *hits.load(page);
  here.say("%d hits after two threads counted %d each", seen, rounds);
  const bool right = seen == 2 * rounds;
  return here.verdict(right, right ? "look and change are one step" : "hits were lost");
}

constexpr std::string_view alter_code =
    R"(      hits.alter(page, [](const int* old) { return std::optional(old != nullptr ? *old + 1 : 1); });
)";

}  // namespace check_then_act_programs

hazard check_then_act() {
  using namespace check_then_act_programs;
  return {
      .id = "check-then-act",
      .story = "Two threads see that a key is absent, and both enter it",
      .explanation =
          "Every member of a map for many threads is atomic, and two of them in a row are not. Between the look that finds "
          "nothing and the store, another thread looks, finds nothing as well, and stores. Both have made the object; the later "
          "store replaces the earlier, and whoever got the earlier one works with an object that is in no map. With connections "
          "that is a leak, with a lock object it is two threads in one critical section, with a count a lost update.\n"
          "No detector sees it, since no memory is raced for. Here `contains` does not exist on maps for many threads: a "
          "call to it does not compile, and the message names what to call instead.",
      .from = {"A1", "4.1", "K1.16, K0.12"},
      .in_go = {truth::yes, "Load and Store of a sync.Map in a row; LoadOrStore is there for it"},
      .in_cpp = {truth::yes, "the same of any map whose members lock one by one"},
      .naive = {"naive", "load(), and store() if it was not there, with another thread in between", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"load-or-make", "one call that looks and makes: one maker for each key", load_or_make, {}, load_or_make_code},
                {"load-or-store", "makes beforehand, and takes what is there if somebody was faster", load_or_store, {},
                 load_or_store_code},
                {"alter", "gives the map the change instead of the result", alter, {}, alter_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
