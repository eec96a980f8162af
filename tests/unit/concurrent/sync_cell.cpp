// One object for many threads: the rules of Go's atomic.Value, and who owns what is put in.
#include <holdfast/concurrent/sync_cell.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using holdfast::sync_cell;

void drain() { holdfast::reclaim::default_domain().drain(); }

// A refused misuse, as its handler gets it.
std::string told;
void note_it(const holdfast::failure& what) { told = what.text; }
class told_here {
 public:
  told_here() : before_(holdfast::set_failure_handler(&note_it)) { told.clear(); }
  ~told_here() { holdfast::set_failure_handler(before_); }
  told_here(const told_here&) = delete;
  told_here& operator=(const told_here&) = delete;

 private:
  holdfast::failure_handler before_;
};

struct counted {
  explicit counted(int& count, int what = 0) : alive(&count), number(what) { ++*alive; }
  counted(const counted& other) : alive(other.alive), number(other.number) { ++*alive; }
  counted& operator=(const counted&) = delete;
  ~counted() {
    --*alive;
    number = -1;
  }
  int* alive;
  int number;
};

// contract V1, T100; covers hf.cell.stays-filled
TEST(SyncCell, IsEmptyBeforeTheFirstStoreAndThenHasTheLast) {
  sync_cell<int> cell;
  EXPECT_FALSE(cell.load());
  EXPECT_FALSE(cell.visit([](int) { FAIL(); }));
  EXPECT_FALSE(cell.update([](int&) { FAIL(); }));
  cell.store(42);
  EXPECT_EQ(*cell.load(), 42);
  cell.store(84);
  EXPECT_EQ(*cell.load(), 84);
  EXPECT_TRUE(cell.visit([](const int& there) { EXPECT_EQ(there, 84); }));
}

// contract T100, of large values
TEST(SyncCell, HasWholeTexts) {
  sync_cell<std::string> cell(std::string(1000, 'a'));
  const auto first = cell.load();
  cell.store(std::string(2000, 'b'));
  EXPECT_EQ(*first, std::string(1000, 'a'));
  EXPECT_EQ(*cell.load(), std::string(2000, 'b'));
}

// contract V2, T100; covers hf.cell.stays-filled
TEST(SyncCell, RefusesNullAndSaysSoEachTime) {
  const told_here here;
  sync_cell<int> cell;
  for (const bool is_filled : {false, true}) {
    for (int times = 0; times < 2; ++times) {
      told.clear();
      cell.store(std::unique_ptr<int>());
      EXPECT_NE(told.find("store of null into a sync_cell"), std::string::npos) << told;
      EXPECT_NE(told.find("cure:"), std::string::npos) << told;
      EXPECT_FALSE(cell.exchange(std::shared_ptr<int>()));
      EXPECT_NE(told.find("exchange of null"), std::string::npos) << told;
      EXPECT_FALSE(cell.compare_exchange(cell.load(), std::unique_ptr<int>()));
      EXPECT_NE(told.find("compare_exchange of null"), std::string::npos) << told;
      EXPECT_EQ(static_cast<bool>(cell.load()), is_filled);
    }
    cell.store(1);
  }
}

// contract V3, T102
TEST(SyncCell, ExchangeGivesWhatWasThere) {
  sync_cell<int> cell;
  EXPECT_FALSE(cell.exchange(1));
  EXPECT_EQ(*cell.exchange(2), 1);
  EXPECT_EQ(*cell.exchange(std::make_unique<int>(3)), 2);
  EXPECT_EQ(*cell.load(), 3);
}

