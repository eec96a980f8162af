// expect: no match|no viable|constraints not satisfied|indirection requires
// An arena_ptr that answers null is asked with get(), not followed.
#include <holdfast/base/memory/arena.hpp>

int main() {
  holdfast::arena arena;
  const auto one = arena.make_ptr<int, holdfast::when_stale::null>(5);
  return *one;
}
