// How much garbage is there while a reader sleeps with an object in its hand and others overwrite the map?
//
//   holdfast pin          the reader holds a pin of one entry of a sync_map
//   holdfast read_scope   it stays in a section, as one may for a batch, and must not for long
//   urcu read lock        it is in a read-side critical section of liburcu, the only thing there is to hold
//
// Two threads store over 10,000 keys for --seconds each (3; a minute is --seconds 60). Garbage is counted by the
// objects themselves: made, not destroyed, not in the map. Writers stop at --limit-mib of it (512); a read_scope is
// braked by the domain's own limits before that. The figures are the most that was seen and what was left at the end,
// before the reader woke; then the reader proves that its object is whole.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <bench/harness/machine.hpp>
#include <bench/harness/options.hpp>
#include <bench/harness/report.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
#include <urcu/urcu-memb.h>

#include <urcu/rculfhash.h>
#endif

namespace holdfast::bench {
namespace {

constexpr std::uint64_t keys = 10'000;
constexpr int writers = 2;

// 64 bytes that tell when they end.
struct counted {
  static inline std::atomic<std::int64_t> alive{0};
  std::uint64_t number;
  std::uint64_t whole[7];

  explicit counted(std::uint64_t n) noexcept : number(n) {
    for (std::uint64_t& one : whole) one = n;
    alive.fetch_add(1, std::memory_order_relaxed);
  }
  counted(const counted& other) noexcept : counted(other.number) {}
  counted& operator=(const counted&) = default;
  ~counted() {
    number = ~std::uint64_t{0};
    alive.fetch_sub(1, std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_whole() const noexcept {
    for (const std::uint64_t one : whole) {
      if (one != number) return false;
    }
    return true;
  }
};

struct plan {
  double seconds = 3;
  std::int64_t most_garbage = 0;  // objects
};

struct garbage {
  std::int64_t most = 0;
  std::int64_t at_end = 0;
  std::uint64_t stores = 0;
  double seconds = 0;
  bool is_stopped = false;  // by the limit
  bool is_whole = true;     // what the reader held
};

std::int64_t garbage_now() { return counted::alive.load(std::memory_order_relaxed) - static_cast<std::int64_t>(keys); }

// `store(key, number)` by the writers, while `hold(wake)` holds on to something until it is woken, and says whether it
// was whole.
garbage churn(const plan& given, const std::function<void(std::uint64_t, std::uint64_t)>& store,
              const std::function<bool(std::latch& holding, std::latch& wake)>& hold,
              const std::function<void()>& enter, const std::function<void()>& leave) {
  garbage found;
  std::latch holding(1), wake(1);
  std::atomic<bool> over{false};
  std::atomic<std::uint64_t> stores{0};
  std::thread sleeper([&] {
    enter();
    found.is_whole = hold(holding, wake);
    leave();
  });
  holding.wait();
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      enter();
      random_words random(static_cast<std::uint64_t>(writer) + 1);
      std::uint64_t done = 0;
      for (; !over.load(std::memory_order_relaxed); ++done) store(random() % keys, done);
      stores.fetch_add(done, std::memory_order_relaxed);
      leave();
    });
  }
  const auto seconds = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  while (seconds() < given.seconds && !found.is_stopped) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    found.most = std::max(found.most, garbage_now());
    found.is_stopped = garbage_now() > given.most_garbage;
  }
  over.store(true, std::memory_order_relaxed);
  for (std::thread& one : threads) one.join();
  found.seconds = seconds();
  found.stores = stores.load();
  found.at_end = garbage_now();
  found.most = std::max(found.most, found.at_end);
  wake.count_down();
  sleeper.join();
  return found;
}

using map = sync_map<std::uint64_t, counted>;

template <class Hold>
garbage in_sync_map(const plan& given, Hold hold) {
  map all;
  for (std::uint64_t key = 0; key < keys; ++key) all.store(key, counted(key));
  const auto nothing = [] {};
  garbage found = churn(
      given, [&](std::uint64_t key, std::uint64_t number) { all.store(key, counted(number)); },
      [&](std::latch& holding, std::latch& wake) { return hold(all, holding, wake); }, nothing, nothing);
  all.clear();
  reclaim::default_domain().drain();
  return found;
}

garbage under_a_pin(const plan& given) {
  return in_sync_map(given, [](map& all, std::latch& holding, std::latch& wake) {
    const auto pin = all.pin(7);
    holding.count_down();
    wake.wait();
    return pin->is_whole();
  });
}

garbage under_a_read_scope(const plan& given) {
  return in_sync_map(given, [](map&, std::latch& holding, std::latch& wake) {
    const reclaim::read_scope reading(reclaim::default_domain());
    holding.count_down();
    wake.wait();
    return true;
  });
}

#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
class lfht {
 public:
  struct node {
    cds_lfht_node links{};
    rcu_head later{};
    std::uint64_t key;
    counted value;

    node(std::uint64_t k, std::uint64_t number) : key(k), value(number) {}
  };

