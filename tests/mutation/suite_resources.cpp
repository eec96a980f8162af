// The mutation suite of C resources: every case is a promise; the first that is broken is printed and the program
// ends with 1. scripts/run_mutations.py compiles it once for each planted bug.
//
// The state word is played on fibers under fixed seeds; what is left to chance by real threads is not asked here.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/lifetime/holdfast.h>
#include <holdfast/managed/resource_map.hpp>

#include "tests/model/fibers.hpp"
#include "tests/model/resource_plays.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using namespace holdfast;
using namespace holdfast::lifetime;
using namespace holdfast::tests;

// ---- on fibers: sharers, borrowers and releasers of one slot ----------------------------------------------------

using played_state = basic_resource_state<fiber_machine>;

struct slot_play {
  played_state state;
  int freed = 0;
  int using_it = 0;
  bool waits = false;  // the last release has seen a borrower: it would wait for readers

  void release() {
    const auto done = state.release(1);
    require(done.error == resource_error::none, "who has a share cannot release it");
    if (!done.last) return;
    require(++freed == 1, "a resource is freed twice");
    waits = done.borrowed;
    require(done.borrowed || using_it == 0, "a resource is freed in a borrower's hands");
  }
  void share_and_release() {
    if (state.share(1) != resource_error::none) return;
    require(freed == 0, "a share of what is freed");
    fibers::current()->step();
    require(freed == 0, "freed under a share");
    release();
  }
  void borrow() {
    if (!state.load().is_plainly_readable(1) && state.borrow(1) != resource_error::none) return;
    ++using_it;
    require(freed == 0 || waits, "borrowed what is freed at once");
    fibers::current()->step();
    require(freed == 0 || waits, "freed in a borrower's hands");
    --using_it;
  }
  void close_and_release() {
    state.mark(1, flag_closing);
    require(state.share(1) != resource_error::none, "a share of what is closing");
    release();
  }
};

template <class Cast>
void play(const char* promise, Cast cast) {
  checking(promise);
  for (std::uint64_t seed = 0; seed < 1500; ++seed) {
    suite::round = seed;
    fibers all(seed);
    slot_play stage;
    static_cast<void>(stage.state.open(0));
    cast(all, stage);
    require(all.run(40, static_cast<unsigned>(seed % 4)), "the play does not end");
    require(stage.freed == 1, "a resource is never freed");
  }
}

void plays() {
  play("hf.resources.free-once", [](fibers& all, slot_play& stage) {
    all.add([&] { stage.release(); });
    for (int i = 0; i < 2; ++i) all.add([&] { stage.share_and_release(); });
  });
  play("hf.resources.free-after-use", [](fibers& all, slot_play& stage) {
    all.add([&] { stage.share_and_release(); });
    all.add([&] { stage.release(); });
    for (int i = 0; i < 2; ++i) all.add([&] { stage.borrow(); });
  });
  play("hf.resources.close", [](fibers& all, slot_play& stage) {
    all.add([&] { stage.close_and_release(); });
    all.add([&] { stage.share_and_release(); });
    all.add([&] { stage.borrow(); });
  });
}

// ---- on fibers: the short way of a use, while the last share is released ------------------------------------------

struct watched : reclaim::retirable {
  void use() const {
    fibers::current()->step();
    require(!destroyed, "a resource is freed while it is used");
  }
  static void destroy(reclaim::retirable* one) noexcept { static_cast<watched*>(one)->destroyed = true; }
  bool destroyed = false;
};

void uses() {
  checking("hf.resources.free-after-use");
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    suite::round = seed;
    fibers all(seed);
    resource_stage<fiber_machine, watched> stage;
    auto& one = stage.claim(1);
    auto& other = stage.claim(2);
    for (auto* mine : {&one, &other})
      all.add([&stage, mine] {
        for (int turn = 0; turn < 3; ++turn) stage.use(*mine);
      });
    all.add([&] { stage.release_last(4); });
    require(all.run(200, 4), "the play does not end");
    checking("hf.resources.free-once");
    unsigned refusals = 0;
    for (int i = 0; i < 4; ++i) stage.collect(refusals);
    require(stage.resource().destroyed, "a resource that nobody uses is never freed");
    checking("hf.resources.free-after-use");
  }
}

// ---- the state word by itself -----------------------------------------------------------------------------------

