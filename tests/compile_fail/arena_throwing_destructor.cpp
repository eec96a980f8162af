// expect: a destructor must not throw
// Objects of an arena are destroyed many at once.
#include <holdfast/base/memory/arena.hpp>

struct object {
  ~object() noexcept(false) {}
};

int main() {
  holdfast::arena arena;
  static_cast<void>(arena.make<object>());
  return 0;
}
