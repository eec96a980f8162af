// What does it cost to read an object through a shared pointer so that nobody can destroy it meanwhile?
//
// Protect, load the pointer, read the object, release: one after the other over sixteen cells that do not
// change. The first line is the same without any protection, the limit of what can be had.
//
//   --threads 1,2   every thread reads the same cells
#include <array>
#include <functional>
#include <memory>
#include <shared_mutex>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/base/sync/rw_mutex.hpp>

#include <bench/scale/roster.hpp>
#include <bench/scale/rows.hpp>

#if defined(HOLDFAST_HAVE_XENIUM) && HOLDFAST_HAVE_XENIUM
#include <xenium/reclamation/generic_epoch_based.hpp>
#include <xenium/reclamation/hazard_pointer.hpp>
#endif
#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
#define _LGPL_SOURCE  // the read lock inline, as a program would use it for speed
#include <urcu/urcu-memb.h>
#endif

namespace holdfast::bench {
namespace {

constexpr std::size_t cells = 16;

// A way to protect: `cell` holds the pointer, read(cell) reads the object under protection.
struct unprotected {
  static constexpr const char* name = "unprotected";
  using thread_scope = no_scope;
  struct cell {
    std::atomic<std::uint64_t*> pointer{new std::uint64_t(1)};
    ~cell() { delete pointer.load(); }
  };
  static std::uint64_t read(cell& from) { return *from.pointer.load(std::memory_order_acquire); }
};

struct holdfast_pin {
  static constexpr const char* name = "holdfast pin";
  using thread_scope = no_scope;
  struct object : reclaim::retirable {
    std::uint64_t value = 1;
  };
  struct cell {
    std::atomic<object*> pointer{new object};
    ~cell() { delete pointer.load(); }
  };
  static std::uint64_t read(cell& from) {
    const reclaim::pin<const object> held = pinned(from);
    return held->value;
  }
  static reclaim::pin<const object> pinned(cell& from) {
    reclaim::section inside(reclaim::default_domain());
    const object* const found = from.pointer.load(std::memory_order_acquire);
    return inside.hand_off(found, found);
  }
};

#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
struct urcu_lock {
  static constexpr const char* name = "urcu memb";
  struct thread_scope {
    thread_scope() { urcu_memb_register_thread(); }
    ~thread_scope() { urcu_memb_unregister_thread(); }
  };
  using cell = unprotected::cell;
  static std::uint64_t read(cell& from) {
    urcu_memb_read_lock();
    const std::uint64_t value = *from.pointer.load(std::memory_order_acquire);
    urcu_memb_read_unlock();
    return value;
  }
};
#endif

#if defined(HOLDFAST_HAVE_XENIUM) && HOLDFAST_HAVE_XENIUM
template <class Reclaimer>
struct xenium_guard {
  using thread_scope = no_scope;
  struct object : Reclaimer::template enable_concurrent_ptr<object> {
    std::uint64_t value = 1;
  };
  struct cell {
    typename Reclaimer::template concurrent_ptr<object> pointer{new object};
    ~cell() { delete pointer.load().get(); }
  };
  static std::uint64_t read(cell& from) {
    const typename Reclaimer::template concurrent_ptr<object>::guard_ptr held =
        xenium::acquire_guard(from.pointer, std::memory_order_acquire);
    return held->value;
  }
};
using hazard_pointers = xenium::reclamation::hazard_pointer<>::with<
    xenium::policy::allocation_strategy<xenium::reclamation::hp_allocation::static_strategy<3>>>;
struct xenium_hazard : xenium_guard<hazard_pointers> {
  static constexpr const char* name = "xenium hazard ptr";
};
struct xenium_epoch : xenium_guard<xenium::reclamation::new_epoch_based<>> {
  static constexpr const char* name = "xenium epoch";
};
#endif

struct shared_ptr_copy {
  static constexpr const char* name = "shared_ptr copy";  // of one that nobody writes: no lock, only the count
  using thread_scope = no_scope;
  struct cell {
    std::shared_ptr<std::uint64_t> pointer = std::make_shared<std::uint64_t>(1);
  };
  static std::uint64_t read(cell& from) {
    const std::shared_ptr<std::uint64_t> held = from.pointer;
    return *held;
  }
};

struct atomic_shared_ptr {
  static constexpr const char* name = "atomic<shared_ptr>";
  using thread_scope = no_scope;
  struct cell {
    std::atomic<std::shared_ptr<std::uint64_t>> pointer{std::make_shared<std::uint64_t>(1)};
  };
  static std::uint64_t read(cell& from) {
    const std::shared_ptr<std::uint64_t> held = from.pointer.load(std::memory_order_acquire);
    return *held;
  }
};

template <class Lock>
struct under_read_lock {
  using thread_scope = no_scope;
  struct cell {
    Lock lock;
    std::uint64_t value = 1;
  };
  static std::uint64_t read(cell& from) {
    const std::shared_lock held(from.lock);
    return from.value;
  }
};
struct std_read_lock : under_read_lock<std::shared_mutex> {
  static constexpr const char* name = "std::shared_mutex";
};
struct our_read_lock : under_read_lock<rw_mutex> {
  static constexpr const char* name = "rw_mutex";
};

template <class Way>
struct pin_body {
  std::array<typename Way::cell, cells>& from;

