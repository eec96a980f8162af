// The promises of pointer_cache, checked so that each bug of bugs/pointer_cache.txt is found within seconds.
//
// What another thread could do between two steps of a write is done by the cache's own clock, which the write asks in
// between, by a maker, and by the callback of an update. Only what needs real threads has some.
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <thread>
#include <vector>

#include <holdfast/concurrent/pointer_cache.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using holdfast::cache_aliases;
using holdfast::removal_cause;
using holdfast::tests::checking;
using holdfast::tests::numbers;
using holdfast::tests::require;
using std::chrono::nanoseconds;

struct object {
  static inline std::atomic<int> alive{0};
  int number;

  object(int n) : number(n) { ++alive; }
  object(const object& other) : number(other.number) { ++alive; }
  ~object() {
    number = -1;
    --alive;
  }
};

template <cache_aliases Aliases>
using cache_with = holdfast::pointer_cache<int, object, holdfast::hash<int>, holdfast::equal_to<int>,
                                           std::allocator<std::byte>, Aliases>;
using cache = cache_with<cache_aliases::allow>;
using options = cache::options;

int alive_now() {
  holdfast::reclaim::default_domain().drain();
  return object::alive.load();
}

// Time that goes when it is told to, and who is asked for it may do something.
struct test_clock {
  static inline nanoseconds now{1'000'000};
  static inline std::function<void()> happens;
  nanoseconds operator()() const {
    if (happens) std::exchange(happens, nullptr)();
    return now;
  }
};
options timed(options chosen) {
  chosen.clock = test_clock();
  return chosen;
}

bool has(const cache& all, int wanted) {
  bool found = false;
  all.for_each([&](int key, const object&) { found = found || key == wanted; });
  return found;
}

void store(cache& all, int first, int end) {
  for (int key = first; key < end; ++key) all.store(key, key);
}
void use(const cache& all, int key, int times = 1) {
  for (int n = 0; n < times; ++n) require(static_cast<bool>(all.load(key)), "an entry is not there");
}

// ---- bounds and the order in which entries go ---------------------------------------------------------------

void keeps_its_bounds() {
  for (const std::size_t capacity : {1U, 2U, 5U}) {
    cache all(capacity);
    for (int n = 0; n < 200; ++n) {
      all.store(n * 31 % 23, n);
      (void)all.load(n % 5);
      require(all.size() <= capacity, "more entries than the capacity");
      require(all.stats().weight == all.size(), "the queue counts otherwise than the map");
    }
    require(all.size() == capacity, "less entries than there is room for");
  }
  cache heavy(
      {.weight_limit = 10, .weigh = [](int, const object& one) { return static_cast<std::size_t>(one.number); }});
  for (int n = 0; n < 100; ++n) {
    heavy.store(n % 7, n % 9 + 1);
    std::size_t weight = 0;
    heavy.for_each([&](int, const object& one) { weight += static_cast<std::size_t>(one.number); });
    require(weight <= 10 && heavy.stats().weight == weight, "the weight is wrong");
  }
  const std::size_t before = heavy.size();
  heavy.store(1000, 11);
  require(!has(heavy, 1000) && heavy.size() == before, "what is too heavy is kept, or pushes others out");
}

void gives_up_in_order() {
  cache all(3);
  store(all, 0, 3);
  use(all, 0);
  all.store(3, 3);
  require(has(all, 0) && !has(all, 1) && has(all, 2), "not the oldest unused one went");
  cache overwritten(2);
  store(overwritten, 0, 2);
  overwritten.store(0, 10);
  overwritten.store(2, 2);
  require(has(overwritten, 0), "an overwritten key is not used");

  cache proven(4);
  store(proven, 0, 4);
  for (int key = 0; key < 4; ++key) use(proven, key, key == 0 ? 3 : 1);
  proven.store(4, 4);
  require(!has(proven, 0), "uses on trial count twice");
  use(proven, 1, 10);
  use(proven, 2);
  const int gone_at[] = {0, 13, 7, 5};
  for (int key = 5; key < 14; ++key) {
    use(proven, key - 1);
    proven.store(key, key);
    for (int old = 1; old < 4; ++old)
      require(has(proven, old) == (key < gone_at[old]), "a proven entry is spared too often or not often enough");
  }

  cache bounded(1000);
  store(bounded, 0, 1000);
  for (int key = 0; key < 1000; ++key) use(bounded, key);
  bounded.store(1000, 0);
  require(has(bounded, 255) && !has(bounded, 256), "a write passes more used entries than it should, or less");
}

