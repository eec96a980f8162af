// Who does what in the plays of reclamation on fibers: the tests and the mutation suite put the same ones on the stage.
#pragma once

#include "tests/model/fibers.hpp"
#include "tests/model/reclaim_plays.hpp"

namespace holdfast::tests {

// Two readers, and a writer who takes `most` at a time.
template <class Stage>
void readers_and_a_writer(fibers& all, Stage& stage, std::size_t most = Stage::everything) {
  for (int reader = 0; reader < 2; ++reader)
    all.add([&stage] {
      auto& mine = stage.claim(1);
      stage.read_once(mine);
      stage.read_once(mine);
      stage.records.leave(mine);
    });
  all.add([&stage, most] {
    stage.replace(1, 2, reclaim::haste::now, most);
    stage.replace(2, 3, reclaim::haste::pressed, most);
  });
}

// Readers who hold first and look afterwards.
template <class Stage>
void readers_that_look_and_a_writer(fibers& all, Stage& stage) {
  for (int reader = 0; reader < 2; ++reader)
    all.add([&stage] {
      auto& mine = stage.claim(1);
      for (int turn = 0; turn < 3; ++turn) stage.hold_and_look(mine);
      stage.records.leave(mine);
    });
  all.add([&stage] {
    stage.replace(1, 2);
    stage.replace(2, 3);
  });
}

template <class Stage>
void a_nested_reader(fibers& all, Stage& stage) {
  all.add([&stage] { stage.read_nested(stage.claim(1)); });
  all.add([&stage] { stage.replace(1, 4); });
}

template <class Stage>
void readers_that_fence(fibers& all, Stage& stage) {
  for (int reader = 0; reader < 2; ++reader) all.add([&stage] { stage.read_fenced(stage.claim(1)); });
  all.add([&stage] { stage.replace(1, 4); });
}

// A pin is copied from the slot of one thread to that of another, and the first one is released: a scan in
// between reads both slots too early or too late. `noted`: as it should be.
template <class Stage>
void copies_of_a_pin(fibers& all, Stage& stage, bool noted) {
  auto& giver = stage.claim(1);
  auto& taker = stage.claim(2);
  auto* const found = &stage.objects[0];
  auto* held = &giver.hold(found);
  all.add([&giver, &taker, found, held, noted]() mutable {
    for (int turn = 0; turn < 3; ++turn) {
      auto& owner = turn % 2 == 0 ? taker : giver;
      auto& copy = owner.hold(found);
      if (noted) owner.note_transfer();
      giver.release(*held);
      held = &copy;
      found->use();
    }
    giver.release(*held);
  });
  all.add([&stage] { stage.replace(1, 4); });
}

template <class Stage>
void writers_that_share_periods(fibers& all, Stage& stage) {
  all.add([&stage] {
    auto& mine = stage.claim(1);
    for (int i = 0; i < 3; ++i) stage.read_once(mine);
  });
  all.add([&stage] { stage.replace(1, 3); });
  all.add([&stage] { stage.replace(2, 3); });
}

// Whoever is at work may be taken off its processor there. `told(refusals, hurry)` each time that the third has
// collected: how often in a row it was turned away.
template <class Stage, class Told>
void one_who_is_turned_away(fibers& all, Stage& stage, Told told) {
  all.add([&stage] { stage.replace(1, 4); });
  all.add([&stage] { stage.replace(2, 4); });
  all.add([&stage, told] {
    unsigned refusals = 0;
    for (int i = 0; i < 20; ++i) {
      stage.collect(refusals);
      told(refusals, reclaim::haste::now);
    }
    stage.collect(refusals, reclaim::haste::pressed);
    told(refusals, reclaim::haste::pressed);
  });
}

}  // namespace holdfast::tests
