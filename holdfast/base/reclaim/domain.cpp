// See domain.hpp.
#include <holdfast/base/reclaim/domain.hpp>

#include <algorithm>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/reclaim/misuse.hpp>

namespace holdfast::inline v0::reclaim {

constinit immortal<domain> the_default_domain;

namespace {

using sync::real_machine;

constexpr std::size_t everything = ~std::size_t{0};

// Any number that differs between threads as a rule.
unsigned lane_of(const record& who) noexcept {
  return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(&who) / sizeof(record));
}

bool may_destroy(const record& mine) noexcept { return !mine.is_reading() && !mine.is_destroying(); }

void check_may_wait(const record& mine) noexcept {
  if (mine.is_reading()) report_wait_in_section();
  if (mine.is_destroying()) report_wait_in_destructor();
}

// False: it never will, because the fence is lost.
bool wait_for(std::uint64_t ticket) noexcept {
  for (unsigned round = 0; !the_periods.it.passed(ticket); ++round) {
    the_periods.it.advance(ticket, haste::now);
    if (the_periods.it.is_lost()) return false;
    if (!the_periods.it.passed(ticket)) real_machine::rest(round);
  }
  return true;
}

}  // namespace

void domain::defer(retirable& one, std::size_t bytes, destroy_function destroy) noexcept {
  if (one.is_retired()) report_retired_twice(&one);
  one.note(destroy, bytes);
  record& mine = own_record();
  mine.owed_objects += 1;
  mine.owed_bytes += one.bytes();
  collector_.push(one, lane_of(mine));
}

void domain::settle() noexcept {
  record& mine = own_record();
  while (mine.owed_objects >= limits_.batch_objects || mine.owed_bytes >= limits_.batch_bytes) {
    if (!may_destroy(mine)) return;
    mine.owed_objects = mine.owed_bytes = 0;
    // Above the soft limit a fence is cheaper than what waits for it, and nobody retires more without having had his
    // turn. More is destroyed then than was retired, so that what has piled up goes away; but not all of it by one
    // thread, while others retire more.
    const haste hurry = collector_.pending().bytes > limits_.soft_bytes ? haste::pressed : haste::none;
    collect(hurry, std::max<std::size_t>(4096, 8 * limits_.batch_objects));
    mind_limits();
  }
}

void domain::retire(retirable& one, std::size_t bytes, destroy_function destroy) noexcept {
  defer(one, bytes, destroy);
  settle();
}

std::size_t domain::poll() noexcept { return may_destroy(own_record()) ? collect(haste::now, everything) : 0; }

std::size_t domain::collect(haste hurry, std::size_t most) noexcept {
  record& mine = own_record();
  // Before the objects are taken: who drains must not find them nowhere.
  mine.begin_destroying();
  retired_list doomed = collector_.collect(hurry, most, mine.refusals);
  const garbage gone{doomed.objects, doomed.bytes};
  doomed.destroy_all();
  if (gone.objects != 0) collector_.destroyed(gone);
  mine.end_destroying();
  if (the_periods.it.is_lost()) [[unlikely]] report_lost_fence();
  return gone.objects;
}

void domain::synchronize() noexcept {
  if (own_record().is_reading()) report_wait_in_section();
  if (!wait_for(the_periods.it.ticket())) report_no_grace_period();
}

// Destroys what of `all` is not held; the rest stays in it.
void domain::see_through(retired_list& all) noexcept {
  record& mine = own_record();
  mine.begin_destroying();
  retired_list doomed = collector_.sort_out(all);
  const garbage gone{doomed.objects, doomed.bytes};
  doomed.destroy_all();
  collector_.destroyed(gone);
  mine.end_destroying();
}

std::size_t domain::drain() noexcept {
  record& mine = own_record();
  check_may_wait(mine);
  std::size_t held = 0;
  // Destructors may retire more: a structure that takes itself apart needs a round for each step.
  do {
    mine.owed_objects = mine.owed_bytes = 0;
    retired_list all = collector_.take_all();
    const bool seen_through = wait_for(the_periods.it.ticket());
    if (seen_through) see_through(all);
    else report_lost_fence();
    held = all.objects;
    collector_.give_back(all, seen_through);
  } while (mine.owed_objects != 0);
  the_records.it.wait_for_destructors(mine);
  return held;
}

bool domain::may_drain() noexcept { return may_destroy(own_record()); }

bool domain::barrier(std::uint64_t patience) noexcept {
  const record& mine = own_record();
  check_may_wait(mine);
  const std::uint64_t began = real_machine::now();
  retired_list all = collector_.take_all();
  const bool seen_through = wait_for(the_periods.it.ticket());
  for (unsigned round = 0; seen_through; ++round) {
    see_through(all);
    if (all.empty() || real_machine::now() - began > patience) break;
    real_machine::rest(round);
  }
  const bool done = all.empty();
  collector_.give_back(all, seen_through);
  the_records.it.wait_for_destructors(mine);
  return done;
}

domain::~domain() {
  if (this == &the_default_domain.it) return;
  if (may_destroy(own_record())) drain();
  retired_list rest = collector_.take_all();
  the_default_domain.it.collector_.adopt(rest);
}

void domain::mind_limits() noexcept {
  const std::size_t waiting = collector_.pending().bytes;
  // relaxed: one of the threads that find it so tells; nothing is published by it.
  if (waiting <= limits_.soft_bytes) return over_soft_.store(false, std::memory_order_relaxed);
  if (!over_soft_.exchange(true, std::memory_order_relaxed)) tell_soft_limit();
  if (limits_.hard_bytes != 0 && waiting > limits_.hard_bytes) wait_for_room();
}

void domain::tell_soft_limit() noexcept {
  if (limits_.on_soft_limit != nullptr) limits_.on_soft_limit(stats(), limits_.context);
}

void domain::wait_for_room() noexcept {
  const std::uint64_t began = real_machine::now();
  for (unsigned round = 0; collector_.pending().bytes > limits_.hard_bytes; ++round) {
    collect(haste::now, everything);
    if (real_machine::now() - began > limits_.patience) return;
    real_machine::rest(round);
  }
}

std::vector<holding> domain::census() {
  std::vector<holding> found;
  the_records.it.for_each([&](const record& one) {
    // relaxed, here and in stats(): for people.
    const bool gone = one.tenant.load(std::memory_order_relaxed) != tenancy::owned;
    const std::uint32_t thread = one.thread.load(std::memory_order_relaxed);
    one.for_each_held([&](const retirable* node) { found.push_back({node, thread, gone}); });
  });
  return found;
}

domain_stats domain::stats() noexcept {
  domain_stats all;
  const garbage waiting = collector_.count();
  all.waiting_objects = waiting.objects;
  all.waiting_bytes = waiting.bytes;
  all.grace_periods = the_periods.it.periods();
  all.heavy_fences = the_periods.it.fences();
  the_records.it.for_each([&](const record& one) {
    ++all.records;
    if (one.tenant.load(std::memory_order_relaxed) == tenancy::orphaned && !one.holds_nothing()) ++all.orphaned_records;
    one.for_each_held([&](const retirable*) { ++all.held; });
  });
  const blocker who = the_periods.it.find_blocker();
  all.blocking_thread = who.thread;
  if (who.thread != 0) all.blocked_for = real_machine::now() - who.since;
  all.readers_fence = sync::readers_fence();
  all.fence_lost = the_periods.it.is_lost();
  return all;
}

}  // namespace holdfast::inline v0::reclaim
