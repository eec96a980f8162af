// Plays of a value that is found out once, from the very source that programs run, on the memory model of C++.
#pragma once

#include <cstdint>

#include <holdfast/base/sync/first_answer.hpp>

#include "tests/model/weak_memory.hpp"

namespace holdfast::tests {

struct weak_atomics {
  template <class T>
  using atomic = weak_atomic<T>;
};

struct asked_by_several {
  static constexpr unsigned who_ask = 2;
  sync::basic_first_answer<unsigned, weak_atomics> answer;
  char work[who_ask] = {};  // what each does to find an answer, which is his number and one
  unsigned got[who_ask] = {};

  void ask(unsigned who) {
    got[who] = answer.known();
    if (got[who] == 0) {
      weak_memory::current()->write_plain(&work[who]);
      got[who] = answer.propose(who + 1);
    }
    weak_memory::current()->read_plain(&work[got[who] - 1]);
  }
  void end() {
    if (const unsigned last = answer.forget()) weak_memory::current()->read_plain(&work[last - 1]);
  }
};

// What is wrong in any of so many plays; null: nothing.
inline const char* wrong_answer(std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    fibers all(seed);
    weak_memory memory(all, seed);
    asked_by_several on;
    for (unsigned who = 0; who < on.who_ask; ++who) all.add([&on, who] { on.ask(who); });
    if (seed % 2 == 0) all.add([&on] { on.end(); });
    if (!memory.run(8, 4)) memory.report("the play does not end");
    if (seed % 2 != 0 && on.got[0] != on.got[1]) memory.report("two get different answers");
    if (memory.violation() != nullptr) return memory.violation();
  }
  return nullptr;
}

}  // namespace holdfast::tests
