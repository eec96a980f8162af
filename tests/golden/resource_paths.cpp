// What resource_paths.py reads the machine code of: a share with its release, and a use without a share.
#include <holdfast/lifetime/resource_registry.hpp>

using namespace holdfast;

const resource_share<int>* held = nullptr;
resource_registry* registry = nullptr;
resource_handle handle;
lifetime::resource_slot* slot = nullptr;

extern "C" {

[[gnu::noinline]] int bare_read() { return *static_cast<int*>(slot->pointer); }

[[gnu::noinline]] bool share_and_release() {
  const resource_share<int> mine = *held;
  return mine.use_count() > 1;
}

[[gnu::noinline]] int read_with_pin() {
  const auto pinned = registry->pin<int>(handle);
  return pinned ? *pinned : 0;
}
}

int main() {
  int thing = 7;
  resource_registry own;
  const auto share = own.adopt(&thing, adoption{});
  held = &share;
  registry = &own;
  handle = share.handle();
  slot = lifetime::the_resource_slots.it.find(handle.index());
  return share_and_release() && read_with_pin() + read_with_pin() + bare_read() == 21 ? 0 : 1;
}
