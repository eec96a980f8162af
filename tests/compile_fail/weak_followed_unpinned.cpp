// expect: no match for|indirection requires pointer operand
#include <holdfast/lifetime/sync_handle_pool.hpp>

int main() {
  holdfast::sync_handle_pool<int> pool;
  const auto one = pool.make(1);
  return *one;
}
