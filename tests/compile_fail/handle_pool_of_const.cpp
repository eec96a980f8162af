// expect: holdfast: handle_pool<T> holds objects
#include <holdfast/lifetime/handle_pool.hpp>

int main() {
  holdfast::handle_pool<const int> pool;
  return pool.empty();
}
