// What does a bound cost those who store, alone and in company?
//
//   stores             each operation makes an object and stores it
//   load, else store   each operation loads, and makes and stores what it has not found
//
// Twice as many keys as the capacity, drawn uniformly or by Zipf's law; objects of 64 bytes. Beside an LRU of a list
// and a hash table under one lock and under 16, and oneTBB's, all with shared_ptr, so that what was loaded stays whole
// there too. A pointer_cache and a sync_map that keep everything are the yardsticks: what they do faster is the bound's
// price. Throughput of all threads together, and how long one operation in 64 took at the 99.9th percentile.
//
// One row in seconds:  --questions stores --spread zipf --sizes 1e6 --threads 2 --only pointer_cache,LRU
#define TBB_PREVIEW_CONCURRENT_LRU_CACHE 1

#include <algorithm>
#include <array>
#include <bit>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <bench/harness/machine.hpp>
#include <bench/harness/runner.hpp>
#include <bench/scale/draws.hpp>
#include <bench/scale/rows.hpp>
#include <holdfast/concurrent/pointer_cache.hpp>

#if defined(HOLDFAST_HAVE_TBB) && HOLDFAST_HAVE_TBB
#include <oneapi/tbb/concurrent_lru_cache.h>
#endif

namespace holdfast::bench {
namespace {

struct object {
  std::uint64_t number;
  std::array<std::uint64_t, 7> rest{};
  explicit object(std::uint64_t n) : number(n) {}
};

// Adapters: load() gives the object's number, read while it cannot be destroyed; 0 if there is none.
class ours {
 public:
  explicit ours(std::size_t capacity) : cache_(capacity) {}
  std::uint64_t load(std::uint64_t key) {
    const auto found = cache_.load(key);
    return found ? found->number : 0;
  }
  void store(std::uint64_t key) { cache_.store(key, std::make_unique<object>(key)); }

 private:
  pointer_cache<std::uint64_t, object> cache_;
};

class ours_unbounded : public ours {
 public:
  explicit ours_unbounded(std::size_t) : ours(0) {}
};

class plain_map {
 public:
  explicit plain_map(std::size_t) {}
  std::uint64_t load(std::uint64_t key) {
    const auto found = map_.pin(key);
    return found ? (*found)->number : 0;
  }
  void store(std::uint64_t key) { map_.store(key, std::make_unique<object>(key)); }

 private:
  sync_map<std::uint64_t, std::unique_ptr<object>> map_;
};

class lru {
 public:
  explicit lru(std::size_t capacity) : capacity_(capacity) {}
  std::uint64_t load(std::uint64_t key) {
    std::shared_ptr<object> found;
    {
      const std::lock_guard hold(lock_);
      const auto at = index_.find(key);
      if (at == index_.end()) return 0;
      by_age_.splice(by_age_.begin(), by_age_, at->second);
      found = at->second->second;
    }
    return found->number;
  }
  void store(std::uint64_t key) {
    auto fresh = std::make_shared<object>(key);
    std::shared_ptr<object> gone;  // destroyed with nothing locked
    const std::lock_guard hold(lock_);
    const auto [at, is_new] = index_.try_emplace(key);
    if (!is_new) {
      by_age_.splice(by_age_.begin(), by_age_, at->second);
      gone = std::exchange(at->second->second, std::move(fresh));
      return;
    }
    if (by_age_.size() == capacity_) {
      gone = std::move(by_age_.back().second);
      index_.erase(by_age_.back().first);
      by_age_.pop_back();
    }
    by_age_.emplace_front(key, std::move(fresh));
    at->second = by_age_.begin();
  }

 private:
  using entries = std::list<std::pair<std::uint64_t, std::shared_ptr<object>>>;
  const std::size_t capacity_;
  std::mutex lock_;
  entries by_age_;
  std::unordered_map<std::uint64_t, entries::iterator> index_;
};

class lru_in_16 {
 public:
  explicit lru_in_16(std::size_t capacity) {
    for (auto& one : shards_) one = std::make_unique<shard>(capacity / shards_.size());
  }
  std::uint64_t load(std::uint64_t key) { return home(key).load(key); }
  void store(std::uint64_t key) { home(key).store(key); }

