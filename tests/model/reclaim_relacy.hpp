// Plays of reclamation for Relacy.
//
// An object's destruction is a write to a plain variable that readers read, so a destruction that is not
// ordered after the last use is reported as a data race. The words of a retired object are plain ones too, but not
// Relacy's; watching_retired has a variable in their place.
//
// Where two must meet at a place that schedules drawn at random do not find, one gives the other a cue, which is
// relaxed: it orders nothing.
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
  void note(reclaim::destroy_function how_to, std::size_t size) noexcept {
    retirable::note(how_to, size);
    noted($) = 1;
  }
  static void destroy(retirable* one) noexcept {
    static_cast<watched*>(one)->state($) = 2;
    ++destroyed_in_all;
  }
  mutable rl::var<int> state;
  rl::var<int> noted;
};

// Whoever takes objects from a lane reads at once where the next one is and how large they are.
struct watching_retired : relacy_machine {
  template <class T>
  class atomic : public relacy_machine::atomic<T> {
   public:
    using relacy_machine::atomic<T>::atomic;
    T exchange(T value, std::memory_order order) {
      const T taken = relacy_machine::atomic<T>::exchange(value, order);
      if constexpr (std::is_same_v<T, reclaim::retirable*>)
        if (taken != nullptr) static_cast<void>(static_cast<watched*>(taken)->noted($).load());
      return taken;
    }
  };
};

template <class Machine>
class cue {
 public:
  void give() { given_.store(true, std::memory_order_relaxed); }
  // For a while; a play in which it never comes ends all the same.
  void wait() {
    for (unsigned round = 0; round < 100 && !given_.load(std::memory_order_relaxed); ++round) Machine::rest(round);
  }

 private:
  typename Machine::template atomic<bool> given_{false};
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
  void thread(unsigned index) {
    if (index == 1) left.wait();
    auto& mine = stage.claim(2);
    if (&mine == only) owners_own($) = owners_own($) + 1;
    stage.records.leave(mine);
    left.give();
  }
  reclaim_stage<Machine, watched> stage;
  typename reclaim_stage<Machine, watched>::record* only = nullptr;
  rl::var<int> owners_own;
  cue<Machine> left;
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

// One unlinks, and finds another at work each time he asks: that one ends two periods, and nothing but their number
// says so.
template <class Machine>
struct turned_away_waiter : rl::test_suite<turned_away_waiter<Machine>, 3> {
  void thread(unsigned index) {
    if (index == 0) stage.read_nested(stage.claim(1));
    if (index == 1) unlink_and_look();
    for (int period = 0; index == 2 && period < 2; ++period)
      stage.periods.advance(stage.periods.ticket(), reclaim::haste::now);
  }
  void unlink_and_look() {
    watched* const old = stage.source.exchange(&stage.objects[1], std::memory_order_acq_rel);
    const std::uint64_t ticket = stage.periods.ticket();
    for (unsigned round = 0; round < 20; ++round) {
      if (stage.periods.passed(ticket)) return watched::destroy(old);
      Machine::rest(round);
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
  // As many slots of the first record are in use.
  void fill(unsigned in_use) {
    for (unsigned slots = 1; slots < in_use; ++slots) static_cast<void>(first->hold(another()));
  }
  void let_go() {
    found()->use();
    first->release(*held);
  }
  [[nodiscard]] watched* found() { return &stage.objects[0]; }
  [[nodiscard]] watched* another() { return &stage.objects[1]; }

  stage_type stage;
  record* first = nullptr;
  record* second = nullptr;
  slot* held = nullptr;
};

// Who drains waits for who collects: then what both had in their hands is destroyed.
template <class Machine>
struct drained_and_collected : rl::test_suite<drained_and_collected<Machine>, 2>, ripe_and_held<Machine> {
  void before() {
    this->begin();
    this->first->release(*this->held);
  }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 0) {
      this->first->begin_destroying();
      this->stage.collect(refusals);
      return this->first->end_destroying();
    }
    auto& collector = this->stage.collector;
    reclaim::retired_list all = collector.take_all();
    reclaim::retired_list doomed = collector.sort_out(all);
    doomed.destroy_all();
    collector.give_back(all, true);
    this->stage.records.wait_for_destructors(*this->second);
    RL_ASSERT(this->found()->state($) == 2);
  }
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

// The slot of a copy is one of those that were linked behind the record for it, when so many were in use.
template <class Machine, unsigned InUse>
struct copied_to_further_slots : rl::test_suite<copied_to_further_slots<Machine, InUse>, 2>, ripe_and_held<Machine> {
  void before() {
    this->begin();
    this->fill(InUse);
  }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 1) {
      linked.wait();
      return this->stage.collect(refusals);
    }
    auto& copy = this->first->hold(this->found());
    this->first->note_transfer();
    this->first->release(*this->held);
    linked.give();
    this->found()->use();
    this->first->release(copy);
  }
  cue<Machine> linked;
};
template <class Machine>
using copied_to_first_further_slots = copied_to_further_slots<Machine, 11>;
template <class Machine>
using copied_to_next_further_slots = copied_to_further_slots<Machine, 11 + 15>;

// A pin was given to another thread, which uses the object and lets go; its slot shows another object then.
template <class Machine, unsigned InUse = 1>
struct given_pin : rl::test_suite<given_pin<Machine, InUse>, 3>, ripe_and_held<Machine> {
  void before() {
    this->begin();
    this->fill(InUse);
  }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 0) static_cast<void>(this->first->hold(this->another()));
    if (index == 1) this->let_go();
    if (index == 2) this->stage.collect(refusals);
  }
};
// Its slot is found by a search.
template <class Machine>
using given_pin_of_many = given_pin<Machine, 11>;

// The same with the slots of signal handlers.
template <class Machine>
struct given_reserved_pin : rl::test_suite<given_reserved_pin<Machine>, 3>, ripe_and_held<Machine> {
  void before() {
    this->first = &this->stage.claim(1);
    this->held = this->first->hold_reserved(this->found());
    this->stage.replace(1, 2);
  }
  void thread(unsigned index) {
    unsigned refusals = 0;
    if (index == 0) static_cast<void>(this->first->hold_reserved(this->another()));
    if (index == 1) this->let_go();
    if (index == 2) this->stage.collect(refusals);
  }
};

}  // namespace holdfast::tests
