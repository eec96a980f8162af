// expect: say how its object ends
// A pointer_cache does not guess who owns a bare pointer.
#include <holdfast/concurrent/pointer_cache.hpp>

struct object {};

int main() {
  holdfast::pointer_cache<int, object> cache;
  cache.store(1, new object);
  return 0;
}
