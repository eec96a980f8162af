// See arena_round.hpp.
#include <holdfast/base/memory/arena_round.hpp>

#include <cstring>
#include <mutex>
#include <new>

#include <pthread.h>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::memory {
namespace {

constinit std::mutex round_guard;
constinit arena_round* unused_rounds = nullptr;

HOLDFAST_AT_LOAD void watch_forks() noexcept {
  pthread_atfork([] { round_guard.lock(); }, [] { round_guard.unlock(); }, [] { round_guard.unlock(); });
}

arena_round* unused_round() noexcept {
  if (unused_rounds == nullptr) return new (std::nothrow) arena_round;
  arena_round* const taken = unused_rounds;
  unused_rounds = taken->next_unused;
  return taken;
}

}  // namespace

arena_round* begin_round(const char* name, std::uint64_t arena, std::uint64_t began) noexcept {
  const std::lock_guard<std::mutex> hold(round_guard);
  arena_round* const made = unused_round();
  if (made == nullptr) return nullptr;
  *made = {};
  std::strncpy(made->name, name, arena_name_room - 1);
  made->arena = arena;
  made->began = began;
  made->holders = 1;
  return made;
}

void hold_round(const arena_round* one) noexcept {
  if (one == nullptr) return;
  const std::lock_guard<std::mutex> hold(round_guard);
  ++const_cast<arena_round*>(one)->holders;
}

void drop_round(const arena_round* one) noexcept {
  if (one == nullptr) return;
  const std::lock_guard<std::mutex> hold(round_guard);
  auto* const mine = const_cast<arena_round*>(one);
  if (--mine->holders != 0) return;
  mine->next_unused = unused_rounds;
  unused_rounds = mine;
}

}  // namespace holdfast::inline v0::memory