 private:
  struct alignas(one_thread_apart) shard : lru {
    using lru::lru;
  };
  lru& home(std::uint64_t key) { return *shards_[mixed(key) >> 60]; }
  std::array<std::unique_ptr<shard>, 16> shards_;
};

#if defined(HOLDFAST_HAVE_TBB) && HOLDFAST_HAVE_TBB
// It makes what it has not found, and knows no store.
class tbb_lru {
 public:
  static constexpr bool stores = false;
  explicit tbb_lru(std::size_t capacity) : cache_(&make, capacity) {}
  std::uint64_t load(std::uint64_t key) {
    auto found = cache_[key];
    return found.value()->number;
  }
  void store(std::uint64_t key) { (void)load(key); }

 private:
  static std::shared_ptr<object> make(std::uint64_t key) { return std::make_shared<object>(key); }
  tbb::concurrent_lru_cache<std::uint64_t, std::shared_ptr<object>> cache_;
};
#endif

// ---- the loops ------------------------------------------------------------------------------------------
constexpr const char* questions[] = {"stores", "load, else store"};
constexpr unsigned one_in = 64;  // is timed

struct request {
  const std::vector<std::uint64_t>* keys;  // a power of two of them
  bool only_stores;
  int threads;
  double seconds;
};

class subject {
 public:
  virtual ~subject() = default;
  std::string name;
  bool stores = true;
  virtual void fill(std::size_t capacity, const std::vector<std::uint64_t>& keys) = 0;
  virtual void drop() = 0;
  [[nodiscard]] virtual outcome run(const request& asked) = 0;
};

template <class Cache>
struct body {
  Cache& cache;
  const request& asked;

  template <class Go>
  void attach(int, Go&& go) {
    go();
  }
  void run(int thread, part& mine, const going& flag) {
    const std::vector<std::uint64_t>& keys = *asked.keys;
    std::size_t at = keys.size() / static_cast<std::size_t>(asked.threads) * static_cast<std::size_t>(thread);
    while (flag) {
      const std::uint64_t start = ticks();
      ask(keys[++at & (keys.size() - 1)], mine);
      mine.reads.add(ticks() - start);
      for (unsigned n = 1; n < one_in; ++n) ask(keys[++at & (keys.size() - 1)], mine);
      mine.operations += one_in;
    }
  }
  void ask(std::uint64_t key, part& mine) {
    if (!asked.only_stores) {
      const std::uint64_t found = cache.load(key);
      mine.checksum += found;
      if (found != 0) return;
    }
    cache.store(key);
  }
};

template <class Cache>
class subject_of final : public subject {
 public:
  explicit subject_of(const char* called) {
    name = called;
    if constexpr (requires { Cache::stores; }) stores = Cache::stores;
  }
  void fill(std::size_t capacity, const std::vector<std::uint64_t>& keys) override {
    cache_ = std::make_unique<Cache>(capacity);
    for (std::size_t n = 0; n < std::min(keys.size(), 4 * capacity); ++n) cache_->store(keys[n]);
  }
  void drop() override { cache_.reset(); }
  outcome run(const request& asked) override {
    body<Cache> all{*cache_, asked};
    return run_threads(asked.threads, asked.seconds, all);
  }

