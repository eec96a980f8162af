// The orders of sync_map's mask and number of buckets, one by one: Relacy has to object to each that
// bugs/sync_map_orders.txt takes away.
// needs: <relacy/relacy.hpp>
#include <cstdio>

#include "tests/mutation/promise.hpp"

// Last, because of its #include <relacy/relacy.hpp>.
#include "tests/model/reach_relacy.hpp"

int main() {
  using namespace holdfast::tests;
  broken_by_signals(100);
  checking("hf.concurrent.reach-is-filled");
  const relacy_says seen = simulate<buckets_made_known<relacy_machine>>(60'000);
  if (!seen.good) broken("Relacy", seen.story.c_str(), 0);
  std::puts("every promise is kept");
}
