// The orders by which a stripe of pointer_cache's counters is handed on: plays on the memory model of C++ have to
// object to each bug of bugs/counters.txt.
#include <cstdio>

#include "tests/mutation/promise.hpp"

// Last: it spells std::atomic anew.
#include "tests/model/counter_plays.hpp"

int main() {
  using namespace holdfast::tests;
  broken_by_signals(100);
  checking("hf.cache.counted-once");
  require(loses_a_count(1000) == 1000, "a count is lost");
  std::puts("every promise is kept");
}
