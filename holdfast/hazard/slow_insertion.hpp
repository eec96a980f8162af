// An insertion that takes as long as a second thread needs to come in.
//
// The value's constructor stops inside the map until the second thread has done its step, so that the two are in the
// map at the same time for certain.
#pragma once

#include <cstdint>
#include <thread>

#include <holdfast/hazard/door.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0::hazard {

struct slow_value {
  struct recipe {
    door* inside;
    door* leave;
  };

  slow_value() = default;
  slow_value(const recipe& by) {
    by.inside->open();
    by.leave->wait();
  }
};

using slow_map = holdfast::map<std::uint64_t, slow_value>;

// Thread `name` inserts `key`; this one takes its `step` in the middle of that.
template <class Step>
void while_another_inserts(slow_map& map, std::uint64_t key, const char* name, Step step) {
  door inside;
  door leave;
  std::thread other([&] {
    name_this_thread(name);
    map.try_emplace(key, slow_value::recipe{&inside, &leave});
  });
  inside.wait();
  step();
  leave.open();
  other.join();
}

}  // namespace holdfast::inline v0::hazard
