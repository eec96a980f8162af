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

// Who collects is not who unlinked.
template <class Machine>
struct unlinked_by_another : rl::test_suite<unlinked_by_another<Machine>, 3> {
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 0) stage.replace(1, 0);
    if (index == 1)
      for (int i = 0; i < 3; ++i) stage.collect(refusals);
    if (index == 2) stage.read_once(stage.claim(1));
  }
  reclaim_stage<Machine, watched> stage;
};

// A record goes from one owner to the next, and with it fields that are the owner's alone.
template <class Machine>
struct record_in_turn : rl::test_suite<record_in_turn<Machine>, 2> {
  void before() {
    only = &stage.claim(1);
    owners_own($) = 0;
    stage.records.leave(*only);
  }
  void thread(unsigned) {
    auto& mine = stage.claim(2);
    if (&mine == only) owners_own($) = owners_own($) + 1;
    stage.records.leave(mine);
  }
  reclaim_stage<Machine, watched> stage;
  typename reclaim_stage<Machine, watched>::record* only = nullptr;
  rl::var<int> owners_own;
};

// Two wait for grace periods, as synchronize() does, and what one has seen of the readers the other must see too.
template <class Machine>
struct waiters_for_periods : rl::test_suite<waiters_for_periods<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 0) return stage.read_nested(stage.claim(1));
    watched* const old = index == 1 ? stage.source.exchange(&stage.objects[1], std::memory_order_acq_rel) : nullptr;
    const std::uint64_t ticket = stage.periods.ticket();
    for (int round = 0; round < 4; ++round) {
      stage.periods.advance(ticket, reclaim::haste::now);
      if (!stage.periods.passed(ticket)) continue;
      if (old != nullptr) watched::destroy(old);
      return;
    }
  }
  reclaim_stage<Machine, watched> stage;
};

// One object is ripe and held by a slot of the first of two records when the play begins.
template <class Machine>
struct ripe_and_held {
  using stage_type = reclaim_stage<Machine, watched>;
  using record = typename stage_type::record;
  using slot = typename stage_type::slot;

  void begin() {
    first = &stage.claim(1);
    second = &stage.claim(2);
    held = &first->hold(found());
    stage.replace(1, 2);
  }
  [[nodiscard]] watched* found() { return &stage.objects[0]; }

  stage_type stage;
  record* first = nullptr;
  record* second = nullptr;
  slot* held = nullptr;
};

// The slot of a copy is not the one that was there first, and lies in the record of another thread.
template <class Machine>
struct copied_pin : rl::test_suite<copied_pin<Machine>, 2>, ripe_and_held<Machine> {
  void before() { this->begin(); }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 1) return this->stage.collect(refusals);
    auto& copy = this->second->hold(this->found());
    this->second->note_transfer();
    this->first->release(*this->held);
    this->found()->use();
    this->second->release(copy);
  }
};

// A pin was given to another thread, which uses the object and lets go; its slot shows another object then.
template <class Machine>
struct given_pin : rl::test_suite<given_pin<Machine>, 3>, ripe_and_held<Machine> {
  void before() { this->begin(); }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 0) static_cast<void>(this->first->hold(&this->stage.objects[1]));
    if (index == 1) {
      this->found()->use();
      this->first->release(*this->held);
    }
    if (index == 2) this->stage.collect(refusals);
  }
};

}  // namespace holdfast::tests