  lfht() : table_(cds_lfht_new_flavor(16'384, 64, 0, CDS_LFHT_AUTO_RESIZE, &urcu_memb_flavor, nullptr)) {}
  lfht(const lfht&) = delete;
  lfht& operator=(const lfht&) = delete;
  ~lfht() {
    urcu_memb_read_lock();
    cds_lfht_iter at;
    for (cds_lfht_first(table_, &at); cds_lfht_iter_get_node(&at) != nullptr; cds_lfht_next(table_, &at)) {
      if (cds_lfht_del(table_, cds_lfht_iter_get_node(&at)) == 0) free_later(cds_lfht_iter_get_node(&at));
    }
    urcu_memb_read_unlock();
    urcu_memb_barrier();
    cds_lfht_destroy(table_, nullptr);
  }

  void store(std::uint64_t key, std::uint64_t number) {
    auto* const fresh = new node(key, number);
    urcu_memb_read_lock();
    cds_lfht_node* const old = cds_lfht_add_replace(table_, mixed(key), match, &key, &fresh->links);
    if (old != nullptr) free_later(old);
    urcu_memb_read_unlock();
  }
  [[nodiscard]] const node* find(std::uint64_t key) {
    cds_lfht_iter at;
    cds_lfht_lookup(table_, mixed(key), match, &key, &at);
    return reinterpret_cast<const node*>(cds_lfht_iter_get_node(&at));
  }

 private:
  static int match(cds_lfht_node* links, const void* key) {
    return reinterpret_cast<const node*>(links)->key == *static_cast<const std::uint64_t*>(key) ? 1 : 0;
  }
  static void free_later(cds_lfht_node* links) {
    urcu_memb_call_rcu(&reinterpret_cast<node*>(links)->later, [](rcu_head* head) {
      delete reinterpret_cast<node*>(reinterpret_cast<char*>(head) - sizeof(cds_lfht_node));
    });
  }

  cds_lfht* table_;
};

garbage under_an_urcu_lock(const plan& given) {
  const auto enter = [] { urcu_memb_register_thread(); };
  const auto leave = [] { urcu_memb_unregister_thread(); };
  enter();
  garbage found;
  {
    lfht all;
    for (std::uint64_t key = 0; key < keys; ++key) all.store(key, key);
    found = churn(
        given, [&](std::uint64_t key, std::uint64_t number) { all.store(key, number); },
        [&](std::latch& holding, std::latch& wake) {
          urcu_memb_read_lock();
          const lfht::node* const held = all.find(7);
          holding.count_down();
          wake.wait();
          const bool is_whole = held->value.is_whole();
          urcu_memb_read_unlock();
          return is_whole;
        },
        enter, leave);
  }
  leave();
  return found;
}
#endif

struct way {
  const char* name;
  garbage (*run)(const plan&);
  std::vector<garbage> rounds{};
};

void print(const way& one) {
  for (const garbage& round : one.rounds) {
    const auto bytes = [](std::int64_t objects) { return static_cast<double>(objects) * sizeof(counted) / (1 << 20); };
    std::printf("  %-20s %10.1f %10.2f %12lld %10.2f %12lld %10.2f   %s%s\n", one.name, round.seconds,
                static_cast<double>(round.stores) / 1e6, static_cast<long long>(round.most), bytes(round.most),
                static_cast<long long>(round.at_end), bytes(round.at_end), round.is_whole ? "whole" : "DESTROYED",
                round.is_stopped ? ", stopped at the limit" : "");
  }
}

void write_json(const std::string& file, const std::vector<way>& all) {
  if (file.empty()) return;
  std::FILE* const to = open_for_writing(file);
  std::fprintf(to, "{\"kind\": \"garbage\", \"cpu\": \"%s\", \"object_bytes\": %zu, \"rows\": [", cpu_model().c_str(),
               sizeof(counted));
  const char* comma = "\n";
  for (const way& one : all) {
    for (const garbage& round : one.rounds) {
      std::fprintf(to,
                   "%s  {\"reader\": \"%s\", \"seconds\": %.2f, \"stores\": %llu, \"most\": %lld, \"at_end\": %lld, "
                   "\"whole\": %s, \"stopped\": %s}",
                   comma, one.name, round.seconds, static_cast<unsigned long long>(round.stores),
                   static_cast<long long>(round.most), static_cast<long long>(round.at_end),
                   round.is_whole ? "true" : "false", round.is_stopped ? "true" : "false");
      comma = ",\n";
    }
  }
  std::fputs("\n]}\n", to);
  std::fclose(to);
}

int answer(int count, char** words) {
  options chosen = options_from(count, words);
  plan given;
  double limit_mib = 512;
  for (std::size_t at = 0; at + 1 < chosen.rest.size(); at += 2) {
    if (chosen.rest[at] == "--seconds") {
      given.seconds = number_in(chosen.rest[at + 1]);
    } else if (chosen.rest[at] == "--limit-mib") {
      limit_mib = number_in(chosen.rest[at + 1]);
    } else {
      refuse("'" + chosen.rest[at] + "' is not understood; this takes --seconds N and --limit-mib N");
    }
  }
  if (chosen.quick) given.seconds = 1;
  given.most_garbage = static_cast<std::int64_t>(limit_mib * (1 << 20) / sizeof(counted));
  prepare_machine(chosen);
  std::vector<way> all{{"holdfast pin", under_a_pin}, {"holdfast read_scope", under_a_read_scope}};
#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
  all.push_back({"urcu read lock", under_an_urcu_lock});
#endif
  const int rounds = chosen.rounds == 9 ? 1 : chosen.rounds;
  for (int round = 0; round < rounds; ++round) {
    for (way& one : all) one.rounds.push_back(one.run(given));
  }
  std::printf("%s; %d writers over %llu keys, objects of %zu bytes\n", cpu_model().c_str(), writers,
              static_cast<unsigned long long>(keys), sizeof(counted));
  std::printf("  %-20s %10s %10s %12s %10s %12s %10s   %s\n", "the reader's hold", "seconds", "M stores",
              "most objects", "MiB", "at the end", "MiB", "what it held");
  for (const way& one : all) print(one);
  write_json(chosen.json, all);
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
