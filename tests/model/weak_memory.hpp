// The memory model of C++ for code on fibers, which need not be written for it: weak_atomic takes the place of
// std::atomic, and a load may give any value that the model allows.
//
// Each thread has a clock that counts its steps, and knows of each other thread the step up to which everything happens
// before its own next one. Each atomic has its stores in their order; a load may go back to any of them that is not
// older than one which happens before it, or was read before it. An acquire that reads a release joins the clocks.
//
//   told as a violation    an atomic is used whose making does not happen before
//                          plain memory is read or written, and another thread's write or read does not happen before
//   not modelled           stores in another order than that of the steps; seq_cst, which counts as acq_rel; fences
//
// Each place in the source that asks for an order, or for two, is known by file and line, and can be played relaxed
// instead: a play that is none the worse for it does not show what the order is for.
//
// The play itself is thread 0: what it does before run() happens before everything, what it does afterwards after
// everything. An address stands for what lies there in one play; memory that is given back should not be used again
// before it ends.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include <holdfast/base/sync/atomic_pair.hpp>

#include "tests/model/fibers.hpp"

namespace holdfast::tests {

// Where in the source an atomic is used.
struct source_place {
  std::string_view file;
  unsigned line = 0;
  std::string_view function;
  [[nodiscard]] friend bool operator<(const source_place& a, const source_place& b) noexcept {
    return a.file != b.file ? a.file < b.file : a.line < b.line;
  }
};

class weak_memory {
 public:
  static constexpr std::size_t most_threads = 4;

  explicit weak_memory(fibers& all, std::uint64_t seed) : all_(all), random_(seed) {
    current_ = this;
    constexpr unsigned odds[] = {0, 2, 4, 8, 12};
    stale_odds_ = odds[random_() % 5];
    knows_[0][0] = 1;
  }
  ~weak_memory() { current_ = nullptr; }
  weak_memory(const weak_memory&) = delete;
  weak_memory& operator=(const weak_memory&) = delete;

  // What all plays together have asked for beside relaxed.
  static inline std::map<source_place, std::memory_order> orders_asked_for;
  // Gets a relaxed order, whatever it asks for.
  static inline source_place relaxed_at;
  [[nodiscard]] static std::memory_order order_at(source_place where, std::memory_order asked_for) {
    if (asked_for == std::memory_order_relaxed) return asked_for;
    orders_asked_for.emplace(where, asked_for);
    return where.line == relaxed_at.line && where.file == relaxed_at.file ? std::memory_order_relaxed : asked_for;
  }

  // The one of the play that goes on; null outside of one.
  [[nodiscard]] static weak_memory* current() noexcept { return current_; }

  // Plays the fibers, of which there are at most three. False: they went round in circles.
  bool run(std::uint64_t expected_steps, unsigned changes) {
    for (std::size_t i = 1; i < most_threads; ++i) knows_[i] = knows_[0], knows_[i][i] = 1;
    const bool ended = all_.run(expected_steps, changes);
    for (std::size_t i = 1; i < most_threads; ++i) join(knows_[0], knows_[i]);
    return ended;
  }

  void report(const char* what) noexcept {
    if (violation_ == nullptr) violation_ = what;
  }
  // The first one; null: none.
  [[nodiscard]] const char* violation() const noexcept { return violation_; }

  // ---- for weak_atomic ----

  void make(const void* place, std::uint64_t value) {
    place_of_atomic& one = atomics_[place];
    one.stores.clear();
    one.stores.push_back({value, {}, {}});
    one.maker = here();
    one.made_at = step_on();
    one.stores.back().seen_by[one.maker] = one.made_at;
  }
  std::uint64_t load(const void* place, std::uint64_t before, std::memory_order order) {
    all_.step();
    place_of_atomic& one = use(place, before);
    store_of* seen = &one.stores.back();
    while (seen != &one.stores.front() && !is_known(*seen) && random_() % 16 < stale_odds_) --seen;
    read(*seen, order);
    return seen->value;
  }
  void store(const void* place, std::uint64_t before, std::uint64_t value, std::memory_order order) {
    all_.step();
    write(use(place, before), value, order, {});
  }
  // change(value before, value after): whether it is stored.
  template <class Change>
  std::uint64_t exchange(const void* place, std::uint64_t before, std::memory_order success, std::memory_order failure,
                         Change&& change) {
    all_.step();
    place_of_atomic& one = use(place, before);
    store_of& last = one.stores.back();
    const std::uint64_t was = last.value;
    std::uint64_t after = was;
    const bool done = change(was, after);
    read(last, done ? success : failure);
    const clock sequence = last.released;
    if (done) write(one, after, success, sequence);
    return was;
  }