void knows_who_comes_back() {
  cache all(4);
  store(all, 0, 4);
  use(all, 0);
  use(all, 1);
  store(all, 4, 6);
  all.store(3, 3);  // it went on trial
  store(all, 10, 20);
  require(has(all, 3), "a key that comes back is not proven");
  require(!has(all, 10), "a new key is taken for one that comes back");

  using ghosts = holdfast::concurrent::cache_ghosts;
  ghosts some;
  some.make_room_for(100, 100);
  const ghosts::limits few{3, 5};
  for (std::uint32_t n = 1; n <= 8; ++n)
    some.remember(n << 24, n % 2 == 0 ? ghosts::from::trial : ghosts::from::proven, few);
  require(!some.take(2U << 24, few) && some.take(4U << 24, few) == ghosts::from::trial, "not the last three are known");
  require(!some.take(4U << 24, few), "a ghost is known twice");
  require(some.take(1U << 24, few) == ghosts::from::proven, "what a proven list gave up is not known");
}

// The number of hits on loads of which each needs another length of the trial. A change of the policy changes them.
int hits_of(cache& all, int requests, const std::function<int()>& next) {
  int hits = 0;
  for (int n = 0; n < requests; ++n) {
    const int key = next();
    if (all.load(key)) {
      ++hits;
    } else {
      all.store(key, key);
    }
  }
  return hits;
}

