// See shared_arena.hpp.
#include <holdfast/base/memory/shared_arena.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include <pthread.h>
#include <unistd.h>

#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0 {
namespace {

// Of the lists of all shared arenas: it is held for a few instructions, and a fork has to know one only.
constinit std::mutex lane_guard;

// The thread that forked: the only one of its parent's that this process has.
constinit pthread_t survivor = 0;

HOLDFAST_AT_LOAD void watch_forks() noexcept {
  pthread_atfork([] { lane_guard.lock(); }, [] { lane_guard.unlock(); },
                 [] {
                   survivor = pthread_self();
                   lane_guard.unlock();
                 });
}

// Open, by a thread that this process does not have.
template <class Member>
bool is_abandoned(const Member& one) noexcept {
  return one.open && one.process != getpid() && pthread_equal(one.thread, survivor) == 0;
}

template <class Member>
bool is_open(const Member& one) noexcept {
  return one.open && !is_abandoned(one);
}

template <class Member>
void open(Member& one) noexcept {
  one.open = true;
  one.thread = pthread_self();
  one.process = getpid();
}

}  // namespace

shared_arena::shared_arena(const arena_options& options) : options_(options) {
  options.name.copy(name_, sizeof name_ - 1);
  options_.name = name_;
}

shared_arena::~shared_arena() {
  if (const std::size_t still = open_lanes(); still != 0)
    observe::report_fatal_here("holdfast: fatal: shared_arena ends while threads are in it",
                               "  arena \"" + std::string(name_) + "\", open lanes: " + std::to_string(still) + '\n',
                               "join the threads, or let their lanes end, before the arena ends");
  for (std::unique_ptr<member>& one : members_)
    if (is_abandoned(*one)) static_cast<void>(one.release());
}

std::size_t shared_arena::open_lanes() const noexcept {
  const std::lock_guard<std::mutex> hold(lane_guard);
  return static_cast<std::size_t>(
      std::ranges::count_if(members_, [](const std::unique_ptr<member>& one) { return is_open(*one); }));
}

shared_arena::member* shared_arena::enter() {
  {
    const std::lock_guard<std::mutex> hold(lane_guard);
    if (idle_ != nullptr) {
      member* const taken = std::exchange(idle_, idle_->next_idle);
      open(*taken);
      return taken;
    }
  }
  auto made = std::make_unique<member>(options_);
  member* const mine = made.get();
  const std::lock_guard<std::mutex> hold(lane_guard);
  open(*mine);
  members_.push_back(std::move(made));
  return mine;
}

void shared_arena::leave(member* one) noexcept {
  const std::lock_guard<std::mutex> hold(lane_guard);
  one->open = false;
  one->next_idle = std::exchange(idle_, one);
}

// The idle lanes are taken as if by a thread that entered each, so that destructors run without the lock and may enter
// a lane themselves.
bool shared_arena::end_all(bool give_back) {
  member* first = nullptr;
  {
    const std::lock_guard<std::mutex> hold(lane_guard);
    if (std::ranges::any_of(members_, [](const std::unique_ptr<member>& one) { return is_open(*one); })) return false;
    first = std::exchange(idle_, nullptr);
    for (member* one = first; one != nullptr; one = one->next_idle) open(*one);
  }
  struct leaving {
    shared_arena& all;
    member* rest;
    ~leaving() {
      while (rest != nullptr) all.leave(std::exchange(rest, rest->next_idle));
    }
  } leave_all{*this, first};
  for (member* one = first; one != nullptr; one = one->next_idle)
    give_back ? one->memory.release() : one->memory.reset();
  return true;
}

arena_stats shared_arena::stats() const noexcept {
  const std::lock_guard<std::mutex> hold(lane_guard);
  arena_stats sum;
  for (const std::unique_ptr<member>& one : members_) {
    if (one->open) continue;
    const arena_stats each = one->memory.stats();
    sum.bytes_used += each.bytes_used;
    sum.bytes_held += each.bytes_held;
    sum.chunks += each.chunks;
    sum.kept_chunks += each.kept_chunks;
    sum.large_objects += each.large_objects;
    sum.destructors += each.destructors;
    sum.escapes += each.escapes;
    sum.unprotected += each.unprotected;
    sum.resets = std::max(sum.resets, each.resets);
    sum.check = std::max(sum.check, each.check);
    sum.pages = std::max(sum.pages, each.pages);
  }
  return sum;
}

}  // namespace holdfast::inline v0
