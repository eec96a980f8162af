// The promises of sync_cell, checked so that each bug of bugs/sync_cell.txt is found within seconds.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <holdfast/concurrent/go_atomic_value.hpp>
#include <holdfast/concurrent/sync_cell.hpp>

#include "tests/mutation/promise.hpp"

namespace {

using holdfast::sync_cell;
using holdfast::tests::checking;
using holdfast::tests::require;

struct object {
  static inline std::atomic<int> alive{0};
  int number;

  object(int n) : number(n) { ++alive; }
  object(const object& other) : number(other.number) { ++alive; }
  ~object() {
    number = -1;
    --alive;
  }
  bool operator==(const object& other) const { return number == other.number; }
};

int alive_now() {
  holdfast::reclaim::default_domain().drain();
  return object::alive.load();
}

int reports = 0;
void count_it(const holdfast::failure&) { ++reports; }

void pins_and_ends() {
  const int before = alive_now();
  {
    sync_cell<object> cell(1);
    const auto first = cell.load();
    cell.store(2);
    require(alive_now() == before + 2 && first->number == 1, "a pinned object ends when another one is stored");
    const bool is_in = cell.compare_exchange(cell.load(), 3);
    require(is_in && alive_now() == before + 2, "a replaced object stays for good");
    cell.store(4);
    require(alive_now() == before + 2, "a stored-over object stays for good");
  }
  require(alive_now() == before, "an object outlives its cell and its pins");
}

void stays_filled() {
  holdfast::set_failure_handler(&count_it);
  sync_cell<object> cell;
  require(!cell.load(), "a cell without an object has one");
  cell.store(1);
  cell.store(std::unique_ptr<object>());
  require(reports == 1, "null is refused in silence");
  require(cell.load() && cell.load().get() != nullptr && cell.load()->number == 1, "null is taken");
  holdfast::set_failure_handler(nullptr);
}

void exchanges() {
  sync_cell<object> cell;
  require(!cell.compare_exchange_equal(object(0), 9) && !cell.load(), "nothing equals a value");
  require(cell.compare_exchange(nullptr, 1), "the first object is not put in");
  const auto first = cell.load();
  require(!cell.compare_exchange_equal(object(2), 9), "another value is replaced");
  require(cell.compare_exchange_equal(object(1), 1), "an equal value is not replaced");
  require(!cell.compare_exchange(first, 9), "another object is replaced");
  int calls = 0;
  cell.update([&](object& copy) {
    if (++calls == 1) cell.store(5);
    copy.number += 10;
  });
  require(calls == 2 && cell.load()->number == 15, "an update loses what another thread stored meanwhile");
}

void copies() {
  sync_cell<object> cell(1);
  const auto before = cell.load();
  cell.update([](object& copy) { copy.number = 2; });
  require(before->number == 1 && cell.load()->number == 2, "an update changes what is being read");
}

void owns_once() {
  const int before = alive_now();
  sync_cell<object> cell(1);
  const bool is_in = cell.compare_exchange(cell.load(), 2);
  require(is_in && cell.load()->number == 2, "what was put in has ended");
  require(alive_now() == before + 1, "what was put in is counted otherwise than once");
}

template <class Act>
bool panics(Act act) {
  try {
    act();
  } catch (const holdfast::go::runtime_error&) {
    return true;
  }
  return false;
}

void go_panics() {
  holdfast::go::atomic_value value;
  require(panics([&] { value.store(nullptr); }), "nil is stored");
  value.store(1);
  require(panics([&] { value.store(std::string("one")); }), "another type is stored");
  require(panics([&] { (void)value.compare_and_swap(1, std::string("one")); }), "two types are compared");
  require(panics([&] { (void)value.compare_and_swap(nullptr, std::string("one")); }), "another type is swapped in");
  require(!value.compare_and_swap(nullptr, 2) && !value.compare_and_swap(3, 2), "what is not there is swapped");
  require(value.compare_and_swap(1, 2) && *value.swap(3).as<int>() == 2, "a swap gives something else");
}

// Two threads that meet before each round: each fills its cell and looks at the other one's.
void one_order() {
  constexpr int rounds = 5000;
  std::vector<sync_cell<int>> a(rounds), b(rounds);
  std::vector<char> seen_of_a(rounds), seen_of_b(rounds);
  std::atomic<int> arrived{0};
  const auto play = [&](std::vector<sync_cell<int>>& mine, std::vector<sync_cell<int>>& other,
                        std::vector<char>& seen) {
    for (int round = 0; round < rounds; ++round) {
      ++arrived;
      for (int turns = 0; arrived < 2 * (round + 1); ++turns) {
        if (turns > 1000) std::this_thread::yield();
      }
      mine[static_cast<std::size_t>(round)].store(1);
      seen[static_cast<std::size_t>(round)] = other[static_cast<std::size_t>(round)].load() ? 1 : 0;
    }
  };
  {
    const std::jthread first([&] { play(a, b, seen_of_b); });
    const std::jthread second([&] { play(b, a, seen_of_a); });
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    require(seen_of_a[round] != 0 || seen_of_b[round] != 0, "two threads miss each other's store");
  }
}

}  // namespace

int main() {
  holdfast::tests::broken_by_signals(60);
  checking("hf.cell.pin-holds");
  pins_and_ends();
  checking("hf.cell.stays-filled");
  stays_filled();
  checking("hf.cell.exchange");
  exchanges();
  checking("hf.cell.update-copies");
  copies();
  checking("hf.cell.strong");
  owns_once();
  checking("hf.cell.go-panics");
  go_panics();
  checking("hf.cell.one-order");
  one_order();
  std::puts("all promises kept");
}
