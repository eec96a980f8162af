// A callback that uses the map it is called by, while that map holds its lock.
#include <holdfast/hazard/catalogue.hpp>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/hazard/door.hpp>
#include <holdfast/hazard/side_thread.hpp>
#include <holdfast/hazard/situation.hpp>

namespace holdfast::inline v0::hazard {
namespace callback_reentry_programs {

constexpr std::uint64_t entries = 64;

class guarded_sessions {
 public:
  void store(std::uint64_t user, bool idle) {
    const std::lock_guard hold(lock_);
    idle_[user] = idle;
  }
  void erase(std::uint64_t user) {
    const std::lock_guard hold(lock_);
    idle_.erase(user);
  }
  template <class F>
  void for_each(F f) {
    const std::lock_guard hold(lock_);
    for (const auto& [user, idle] : idle_) f(user, idle);
  }

 private:
  holdfast::mutex lock_;
  std::unordered_map<std::uint64_t, bool> idle_;
};

int naive(situation& here) {
  struct scene {
    guarded_sessions sessions;
    door inside;
  };
  const auto on = std::make_shared<scene>();
  on->sessions.store(here.random(), true);
  const side_thread walk([on] {
    on->sessions.for_each([&](std::uint64_t user, bool idle) {
      on->inside.open();
      if (idle) on->sessions.erase(user);
    });
  });
  if (!on->inside.wait(surely_ends_within)) return out_of_plan_code;
  here.say("for_each holds the lock and calls back; the callback asks for the lock");
  const bool ended = walk.ends_within(stuck_after);
  here.say("after %d ms the walk %s", static_cast<int>(stuck_after.count()), ended ? "is through" : "still waits");
  return here.verdict(ended, ended ? "it is through" : "the thread waits for a lock that it holds itself");
}

constexpr std::string_view naive_code = R"(    on->sessions.for_each([&](std::uint64_t user, bool idle) {
      on->inside.open();
      if (idle) on->sessions.erase(user);
    });
)";

// Every second session is idle.
template <class Map>
void fill(Map& sessions, std::uint64_t first) {
  for (std::uint64_t i = 0; i < entries; ++i) sessions.store(first + i, i % 2 == 0);
}

int reported(situation& here) {
  holdfast::locked_map<std::uint64_t, bool> sessions;
  fill(sessions, here.random(1U << 30));
  here.say("the callback of for_each calls erase of the same map");
  sessions.for_each([&](std::uint64_t user, bool idle) {
    if (idle) sessions.erase(user);
  });
  return here.verdict(false, "re-entry went unseen");
}

constexpr std::string_view reported_code = R"(  holdfast::locked_map<std::uint64_t, bool> sessions;
  sessions.for_each([&](std::uint64_t user, bool idle) {
    if (idle) sessions.erase(user);
  });
)";

int note_then_act(situation& here) {
  holdfast::locked_map<std::uint64_t, bool> sessions;
  fill(sessions, here.random(1U << 30));
  std::vector<std::uint64_t> idle_ones;
  sessions.for_each([&](std::uint64_t user, bool idle) {
    if (idle) idle_ones.push_back(user);
  });
  for (const std::uint64_t user : idle_ones) sessions.compare_erase(user, true);
  const bool right = idle_ones.size() == entries / 2 && sessions.size() == entries / 2;
  here.say("%zu idle sessions noted and erased, %zu left", idle_ones.size(), sessions.size());
  return here.verdict(right, right ? "noted inside, done outside, and only to what is still idle" : "wrong ones were erased");
}

constexpr std::string_view note_then_act_code = R"(  sessions.for_each([&](std::uint64_t user, bool idle) {
    if (idle) idle_ones.push_back(user);
  });
  for (const std::uint64_t user : idle_ones) sessions.compare_erase(user, true);
)";

int no_lock_held(situation& here) {
  const auto sessions = std::make_shared<holdfast::sync_map<std::uint64_t, bool>>();
  fill(*sessions, here.random(1U << 30));
  const side_thread walk([sessions] {
    sessions->for_each([&](std::uint64_t user, bool idle) {
      if (idle) sessions->erase(user);
    });
  });
  const bool ended = walk.ends_within(surely_ends_within);
  here.say("the walk %s; %zu sessions are left", ended ? "is through" : "still waits", sessions->size());
  const bool right = ended && sessions->size() == entries / 2 && !sessions->audit();
  return here.verdict(right, right ? "callbacks run with nothing locked" : "the walk waits, or erased wrong ones");
}

constexpr std::string_view no_lock_held_code = R"(    sessions->for_each([&](std::uint64_t user, bool idle) {
      if (idle) sessions->erase(user);
    });
)";

}  // namespace callback_reentry_programs

hazard callback_reentry() {
  using namespace callback_reentry_programs;
  return {
      .id = "callback-reentry",
      .story = "A callback uses the map that calls it, and waits for its own lock",
      .explanation =
          "A map that calls back under its lock must not be used by the callback: the lock is held by the very thread that asks "
          "for it. Erasing while walking is what one meets first; a destructor of a value, a hash or an observer that looks "
          "something up are the same fault at a longer distance. One thread is enough, and it happens at the first try, unless "
          "the callback asks for it only sometimes.\n"
          "The lab bounds the wait and looks after 400 ms. `locked_map` and `sharded_map` note that this thread is in one of "
          "their callbacks and report the call instead of waiting.",
      .from = {"A4", "4.1", "K4.12, K0.12"},
      .in_go = {truth::yes, "of a map behind a sync.Mutex; Range of sync.Map holds no lock"},
      .in_cpp = {truth::yes, "undefined for std::mutex, a wait for ever in practice"},
      .naive = {"naive", "erases inside the callback of a walk that holds the lock", naive, {.ending = ending::wrong_answer},
                naive_code},
      .cures = {{"report", "locked_map notices, and names both calls", reported,
                 {.ending = ending::report,
                  .first_line = "fatal error: map used inside its own callback",
                  .also_says = {"erase()", "for_each()", "cure: "}},
                 reported_code},
                {"note-then-act", "notes what is to be done and does it when the walk is over", note_then_act, {},
                 note_then_act_code},
                {"no-lock-held", "sync_map holds no lock while it calls back", no_lock_held, {}, no_lock_held_code}},
  };
}

}  // namespace holdfast::inline v0::hazard
