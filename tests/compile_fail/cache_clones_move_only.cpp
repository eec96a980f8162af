// expect: this alias policy copies objects
// A policy that copies needs objects that can be copied.
#include <memory>

#include <holdfast/concurrent/pointer_cache.hpp>

int main() {
  holdfast::pointer_cache<int, std::unique_ptr<int>, holdfast::hash<int>, holdfast::equal_to<int>,
                          std::allocator<std::byte>, holdfast::cache_aliases::clone_on_store>
      cache;
  return static_cast<int>(cache.size());
}
