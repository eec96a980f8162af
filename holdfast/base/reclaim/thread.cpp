// See thread.hpp.
#include <holdfast/base/reclaim/thread.hpp>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/reclaim/misuse.hpp>
#include <holdfast/base/sync/first_answer.hpp>

namespace holdfast::inline v0::reclaim {

constinit thread_local record* near_record = nullptr;
constinit immortal<registry> the_records;
constinit immortal<grace> the_periods{the_records.it};

namespace {

// Known in either mode; near_record is this one or null.
HOLDFAST_NEAR_TLS constinit thread_local record* own = nullptr;

// The key and one.
constinit sync::basic_first_answer<unsigned, sync::real_machine> exit_key;

// Not this_thread_id(): a forked child's own number is wanted before every handler has run.
std::uint32_t kernel_thread_id() noexcept { return static_cast<std::uint32_t>(syscall(SYS_gettid)); }

void leave_at_exit(void* record_of_thread) {
  near_record = nullptr;
  own = nullptr;
  the_records.it.leave(*static_cast<record*>(record_of_thread));
}

// A key and no thread_local with a destructor: keys are destroyed after those, whose destructors may read
// maps. A destructor of another key that reads one makes a new record, and the key has its turn again.
void watch_exit(record& mine) noexcept {
  unsigned key = exit_key.known();
  if (key == 0) {
    pthread_key_t fresh;
    if (pthread_key_create(&fresh, leave_at_exit) != 0) return;
    key = exit_key.propose(fresh + 1);
    if (key != fresh + 1) pthread_key_delete(fresh);
  }
  pthread_setspecific(key - 1, &mine);
}

// When the library is unloaded, or the process ends: no thread may call into it any more.
[[gnu::destructor]] void stop_watching_exits() noexcept {
  const unsigned key = exit_key.forget();
  if (key != 0) pthread_key_delete(key - 1);
}

// The one thread of the child tidies up after those that stayed behind. Allocates nothing, locks nothing.
void tidy_up_in_child() noexcept {
  // relaxed, all of it: there is one thread.
  sync::process_generation.fetch_add(1, std::memory_order_relaxed);
  the_records.it.for_each([](record& one) {
    if (&one == own) return one.thread.store(kernel_thread_id(), std::memory_order_relaxed);
    one.abandon_section();
    if (one.tenant.load(std::memory_order_relaxed) == tenancy::owned) the_records.it.leave(one);
  });
}

// At load time and not at first use: a fork in the middle of a first use would leave its flag taken for
// ever in the child.
[[maybe_unused]] const bool watching_forks = [] {
  if (pthread_atfork(nullptr, nullptr, tidy_up_in_child) != 0) report_no_fork_handler();
  return true;
}();

}  // namespace

record* known_record() noexcept { return own; }

record& own_record() noexcept {
  if (own != nullptr) [[likely]] return *own;
  record* const mine = the_records.it.claim(kernel_thread_id());
  if (mine == nullptr) report_no_memory_for_pins();
  own = mine;
  if (!sync::readers_fence()) near_record = mine;
  watch_exit(*mine);
  return *mine;
}

entered enter_known(record& mine) noexcept {
  return {&mine, sync::readers_fence() ? mine.enter_fenced() : mine.enter()};
}

entered enter_slowly() noexcept { return enter_known(own_record()); }

void check_own(const record& who) noexcept {
  if (&who != own) report_section_left_elsewhere();
}

}  // namespace holdfast::inline v0::reclaim