  template <class Go>
  void attach(int, Go&& go) {
    const typename Way::thread_scope scope;
    go();
  }
  void run(int, part& mine, const going& flag) {
    std::uint64_t sum = 0;
    while (flag) {
      for (unsigned n = 0; n < 1024; ++n) sum += Way::read(from[n % cells]);
      mine.operations += 1024;
    }
    mine.checksum = sum - mine.operations;  // 0, as every object holds a 1
  }
};

struct contestant {
  std::string name;
  std::function<outcome(int, double)> run;
  std::vector<double> nanoseconds;
};

template <class Way>
void add(std::vector<contestant>& all, const settings& chosen) {
  if (!named_in(chosen.shared.only, Way::name)) return;
  all.push_back({Way::name,
                 [](int threads, double seconds) {
                   std::array<typename Way::cell, cells> from;
                   pin_body<Way> body{from};
                   return run_threads(threads, seconds, body);
                 },
                 {}});
}

std::vector<contestant> all_ways(const settings& chosen) {
  std::vector<contestant> all;
  add<unprotected>(all, chosen);
  add<holdfast_pin>(all, chosen);
#if defined(HOLDFAST_HAVE_URCU) && HOLDFAST_HAVE_URCU
  add<urcu_lock>(all, chosen);
#endif
#if defined(HOLDFAST_HAVE_XENIUM) && HOLDFAST_HAVE_XENIUM
  add<xenium_hazard>(all, chosen);
  add<xenium_epoch>(all, chosen);
#endif
  add<shared_ptr_copy>(all, chosen);
  add<atomic_shared_ptr>(all, chosen);
  add<our_read_lock>(all, chosen);
  add<std_read_lock>(all, chosen);
  if (all.empty()) refuse("--only leaves nobody");
  return all;
}

// Beside each its cost over the unprotected read, and how many times that of a pin it takes.
void print_ways(const std::vector<contestant>& all, int threads) {
  const auto median_of = [&](const char* name) {
    for (const contestant& one : all) {
      if (one.name == name) return spread_of(one.nanoseconds).median;
    }
    return 0.0;
  };
  const double bare = median_of("unprotected");
  const double ours = median_of("holdfast pin");
  std::printf("\nprotect + load + release, %d thread%s (ns of one thread)\n", threads, threads == 1 ? "" : "s");
  std::printf("  %-20s %8s %8s %8s   %8s %8s\n", "", "min", "median", "max", "- bare", "/ pin");
  for (const contestant& one : all) {
    const spread time = spread_of(one.nanoseconds);
    std::printf("  %-20s %8.2f %8.2f %8.2f", one.name.c_str(), time.least, time.median, time.most);
    if (bare > 0) std::printf("   %8.2f", time.median - bare);
    if (ours > 0) std::printf(" %8.2f", time.median / ours);
    std::printf("\n");
  }
  std::fflush(stdout);
}

void write_ways(std::FILE* to, const std::vector<contestant>& all, int threads, const char* comma) {
  std::fprintf(to, "%s    {\"question\": \"pin cost\", \"threads\": %d, \"contenders\": [", comma, threads);
  const char* between = "\n";
  for (const contestant& one : all) {
    const spread time = spread_of(one.nanoseconds);
    std::fprintf(to, "%s      {\"name\": \"%s\", \"min\": %.3f, \"median\": %.3f, \"max\": %.3f, \"ns\": ", between,
                 one.name.c_str(), time.least, time.median, time.most);
    report::write_list(to, one.nanoseconds);
    std::fputc('}', to);
    between = ",\n";
  }
  std::fputs("\n    ]}", to);
}

std::vector<contestant> measure(const settings& chosen, int threads) {
  std::vector<contestant> all = all_ways(chosen);
  for (int round = -1; round < chosen.shared.rounds; ++round) {
    for (std::size_t place = 0; place < all.size(); ++place) {
      contestant& next = all[runner::turn(static_cast<std::size_t>(round + 1), place, all.size())];
      const outcome now = next.run(threads, chosen.seconds / 3);
      if (now.checksum != 0) {
        std::fprintf(stderr, "bench: %s read something else than was there\n", next.name.c_str());
        std::exit(1);
      }
      if (round >= 0) next.nanoseconds.push_back(1e3 * threads / rate_of(now, chosen));
    }
  }
  return all;
}

int answer(int count, char** words) {
  settings chosen = settings_from(count, words);
  if (chosen.threads == std::vector<int>{1, 2, 4, 8}) chosen.threads = {1, 2};
  prepare_machine(chosen.shared);
  std::FILE* json = chosen.shared.json.empty() ? nullptr : open_for_writing(chosen.shared.json);
  if (json != nullptr) {
    std::fprintf(json,
                 "{\n  \"kind\": \"pin\", \"compiler\": \"%s\", \"vectors\": \"%s\", \"cpu\": \"%s\", \"rounds\": "
                 "%d,\n  \"rows\": [\n",
                 compiler_name(), vector_level(), cpu_model().c_str(), chosen.shared.rounds);
  }
  const char* comma = "";
  for (const int threads : chosen.threads) {
    const std::vector<contestant> all = measure(chosen, threads);
    print_ways(all, threads);
    if (json != nullptr) write_ways(json, all, threads, comma);
    comma = ",\n";
  }
  if (json != nullptr) {
    std::fputs("\n  ]\n}\n", json);
    std::fclose(json);
  }
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
