// The orders of a value that is found out once: plays on the memory model of C++ have to object to each bug of
// bugs/first_answer.txt.
#include <cstdio>

#include "tests/model/first_answer_plays.hpp"
#include "tests/mutation/promise.hpp"

int main() {
  using namespace holdfast::tests;
  broken_by_signals(100);
  checking("hf.sync.first-answer");
  if (const char* const wrong = wrong_answer(1000)) broken(wrong, "", 0);
  std::puts("every promise is kept");
}
