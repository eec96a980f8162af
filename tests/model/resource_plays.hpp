// A slot of a C resource that is used without a share while its last share is released, for any Machine.
//
// As in reclaim_plays.hpp nothing is freed, but marked as destroyed. `Watched` is what that page says of an object.
#pragma once

#include <cstdint>

#include <holdfast/lifetime/resource_state.hpp>

#include "tests/model/reclaim_plays.hpp"

namespace holdfast::tests {

template <class Machine, class Watched>
struct watched_slot : Watched {
  lifetime::basic_resource_state<Machine> state;
};

template <class Machine, class Watched>
struct resource_stage : reclaim_stage<Machine, watched_slot<Machine, Watched>> {
  using base = reclaim_stage<Machine, watched_slot<Machine, Watched>>;
  using typename base::record;
  using typename base::slot;

  resource_stage() {
    static_cast<void>(resource().state.open(0));
    static_cast<void>(resource().state.borrow(1));
  }
  watched_slot<Machine, Watched>& resource() { return this->objects[0]; }

  // The short way of resource_registry::with().
  void use(record& mine) {
    slot* const held = resource().state.hold(mine, &resource(), 1);
    if (held == nullptr) return;
    resource().use();
    record::release(*held);
  }

  void release_last(int collections) {
    if (!resource().state.release(1).last) return;
    resource().note(Watched::destroy, 1);
    this->collector.push(resource(), 0);
    unsigned refusals = 0;
    for (int i = 0; i < collections; ++i) this->collect(refusals);
  }
};

}  // namespace holdfast::tests
