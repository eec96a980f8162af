// The mutation suite of base/reclaim: every case is a promise of the room; the first that is broken is printed
// and the program ends with 1. scripts/run_mutations.py compiles it once for each planted bug.
//
// What depends on the order of steps is played on fibers under fixed seeds, so a bug that is caught once is
// caught always. Orders of loads are not seen here; suite_reclaim_orders.cpp sees them.
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/base/reclaim/signal_section.hpp>

#include "tests/model/reclaim_scenes.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast::tests;
using namespace holdfast::reclaim;

// ---- on fibers ------------------------------------------------------------------------------------------

int destroyed_in_all;

struct watched : retirable {
  void use() const {
    fibers::current()->step();
    require(!destroyed, "an object was destroyed in somebody's hands");
  }
  static void destroy(retirable* one) noexcept {
    static_cast<watched*>(one)->destroyed = true;
    ++destroyed_in_all;
  }
  bool destroyed = false;
};

struct without_heavy : fiber_machine {
  static bool heavy_fence() { return true; }
};
struct denied_heavy : fiber_machine {
  static bool heavy_fence() { return false; }
};

template <class Machine>
using stage_on = reclaim_stage<Machine, watched>;

template <class Machine, class Act>
void play(const char* promise, int seeds, std::uint64_t expected_steps, Act act) {
  checking(promise);
  destroyed_in_all = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    suite::round = static_cast<std::uint64_t>(seed);
    fibers all(suite::round);
    stage_on<Machine> stage;
    act(all, stage);
    require(all.run(expected_steps, 4), "the play does not end");
  }
}

void readers_keep_what_they_found() {
  play<fiber_machine>("hf.reclaim.pin-holds", 4000, 180, [](fibers& all, auto& stage) { readers_and_a_writer(all, stage); });
  require(destroyed_in_all > 500, "hardly anything is ever destroyed");
  play<fiber_machine>("hf.reclaim.scan-after-grace", 4000, 180,
                      [](fibers& all, auto& stage) { readers_and_a_writer(all, stage, 1); });
  play<fiber_machine>("hf.reclaim.hold-and-look", 4000, 130,
                      [](fibers& all, auto& stage) { readers_that_look_and_a_writer(all, stage); });
  play<fiber_machine>("hf.reclaim.sections-nest", 500, 60, [](fibers& all, auto& stage) { a_nested_reader(all, stage); });
  play<without_heavy>("hf.reclaim.fenced-fallback", 4000, 40,
                      [](fibers& all, auto& stage) { readers_that_fence(all, stage); });
}

void copies_are_noticed() {
  play<fiber_machine>("hf.reclaim.scan-whole", 5000, 130,
                      [](fibers& all, auto& stage) { copies_of_a_pin(all, stage, true); });
}

void tickets_cover() {
  play<fiber_machine>("hf.reclaim.grace-covers", 2000, 110,
                      [](fibers& all, auto& stage) { writers_that_share_periods(all, stage); });
  play<denied_heavy>("hf.reclaim.fence-lost", 20, 60,
                     [](fibers& all, auto& stage) { all.add([&stage] { stage.replace(1, 4); }); });
  require(destroyed_in_all == 0, "something was destroyed without a fence");
}

void nobody_is_turned_away_for_ever() {
  int turned_away = 0;
  play<fiber_machine>("hf.reclaim.garbage-bounded", 300, 400, [&](fibers& all, auto& stage) {
    one_who_is_turned_away(all, stage, [&](unsigned refusals, haste hurry) {
      turned_away += refusals != 0;
      require(refusals <= stage.collector.most_refusals, "one may be turned away for ever");
      require(hurry != haste::pressed || refusals == 0, "one who is pressed is turned away");
    });
  });
  require(turned_away > 100, "being turned away is not counted");
}

// ---- step by step, by one thread ------------------------------------------------------------------------

