// How long does a step of a walk take, with u64 keys and pointers?
#include <bench/harness/iterate.hpp>

int main(int count, char** words) {
  using family = holdfast::bench::u64_to_pointer;
  return holdfast::bench::run_micro<family>(count, words, holdfast::bench::ask_iterate<family>);
}
