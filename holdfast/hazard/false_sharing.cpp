// Counters that two threads do not share, in a cache line that they do.
#include <holdfast/hazard/catalogue.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

#include <sched.h>

#include <holdfast/concurrent/lock_shard.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/situation.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {
namespace false_sharing_programs {

constexpr std::uintptr_t line_bytes = 64;

bool on_one_line(const void* a, const void* b) {
  return reinterpret_cast<std::uintptr_t>(a) / line_bytes == reinterpret_cast<std::uintptr_t>(b) / line_bytes;
}

using counter = std::atomic<std::uint64_t>;

// The median time of several rounds in which `mine` is counted up.
std::chrono::steady_clock::duration time_of_counting(counter& mine) {
  std::array<std::chrono::steady_clock::duration, 9> rounds{};
  for (auto& round : rounds) {
    const auto begin = std::chrono::steady_clock::now();
    // relaxed: pairs with nothing; each counter has one writer, and nobody acts on what it says.
    for (int i = 0; i < 200'000; ++i) mine.fetch_add(1, std::memory_order_relaxed);
    round = std::chrono::steady_clock::now() - begin;
  }
  std::ranges::nth_element(rounds, rounds.begin() + rounds.size() / 2);
  return rounds[rounds.size() / 2];
}

double milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

int processors() {
  cpu_set_t mine;
  return sched_getaffinity(0, sizeof mine, &mine) == 0 ? CPU_COUNT(&mine) : 1;
}

// How long counting takes with another thread at `theirs`, as a multiple of counting alone. Said, never judged:
// a time depends on whatever else the machine does.
void tell_times(situation& here, counter& mine, counter& theirs) {
  if (processors() < 2) return here.say("one processor: two threads never run at once, and nothing is measured");
  const auto alone = time_of_counting(mine);
  door start;
  // relaxed: pairs with nothing; it only ends the loop.
  std::atomic<bool> done{false};
  std::thread other([&] {
    start.open();
    while (!done.load(std::memory_order_relaxed)) theirs.fetch_add(1, std::memory_order_relaxed);
  });
  start.wait();
  const auto together = time_of_counting(mine);
  done.store(true, std::memory_order_relaxed);
  other.join();
  here.say("200,000 additions: %.2f ms alone, %.2f ms beside the other thread, %.1f times as long", milliseconds(alone),
           milliseconds(together), milliseconds(together) / milliseconds(alone));
}

int naive(situation& here) {
  struct alignas(line_bytes) hit_counts {
    counter of_first_thread{0};
    counter of_second_thread{0};
  };
  hit_counts hits;
  tell_times(here, hits.of_first_thread, hits.of_second_thread);
  const bool apart = !on_one_line(&hits.of_first_thread, &hits.of_second_thread);
  return here.verdict(apart, apart ? "a line for each" : "two counters of two threads are on one cache line");
}

constexpr std::string_view naive_code = R"(    counter of_first_thread{0};
    counter of_second_thread{0};
)";

int lines_apart(situation& here) {
  struct hit_counts {
    alignas(concurrent::apart) counter of_first_thread{0};
    alignas(concurrent::apart) counter of_second_thread{0};
  };
  hit_counts hits;
  tell_times(here, hits.of_first_thread, hits.of_second_thread);
  const bool apart = !on_one_line(&hits.of_first_thread, &hits.of_second_thread);
  return here.verdict(apart, apart ? "each counter has lines of its own" : "the counters share a line");
}

constexpr std::string_view lines_apart_code = R"(    alignas(concurrent::apart) counter of_first_thread{0};
    alignas(concurrent::apart) counter of_second_thread{0};
)";

int shards_apart(situation& here) {
  using shard = concurrent::lock_shard<holdfast::map<std::uint64_t, std::uint64_t>>;
  shard two[2];
  const char* const end_of_first = reinterpret_cast<const char*>(&two[0]) + sizeof(shard) - 1;
  const bool apart = !on_one_line(end_of_first, &two[1]) && alignof(shard) >= 2 * line_bytes;
  here.say("a shard of sharded_map takes %zu bytes, aligned to %zu", sizeof(shard), alignof(shard));
  return here.verdict(apart, apart ? "locks of neighbouring shards are on lines of their own" : "shards share a line");
}

constexpr std::string_view shards_apart_code =
    R"(  using shard = concurrent::lock_shard<holdfast::map<std::uint64_t, std::uint64_t>>;
  const bool apart = !on_one_line(end_of_first, &two[1]) && alignof(shard) >= 2 * line_bytes;
)";

}  // namespace false_sharing_programs

hazard false_sharing() {
  using namespace false_sharing_programs;
  return {
      .id = "false-sharing",
      .story = "Two threads write to different counters, and hand one cache line to and fro",
      .explanation =
          "Processors share memory by the line, mostly 64 bytes. Two counters side by side are one line, and each write of one "
          "thread takes it away from the other, as if they wrote to the same variable. Nothing is wrong but the time: locks of "
          "neighbouring shards, counts of hits and heads of queues become slower with every thread that is added.\n"
          "The lab judges where the counters lie, which is certain, and tells the times, which are not: they are the machine's, "
          "and one with a single processor shows none, one with two hardware threads of one core little. Lines come in pairs "
          "where the processor fetches two at once, so what belongs to different threads is kept 128 bytes apart.",
      .from = {"A1", "4.2", "K1.19, K1.20"},
      .in_go = {truth::yes, "of any array of locks or counters that is not padded"},
      .in_cpp = {truth::yes, "the same; alignas says where a member begins"},
      .naive = {"naive", "two counters in a row, each with a thread of its own", naive, {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"lines-apart", "each counter begins on lines of its own", lines_apart, {}, lines_apart_code},
                {"shards-apart", "the shards of a sharded_map lie so", shards_apart, {}, shards_apart_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
