// What resource_paths.py reads the machine code of: a share with its release, and a use without a share.
#include <holdfast/lifetime/resource_registry.hpp>

using namespace holdfast;

const resource_share<int>* the_share = nullptr;
resource_registry* the_registry = nullptr;
resource_handle the_handle;
lifetime::resource_slot* the_slot = nullptr;

extern "C" {

[[gnu::noinline]] int bare_read() { return *static_cast<int*>(the_slot->pointer); }

[[gnu::noinline]] bool share_and_release() {
  const resource_share<int> mine = *the_share;
  return mine.use_count() > 1;
}

[[gnu::noinline]] int read_with_pin() {
  const auto pinned = the_registry->pin<int>(the_handle);
  return pinned ? *pinned : 0;
}
}

int main() {
  int thing = 7;
  resource_registry own;
  const auto share = own.adopt(&thing, adoption{});
  the_share = &share;
  the_registry = &own;
  the_handle = share.handle();
  the_slot = lifetime::the_resource_slots.it.find(the_handle.index());
  return share_and_release() && read_with_pin() + read_with_pin() + bare_read() == 21 ? 0 : 1;
}
