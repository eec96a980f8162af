// expect: unless it is final or not polymorphic, a member clone
// A copy of a base class would be half of what may be derived.
#include <memory>

#include <holdfast/concurrent/pointer_cache.hpp>

struct base {
  virtual ~base() = default;
};

int main() {
  holdfast::pointer_cache<int, base> cache;
  cache.store(1, std::make_unique<base>());
  cache.update(1, [](base&) {});
  return 0;
}
