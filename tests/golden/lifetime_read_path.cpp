// What lifetime_read_path.py counts the instructions of: a protected read, and the same through a weak reference.
#include <atomic>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/lifetime/sync_handle_pool.hpp>
#include <holdfast/map/map.hpp>

using holdfast::weak;
using holdfast::reclaim::default_domain;
using holdfast::reclaim::pin;
using holdfast::reclaim::retirable;
using holdfast::reclaim::section;

struct node : retirable {
  int value = 7;
};

std::atomic<node*> source{nullptr};

// What a shared map's get does once it has found its entry.
[[gnu::always_inline]] inline pin<const node> protected_read() {
  section inside(default_domain());
  const node* const found = source.load(std::memory_order_acquire);
  if (found == nullptr) return {};
  return inside.hand_off(found, found);
}

extern "C" {

[[gnu::noinline]] int read_under_pin() {
  const pin<const node> held = protected_read();
  return held ? held->value : 0;
}

[[gnu::noinline]] int read_plain(int* const* one) { return **one; }

[[gnu::noinline]] int read_ref(const holdfast::ref<int>* one) { return **one; }

[[gnu::noinline]] int read_weak(const weak<int>* one) {
  const pin<int> held = one->pin();
  return held ? *held : 0;
}
}

int main() {
  node one;
  source = &one;
  holdfast::sync_handle_pool<int> pool;
  const weak<int> two = pool.make(7);
  holdfast::checked_map<int, int> map{{1, 7}};
  const auto three = map.ref(1);
  int* const four = three.get();
  return read_under_pin() + read_weak(&two) + read_ref(&three) + read_plain(&four) == 28 ? 0 : 1;
}
