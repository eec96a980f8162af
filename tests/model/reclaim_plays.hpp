// Short plays of readers, writers and pins, for any Machine: what may go wrong goes wrong in a few dozen
// steps or never.
//
// An object is not freed but marked as destroyed, so that using it late can be seen. `Object` does that for
// the machine; it is a retirable with
//   use()              reports a violation if it has been destroyed
//   static destroy     marks it
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <holdfast/base/reclaim/collector.hpp>

namespace holdfast::tests {

template <class Machine, class Object>
struct reclaim_stage {
  using record = reclaim::basic_record<Machine>;
  using slot = typename record::slot;
  template <class T>
  using atomic = typename Machine::template atomic<T>;

  reclaim_stage() { source.store(&objects[0], std::memory_order_relaxed); }
  // Not through the registry: after a failure the machine may have forgotten what its atomics held.
  ~reclaim_stage() {
    for (std::size_t i = 0; i < owners; ++i) delete owned[i];
  }

  record& claim(std::uint32_t thread) {
    record* const mine = records.claim(thread);
    if (std::find(owned.begin(), owned.begin() + owners, mine) == owned.begin() + owners) owned[owners++] = mine;
    return *mine;
  }

  // Looks in the section, hands off, looks under the pin.
  void read_once(record& mine) {
    const std::uint64_t before = mine.enter();
    Object* const found = source.load(std::memory_order_acquire);
    found->use();
    slot& held = mine.hold(found);
    mine.leave(before);
    found->use();
    record::release(held);
  }

  // Without a section: holds what was the source a moment ago, and uses it if it still is.
  void hold_and_look(record& mine) {
    Object* const found = source.load(std::memory_order_acquire);
    slot& held = mine.hold_and_look(found);
    if (source.load(std::memory_order_acquire) == found) found->use();
    record::release(held);
  }

  // The same as read_once() with an inner section in the middle.
  void read_nested(record& mine) {
    const std::uint64_t before = mine.enter();
    Object* const found = source.load(std::memory_order_acquire);
    const std::uint64_t inner = mine.enter();
    mine.leave(inner);
    found->use();
    mine.leave(before);
  }

  // Each reader for itself, as where there is no heavy fence.
  void read_fenced(record& mine) {
    const std::uint64_t before = mine.enter_fenced();
    source.load(std::memory_order_acquire)->use();
    mine.leave(before);
  }

  // Puts object `next` in the place of what is there, and collects a few times, up to `most` objects each.
  void replace(std::size_t next, int collections, reclaim::haste hurry = reclaim::haste::now,
               std::size_t most = everything) {
    Object* const old = source.exchange(&objects[next], std::memory_order_acq_rel);
    old->note(Object::destroy, 1);
    collector.push(*old, static_cast<unsigned>(next));
    unsigned refusals = 0;
    for (int i = 0; i < collections; ++i) collect(refusals, hurry, most);
  }

  void collect(unsigned& refusals, reclaim::haste hurry = reclaim::haste::now, std::size_t most = everything) {
    reclaim::retired_list doomed = collector.collect(hurry, most, refusals);
    doomed.destroy_all();
  }

  static constexpr std::size_t everything = ~std::size_t{0};

  reclaim::basic_registry<Machine> records;
  reclaim::basic_grace<Machine> periods{records};
  reclaim::basic_collector<Machine, 2> collector{records, periods};
  std::array<record*, 8> owned{};
  std::size_t owners = 0;
  std::array<Object, 6> objects;
  atomic<Object*> source{nullptr};
};

}  // namespace holdfast::tests
