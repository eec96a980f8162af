// Plays of reclamation for Relacy.
//
// An object's destruction is a write to a plain variable that readers read, so a destruction that is not
// ordered after the last use is reported as a data race.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/model/reclaim_plays.hpp"
#include "tests/model/relacy.hpp"

namespace holdfast::tests {

inline int destroyed_in_all = 0;

struct watched : reclaim::retirable {
  watched() { state($) = 1; }
  void use() const { RL_ASSERT(state($) == 1); }
  static void destroy(retirable* one) noexcept {
    static_cast<watched*>(one)->state($) = 2;
    ++destroyed_in_all;
  }
  mutable rl::var<int> state;
};

template <class Machine>
struct read_and_write : rl::test_suite<read_and_write<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 2) {
      stage.replace(1, 2);
      return;
    }
    auto& mine = stage.claim(index);
    stage.read_once(mine);
    stage.records.leave(mine);
  }
  reclaim_stage<Machine, watched> stage;
};

template <class Machine>
struct hold_look_and_write : rl::test_suite<hold_look_and_write<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 2) {
      stage.replace(1, 2);
      return;
    }
    auto& mine = stage.claim(index);
    stage.hold_and_look(mine);
    stage.records.leave(mine);
  }
  reclaim_stage<Machine, watched> stage;
};

// Each takes one object at a time, and one of them waits for his turn.
template <class Machine>
struct writers_in_turn : rl::test_suite<writers_in_turn<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 2) {
      stage.read_once(stage.claim(1));
      return;
    }
    stage.replace(index + 1, 2, index == 0 ? reclaim::haste::pressed : reclaim::haste::now, 1);
  }
  reclaim_stage<Machine, watched> stage;
};

// The slot of a copy is not the one that was there first, and lies in the record of another thread.
template <class Machine>
struct copied_pin : rl::test_suite<copied_pin<Machine>, 2> {
  void thread(unsigned index) {
    if (index == 1) {
      stage.replace(1, 3);
      return;
    }
    auto& from = stage.claim(1);
    auto& to = stage.claim(2);
    const std::uint64_t before = from.enter();
    watched* const found = stage.source.load(std::memory_order_acquire);
    auto& first = from.hold(found);
    from.leave(before);
    auto& second = to.hold(found);
    to.note_transfer();
    from.release(first);
    found->use();
    to.release(second);
  }
  reclaim_stage<Machine, watched> stage;
};

// A pin is given to another thread, which uses the object and lets go; then its slot shows another object.
template <class Machine>
struct given_pin : rl::test_suite<given_pin<Machine>, 3> {
  using stage_type = reclaim_stage<Machine, watched>;
  using slot = typename stage_type::slot;

  void thread(unsigned index) {
    if (index == 0) {
      auto& mine = stage.claim(1);
      const std::uint64_t before = mine.enter();
      watched* const found = stage.source.load(std::memory_order_acquire);
      slot& held = mine.hold(found);
      mine.leave(before);
      object = found;
      given.store(&held, std::memory_order_release);
      stage.read_once(mine);
    } else if (index == 1) {
      if (slot* const held = given.load(std::memory_order_acquire)) {
        object->use();
        stage_type::record::release(*held);
      }
    } else {
      stage.replace(1, 3);
    }
  }
  stage_type stage;
  typename Machine::template atomic<slot*> given{nullptr};
  watched* object = nullptr;
};

}  // namespace holdfast::tests
