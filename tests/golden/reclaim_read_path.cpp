// What reclaim_read_path.py counts the instructions of: a lookup without its map, bare and protected.
#include <atomic>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_cell.hpp>

using holdfast::reclaim::default_domain;
using holdfast::reclaim::pin;
using holdfast::reclaim::retirable;
using holdfast::reclaim::section;

struct node : retirable {
  int value = 7;
};

std::atomic<node*> source{nullptr};
holdfast::sync_cell<int> cell;

extern "C" {

[[gnu::noinline]] int bare_read() { return source.load(std::memory_order_acquire)->value; }

[[gnu::noinline]] int read_in_section() {
  section inside(default_domain());
  return source.load(std::memory_order_acquire)->value;
}

[[gnu::noinline]] int read_under_pin() {
  pin<const node> held;
  {
    section inside(default_domain());
    const node* const found = source.load(std::memory_order_acquire);
    held = inside.hand_off(found, found);
  }
  return held->value;
}

[[gnu::noinline]] int read_cell() {
  const auto held = cell.load();
  return *held;
}
}

int main() {
  node one;
  source = &one;
  cell.store(7);
  return bare_read() + read_in_section() + read_under_pin() + read_cell() == 28 ? 0 : 1;
}
