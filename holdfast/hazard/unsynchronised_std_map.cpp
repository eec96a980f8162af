// Two threads enter the same key into a std::unordered_map without a lock.
#include <holdfast/hazard/catalogue.hpp>

#include <functional>
#include <thread>
#include <unordered_map>
#include <vector>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace unsynchronised_std_map_programs {

struct session {
  int number = 0;
};

// A pointer that is made inside the map, after the map has looked and before it links the entry; something
// happens meanwhile. A real scheduler picks the moment by chance.
struct entered {
  entered(session* who, const std::function<void()>& meanwhile) : pointer(who) {
    if (meanwhile) meanwhile();
  }
  session* pointer;
};

int naive(situation& here) {
  std::unordered_map<std::uint64_t, entered> sessions;
  const std::uint64_t ann = here.random();
  session first{1};
  session second{2};
  sessions.try_emplace(ann, &first, [&] {
    std::thread other([&] { sessions.try_emplace(ann, &second, nullptr); });
    other.join();
  });
  const std::size_t entries = sessions.size();
  here.say("ann has %zu entries in a map whose keys are unique", entries);
  sessions.erase(ann);
  const auto still = sessions.find(ann);
  if (still != sessions.end()) here.say("erased, and looked up again: session %d is still found", still->second.pointer->number);
  const bool right = entries == 1 && still == sessions.end();
  return here.verdict(right, right ? "one key, one entry" : "a pointer that was erased is followed");
}

constexpr std::string_view naive_code = R"(  sessions.try_emplace(ann, &first, [&] {
    std::thread other([&] { sessions.try_emplace(ann, &second, nullptr); });
    other.join();
  });
  sessions.erase(ann);
  const auto still = sessions.find(ann);
)";

// Threads that enter the same keys at once, each its own session, look all up and follow what they find; then the
// entries are erased.
template <class Map>
int contest(situation& here) {
  constexpr std::size_t threads = 4;
  constexpr std::uint64_t keys = 1000;
  Map sessions;
  const std::uint64_t first = here.random(1U << 30);
  std::vector<session> owned(threads);
  std::vector<std::uint64_t> won(threads);
  std::vector<std::uint64_t> lost_sight(threads);
  door start;
  std::vector<std::thread> all;
  for (std::size_t t = 0; t < threads; ++t) {
    owned[t].number = static_cast<int>(t) + 1;
    all.emplace_back([&, t] {
      start.wait();
      for (std::uint64_t key = first; key < first + keys; ++key) {
        won[t] += sessions.load_or_store(key, &owned[t]).loaded ? 0 : 1;
        const auto found = sessions.load(key);
        lost_sight[t] += found && (*found)->number > 0 ? 0 : 1;
      }
    });
  }
  start.open();
  for (std::thread& one : all) one.join();
  std::uint64_t winners = 0;
  std::uint64_t unseen = 0;
  for (std::size_t t = 0; t < threads; ++t) winners += won[t], unseen += lost_sight[t];
  here.say("%zu entries for %d keys that %d threads entered; %d times somebody was the first", sessions.size(),
           static_cast<int>(keys), static_cast<int>(threads), static_cast<int>(winners));
  bool right = sessions.size() == keys && winners == keys && unseen == 0 && !sessions.audit();
  for (std::uint64_t key = first; key < first + keys; ++key) right = right && sessions.erase(key) && !sessions.load(key);
  return here.verdict(right, right ? "one key, one entry, and erased is erased" : "the map is torn");
}

constexpr std::string_view contest_code = R"(        won[t] += sessions.load_or_store(key, &owned[t]).loaded ? 0 : 1;
        const auto found = sessions.load(key);
)";

}  // namespace unsynchronised_std_map_programs

hazard unsynchronised_std_map() {
  using namespace unsynchronised_std_map_programs;
  using locked = holdfast::locked_map<std::uint64_t, session*>;
  using sharded = holdfast::sharded_map<std::uint64_t, session*>;
  using lock_free_reads = holdfast::sync_map<std::uint64_t, session*>;
  return {
      .id = "unsynchronised-std-map",
      .story = "Two threads enter one key, and a map of unique keys holds it twice",
      .explanation =
          "std::unordered_map looks the key up, makes a node and links it. When a second thread does the same between the first "
          "one's look and its link, both have seen that the key is absent, and both nodes are linked. The count says two, an "
          "erase removes one, and the next look-up finds the other: a pointer that everybody believes erased is followed. With "
          "a growth in between, the node lands in a bucket of the old size and is never found at all.\n"
          "Nothing detects it. That the values are pointers, and storing a pointer is one instruction, changes nothing: it is the "
          "map that is torn. Here the second thread comes between the two steps for certain, from the constructor of the value, "
          "so that the run has no data race and still the damage of one. The three cures are the three ways to share a map.",
      .from = {"A1", "1", "K1.1, K1.3, K0.12"},
      .in_go = {truth::yes, "detected where it is seen, and fatal; concurrent-writes shows that"},
      .in_cpp = {truth::yes, "undefined, undetected, and the map is broken from then on"},
      .naive = {"naive", "a second thread enters the key while the first one's value is made", naive,
                {.ending = ending::wrong_answer}, naive_code},
      .cures = {{"locked-map", "one reader-writer lock around one map", contest<locked>, {}, contest_code},
                {"sharded-map", "32 maps with a lock each", contest<sharded>, {}, contest_code},
                {"sync-map", "readers take no lock, writers lock one bucket", contest<lock_free_reads>, {}, contest_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