void tickets_are_not_short() {
  checking("hf.reclaim.grace-covers");
  stage_on<fiber_machine> stage;
  auto &early = stage.claim(1), &late = stage.claim(2);
  const std::uint64_t first = early.enter();
  const std::uint64_t began = stage.periods.ticket();
  stage.periods.advance(began, haste::now);
  const std::uint64_t second = late.enter();
  const std::uint64_t ticket = stage.periods.ticket();  // while a period is under way that has not seen `late`
  early.leave(first);
  stage.periods.advance(ticket, haste::now);
  require(stage.periods.passed(began), "a period does not end when its reader has left");
  require(!stage.periods.passed(ticket), "a reader that came after the fence was not waited for");
  late.leave(second);
  stage.periods.advance(ticket, haste::now);
  require(stage.periods.passed(ticket), "a period does not end");
}

void inner_sections_end_nothing() {
  checking("hf.reclaim.sections-nest");
  stage_on<fiber_machine> stage;
  auto& mine = stage.claim(1);
  const std::uint64_t outer = mine.enter();
  const std::uint64_t noted = mine.sequence();
  mine.leave(mine.enter());
  require(mine.sequence() == noted, "an inner section changed the number");
  mine.leave(outer);
  require(!mine.is_reading() && mine.sequence() > noted, "a section does not end");
}

// A machine whose clock stands still but for its fences, which take as long as they are told to.
struct clocked : fiber_machine {
  static inline int fences = 0;
  static inline std::uint64_t time = 0;
  static inline std::uint64_t fence_takes = 0;
  static bool heavy_fence() {
    ++fences;
    time += fence_takes;
    return true;
  }
  static std::uint64_t now() { return time; }
};

bool passes_after(basic_grace<clocked>& periods, std::uint64_t wait) {
  const std::uint64_t ticket = periods.ticket();
  clocked::time += wait;
  periods.advance(ticket, haste::none);
  return periods.passed(ticket);
}

