// How long does a look-up take, with string keys of 8 to 40 letters and pointers?
#include <bench/harness/find.hpp>

int main(int count, char** words) {
  using family = holdfast::bench::string_to_pointer;
  return holdfast::bench::run_micro<family>(count, words, holdfast::bench::ask_find<family>);
}