  // ---- for weak_pair: pairs by number, of which 0 is two zeros ----

  [[nodiscard]] std::uint64_t number_of(word_pair words) {
    pairs_.push_back(words);
    return pairs_.size() - 1;
  }
  [[nodiscard]] word_pair pair(std::uint64_t number) const { return pairs_[number]; }

  // ---- for plain memory ----

  void begin_plain(const void* place) { plain_[place] = {}, write_plain(place); }
  void write_plain(const void* place) {
    plain& one = plain_[place];
    for (std::size_t i = 0; i < most_threads; ++i)
      if (std::max(one.written[i], one.read[i]) > knows_[here()][i]) report("data race: a write");
    one.written[here()] = step_on();
  }
  void read_plain(const void* place) {
    plain& one = plain_[place];
    for (std::size_t i = 0; i < most_threads; ++i)
      if (one.written[i] > knows_[here()][i]) report("data race: a read");
    one.read[here()] = step_on();
  }

 private:
  using moment = std::uint32_t;
  using clock = std::array<moment, most_threads>;

  struct store_of {
    std::uint64_t value;
    clock released;  // what happens before an acquire that reads this
    clock seen_by;  // when each thread first read it, or wrote it; 0: not yet
  };
  struct place_of_atomic {
    std::vector<store_of> stores;
    std::size_t maker = 0;
    moment made_at = 0;
  };
  struct plain {
    clock written{};
    clock read{};
  };

  [[nodiscard]] std::size_t here() const noexcept { return all_.running(); }
  moment step_on() noexcept { return ++knows_[here()][here()]; }
  static void join(clock& into, const clock& from) noexcept {
    for (std::size_t i = 0; i < most_threads; ++i) into[i] = std::max(into[i], from[i]);
  }
  static bool acquires(std::memory_order order) noexcept {
    return order != std::memory_order_relaxed && order != std::memory_order_release;
  }
  static bool releases(std::memory_order order) noexcept {
    return order != std::memory_order_relaxed && order != std::memory_order_acquire;
  }

  place_of_atomic& use(const void* place, std::uint64_t before) {
    place_of_atomic& one = atomics_[place];
    // Not made in this play: it was there from the beginning.
    if (one.stores.empty()) one.stores.push_back({before, {}, {1}}), one.made_at = 1;
    if (one.made_at > knows_[here()][one.maker]) report("an atomic is used that was not seen to be made");
    return one;
  }
  // Nothing older may be read any more by who is here.
  [[nodiscard]] bool is_known(const store_of& one) const noexcept {
    const clock& mine = knows_[here()];
    for (std::size_t i = 0; i < most_threads; ++i)
      if (one.seen_by[i] != 0 && one.seen_by[i] <= mine[i]) return true;
    return false;
  }
  void read(store_of& one, std::memory_order order) noexcept {
    const moment now = step_on();
    if (one.seen_by[here()] == 0) one.seen_by[here()] = now;
    if (acquires(order)) join(knows_[here()], one.released);
  }
  void write(place_of_atomic& one, std::uint64_t value, std::memory_order order, clock released) {
    const moment now = step_on();
    if (releases(order)) join(released, knows_[here()]);
    one.stores.push_back({value, released, {}});
    one.stores.back().seen_by[here()] = now;
  }

  static inline weak_memory* current_ = nullptr;

  fibers& all_;
  std::mt19937_64 random_;
  unsigned stale_odds_;  // of 16, to go back by one store more
  std::array<clock, most_threads> knows_{};
  std::unordered_map<const void*, place_of_atomic> atomics_;
  std::unordered_map<const void*, plain> plain_;
  std::vector<word_pair> pairs_{word_pair{}};
  const char* violation_ = nullptr;
};

// As the default of an argument: of the call.
constexpr source_place here(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE(),
                            const char* function = __builtin_FUNCTION()) noexcept {
  return {file, line, function};
}

// What std::atomic is to the code that is played; outside of a play a plain variable.
template <class T>
class weak_atomic {
  static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= sizeof(std::uint64_t));

