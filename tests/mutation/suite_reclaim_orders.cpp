// The orders of base/reclaim's atomics, one by one: Relacy plays the protocol under the memory model of C++, and has to
// object to each order that bugs/reclaim_orders.txt takes away.
// needs: <relacy/relacy.hpp>
#include <cstdio>

#include "tests/mutation/promise.hpp"

// Last, because of its #include <relacy/relacy.hpp>.
#include "tests/model/reclaim_relacy.hpp"

namespace {

using namespace holdfast::tests;

template <class Play>
void play(const char* promise, rl::iteration_t schedules) {
  checking(promise);
  const relacy_says seen = simulate<Play>(schedules);
  const std::size_t first = seen.story.find('\n');
  if (!seen.good) broken("Relacy", seen.story.substr(first + 1, seen.story.find('\n', first + 1) - first - 1).c_str(), 0);
}

}  // namespace

int main() {
  broken_by_signals(100);
  play<read_and_write<relacy_machine>>("hf.reclaim.pin-holds", 60'000);
  play<writers_in_turn<relacy_machine>>("hf.reclaim.scan-after-grace", 60'000);
  play<unlinked_by_another<relacy_machine>>("hf.reclaim.grace-covers", 60'000);
  play<waiters_for_periods<relacy_machine>>("hf.reclaim.grace-covers", 60'000);
  play<record_in_turn<relacy_machine>>("hf.reclaim.thread-exit", 5'000);
  play<copied_pin<relacy_machine>>("hf.reclaim.scan-whole", 60'000);
  play<given_pin<relacy_machine>>("hf.reclaim.slot-one-owner", 60'000);
  std::puts("every promise is kept");
}
