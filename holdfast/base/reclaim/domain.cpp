// See domain.hpp.
#include <holdfast/base/reclaim/domain.hpp>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::reclaim {

namespace {

constexpr std::size_t batch_objects = 512;
constexpr std::size_t batch_bytes = 256 * 1024;

unsigned lane_of(const record& who) noexcept {
  return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&who) / sizeof(record));
}

}  // namespace

constinit immortal<domain> the_default_domain;

slot& hold_again(const slot& held) noexcept {
  record& mine = own_record();
  // relaxed: whoever has the pin got it with what the slot holds.
  slot& fresh = mine.hold(held.load(std::memory_order_relaxed));
  mine.note_transfer();
  return fresh;
}

void domain::defer(retirable& one, std::size_t bytes, destroy_function destroy) noexcept {
  if (one.is_retired())
    report_fatal("holdfast: fatal: object retired twice", "  cure: retire it where it is unlinked, and only there\n");
  one.note(destroy, bytes);
  record& mine = own_record();
  mine.owed_objects += 1;
  mine.owed_bytes += one.bytes();
  collector_.push(one, lane_of(mine));
}

void domain::settle() noexcept {
  record& mine = own_record();
  if (mine.owed_objects < batch_objects && mine.owed_bytes < batch_bytes) return;
  if (mine.is_reading()) return;
  mine.owed_objects = mine.owed_bytes = 0;
  collector_.collect();
}

void domain::retire(retirable& one, std::size_t bytes, destroy_function destroy) noexcept {
  defer(one, bytes, destroy);
  settle();
}

std::size_t domain::poll() noexcept {
  if (own_record().is_reading()) return 0;
  return collector_.collect();
}

void domain::synchronize() noexcept {
  if (own_record().is_reading())
    report_fatal("holdfast: fatal: waiting for readers inside a section", "  cure: leave the section or read_scope before\n");
  const std::uint64_t ticket = the_periods.it.ticket();
  for (unsigned round = 0; !the_periods.it.passed(ticket); ++round) {
    the_periods.it.advance(ticket);
    if (!the_periods.it.passed(ticket)) sync::real_machine::rest(round);
  }
}

void domain::drain() noexcept {
  // Twice: what waits for a period that began before, then what came after it.
  for (int turn = 0; turn < 3; ++turn) {
    synchronize();
    while (poll() != 0) {}
  }
}

}  // namespace holdfast::inline v0::reclaim
