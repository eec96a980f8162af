// How long does a step of a walk take, with u64 keys and values of 64 bytes?
#include <bench/harness/iterate.hpp>

int main(int count, char** words) {
  using family = holdfast::bench::u64_to_64_bytes;
  return holdfast::bench::run_micro<family>(count, words, holdfast::bench::ask_iterate<family>);
}