// contract V3, T103; covers hf.cell.exchange
TEST(SyncCell, CompareExchangeGoesByIdentity) {
  sync_cell<std::string> cell;
  EXPECT_FALSE(cell.compare_exchange(std::make_unique<std::string>("none").get(), "no"));
  EXPECT_TRUE(cell.compare_exchange(nullptr, "first"));
  EXPECT_FALSE(cell.compare_exchange(nullptr, "again"));
  const auto first = cell.load();
  cell.store("first");
  EXPECT_FALSE(cell.compare_exchange(first, "no")) << "the same text, and another object";
  const auto second = cell.load();
  EXPECT_TRUE(cell.compare_exchange(second, "third"));
  EXPECT_EQ(*cell.load(), "third");
  EXPECT_EQ(*second, "first");
}

// contract V3, T103: by ==
TEST(SyncCell, CompareExchangeEqualGoesByValue) {
  sync_cell<std::string> cell;
  EXPECT_FALSE(cell.compare_exchange_equal("", "no")) << "no object equals nothing";
  cell.store("one");
  EXPECT_FALSE(cell.compare_exchange_equal("two", "no"));
  EXPECT_TRUE(cell.compare_exchange_equal("one", "two"));
  EXPECT_EQ(*cell.load(), "two");
}

// covers hf.cell.pin-holds
TEST(SyncCell, APinOutlivesReplacementAndTheCell) {
  int alive = 0;
  {
    holdfast::reclaim::pin<const counted> first, last;
    {
      sync_cell<counted> cell;
      cell.store(counted(alive, 1));
      first = cell.load();
      cell.store(std::make_unique<counted>(alive, 2));
      drain();
      EXPECT_EQ(first->number, 1);
      last = cell.load();
    }
    drain();
    EXPECT_EQ(last->number, 2);
    EXPECT_EQ(alive, 2);
    first.reset();
    drain();
    EXPECT_EQ(alive, 1);
  }
  drain();
  EXPECT_EQ(alive, 0);
}

// covers hf.cell.update-copies
TEST(SyncCell, UpdateChangesACopyAndBeginsAgainWhenAnotherWasFirst) {
  sync_cell<std::string> cell("one");
  const auto before = cell.load();
  int calls = 0;
  EXPECT_TRUE(cell.update([&](std::string& copy) {
    if (++calls == 1) cell.store("two");
    copy += "!";
  }));
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(*before, "one");
  EXPECT_EQ(*cell.load(), "two!");
}

struct shape {
  virtual ~shape() = default;
  [[nodiscard]] virtual int corners() const = 0;
  [[nodiscard]] virtual std::unique_ptr<shape> clone() const = 0;
  int turned = 0;
};
struct square : shape {
  [[nodiscard]] int corners() const override { return 4; }
  [[nodiscard]] std::unique_ptr<shape> clone() const override { return std::make_unique<square>(*this); }
};

TEST(SyncCell, TakesOwnersAndWhatDerives) {
  sync_cell<shape> cell(std::make_unique<square>());
  EXPECT_EQ(cell.load()->corners(), 4);
  EXPECT_TRUE(cell.update([](shape& copy) { copy.turned = 90; }));
  EXPECT_EQ(cell.load()->turned, 90);
  EXPECT_EQ(cell.load()->corners(), 4);

  const auto shared = std::make_shared<square>();
  cell.store(shared);
  EXPECT_EQ(cell.load().get(), shared.get());
  EXPECT_EQ(shared.use_count(), 2);

  static int freed;
  freed = 0;
  sync_cell<int> of_c;
  of_c.store(std::unique_ptr<int, void (*)(int*)>(new int(7), [](int* object) {
    ++freed;
    delete object;
  }));
  EXPECT_EQ(*of_c.load(), 7);
  of_c.store(8);
  drain();
  EXPECT_EQ(freed, 1);
}

struct immovable {
  explicit immovable(int what) : number(what) {}
  immovable(immovable&&) = delete;
  int number;
};

TEST(SyncCell, TakesWhatCanNeitherBeCopiedNorMoved) {
  sync_cell<immovable> cell(7);
  EXPECT_EQ(cell.load()->number, 7);
  cell.store(8);
  EXPECT_EQ(cell.load()->number, 8);
}

