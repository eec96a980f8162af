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
void play(const char* promise) {
  checking(promise);
  const relacy_says seen = simulate<Play>(8'000);
  const std::size_t first = seen.story.find('\n');
  if (!seen.good) broken("Relacy", seen.story.substr(first + 1, seen.story.find('\n', first + 1) - first - 1).c_str(), 0);
}

}  // namespace

int main() {
  broken_by_signals(100);
  play<read_and_write<relacy_machine>>("hf.reclaim.pin-holds");
  play<writers_in_turn<relacy_machine>>("hf.reclaim.scan-after-grace");
  play<unlinked_by_another<watching_retired>>("hf.reclaim.grace-covers");
  play<waiters_for_periods<relacy_machine>>("hf.reclaim.grace-covers");
  play<turned_away_waiter<relacy_machine>>("hf.reclaim.grace-covers");
  play<record_in_turn<relacy_machine>>("hf.reclaim.thread-exit");
  play<drained_and_collected<relacy_machine>>("hf.reclaim.drain-complete");
  play<copied_pin<relacy_machine>>("hf.reclaim.scan-whole");
  play<copied_to_first_further_slots<relacy_machine>>("hf.reclaim.pin-holds");
  play<copied_to_next_further_slots<relacy_machine>>("hf.reclaim.pin-holds");
  play<given_pin<relacy_machine>>("hf.reclaim.slot-one-owner");
  play<given_pin_of_many<relacy_machine>>("hf.reclaim.slot-one-owner");
  play<given_reserved_pin<relacy_machine>>("hf.reclaim.signal-safe");
  std::puts("every promise is kept");
}
