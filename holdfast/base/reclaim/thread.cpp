// See thread.hpp.
#include <holdfast/base/reclaim/thread.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/sync/thread_id.hpp>

namespace holdfast::inline v0::reclaim {

constinit thread_local record* near_record = nullptr;
constinit immortal<registry> the_records;
constinit immortal<grace> the_periods{the_records.it};

namespace {

// Known in either mode; near_record is this one or null.
constinit thread_local record* own = nullptr;

// 0: none yet; else the key and one.
constinit std::atomic<unsigned> exit_key{0};

void leave_at_exit(void* record_of_thread) {
  near_record = nullptr;
  own = nullptr;
  the_records.it.leave(*static_cast<record*>(record_of_thread));
}

// A key and no thread_local with a destructor: keys are destroyed after those, whose destructors may read
// maps. A destructor of another key that reads one makes a new record, and the key has its turn again.
void watch_exit(record& mine) noexcept {
  unsigned key = exit_key.load(std::memory_order_acquire);
  if (key == 0) {
    pthread_key_t fresh;
    if (pthread_key_create(&fresh, leave_at_exit) != 0) return;
    // acq_rel: pairs with the load above. No once-flag: a fork in the middle would leave it taken.
    if (exit_key.compare_exchange_strong(key, fresh + 1, std::memory_order_acq_rel)) key = fresh + 1;
    else pthread_key_delete(fresh);
  }
  pthread_setspecific(key - 1, &mine);
}

}  // namespace

record& own_record() noexcept {
  if (own != nullptr) return *own;
  record* const mine = the_records.it.claim(this_thread_id());
  if (mine == nullptr) report_no_memory_for_pins();
  own = mine;
  if (!sync::readers_fence()) near_record = mine;
  watch_exit(*mine);
  return *mine;
}

entered enter_slowly() noexcept {
  record& mine = own_record();
  return {&mine, sync::readers_fence() ? mine.enter_fenced() : mine.enter()};
}

void report_no_memory_for_pins() noexcept {
  report_fatal("holdfast: fatal: no memory to hold an object", "  cure: hold fewer pins at a time\n");
}

}  // namespace holdfast::inline v0::reclaim