// covers hf.cell.strong
TEST(SyncCell, WhatThrowsChangesNothing) {
  struct fragile {
    explicit fragile(int what) : number(what) {
      if (what == 2) throw std::runtime_error("two");
    }
    int number;
  };
  sync_cell<fragile> cell(1);
  EXPECT_THROW(cell.store(2), std::runtime_error);
  EXPECT_THROW(cell.update([](fragile&) { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(cell.load()->number, 1);
}

constinit sync_cell<int> made_without_code;
TEST(SyncCell, MayBeStatic) {
  made_without_code.store(5);
  EXPECT_EQ(*made_without_code.load(), 5);
}

template <class Work>
void together(int count, Work work) {
  std::vector<std::jthread> all;
  for (int thread = 0; thread < count; ++thread) all.emplace_back([&, thread] { work(thread); });
}

// contract V4, T101; covers hf.cell.whole
TEST(SyncCell, ReadersSeeOneOfTheWholeValues) {
  sync_cell<std::vector<int>> cell(std::vector<int>(64, 0));
  std::atomic<int> torn{0};
  together(4, [&](int thread) {
    for (int n = 0; n < 4000; ++n) {
      if (thread < 2) {
        cell.store(std::vector<int>(64, n * 2 + thread));
      } else {
        const auto seen = cell.load();
        const std::int64_t sum = std::accumulate(seen->begin(), seen->end(), std::int64_t{0});
        torn += seen->size() != 64 || sum != std::int64_t{64} * seen->front() ? 1 : 0;
      }
    }
  });
  EXPECT_EQ(torn, 0);
}

// contract T102: each value that went in comes out once
TEST(SyncCell, ExchangeHandsEachValueToOne) {
  constexpr int rounds = 3000;
  sync_cell<std::int64_t> cell(0);
  std::atomic<std::int64_t> out{0};
  together(4, [&](int thread) {
    for (std::int64_t n = 0; n < rounds; ++n) out += *cell.exchange(n * 4 + thread);
  });
  const std::int64_t last = *cell.load();
  EXPECT_EQ(out + last, std::int64_t{4 * rounds} * (4 * rounds - 1) / 2);
}

// contract T103; covers hf.cell.exchange
TEST(SyncCell, CountsByComparingWithoutLosingAny) {
  constexpr int rounds = 1000;
  sync_cell<int> cell(0);
  together(4, [&](int thread) {
    for (int n = 0; n < rounds; ++n) {
      if (thread == 0) {
        cell.update([](int& copy) { ++copy; });
      } else if (thread == 1) {
        for (int now = *cell.load(); !cell.compare_exchange_equal(now, now + 1); now = *cell.load()) {}
      } else {
        for (auto now = cell.load(); !cell.compare_exchange(now, *now + 1); now = cell.load()) {}
      }
    }
  });
  EXPECT_EQ(*cell.load(), 4 * rounds);
}

// contract V5: two cells, each written by one thread and then the other one read: not both are missed.
// covers hf.cell.one-order
TEST(SyncCell, AllThreadsAgreeOnOneOrderOfAllCells) {
  int both_missed = 0;
  for (int round = 0; round < 2000; ++round) {
    sync_cell<int> a, b;  // empty: to retire what was there would order the two by itself
    bool seen_by_a = true, seen_by_b = true;
    std::atomic<int> missing{2};
    const auto meet = [&] {
      for (--missing; missing != 0;) std::this_thread::yield();
    };
    {
      const std::jthread first([&] {
        meet();
        a.store(1);
        seen_by_a = static_cast<bool>(b.load());
      });
      const std::jthread second([&] {
        meet();
        b.store(1);
        seen_by_b = static_cast<bool>(a.load());
      });
    }
    both_missed += !seen_by_a && !seen_by_b ? 1 : 0;
  }
  EXPECT_EQ(both_missed, 0);
}

}  // namespace
