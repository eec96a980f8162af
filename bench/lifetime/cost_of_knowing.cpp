// What does a pointer cost that knows whether its object is there?
//
// Each question has a first line, the same done without knowing, and what the others cost beside it: in nanoseconds an
// operation, and as a ratio to the first line, round by round. The objects are few and warm, and independent of each
// other, so that the price of knowing is seen and not that of memory. All runs in a second thread, because
// shared_ptr counts without locked instructions in a process of one.
//
//   --rounds N  --quick  --json FILE
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <holdfast/base/memory/arena.hpp>
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/lifetime/chain.hpp>
#include <holdfast/lifetime/handle_pool.hpp>
#include <holdfast/lifetime/must_check.hpp>
#include <holdfast/lifetime/resource_registry.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

#include <bench/harness/clock.hpp>
#include <bench/harness/mimalloc.hpp>
#include <bench/harness/options.hpp>
#include <bench/harness/report.hpp>
#include <bench/harness/runner.hpp>

namespace holdfast::bench {
namespace {

constexpr std::size_t cells = 64;
constexpr std::uint64_t uses = 2'000'000;
constexpr std::uint64_t lives = 200'000;
constexpr std::size_t arena_objects = 1'000'000;

struct object {
  std::uint64_t number = 0;
  std::uint64_t rest[7] = {};
};
struct profile {
  object* settings = nullptr;
};
struct user {
  profile* about = nullptr;
};

// The same numbers, reached in every way.
struct stock {
  std::vector<object> objects{cells};
  std::array<object*, cells> plain{};
  std::array<std::shared_ptr<object>, cells> counted;
  std::array<std::weak_ptr<object>, cells> std_weak;

  handle_pool<object> pool;
  std::array<handle<object>, cells> handles;
  sync_handle_pool<object> shared_pool;
  std::array<weak<object>, cells> weaks;

  struct retirable_object : reclaim::retirable, object {};
  std::array<retirable_object, cells> protected_objects;
  std::array<std::atomic<retirable_object*>, cells> protected_cells{};

  checked_map<std::uint64_t, object> map;
  std::array<ref<object>, cells> refs;
  sync_map<std::uint64_t, object> plain_map;
  checked_sync_map<std::uint64_t, object> shared_map;
  std::array<sync_ref<object>, cells> sync_refs;

  arena memory;
  std::array<arena_ptr<object>, cells> arena_ptrs;

  resource_registry registry;
  std::array<resource_share<object>, cells> shares;
  std::array<resource_handle, cells> resources;

  std::array<profile, cells> profiles;
  std::array<user, cells> users;