 private:
  std::unique_ptr<Cache> cache_;
};

std::vector<std::unique_ptr<subject>> everybody(const options& chosen) {
  std::vector<std::unique_ptr<subject>> all;
  all.push_back(std::make_unique<subject_of<ours>>("pointer_cache"));
  all.push_back(std::make_unique<subject_of<ours_unbounded>>("without a bound"));
  all.push_back(std::make_unique<subject_of<plain_map>>("sync_map"));
  all.push_back(std::make_unique<subject_of<lru>>("LRU, one lock"));
  all.push_back(std::make_unique<subject_of<lru_in_16>>("LRU, 16 locks"));
#if defined(HOLDFAST_HAVE_TBB) && HOLDFAST_HAVE_TBB
  all.push_back(std::make_unique<subject_of<tbb_lru>>("oneTBB LRU"));
#endif
  std::erase_if(all, [&](const auto& one) { return !named_in(chosen.only, one->name); });
  if (all.empty()) refuse("--only leaves nobody");
  return all;
}

// ---- the table ------------------------------------------------------------------------------------------
// One line a contender; for each number of threads: rate, p99.9 and our rate over this one.
void print(const std::vector<scale_row>& rows, const settings& chosen, double scale) {
  const scale_row& about = rows.front();
  std::printf("\n%s, %s, %zu entries (million a second of all threads, p99.9 of one in us, ours over it)\n  %-16s",
              about.question.c_str(), about.spread.c_str(), about.size, "");
  for (const scale_row& row : rows) std::printf("  %14d thread%s", row.threads, row.threads == 1 ? " " : "s");
  for (std::size_t at = 0; at < about.entries.size(); ++at) {
    std::printf("\n  %-16s", about.entries[at].name.c_str());
    for (const scale_row& row : rows) {
      const scale_entry& one = row.entries[at];
      const double tail = static_cast<double>(one.reads.percentile(99.9)) * scale / 1e3;
      std::printf("  %6.2f %7.1f", spread_of(one.rates).median, tail);
      const scale_entry* const us = ours_of(row, chosen);
      if (us != nullptr && us != &one) {
        std::printf(" %5.2f", ratio_of(*us, one).median);
      } else {
        std::printf("      ");
      }
    }
  }
  std::printf("\n");
  std::fflush(stdout);
}

scale_row in_turns(scale_row about, const std::vector<subject*>& all, const request& asked, const settings& chosen,
                   double scale) {
  for (const subject* const one : all) about.entries.push_back({one->name, {}, {}, {}});
  for (int round = 0; round < chosen.shared.rounds; ++round) {
    for (std::size_t place = 0; place < all.size(); ++place) {
      const std::size_t at = runner::turn(static_cast<std::size_t>(round), place, all.size());
      const outcome now = all[at]->run(asked);
      scale_entry& into = about.entries[at];
      into.rates.push_back(rate_of(now, chosen));
      into.reads.merge(now.reads);
      into.longest.push_back(static_cast<double>(now.reads.max()) * scale);
    }
  }
  return about;
}

// More draws than there are keys, so that all of them come.
std::vector<std::uint64_t> keys_drawn(law which, std::size_t capacity, std::uint64_t seed) {
  std::vector<std::uint64_t> keys;
  for (const std::uint32_t number : numbers_drawn(which, 2 * capacity, seed, std::bit_ceil(8 * capacity)))
    keys.push_back(word_key(number, seed, pattern::random));
  return keys;
}

class inquiry {
 public:
  explicit inquiry(const settings& chosen)
      : chosen_(chosen), scale_(nanoseconds_per_tick()), all_(everybody(chosen.shared)) {}

  void ask(std::size_t capacity, law which) {
    const std::vector<std::uint64_t> keys = keys_drawn(which, capacity, chosen_.shared.seed);
    for (const auto& one : all_) one->fill(capacity, keys);
    for (const char* const question : questions) {
      if (!named_in(chosen_.shared.questions, question)) continue;
      const bool only_stores = question == questions[0];
      std::vector<subject*> here;
      for (const auto& one : all_) {
        if (one->stores || !only_stores) here.push_back(one.get());
      }
      std::vector<scale_row> rows;
      for (const int threads : chosen_.threads) {
        rows.push_back(in_turns({question, "u64 to 64 bytes", name_of(which), capacity, threads, {}}, here,
                                {&keys, only_stores, threads, chosen_.seconds}, chosen_, scale_));
      }
      print(rows, chosen_, scale_);
      done_.insert(done_.end(), rows.begin(), rows.end());
    }
    for (const auto& one : all_) one->drop();
  }
  void write() const { write_json(chosen_, done_, scale_); }

 private:
  const settings& chosen_;
  double scale_;
  std::vector<std::unique_ptr<subject>> all_;
  std::vector<scale_row> done_;
};

int answer(int count, char** words) {
  settings chosen = settings_from(count, words);
  chosen.ours = "pointer_cache";
  if (!chosen.shared.quick && !chosen.shared.full && chosen.shared.rounds == 9) chosen.shared.rounds = 5;
  if (chosen.shared.sizes.empty()) chosen.shared.sizes = {100'000, 1'000'000};
  if (chosen.shared.quick) chosen.shared.sizes.resize(1);
  prepare_machine(chosen.shared);
  inquiry asked(chosen);
  for (const std::size_t capacity : chosen.shared.sizes) {
    for (const law which : {law::uniform, law::zipf}) {
      if (named_in(chosen.spreads, name_of(which))) asked.ask(capacity, which);
    }
  }
  asked.write();
  return 0;
}

}  // namespace
}  // namespace holdfast::bench

int main(int count, char** words) { return holdfast::bench::answer(count, words); }