void words() {
  checking("hf.resources.share-refuses-zero");
  resource_state state;
  require(state.open(0) == 1, "generations begin at 1");
  require(state.share(0) == resource_error::invalid && state.share(2) == resource_error::invalid, "made-up generations");
  require(state.release(1).last, "one share is the last");
  require(state.share(1) == resource_error::stale && state.share_again(1) == resource_error::stale, "a share from zero");
  require(!state.load().is_plainly_readable(1), "readable after the last release");
  require(state.open(0) == 2, "generations follow each other");
  require(state.release(1).error == resource_error::stale && state.load().count() == 1, "another's share");

  checking("hf.resources.close");
  require(state.borrow(2) == resource_error::none, "borrowing what is there");
  state.mark(2, flag_closing);
  require(!state.load().is_plainly_readable(2), "a reader gets what is closing");
  require(state.borrow(2) == resource_error::closing && state.share(2) == resource_error::closing, "closing lets in");
  require(state.share_again(2) == resource_error::none, "who has a share may pass it on");
  require(!state.mark(1, flag_gone) && !state.load().has(flag_gone), "a mark for another tenant");

  checking("hf.resources.misuse-reported");
  for (std::uint32_t count = state.load().count(); count < resource_word::most_shares; ++count)
    static_cast<void>(state.share_again(2));
  require(state.share_again(2) == resource_error::too_many && state.load().generation() == 2, "the count runs over");

  checking("hf.resources.generation-saturates");
  static resource_slots slots;
  resource_slot* const worn = slots.take();
  std::construct_at(&worn->state, resource_word::last_generation - 1);
  static_cast<void>(worn->state.open(0));
  static_cast<void>(worn->state.release(resource_word::last_generation));
  slots.give(*worn);
  require(slots.exhausted() == 1 && slots.take() != worn, "a worn slot is given out again");

  checking("hf.resources.slots-stay");
  std::vector<resource_slot*> taken;
  for (std::uint32_t index = 2; index < 70'000; ++index) taken.push_back(slots.take());
  for (std::uint32_t index = 2; index < 70'000; ++index)
    require(taken[index - 2]->index == index && slots.find(index) == taken[index - 2], "an index leads elsewhere");
  require(slots.find(0xffffffff) == nullptr, "an index that was never given out");
  slots.give(*taken[7]);
  slots.give(*taken[3]);
  require(slots.take() == taken[7] && slots.take() == taken[3], "free slots are used again in their order");
}

// ---- registries -------------------------------------------------------------------------------------------------

int freed;
std::string last_report;
int reports;

adoption counted() {
  adoption how;
  how.size = 32;
  how.name = "counted";
  how.free = [](void*, void*, std::size_t) { ++freed; };
  return how;
}

resource_options with_policy(when_freed what) {
  resource_options options;
  options.freed = what;
  return options;
}

void ends() {
  alignas(16) static char thing[64];
  resource_registry registry(with_policy(when_freed::report));

  checking("hf.resources.prompt-when-unborrowed");
  freed = 0;
  auto held = registry.adopt(&thing[0], counted());
  const resource_handle first = held.handle();
  held.reset();
  require(freed == 1, "what nobody borrowed is freed at once");
  require(registry.fault(first) == resource_error::stale, "its handle is stale");
  held = registry.adopt(&thing[0], counted());
  {
    const reclaim::read_scope reading(reclaim::default_domain());
    held.reset();
    require(freed == 1, "freed inside a section");
  }
  registry.drain();
  require(freed == 2, "freed after it");

  checking("hf.resources.free-after-use");
  held = registry.adopt(&thing[0], counted());
  registry.with(held.handle(), [&](void*) {
    held.reset();
    registry.drain();
    require(freed == 2, "freed in use");
  });
  registry.drain();
  require(freed == 3, "freed after use");

  checking("hf.resources.stale-not-foreign");
  resource_registry other;
  held = other.adopt(&thing[0], counted());
  require(registry.fault(held.handle()) == resource_error::foreign, "foreign");
  require(registry.release(held.handle()) == resource_error::foreign && !registry.share(held.handle()), "foreign shares");
  require(!registry.pin(held.handle()), "a foreign pin");
  require(static_cast<bool>(other.pin(held.handle())) && !registry.pin(held.handle()), "a foreign pin of what is borrowed");
  held.reset();

  checking("hf.resources.limit");
  resource_options small = with_policy(when_freed::mark);
  small.most_resources = 1;
  {
    resource_registry full(small);
    const auto one = full.adopt(&thing[0], counted());
    const auto two = full.adopt(&thing[16], counted());
    require(one && !two && full.size() == 1, "a full registry takes no more");
  }

  checking("hf.resources.why");
  require(registry.why(first).what() == cause::none || registry.why(first).what() == cause::released, "another's end");
  held = registry.adopt(&thing[0], counted());
  const resource_handle second = held.handle();
  require(!registry.why(second), "it has not ended");
  held.reset();
  require(registry.why(second).what() == cause::released, "how it ended");

  checking("hf.resources.stale-told");
  const auto raised_by = [](auto use) {
    try {
      static_cast<void>(use());
    } catch (const stale_reference& told) {
      return std::string(told.what());
    }
    return std::string();
  };
  const auto says = [](const std::string& text, const char* words) { return text.find(words) != std::string::npos; };
  require(says(registry.explain(second), "last share released"), "a released resource tells another end");
  held = registry.adopt(&thing[0], counted());
  require(registry.explain(held.handle()).empty() && held.explain().empty() && !held.why(), "what is there has ended");
  require(held.at() == &thing[0] && registry.at<char>(held.handle()), "what is there is not given");
  require(says(registry.explain({}), "a resource: the handle is null"), "null is not told");
  require(raised_by([&] { return registry.at(second); }) == "holdfast: " + registry.explain(second),
          "raised in other words");
  require(!registry.at<char, when_stale::null>(second), "asked for null");
  {
    resource_registry another(with_policy(when_freed::mark));
    require(says(another.explain(held.handle()), "the handle is of another registry"), "foreign is not told");
    require(another.fault(held.handle()) == resource_error::foreign, "foreign");
  }
  static_cast<void>(registry.close(held.handle()));
  require(says(registry.explain(held.handle()), "the resource is closing"), "closing is not told");
  held.reset();
  registry.drain();

  checking("hf.resources.fork");
  freed = 0;
  held = registry.adopt(&thing[0], counted());
  if (fork() == 0) {
    held.reset();
    registry.drain();
    _exit(freed);
  }
  int status = 0;
  wait(&status);
  require(status == 0, "a child frees what is its parent's");
  held.reset();
  require(freed == 1, "and the parent does");
}

void leaving() {
  alignas(16) static char thing[64];
  checking("hf.resources.leave-marks");
  freed = 0;
  {
    resource_registry registry(with_policy(when_freed::report));
    auto held = registry.adopt(&thing[0], counted());
    require(registry.with(held.handle(), [](void*) {}), "it is there");
    reports = 0;
    require(!registry.note_freed(&thing[0]), "there is nothing to keep");
    require(reports == 1 && last_report.find("counted") != std::string::npos, "a report names it");
    require(held.get() == nullptr && registry.fault(held.handle()) == resource_error::freed, "it is refused");
    require(!registry.with(held.handle(), [](void*) {}), "it is not handed out");
    require(registry.why(held.handle()).what() == cause::freed_by_c, "and says why");
    require(held.why() == registry.why(held.handle()), "its share says another");
    require(held.explain().find("memory freed by C code by operation #") != std::string::npos,
            "its share does not say so");
    require(registry.explain(held.handle()) == held.explain(), "its handle says it in other words");
    bool raised = false;
    try {
      static_cast<void>(held.at());
    } catch (const stale_reference&) {
      raised = true;
    }
    require(raised && held.at<when_stale::null>() == nullptr, "its share is used all the same");
    const auto next = registry.adopt(&thing[0], counted());
    require(next.get() == &thing[0] && reports == 1, "the address is free for another");
    held.reset();
    registry.drain();
    require(freed == 0, "what C has freed is freed again");
  }

  checking("hf.resources.readopted");
  freed = 0;
  {
    resource_registry registry(with_policy(when_freed::mark));
    auto before = registry.adopt(&thing[0], counted());
    auto after = registry.adopt(&thing[0], counted());
    require(before.get() == nullptr && after.get() == &thing[0], "the older one is refused");
    before.reset();
    require(freed == 0, "the older one frees what is the younger one's");
    after.reset();
    require(freed == 1, "the younger one is freed");
  }

  checking("hf.resources.heal");
  freed = 0;
  {
    resource_registry registry(with_policy(when_freed::heal));
    auto held = registry.adopt(&thing[0], counted());
    require(registry.note_freed(&thing[0]), "it is kept");
    require(held.get() == &thing[0] && registry.with(held.handle(), [](void*) {}), "and can be used");
    require(registry.note_freed(&thing[0]) && registry.stats().kept == 1, "also when C frees it twice");
    held.reset();
    registry.drain();
    require(freed == 1, "it is freed once");
    const auto watched = registry.adopt(&thing[16], adoption{});
    require(!registry.note_freed(&thing[16]), "who cannot free it keeps it");
  }

  checking("hf.resources.cookie");
  {
    resource_registry registry(with_policy(when_freed::mark));
    std::uint64_t header[2] = {77, 0};
    adoption how = counted();
    how.cookie = header;
    auto held = registry.adopt(header, how);
    require(registry.with(held.handle(), [](void*) {}), "a good cookie");
    header[0] = 78;
    require(!registry.with(held.handle(), [](void*) {}), "a bad cookie");
  }
}

// The filter as a guard reads it, through an index of its own.
void filters() {
  checking("hf.resources.filter-covers");
  constexpr std::size_t many = 300'000;
  const auto memory = std::make_unique<char[]>(16 * many);
  static address_index index(nullptr);
  const auto has = [&](const void* address) {
    const std::uint32_t bit = holdfast_filter_bit(address);
    return (index.filter()[bit / 64] >> bit % 64 & 1) != 0;
  };
  std::vector<resource_slot*> slots;
  const auto nobody = [](resource_slot&) {};
  for (std::size_t i = 0; i < many; ++i) {
    resource_slot* const slot = the_resource_slots.it.take();
    slot->pointer = &memory[16 * i];
    require(index.link(*slot, [] {}, nobody), "there is memory");
    slots.push_back(slot);
  }
  int found = 0;
  for (const resource_slot* slot : slots) {
    require(has(slot->pointer), "an address that is linked has no bit");
    index.at(slot->pointer, [&](resource_slot& one) { return found += &one == slot ? 1 : 0, false; });
  }
  require(found == static_cast<int>(many), "an address that is linked is not found");
  int within = 0;
  index.within(&memory[0], 160, [&](resource_slot&) { return ++within, false; });
  require(within == 10, "a range finds what begins in it");
  for (std::size_t i = 0; i + 1 < many; ++i) index.unlink(*slots[i], [] {});
  require(has(slots.back()->pointer), "the last one's bit is gone");
  index.unlink(*slots.back(), [] {});
  for (int word = 0; word < holdfast_filter_bits / 64; ++word) require(index.filter()[word] == 0, "a bit stays behind");
}

void maps() {
  checking("hf.resources.map-owns");
  static char thing[64];
  freed = 0;
  resource_registry registry(with_policy(when_freed::mark));
  resource_map<std::string, char> map(registry);
  map.adopt("a", &thing[0], counted());
  map.adopt("b", &thing[1], counted());
  map.put("b", registry.adopt(&thing[2], counted()));
  require(freed == 1, "what is written over is released");
  {
    auto share = map.get("a");
    map.erase("a");
    require(freed == 1 && share.get() == &thing[0], "a share outlives the entry");
  }
  require(freed == 2, "and then it is freed");
  map.clear();
  require(freed == 3 && registry.size() == 0, "clearing releases");
}

void c_face() {
  checking("hf.resources.c-face");
  static char thing[16];
  freed = 0;
  holdfast_handle handle = 0;
  const auto count = [](void*, void*, std::size_t) { ++freed; };
  require(holdfast_adopt(thing, 16, count, nullptr, "c", &handle) == holdfast_ok && handle != 0, "adopt");
  holdfast_use use;
  require(holdfast_begin(handle, &use) == holdfast_ok && use.pointer == thing && use.size == 16, "begin");
  require(holdfast_release(handle) == holdfast_ok, "release");
  holdfast_drain();
  require(freed == 0, "freed in use");
  holdfast_end(&use);
  holdfast_drain();
  require(freed == 1, "freed after use");
  require(holdfast_begin(handle, &use) == holdfast_stale && holdfast_release(handle) == holdfast_stale, "stale");
}

void registries_end() {
  checking("hf.resources.leak-report");
  static char thing[16];
  freed = 0;
  reports = 0;
  resource_share<char> held;
  {
    resource_registry registry;
    held = registry.adopt(&thing[0], counted());
  }
  require(reports == 1 && last_report.find("1 still held") != std::string::npos, "a leak is told");
  require(*held == 0 && freed == 0, "what is held stays");
  resource_registry next;  // not over the core that is still in use
  require(next.size() == 0 && next.fault(held.handle()) == resource_error::foreign, "a core is given away in use");
  held.reset();
  require(freed == 1, "and is freed at last");
}

}  // namespace

int main() {
  broken_by_signals(50);
  set_failure_handler([](const failure& one) {
    last_report = one.text;
    if (!one.fatal) ++reports;
  });
  plays();
  uses();
  words();
  ends();
  leaving();
  filters();
  maps();
  c_face();
  registries_end();
  return 0;
}