void fences_are_spaced() {
  checking("hf.reclaim.one-fence");
  clocked::time = 1'000'000'000;
  {
    stage_on<clocked> stage;
    auto& periods = stage.periods;
    clocked::fence_takes = 1;
    require(passes_after(periods, 0), "the first fence is put off");
    require(!passes_after(periods, periods.least_spacing - 1), "fences are not spaced");
    clocked::fence_takes = 30'000;
    require(passes_after(periods, 1), "fences are put off for too long");
    require(!passes_after(periods, 299'999), "fences take more than a tenth of the time");
    clocked::fence_takes = 5'000'000'000;
    require(passes_after(periods, 1), "a fence is put off for too long");
    checking("hf.reclaim.garbage-bounded");
    require(!passes_after(periods, periods.most_spacing - 1) && passes_after(periods, 1),
            "a fence of a thread that was held up puts off the next one");
    periods.advance(periods.ticket(), haste::pressed);
    require(periods.passed(periods.ticket() - 2), "one who is pressed waits for the spacing");
  }
  // What is ripe goes before a fence.
  stage_on<clocked> stage;
  unsigned refusals = 0;
  clocked::fence_takes = 0;
  for (std::size_t i = 1; i <= 2; ++i) stage.replace(i, 0);
  const std::uint64_t inside = stage.claim(1).enter();
  stage.collect(refusals, haste::now, 1);
  stage.owned[0]->leave(inside);
  stage.collect(refusals, haste::now, 1);  // both are ripe, one is taken
  stage.replace(3, 0);
  const int before = clocked::fences;
  destroyed_in_all = 0;
  stage.collect(refusals, haste::now, 1);
  require(destroyed_in_all == 1 && clocked::fences == before, "a fence comes before what is ripe");
}

// ---- as programs use it ---------------------------------------------------------------------------------

std::atomic<int> alive{0};

struct counted : retirable {
  counted() { ++alive; }
  ~counted() { --alive; }
  static void destroy(retirable* one) noexcept { delete static_cast<counted*>(one); }
};

pin<counted> pinned(counted& one) {
  section inside(default_domain());
  return inside.hand_off(&one, &one);
}

void retire(domain& where, counted& one) { where.retire(one, 100, counted::destroy); }

void many_pins_hold() {
  checking("hf.reclaim.slot-one-owner");
  domain own;
  std::vector<counted*> objects;
  std::vector<pin<counted>> held;
  for (int i = 0; i < 300; ++i) objects.push_back(new counted);
  // Neither in the order of addresses nor against it.
  for (std::size_t i = 0; i < 300; ++i) std::swap(objects[i], objects[i * 7919 % 300]);
  for (counted* each : objects) {
    held.push_back(pinned(*each));
    require(held.back().get() == each, "a pin shows another object");
  }
  require(domain::census().size() == 300, "the census misses pins");
  {
    signal_section inside(own);
    require(static_cast<bool>(inside.hand_off(objects[0], objects[0])), "no slot is left for a signal handler");
  }
  for (counted* each : objects) retire(own, *each);
  require(own.drain() == 300 && alive == 300, "a pinned object was destroyed");
  for (int i = 0; i < 300; i += 2) held[static_cast<std::size_t>(i)].reset();
  require(own.drain() == 150 && alive == 150, "what was let go was not destroyed, or more was");
  const pin<counted> copy = held[1].dup();
  held.clear();
  require(own.drain() == 1 && alive == 1, "a copied pin does not hold");
}

void threads_leave_their_pins() {
  checking("hf.reclaim.thread-exit");
  default_domain().drain();
  auto* one = new counted;
  pin<counted> held;
  std::thread([&] { held = pinned(*one); }).join();
  const auto who = domain::census();
  require(who.size() == 1 && who[0].node == one && who[0].thread_is_gone, "the census does not know who is gone");
  std::thread([&] {
    section inside(default_domain());
    require(domain::census().size() == 1 && domain::census()[0].thread_is_gone, "an orphan got a new owner");
  }).join();
  held.reset();
  const std::size_t records = default_domain().stats().records;
  // Two at a time: the one that is vacant and the one that was orphaned.
  std::thread([] {
    section inside(default_domain());
    std::thread([] { section too(default_domain()); }).join();
  }).join();
  require(default_domain().stats().records == records, "records are not used again");
  delete one;
}

void what_a_domain_leaves_waits_for_readers() {
  checking("hf.reclaim.grace-covers");
  {
    section inside(default_domain());
    {
      domain ending;
      retire(ending, *new counted);
    }
    std::thread([] { default_domain().poll(); }).join();
    require(alive == 1, "what a domain left behind was destroyed under a reader");
  }
  default_domain().drain();
  require(alive == 0, "what a domain left behind stays");
}

void drains_wait_for_readers() {
  checking("hf.reclaim.drain-complete");
  domain own;
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    stage = 1;
    usleep(50'000);
    require(alive == 1, "drained under a reader");
  });
  while (stage != 1) usleep(100);
  retire(own, *new counted);
  own.drain();
  require(alive == 0, "drain left something");
  reader.join();
  retire(own, *new counted);
  require(own.stats().waiting_bytes == 100 && own.stats().waiting_objects == 1, "miscounted");
  own.drain();
  require(own.stats().waiting_bytes == 0, "miscounted after destruction");
}

// A reader keeps a pile from destruction; when it has gone, writers take it down in parts, and go round what is pinned.
void piles_go_away() {
  checking("hf.reclaim.garbage-bounded");
  limits chosen;
  chosen.soft_bytes = 1;
  domain own(chosen);
  std::vector<pin<counted>> held;
  for (int i = 0; i < 6000; ++i) {
    auto* const one = new counted;
    held.push_back(pinned(*one));
    retire(own, *one);
  }
  for (int i = 0; i < 20'000; ++i) retire(own, *new counted);
  require(alive >= 6000, "a pinned object was destroyed");
  require(alive <= 6000 + 4096, "pins stand in front of what can be destroyed");
  held.clear();
  own.drain();
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(own);
    stage = 1;
    while (stage != 2) usleep(100);
  });
  while (stage != 1) usleep(100);
  for (int i = 0; i < 50'000; ++i) retire(own, *new counted);
  require(alive == 50'000, "something was destroyed under a reader");
  stage = 2;
  reader.join();
  for (int i = 0; i < 20'000; ++i) {
    const int before = alive;
    retire(own, *new counted);
    require(before + 1 - alive <= 4096, "one thread destroys it all, while others retire more");
  }
  require(alive <= 4096, "less is destroyed than retired");
  require(own.drain() == 0 && alive == 0 && own.stats().waiting_objects == 0, "a list has lost objects");
  // Above the soft limit no fence waits for the last one.
  chosen.batch_objects = 1;
  own.set_limits(chosen);
  for (int i = 0; i < 1000; ++i) {
    retire(own, *new counted);
    require(alive <= 3, "fences are spaced above the soft limit");
  }
  own.drain();
}

// What `act` returns in a child; a child that hangs breaks the promise too.
template <class Act>
int in_child(Act act) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGALRM, SIG_DFL);
    std::signal(SIGABRT, SIG_DFL);
    alarm(5);
    close(2);
    _exit(act());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void children_go_on() {
  checking("hf.reclaim.fork");
  std::atomic<int> stage{0};
  std::thread reader([&] {
    section inside(default_domain());
    stage = 1;
    while (stage != 2) usleep(100);
  });
  while (stage != 1) usleep(100);
  const int status = in_child([] {
    retire(default_domain(), *new counted);
    default_domain().drain();
    return alive == 0 ? 0 : 1;
  });
  stage = 2;
  reader.join();
  require(status == 0, "a child waits for a reader that it does not have");
  // A child counts again what is on the lists.
  static domain own;
  for (int i = 0; i < 10; ++i) retire(own, *new counted);
  while (alive != 0) own.poll();
  require(in_child([] { return static_cast<int>(own.stats().waiting_bytes + own.stats().waiting_objects); }) == 0,
          "a list that is empty counts something");
}

void misuse_is_fatal() {
  checking("hf.reclaim.misuse-reported");
  setenv("HOLDFAST_TRACEBACK", "none", 1);
  static counted one;
  const int twice = in_child([] {
    default_domain().defer(one, 1, counted::destroy);
    default_domain().defer(one, 1, counted::destroy);
    return 0;
  });
  require(twice == 2, "retiring twice goes unnoticed");
  const int waiting = in_child([] {
    section inside(default_domain());
    default_domain().synchronize();
    return 0;
  });
  require(waiting == 2, "waiting for oneself goes unnoticed");
  --alive;
}

void sizes_are_kept() {
  checking("hf.reclaim.limits-kept");
  const auto is_kept = [](std::size_t bytes) {
    retirable one;
    one.note([](retirable*) noexcept {}, bytes);
    require(one.bytes() >= bytes && one.bytes() - bytes <= bytes / 1000, "a size is not kept");
  };
  for (std::size_t bytes = 0; bytes < (std::size_t{1} << 40); bytes += bytes / 5 + 1) is_kept(bytes);
  // Rounding these up makes one digit more.
  for (unsigned bits = 1; bits < 40; ++bits) is_kept((std::size_t{1} << bits) - 1);
}

}  // namespace

int main() {
  broken_by_signals(100);
  sizes_are_kept();
  many_pins_hold();
  threads_leave_their_pins();
  drains_wait_for_readers();
  what_a_domain_leaves_waits_for_readers();
  piles_go_away();
  fences_are_spaced();
  children_go_on();
  misuse_is_fatal();
  tickets_are_not_short();
  inner_sections_end_nothing();
  tickets_cover();
  nobody_is_turned_away_for_ever();
  readers_keep_what_they_found();
  copies_are_noticed();
  std::puts("every promise is kept");
}
