// expect: use make_array
#include <holdfast/base/memory/arena.hpp>

int main() {
  holdfast::arena arena;
  static_cast<void>(arena.make<int[5]>());
  return 0;
}
