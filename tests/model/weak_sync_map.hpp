// sync_map from its very source, on the memory model of C++: std::atomic is weak_atomic in it.
//
// Only the room of maps is spelled anew, what it stands on stays as it is. To be included after everything else of the
// library, in a source of its own: its maps have the names of others in another namespace.
#pragma once

#include <sched.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/hash/random.hpp>
#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/memory/block_pool.hpp>
#include <holdfast/base/memory/reserved_range.hpp>
#include <holdfast/base/observe/fatal.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/base/sync/atomic_pair.hpp>
#include <holdfast/base/sync/real_machine.hpp>
#include <holdfast/base/sync/rw_mutex.hpp>
#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/lifetime/shared_name.hpp>
#include <holdfast/table/fault.hpp>
#include <holdfast/table/key.hpp>

#include "tests/model/weak_memory.hpp"

namespace std {
using holdfast::tests::weak_atomic;  // std::atomic, as it is spelled below
}

namespace holdfast::inline v0::sync {
struct weak_machine : real_machine {
  template <class T>
  using weak_atomic = tests::weak_atomic<T>;
};
}  // namespace holdfast::inline v0::sync

namespace holdfast::tests {
inline void let_others_go_on() {
  if (fibers* const all = fibers::current()) all->rest();
}
}  // namespace holdfast::tests

#define v0 on_weak_memory
#define atomic weak_atomic
#define real_machine weak_machine
#define atomic_pair tests::weak_pair
#define sched_yield() holdfast::tests::let_others_go_on()
#define nanosleep(length, left) (static_cast<void>(length), holdfast::tests::let_others_go_on())

#include <holdfast/concurrent/sync_map.hpp>

#include <holdfast/concurrent/callback.cpp>
#include <holdfast/concurrent/sync_map_array.cpp>
#include <holdfast/concurrent/sync_map_flight.cpp>
#include <holdfast/concurrent/sync_map_lock.cpp>
#include <holdfast/concurrent/sync_map_reentry.cpp>
#include <holdfast/concurrent/sync_ref.cpp>

#undef v0
#undef atomic
#undef real_machine
#undef atomic_pair
#undef sched_yield
#undef nanosleep
