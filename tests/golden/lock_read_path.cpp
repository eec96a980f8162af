// What lock_read_path.py looks at: a reader alone at a reader-writer lock, and one at a mutex.
#include <holdfast/base/sync/mutex.hpp>
#include <holdfast/base/sync/rw_mutex.hpp>

holdfast::rw_mutex shared;
holdfast::mutex alone;

extern "C" {

[[gnu::noinline]] void lock_for_reading() { shared.lock_shared(); }
[[gnu::noinline]] void unlock_for_reading() { shared.unlock_shared(); }
[[gnu::noinline]] void lock_alone() { alone.lock(); }
[[gnu::noinline]] void unlock_alone() { alone.unlock(); }
}

int main() {
  lock_for_reading();
  unlock_for_reading();
  lock_alone();
  unlock_alone();
  return shared.try_lock() && alone.try_lock() ? 0 : 1;
}
