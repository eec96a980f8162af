// A library that is loaded, used and unloaded again by tests/stress/reclaim_unload.cpp. Its destroy function is
// code of its own, which is gone once it is unloaded.
#include <atomic>

#include <holdfast/base/reclaim/domain.hpp>

namespace {

using namespace holdfast::reclaim;

domain own;  // destroyed when the library is unloaded

struct entry : retirable {
  int value = 6;
};

void destroy(retirable* one) noexcept { delete static_cast<entry*>(one); }

std::atomic<entry*> source{new entry};

}  // namespace

extern "C" {

// Reads and replaces; how often a wrong value was seen.
int plugin_work(int times) {
  int wrong = 0;
  for (int i = 0; i < times; ++i) {
    section inside(own);
    const entry* const found = source.load(std::memory_order_acquire);
    const pin<const entry> held = inside.hand_off(found, found);
    wrong += held->value != 6;
    own.defer(*source.exchange(new entry), sizeof(entry), destroy);
  }
  return wrong;
}

// After this nothing of the library is called any more.
bool plugin_close() {
  own.defer(*source.exchange(nullptr), sizeof(entry), destroy);
  return own.barrier(60'000'000'000);
}
}