 public:
  constexpr weak_atomic() noexcept : weak_atomic(T{}) {}
  constexpr weak_atomic(T value) noexcept : value_(value) {
    if (!std::is_constant_evaluated())
      if (weak_memory* const all = weak_memory::current()) all->make(this, word(value));
  }
  weak_atomic(const weak_atomic&) = delete;
  weak_atomic& operator=(const weak_atomic&) = delete;

  T load(std::memory_order order = std::memory_order_seq_cst, source_place where = here()) const noexcept {
    weak_memory* const all = weak_memory::current();
    return all == nullptr ? value_ : of(all->load(this, word(value_), weak_memory::order_at(where, order)));
  }
  void store(T value, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) noexcept {
    if (weak_memory* const all = weak_memory::current())
      all->store(this, word(value_), word(value), weak_memory::order_at(where, order));
    value_ = value;
  }
  T exchange(T value, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) noexcept {
    return change(weak_memory::order_at(where, order), [&](T) { return value; });
  }
  T fetch_add(T more, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) noexcept {
    return change(weak_memory::order_at(where, order), [&](T was) { return static_cast<T>(was + more); });
  }
  T fetch_sub(T less, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) noexcept {
    return change(weak_memory::order_at(where, order), [&](T was) { return static_cast<T>(was - less); });
  }
  T fetch_and(T kept, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) noexcept {
    return change(weak_memory::order_at(where, order), [&](T was) { return static_cast<T>(was & kept); });
  }
  void wait(T old, std::memory_order order = std::memory_order_seq_cst, source_place where = here()) const noexcept {
    while (load(order, where) == old) fibers::current()->rest();
  }
  void notify_one() noexcept {}
  void notify_all() noexcept {}
  bool compare_exchange_strong(T& expected, T wanted, std::memory_order success,
                               std::memory_order failure = std::memory_order_relaxed,
                               source_place where = here()) noexcept {
    const T was = expected;
    expected = exchange_if(weak_memory::order_at(where, success), weak_memory::order_at(where, failure),
                           [&](T now, T& after) { return now == was && (after = wanted, true); });
    return expected == was;
  }
  bool compare_exchange_weak(T& expected, T wanted, std::memory_order success,
                             std::memory_order failure = std::memory_order_relaxed,
                             source_place where = here()) noexcept {
    return compare_exchange_strong(expected, wanted, success, failure, where);
  }

 private:
  static constexpr std::uint64_t word(T value) noexcept {
    std::uint64_t all = 0;
    if (!std::is_constant_evaluated()) std::memcpy(&all, &value, sizeof value);
    return all;
  }
  static T of(std::uint64_t all) noexcept {
    T value;
    std::memcpy(&value, &all, sizeof value);
    return value;
  }
  template <class Change>
  T change(std::memory_order order, Change&& what) noexcept {
    return exchange_if(order, order, [&](T was, T& after) { return after = what(was), true; });
  }
  template <class Change>
  T exchange_if(std::memory_order success, std::memory_order failure, Change&& what) noexcept {
    weak_memory* const all = weak_memory::current();
    T after = value_;
    if (all == nullptr) {
      const T was = value_;
      if (what(was, after)) value_ = after;
      return was;
    }
    return of(all->exchange(this, word(value_), success, failure, [&](std::uint64_t was, std::uint64_t& stored) {
      if (!what(of(was), after)) return false;
      stored = word(after);
      value_ = after;
      return true;
    }));
  }

  T value_;
};

// What atomic_pair is to it; only in a play.
class alignas(16) weak_pair {
 public:
  constexpr weak_pair() noexcept = default;

  [[nodiscard]] word_pair load(source_place where = here()) const noexcept {
    return weak_memory::current()->pair(number_.load(std::memory_order_acquire, where));
  }
  [[nodiscard]] word_pair load_whole(source_place where = here()) const noexcept { return load(where); }
  void store(word_pair value, source_place where = here()) noexcept {
    number_.store(weak_memory::current()->number_of(value), std::memory_order_release, where);
  }
  // Into a line that nobody can reach: relaxed suffices.
  void store_whole(word_pair value) noexcept {
    number_.store(weak_memory::current()->number_of(value), std::memory_order_relaxed);
  }

 private:
  weak_atomic<std::uint64_t> number_;
};

}  // namespace holdfast::tests