void learns() {
  cache all(60);
  numbers random(7);
  int at = 0;
  const auto bursts = [&] { return at++ / 30 + static_cast<int>(random.below(30)); };
  const auto scans = [&] {
    return random.below(2) == 0 ? static_cast<int>(random.below(50)) - 1000 : 1'000'000 + at++ % 10'000;
  };
  require(hits_of(all, 30'000, bursts) > 28'700, "bursts are not answered");
  require(hits_of(all, 30'000, scans) > 14'700, "a scan pushes out what is popular");
  require(hits_of(all, 30'000, bursts) > 28'600, "bursts are not answered after a scan");
  const auto both = [&] { return random.below(2) == 0 ? bursts() : scans(); };
  require(hits_of(all, 60'000, both) > 32'500, "a mixture is not answered");
}

// ---- time ---------------------------------------------------------------------------------------------------

// The permits of a cache are those of all its queues.
void shares_permits() {
  cache small({.capacity = 4});
  for (int round = 0; round < 3; ++round) {
    store(small, 0, 4);
    require(small.size() == 4, "a permit is not used");
    for (int key = 0; key < 4; ++key) small.erase(key);
  }
  constexpr std::size_t permits = 2 * holdfast::concurrent::cache_queues::enough;
  holdfast::concurrent::cache_queues queues({.entries = permits}, {});
  std::vector<holdfast::concurrent::cache_item> items(permits + 1);
  items.back().fingerprint = 1;
  int refused = 0;
  for (auto& one : items) {
    one.is_queued = true;
    holdfast::concurrent::cache_victims victims;
    while (queues.admit(one, nullptr, 0, victims) != holdfast::concurrent::cache_queue::answer::done) {
      require(++refused < 3, "an empty queue gets no permit of another");
      victims.clear();
    }
  }
  require(refused == 1 && queues.count().entries == permits, "all permits are in one queue, and another one gets none");
}

void ends_in_time() {
  std::vector<removal_cause> causes;
  cache all(timed({.time_to_live = nanoseconds(100),
                   .on_removal = [&](int, const object*, removal_cause why) { causes.push_back(why); }}));
  all.store(1, 1);
  test_clock::now += nanoseconds(99);
  require(static_cast<bool>(all.load(1)), "an entry ends too early");
  test_clock::now += nanoseconds(1);
  require(!all.load(1), "an entry is there at its deadline");
  require(!has(all, 1), "the walk shows what is over");
  require(!all.erase(1) && causes.size() == 1 && causes[0] == removal_cause::expired, "the cause is wrong");

  cache idle(timed({.time_to_idle = nanoseconds(1600)}));
  idle.store(1, 1);
  for (int n = 0; n < 40; ++n) {
    test_clock::now += nanoseconds(160);
    require(static_cast<bool>(idle.load(1)), "an entry that is used ends");
  }
  test_clock::now += nanoseconds(1600);
  require(!idle.load(1), "an entry that is not used stays");

  cache mixed(timed({.capacity = 1000}));
  for (int key = 0; key < 100; ++key) mixed.store_for(key, nanoseconds(key % 2 == 0 ? 10 : 0), key);
  test_clock::now += nanoseconds(10);
  store(mixed, 1000, 1200);
  require(mixed.size() == 250, "what is over is not collected");

  // All are proven by the time they are over, but those that come in after them.
  cache proven(timed({.capacity = 20}));
  for (int key = 0; key < 20; ++key) proven.store_for(key, nanoseconds(key % 3 == 0 ? 0 : 10), key);
  for (int key = 0; key < 20; ++key) use(proven, key);
  proven.store(100, 0);
  test_clock::now += nanoseconds(10);
  for (int key = 101; key < 130; ++key) {
    proven.store(key, 0);
    proven.erase(key);
  }
  require(proven.size() <= 8, "what is over among the proven ones is not collected");
  require(proven.stats().over_capacity <= 1, "entries that live on went before those that are over");

  cache many(timed({.time_to_live = nanoseconds(10)}));
  store(many, 0, 300);
  test_clock::now += nanoseconds(10);
  require(many.expire() == 300 && many.empty(), "expire leaves something");

  cache large(timed({.capacity = 1 << 16}));  // several queues
  for (int key = 0; key < 300; ++key) large.store_for(key, nanoseconds(10), key);
  test_clock::now += nanoseconds(10);
  require(large.expire() == 300 && large.empty(), "expire leaves something in a large cache");

  cache few(timed({.capacity = 100}));
  store(few, 0, 10);
  few.store_for(3, nanoseconds(10), 3);
  few.erase(4);
  test_clock::now += nanoseconds(10);
  require(few.expire() == 1, "the one deadline among many entries is not known of");
}

void knows_absence() {
  cache all(timed({.time_to_live = nanoseconds(100), .time_of_absence = nanoseconds(10)}));
  all.store(1, nullptr);
  require(all.knows_absent(1) && !all.load(1), "absence is not known");
  require(all.compare_exchange(1, nullptr, 5) && all.load(1)->number == 5, "absence does not give way");
  all.store(2, nullptr);
  test_clock::now += nanoseconds(10);
  require(!all.knows_absent(2), "absence is known for too long");
  require(!all.compare_erase(3, nullptr) && !all.compare_erase(2, nullptr), "nothing is erased");
}

// ---- what others do in between ------------------------------------------------------------------------------

void left_before_it_was_linked() {
  for (const bool erases : {false, true}) {
    const int before = alive_now();
    {
      cache all(timed({.capacity = 3, .time_to_live = nanoseconds(1'000'000)}));
      all.store(1, 1);
      for (int n = 0; n < 5; ++n) {
        int asked = 0;
        // The first question is for the deadline, before the entry is in; the second is the queue's.
        const std::function<void()> second = [&] {
          if (erases) {
            all.erase(2);
          } else {
            all.store(2, 20);
          }
        };
        test_clock::happens = [&] { ++asked, test_clock::happens = second; };
        all.store(2, 2);
        test_clock::happens = nullptr;
        require(asked == 1, "the clock is not asked");
        require(all.stats().weight == all.size(), "the queue has what the map has not");
        store(all, 10, 12);
      }
      require(all.size() == 3, "the bound is not kept");
    }
    require(alive_now() == before, "objects are left, or destroyed twice");
  }
}

void updates_are_not_lost() {
  cache all;
  all.store(1, 1);
  bool meddles = true;
  require(all.update(1,
                     [&](object& copy) {
                       if (std::exchange(meddles, false)) all.update(1, [](object& other) { other.number += 100; });
                       copy.number += 10;
                     }),
          "nothing is updated");
  require(all.load(1)->number == 111, "an update is lost");
  const auto pin = all.load(1);
  all.store(1, 5);
  require(pin->number == 111, "a pinned object is changed, or destroyed");
  require(!all.compare_exchange(1, pin, 6) && !all.compare_erase(1, pin), "what was replaced passes for what is there");
  require(!all.compare_exchange(1, nullptr, 6), "an object passes for none");
}

// The words that all maps for many threads have.
void words_of_all_maps() {
  const int before = alive_now();
  {
    cache all({.capacity = 8});
    auto first = std::make_unique<object>(1), second = std::make_unique<object>(2);
    require(!all.load_or_store(1, std::move(first)).loaded && all.load(1)->number == 1, "load_or_store stores nothing");
    const auto there = all.load_or_store(1, std::move(second));
    require(there.loaded && there.value->number == 1, "load_or_store does not give what is there");
    require(second != nullptr, "load_or_store takes what it has no use for");
    require(all.exchange(1, 3)->number == 1 && all.load(1)->number == 3, "exchange gives something else");
    require(!all.exchange(2, 4), "exchange gives what was not there");
    for (const bool erases : {false, true}) {
      int calls = 0;
      (void)all.alter(1, [&](const object* now) {
        if (++calls == 1) all.store(1, 50);
        return erases && calls > 1 ? std::optional<object>()
               : erases            ? std::nullopt
                                   : std::optional<object>(now->number + 1);
      });
      require(calls == 2, "alter decides on what is not there any more");
      require(erases ? !all.load(1) : all.load(1)->number == 51, "alter leaves something else");
    }
    all.erase(1);
    int calls = 0;
    (void)all.alter(1, [&](const object*) {
      if (++calls == 1) all.store(1, 60);
      return std::optional<object>(61);
    });
    require(calls == 2, "alter puts the first object over another one");
    for (int key = 0; key < 100; ++key) (void)all.exchange(key % 10, key);
    all.clear();
    require(all.stats().weight == 0 && alive_now() == before + 2, "what was exchanged stays");
  }
}

// An object that comes while the one of load_or_store is made.
void load_or_store_is_second() {
  cache all;
  struct meddler {
    cache* where;
    operator object() const {
      where->store(1, 7);
      return object(8);
    }
  };
  const auto told = all.load_or_store(1, meddler{&all});
  require(told.loaded && told.value->number == 7 && all.load(1)->number == 7,
          "load_or_store stores over another object");
}

void snapshot_in_time() {
  nanoseconds now{0};
  cache all(options{.time_to_live = nanoseconds(10), .clock = [&] { return now; }});
  all.store(1, 1);
  require(all.snapshot().size() == 1, "a snapshot has not what is there");
  now = nanoseconds(10);
  require(all.snapshot().empty(), "a snapshot has what is over");
}

void makers_and_erasers() {
  cache all;
  for (int key = 0; key < 64; ++key) {
    const auto made = all.load_or_make(key, [&] {
      (void)all.erase(key);
      return key;
    });
    require(!made.loaded && made.value->number == key, "who makes does not get it");
    require(!all.load(key), "what was made of an erased key is kept");
    (void)all.load_or_make(key, [&] {
      for (int other = 1000; other < 1064; ++other) (void)all.erase(other);
      return key;
    });
    require(static_cast<bool>(all.load(key)), "an erasure of another key counts");
  }
  (void)all.load_or_make(100, [&] {
    all.clear();
    return 100;
  });
  require(all.empty(), "what was made before clear is kept");
  require(all.stats().withdrawn == 65, "withdrawn entries are not counted");

  std::atomic<int> makes{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      while (!go.load()) std::this_thread::yield();
      (void)all.load_or_make(7, [&] {
        ++makes;
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        return 7;
      });
    });
  }
  go.store(true);
  for (std::thread& one : threads) one.join();
  require(makes.load() == 1, "several make for one key");
}

// ---- aliases, listeners, figures ----------------------------------------------------------------------------

void aliases() {
  const auto shared = std::make_shared<object>(1);
  cache_with<cache_aliases::reject> strict;
  require(strict.store(1, shared), "an object alone is rejected");
  require(!strict.store(2, shared), "a shared object is not rejected");
  require(strict.store(1, shared), "the same key is taken for another");
  (void)strict.erase(1);
  require(strict.store(2, shared), "an object is rejected that nobody else has");
  cache_with<cache_aliases::unshare_on_write> lazy;
  lazy.store(1, shared);
  lazy.store(2, shared);
  require(lazy.stats().shared_objects == 1, "a shared object is not noticed");
  require(lazy.modify(1, [](object& own) { own.number = 2; }), "nothing is modified");
  require(shared->number == 1 && lazy.load(1)->number == 2, "the other key's object is modified");
  lazy.store(3, std::shared_ptr<const object>(shared));
  require(lazy.modify(3, [](object& own) { own.number = 3; }) && shared->number == 1, "a const object is modified");
}

void tells_once() {
  std::vector<int> told(5);
  const int before = alive_now();
  {
    cache all({.capacity = 2,
               .on_removal = [&](int, const object*, removal_cause why) { ++told[static_cast<std::size_t>(why)]; }});
    all.store(1, 1);
    all.store(1, 2);
    all.erase(1);
    store(all, 0, 3);
    all.clear();
    require(told == (std::vector<int>{1, 1, 1, 0, 2}), "the listener is told otherwise");
    (void)all.load(0);
    all.store(1, 1);
    (void)all.load(1);
    const auto figures = all.stats();
    require(figures.hits == 1 && figures.misses == 1 && figures.replaced == 1 && figures.over_capacity == 1,
            "the figures are wrong");
  }
  require(alive_now() == before, "the end of the cache leaves objects");
}

void counts_all() {
  using namespace holdfast::concurrent;
  std::atomic<unsigned> asked{0};
  std::array<unsigned, shared_stripe + 1> owners{};
  std::array<std::thread, 40> threads;
  for (std::thread& one : threads) {
    one = std::thread([&] {
      cache_counters own;
      own.add(cache_event::hit);
      ++std::atomic_ref(owners[known_stripe]);
      for (++asked; asked.load() != threads.size();) std::this_thread::yield();
    });
  }
  for (std::thread& one : threads) one.join();
  for (std::uint32_t stripe = 0; stripe < shared_stripe; ++stripe)
    require(owners[stripe] <= 1, "two threads have one stripe");

  cache_counters shared;
  for (std::thread& one : threads) {
    one = std::thread([&] {
      known_stripe = shared_stripe;
      for (int i = 0; i < 500'000; ++i) shared.add(cache_event::hit);
    });
  }
  for (std::thread& one : threads) one.join();
  require(shared.sum(cache_event::hit) == threads.size() * 500'000, "threads that share a stripe lose counts");
}

struct explosive {
  static inline bool throws = false;
  explosive(int) {
    if (throws) throw 1;
  }
};

struct counting_resource final : std::pmr::memory_resource {
  std::size_t held = 0;

  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    held += bytes;
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  }
  void do_deallocate(void* room, std::size_t bytes, std::size_t alignment) override {
    held -= bytes;
    std::pmr::new_delete_resource()->deallocate(room, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

void gives_memory_back() {
  counting_resource memory;
  {
    holdfast::pointer_cache<int, explosive, holdfast::hash<int>, holdfast::equal_to<int>,
                            std::pmr::polymorphic_allocator<>>
        all(100, {}, {}, &memory);
    for (int key = 0; key < 300; ++key) all.store(key, key);
    const std::size_t held = memory.held;
    explosive::throws = true;
    for (int times = 0; times < 3; ++times) {
      try {
        all.store(0, 0);
      } catch (int) {}
    }
    require(memory.held == held, "an entry whose object cannot be made keeps its block");
    require(held > 100 * 4 * sizeof(void*), "entries come from elsewhere");
  }
  holdfast::reclaim::default_domain().drain();
  require(memory.held == 0, "what came from the allocator does not all go back");
}

void threads_at_a_full_cache() {
  const int before = alive_now();
  {
    cache all({.capacity = 20, .time_to_live = std::chrono::milliseconds(20)});
    std::vector<std::thread> threads;
    for (std::uint64_t n = 0; n < 3; ++n) {
      threads.emplace_back([&, n] {
        numbers random(n);
        for (int i = 0; i < 40'000; ++i) {
          const int key = static_cast<int>(random.below(40));
          switch (random.below(5)) {
            case 0: all.store(key, key); break;
            case 1: all.erase(key); break;
            case 2: all.update(key, [](object& copy) { ++copy.number, --copy.number; }); break;
            default:
              if (const auto there = all.load(key))
                require(there->number == key, "another key's object, or a destroyed one");
          }
        }
      });
    }
    for (std::thread& one : threads) one.join();
    require(all.size() <= 20 && all.stats().weight == all.size(), "the bound is not kept");
    require(alive_now() == before + static_cast<int>(all.size()), "objects are left, or destroyed twice");
  }
  require(alive_now() == before, "objects are left");
}

}  // namespace

int main() {
  holdfast::tests::broken_by_signals(60);
  checking("hf.cache.bounded, hf.cache.queue-counts");
  keeps_its_bounds();
  checking("hf.cache.trial, hf.cache.proven, hf.cache.bounded-work");
  gives_up_in_order();
  checking("hf.cache.ghosts");
  knows_who_comes_back();
  checking("hf.cache.adapts");
  learns();
  checking("hf.cache.time-to-live, hf.cache.time-to-idle, hf.cache.expiry-collects");
  ends_in_time();
  checking("hf.cache.bounded");
  shares_permits();
  checking("hf.cache.known-absence");
  knows_absence();
  checking("hf.cache.retired-once");
  left_before_it_was_linked();
  checking("hf.cache.update-copies, hf.cache.exchange-by-identity, hf.cache.pin-holds");
  updates_are_not_lost();
  checking("hf.cache.atomic");
  words_of_all_maps();
  load_or_store_is_second();
  checking("hf.cache.time-to-live");
  snapshot_in_time();
  checking("hf.cache.erase-beats-maker, hf.cache.one-flight");
  makers_and_erasers();
  checking("hf.cache.aliases");
  aliases();
  checking("hf.cache.told-once");
  tells_once();
  checking("hf.cache.counted-once");
  counts_all();
  checking("hf.cache.allocator-respected");
  gives_memory_back();
  checking("hf.cache.retired-once");
  threads_at_a_full_cache();
  std::puts("all promises kept");
}
