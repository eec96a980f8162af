// The checker itself: histories that were written by hand, and maps that were broken on purpose.
#include "tests/linearizability/checker.hpp"

#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include <holdfast/concurrent/locked_map.hpp>
#include <holdfast/concurrent/sharded_map.hpp>

#include "tests/linearizability/record.hpp"

namespace {

using namespace holdfast::tests;

event call(word what, std::uint64_t began, std::uint64_t ended, int value = absent, int found = absent,
           bool yes = false) {
  event one;
  one.what = what;
  one.began = began;
  one.ended = ended;
  one.value = value;
  one.found = found;
  one.yes = yes;
  return one;
}

TEST(Checker, TakesCallsOneAfterTheOther) {
  const history good{call(word::store, 0, 1, 5), call(word::load, 2, 3, absent, 5),
                     call(word::erase, 4, 5, absent, absent, true), call(word::load, 6, 7)};
  EXPECT_TRUE(is_linearizable(good, nothing));
  const history bad{call(word::store, 0, 1, 5), call(word::load, 2, 3, absent, absent)};
  EXPECT_FALSE(is_linearizable(bad, nothing)) << "a store was lost";
}

TEST(Checker, CallsThatOverlapMayComeEitherWay) {
  for (const int found : {1, 2}) {
    const history both{call(word::store, 0, 10, 1), call(word::store, 1, 9, 2),
                       call(word::load, 11, 12, absent, found)};
    EXPECT_TRUE(is_linearizable(both, nothing)) << found;
  }
  const history neither{call(word::store, 0, 10, 1), call(word::store, 1, 9, 2), call(word::load, 11, 12, absent, 3)};
  EXPECT_FALSE(is_linearizable(neither, nothing));
}

TEST(Checker, ReadersMustAgreeAboutTheOrder) {
  // Two stores; one reader sees 1 then 2, the other 2 then 1.
  const history torn{call(word::store, 0, 20, 1), call(word::store, 1, 21, 2), call(word::load, 2, 3, absent, 1),
                     call(word::load, 4, 5, absent, 2), call(word::load, 6, 7, absent, 1)};
  EXPECT_FALSE(is_linearizable(torn, nothing));
}

TEST(Checker, OldNewsIsFoundOut) {
  const history stale{call(word::store, 0, 1, 1), call(word::store, 2, 3, 2), call(word::load, 4, 5, absent, 1)};
  EXPECT_FALSE(is_linearizable(stale, nothing));
  const history in_time{call(word::store, 0, 1, 1), call(word::store, 2, 5, 2), call(word::load, 3, 4, absent, 1)};
  EXPECT_TRUE(is_linearizable(in_time, nothing));
}

TEST(Checker, TwoCannotTakeTheSameValue) {
  const history twice{call(word::store, 0, 1, 7), call(word::load_and_erase, 2, 10, absent, 7),
                      call(word::load_and_erase, 3, 9, absent, 7)};
  EXPECT_FALSE(is_linearizable(twice, nothing));
}

TEST(Checker, TakesChoicesBack) {
  // Six stores at once, then loads one after the other that see them in the opposite order: what is tried
  // first is wrong each time.
  history hard;
  for (unsigned n = 0; n < 6; ++n) hard.push_back(call(word::store, n, 100 + n, static_cast<int>(n)));
  for (unsigned n = 0; n < 6; ++n)
    hard.push_back(call(word::load, 10 + 2 * n, 11 + 2 * n, absent, 5 - static_cast<int>(n)));
  EXPECT_TRUE(is_linearizable(hard, nothing));
  hard.push_back(call(word::load, 50, 51, absent, 5));  // the first one again
  EXPECT_FALSE(is_linearizable(hard, nothing));
}

TEST(Checker, ASnapshotIsOfAllKeys) {
  event first = call(word::store, 0, 1, 1);
  event second = call(word::store, 2, 3, 2);
  second.key = 1;
  event seen = call(word::snapshot, 4, 5);
  seen.all = {1, absent, absent, absent};
  EXPECT_FALSE(is_linearizable({first, second, seen}, nothing));
  seen.all = {1, 2, absent, absent};
  EXPECT_TRUE(is_linearizable({first, second, seen}, nothing));
}

// ---- maps that are broken: each has one call that is not atomic ------------------------------------------
using sound = holdfast::sharded_map<int, int>;

struct loses_updates : sound {
  template <class Change>
  bool alter(int key, Change change) {
    const std::optional<int> old = load(key);
    std::this_thread::yield();
    const std::optional<int> next = change(old ? &*old : nullptr);
    next ? store(key, *next) : static_cast<void>(sound::erase(key));
    return next.has_value();
  }
};

// The same without a pause in between: two threads must meet within some tens of nanoseconds.
struct loses_updates_at_once : sound {
  template <class Change>
  bool alter(int key, Change change) {
    const std::optional<int> old = load(key);
    const std::optional<int> next = change(old ? &*old : nullptr);
    next ? store(key, *next) : static_cast<void>(sound::erase(key));
    return next.has_value();
  }
};

struct gives_twice : sound {
  std::optional<int> load_and_erase(int key) {
    const std::optional<int> old = load(key);
    std::this_thread::yield();
    sound::erase(key);
    return old;
  }
};

struct stores_both : sound {
  holdfast::load_or_store_result<int> load_or_store(int key, int value) {
    if (const auto old = load(key)) return {*old, true};
    std::this_thread::yield();
    store(key, value);
    return {value, false};
  }
};

struct reads_old_news : sound {
  std::optional<int> load(int key) {
    thread_local std::optional<int> kept;
    thread_local unsigned calls = 0;
    if (++calls % 4 != 0) kept = sound::load(key);
    return kept;
  }
};

struct erases_changed : sound {
  bool compare_erase(int key, int expected) {
    if (load(key) != expected) return false;
    std::this_thread::yield();
    return sound::erase(key);
  }
};

struct clears_bit_by_bit : sound {
  void clear() {
    for (int key = 0; key < 4; ++key) {
      sound::erase(key);
      std::this_thread::yield();
    }
  }
};

struct copies_bit_by_bit : sound {
  [[nodiscard]] std::vector<std::pair<int, int>> snapshot() const {
    std::vector<std::pair<int, int>> all;
    for (int key = 0; key < 4; ++key) {
      if (const auto there = load(key)) all.emplace_back(key, *there);
      std::this_thread::yield();
    }
    return all;
  }
};

// As a map whose growth moves an entry out of sight for a moment.
struct hides_while_growing : sound {
  void store(int key, int value) {
    sound::store(key, value);
    if (key < first_other) return;
    if (const auto moving = sound::load_and_erase(0)) {
      std::this_thread::yield();
      (void)sound::load_or_store(0, *moving);
    }
  }
};

// Whether some history of `Map` does not fit, within as many attempts as a broken map needs many times over.
template <class Map>
bool is_found_out(plan given) {
  for (std::uint32_t attempt = 0; attempt < 1000; ++attempt) {
    given.seed = attempt;
    Map map;
    if (!is_linearizable(record(map, given), nothing)) return true;
  }
  return false;
}

plan of_one_key(word broken) {
  return {.threads = 3, .calls = 12, .others = 0, .words = {broken, word::load, word::store}};
}
plan of_all_keys(word broken) {
  return {.threads = 3, .calls = 8, .keys = 4, .others = 0, .words = {broken, word::snapshot, word::store}};
}

TEST(Checker, FindsOutMapsThatAreBroken) {
  EXPECT_TRUE(is_found_out<loses_updates>(of_one_key(word::alter)));
  EXPECT_TRUE(is_found_out<loses_updates_at_once>({.threads = 2, .calls = 200, .others = 0, .words = {word::alter}}));
  EXPECT_TRUE(is_found_out<gives_twice>(of_one_key(word::load_and_erase)));
  EXPECT_TRUE(
      is_found_out<stores_both>({.threads = 3, .calls = 12, .others = 0, .words = {word::load_or_store, word::erase}}));
  EXPECT_TRUE(is_found_out<reads_old_news>(of_one_key(word::load)));
  EXPECT_TRUE(is_found_out<erases_changed>(
      {.threads = 3, .calls = 12, .others = 0, .words = {word::compare_erase, word::exchange, word::load}}));
}

TEST(Checker, FindsOutAMapThatIsBrokenOnlyWhileItGrows) {
  plan given = of_one_key(word::load);
  EXPECT_FALSE(is_found_out<hides_while_growing>(given)) << "it has no fault while it does not grow";
  given.others = 2;
  EXPECT_TRUE(is_found_out<hides_while_growing>(given));
}

TEST(Checker, FindsOutMapsThatAreNotWhole) {
  EXPECT_TRUE(is_found_out<clears_bit_by_bit>(of_all_keys(word::clear)));
  EXPECT_TRUE(is_found_out<copies_bit_by_bit>(of_all_keys(word::snapshot)));
}

}  // namespace