  stock() {
    for (std::size_t i = 0; i < cells; ++i) {
      objects[i].number = i;
      plain[i] = &objects[i];
      counted[i] = std::make_shared<object>(objects[i]);
      std_weak[i] = counted[i];
      handles[i] = pool.make(objects[i]);
      weaks[i] = shared_pool.make(objects[i]);
      protected_objects[i].number = i;
      protected_cells[i] = &protected_objects[i];
      map[i] = objects[i];
      plain_map.store(i, objects[i]);
      shared_map.store(i, objects[i]);
      arena_ptrs[i] = memory.make_ptr<object>(objects[i]);
      shares[i] = registry.adopt(plain[i], adoption{});
      resources[i] = shares[i].handle();
      profiles[i].settings = plain[i];
      users[i].about = &profiles[i];
    }
    for (std::size_t i = 0; i < cells; ++i) {
      refs[i] = map.ref(i);
      sync_refs[i] = shared_map.ref(i);
    }
  }
};

template <class Use>
contender doing(const char* name, std::uint64_t count, Use use) {
  return {name, {}, [use, count] {
            sample result;
            const double start = cpu_nanoseconds();
            std::uint64_t sum = 0;
            for (std::uint64_t n = 0; n < count; ++n) {
              sum += use(n % cells);
              __asm__ volatile("" : : : "memory");  // what was seen may have changed
            }
            result.nanoseconds = cpu_nanoseconds() - start;
            result.operations = count;
            result.checksum = sum;
            return result;
          }};
}
template <class Use>
contender using_one(const char* name, Use use) {
  return doing(name, uses, use);
}

row named(const char* question) {
  row about;
  about.question = question;
  about.family = "lifetime";
  about.size = cells;
  return about;
}

row follow(stock& all, const schedule& plan) {
  return interleave(
      named("follow"),
      {using_one("pointer", [&](std::size_t at) { return all.plain[at]->number; }),
       using_one("ref", [&](std::size_t at) { return all.refs[at]->number; }),
       using_one("arena_ptr", [&](std::size_t at) { return all.arena_ptrs[at]->number; }),
       using_one("handle_pool::get", [&](std::size_t at) { return all.pool.get(all.handles[at])->number; }),
       using_one("must_check",
                 [&](std::size_t at) {
                   const auto tested = must_check(all.plain[at]).checked();
                   return tested ? tested->number : 0;
                 })},
      plan);
}

row pin_one(stock& all, const schedule& plan) {
  return interleave(named("pin"),
                    {using_one("pin of a pointer",
                               [&](std::size_t at) {
                                 reclaim::section inside(reclaim::default_domain());
                                 auto* const found = all.protected_cells[at].load(std::memory_order_acquire);
                                 return inside.hand_off(found, found)->number;
                               }),
                     using_one("weak", [&](std::size_t at) { return all.weaks[at].pin()->number; }),
                     using_one("sync_ref", [&](std::size_t at) { return all.sync_refs[at].pin()->number; }),
                     using_one("sync_map::pin", [&](std::size_t at) { return all.plain_map.pin(at)->number; }),
                     using_one("checked_sync_map::pin", [&](std::size_t at) { return all.shared_map.pin(at)->number; }),
                     using_one("shared_ptr copied",
                               [&](std::size_t at) {
                                 const auto mine = all.counted[at];
                                 return mine->number;
                               }),
                     using_one("weak_ptr locked", [&](std::size_t at) { return all.std_weak[at].lock()->number; })},
                    plan);
}

row use_resource(stock& all, const schedule& plan) {
  return interleave(named("use a C resource"),
                    {using_one("pointer", [&](std::size_t at) { return all.plain[at]->number; }),
                     using_one("with",
                               [&](std::size_t at) {
                                 std::uint64_t seen = 0;
                                 all.registry.with<object>(all.resources[at], [&](object* one) { seen = one->number; });
                                 return seen;
                               }),
                     using_one("share and release",
                               [&](std::size_t at) { return all.registry.share<object>(all.resources[at])->number; }),
                     using_one("shared_ptr copied",
                               [&](std::size_t at) {
                                 const auto mine = all.counted[at];
                                 return mine->number;
                               })},
                    plan);
}

row navigate(stock& all, const schedule& plan) {
  return interleave(
      named("three links"),
      {using_one("tested by hand",
                 [&](std::size_t at) -> std::uint64_t {
                   const user* const one = &all.users[at];
                   if (one->about == nullptr || one->about->settings == nullptr) return 0;
                   return one->about->settings->number;
                 }),
       using_one("chain",
                 [&](std::size_t at) -> std::uint64_t {
                   const auto end =
                       chain(all.users[at]).template then<&user::about>().template then<&profile::settings>();
                   const object* const settings = end.get();
                   return settings != nullptr ? settings->number : 0;
                 })},
      plan);
}

row make_one(stock& all, const schedule& plan) {
  return interleave(named("make and end"),
                    {doing("new and delete", lives,
                           [](std::size_t at) {
                             const std::unique_ptr<object> made(new object{at, {}});
                             __asm__ volatile("" : : "r"(made.get()) : "memory");
                             return made->number;
                           }),
                     doing("handle_pool", lives,
                           [&](std::size_t at) {
                             const auto made = all.pool.make(object{at, {}});
                             const std::uint64_t seen = all.pool.get(made)->number;
                             all.pool.erase(made);
                             return seen;
                           }),
                     doing("sync_handle_pool", lives,
                           [&](std::size_t at) {
                             const auto made = all.shared_pool.make(object{at, {}});
                             const std::uint64_t seen = made.pin()->number;
                             all.shared_pool.erase(made);
                             return seen;
                           }),
                     doing("make_shared", lives,
                           [](std::size_t at) {
                             const auto made = std::make_shared<object>(object{at, {}});
                             __asm__ volatile("" : : "r"(made.get()) : "memory");
                             return made->number;
                           })},
                    plan);
}

// All objects made and written, then released.
template <class Take, class End>
contender filling(const char* name, std::vector<object*>& places, Take take, End end) {
  return {name, {}, [&places, take, end] {
            sample result;
            const double start = cpu_nanoseconds();
            for (object*& place : places) {
              place = static_cast<object*>(take());
              place->number = 1;
            }
            end();
            result.nanoseconds = cpu_nanoseconds() - start;
            result.operations = places.size();
            return result;
          }};
}

row fill_and_release(const schedule& plan) {
  static std::vector<object*> places(arena_objects);
  static arena memory;
  std::vector<contender> all;
  all.push_back(filling("arena", places, [] { return memory.allocate(sizeof(object)); }, [] { memory.reset(); }));
  all.push_back(filling(
      "glibc new/delete", places, [] { return ::operator new(sizeof(object)); },
      [] {
        for (object* one : places) ::operator delete(one);
      }));
  if (const mimalloc_calls calls = mimalloc()) {
    all.push_back(filling(
        "mimalloc", places, [=] { return calls.take(sizeof(object)); },
        [=] {
          for (object* one : places) calls.give(one);
        }));
  }
  row about = named("fill and release");
  about.size = arena_objects;
  return interleave(about, all, plan);
}

void print(const row& about) {
  const timed& first = about.contenders.front();
  std::printf("\n%s, %zu objects (ns an operation; ratio to the first line, round by round)\n", about.question.c_str(),
              about.size);
  std::printf("  %-22s %8s %8s %8s   %8s %6s %6s %6s\n", "", "min", "median", "max", "more ns", "min", "ratio", "max");
  for (const timed& one : about.contenders) {
    const spread time = spread_of(one.nanoseconds);
    const spread ratio = ratio_of(one, first);
    std::printf("  %-22s %8.2f %8.2f %8.2f   %+8.2f %6.2f %6.2f %6.2f\n", one.name.c_str(), time.least, time.median,
                time.most, time.median - spread_of(first.nanoseconds).median, ratio.least, ratio.median, ratio.most);
  }
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  chosen.warm_heap = true;  // the question is asked of programs that have done so before
  if (!chosen.rest.empty()) refuse("'" + chosen.rest.front() + "' is not understood");
  prepare_machine(chosen);
  const schedule plan{.rounds = chosen.rounds, .rebuild_every = 0, .before_round = {}};
  std::vector<row> rows;
  std::thread([&] {
    const auto all = std::make_unique<stock>();
    for (const auto question : {follow, pin_one, use_resource, navigate, make_one})
      rows.push_back(question(*all, plan));
    rows.push_back(fill_and_release(plan));
  }).join();
  for (const row& one : rows) print(one);
  write_json(chosen, rows, "lifetime");
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
