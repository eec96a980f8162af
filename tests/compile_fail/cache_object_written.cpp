// expect: assignment of read-only location|cannot assign to return value because function .* returns a const
// value|read-only What a reader holds is const; update or modify change it.
#include <holdfast/concurrent/pointer_cache.hpp>

int main() {
  holdfast::pointer_cache<int, int> cache;
  cache.store(1, 1);
  *cache.load(1) = 2;
  return 0;
}
