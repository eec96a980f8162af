// See keepers.hpp.
#include "guard/keepers.hpp"

#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guard/lock.hpp"
#include "guard/tables.hpp"

namespace holdfast::guard {
namespace {

// The words of threads that are known, so that whoever disconnects can look at them.
constexpr std::size_t most_threads = 1024;
constinit std::atomic<section>* known_threads[most_threads] = {};

// Sections of all others.
constinit std::atomic<std::uint32_t> counted_sections{0};

// Guards the list, and known_threads: a word that stands there is there.
constinit short_lock list_lock;

// relaxed, all three: pair with nothing; they are told, nothing follows from them.
constinit std::atomic<std::uint64_t> connected_count{0};
constinit std::atomic<std::uint64_t> asked_count{0};
constinit std::atomic<std::uint64_t> kept_count{0};

int membarrier(int command) noexcept { return static_cast<int>(syscall(SYS_membarrier, command, 0, 0)); }

// relaxed: pairs with nothing; it is set before there is a keeper.
constinit std::atomic<bool> has_membarrier{false};

// At the first connection; before it nobody is in a section that matters.
void choose_kind_of_sections() noexcept {
  static constinit bool chosen = false;
  if (chosen) return;
  chosen = true;
  has_membarrier.store(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0, std::memory_order_relaxed);
}

// Its word goes away with the thread; what it frees from here on is counted.
void end_of_thread(void* word) {
  const lock_guard changing(list_lock);
  this_thread.leaving = true;
  this_thread.keepers.store(section::unknown_thread, std::memory_order_relaxed);
  for (std::atomic<section>*& one : known_threads)
    if (one == word) one = nullptr;
}

// Runs `end_of_thread` when this thread ends. False if that cannot be had.
bool ask_for_end_of_thread() noexcept {
  static constinit std::atomic<int> made{0};  // 0 not yet, 1 somebody is at it, 2 the key is there
  static pthread_key_t key;
  int not_yet = 0;
  if (made.compare_exchange_strong(not_yet, 1, std::memory_order_acquire)) {
    // release: pairs with the acquire below; publishes the key.
    made.store(pthread_key_create(&key, end_of_thread) == 0 ? 2 : 0, std::memory_order_release);
  }
  if (made.load(std::memory_order_acquire) != 2) return false;
  return pthread_setspecific(key, &this_thread.keepers) == 0;
}

// Gives the thread a word that others see, if one is to be had. Else its sections are counted, until the next try.
void become_known() noexcept {
  if (this_thread.leaving || !has_membarrier.load(std::memory_order_relaxed)) return;
  const own_work allocating;
  if (!list_lock.try_lock()) return;
  for (std::atomic<section>*& one : known_threads) {
    if (one != nullptr) continue;
    one = &this_thread.keepers;
    this_thread.keepers.store(section::outside, std::memory_order_relaxed);
    break;
  }
  list_lock.unlock();
  const bool is_known = this_thread.keepers.load(std::memory_order_relaxed) != section::unknown_thread;
  if (is_known && !ask_for_end_of_thread()) end_of_thread(&this_thread.keepers);
}

// A section of any thread.
class keeper_section {
 public:
  keeper_section() noexcept {
    if (this_thread.keepers.load(std::memory_order_relaxed) == section::unknown_thread) become_known();
    before_ = this_thread.keepers.load(std::memory_order_relaxed);
    if (before_ != section::unknown_thread) this_thread.keepers.store(section::inside, std::memory_order_relaxed);
    // seq_cst: the load of the list may not come before it; pairs with the one of disconnect.
    counted_sections.fetch_add(before_ == section::unknown_thread ? 1 : 0, std::memory_order_seq_cst);
  }
  keeper_section(const keeper_section&) = delete;
  keeper_section& operator=(const keeper_section&) = delete;
  // release, both: pair with the acquire of disconnect.
  ~keeper_section() {
    if (before_ == section::unknown_thread) counted_sections.fetch_sub(1, std::memory_order_release);
    else this_thread.keepers.store(before_, std::memory_order_release);
  }

 private:
  section before_;
};

void count_watchers_locked() noexcept {
  const std::uint32_t tables = table_count.load(std::memory_order_relaxed);
  const holdfast_keeper* const first = first_keeper.load(std::memory_order_relaxed);
  std::uint32_t keepers = 0;
  for (const holdfast_keeper* one = first; one != nullptr; one = one->next) ++keepers;
  connected_count.store(keepers, std::memory_order_relaxed);
  // release: pairs with the acquire in is_watched().
  only_filter.store(keepers == 1 && tables == 0 ? first->filter : nullptr, std::memory_order_release);
  watchers.store(keepers + tables, std::memory_order_relaxed);
}

class asking_now {
 public:
  asking_now() noexcept { this_thread.asking = true; }
  asking_now(const asking_now&) = delete;
  asking_now& operator=(const asking_now&) = delete;
  ~asking_now() { this_thread.asking = false; }
};

// Until every section that began before has ended.
void wait_for_sections() noexcept {
  for (std::size_t i = 0; i < most_threads;) {
    list_lock.lock();
    std::atomic<section>* const one = known_threads[i];
    const bool is_own = one == &this_thread.keepers;
    // acquire: pairs with the release at the end of a section.
    const bool is_over = one == nullptr || is_own || one->load(std::memory_order_acquire) != section::inside;
    list_lock.unlock();
    if (is_over) ++i;
    else sched_yield();
  }
  const bool is_counted = this_thread.asking && this_thread.keepers.load(std::memory_order_relaxed) != section::inside;
  // seq_cst: comes after the list was changed; pairs with the one of keeper_section, and the release at its end.
  while (counted_sections.fetch_add(0, std::memory_order_seq_cst) > (is_counted ? 1u : 0u)) sched_yield();
}

}  // namespace

constinit std::atomic<holdfast_keeper*> first_keeper{nullptr};
constinit std::atomic<std::uint32_t> watchers{0};

constinit std::atomic<const std::uint64_t*> only_filter{nullptr};

void count_watchers() noexcept {
  const lock_guard counting(list_lock);
  count_watchers_locked();
}

bool is_watched_closely(const void* address) noexcept {
  const keeper_section looking;
  const std::uint32_t bit = holdfast_filter_bit(address);
  // acquire: pairs with the release in connect; the keeper and its filter are complete.
  for (const holdfast_keeper* one = first_keeper.load(std::memory_order_acquire); one != nullptr;
       one = __atomic_load_n(&one->next, __ATOMIC_ACQUIRE))
    if (has_bit(one->filter, bit)) return true;
  return table_count.load(std::memory_order_relaxed) != 0;
}

holdfast_verdict ask_keepers(void* address, std::size_t size, holdfast_leave how) noexcept {
  if (this_thread.asking) return holdfast_let_go;
  const keeper_section looking;
  const asking_now asking;
  const std::uint32_t bit = holdfast_filter_bit(address);
  // acquire: pairs with the release in connect.
  for (holdfast_keeper* one = first_keeper.load(std::memory_order_acquire); one != nullptr;
       one = __atomic_load_n(&one->next, __ATOMIC_ACQUIRE)) {
    if (how != holdfast_leave_munmap && !has_bit(one->filter, bit)) continue;
    asked_count.fetch_add(1, std::memory_order_relaxed);
    if (one->on_leave(one, address, size, how) != holdfast_keep) continue;
    kept_count.fetch_add(1, std::memory_order_relaxed);
    return holdfast_keep;
  }
  return holdfast_let_go;
}

void keepers_before_fork() noexcept { list_lock.lock(); }

void keepers_after_fork(bool child) noexcept {
  if (child) {
    for (std::atomic<section>*& one : known_threads)
      if (one != &this_thread.keepers) one = nullptr;
    // relaxed: pairs with nothing; there is no other thread.
    counted_sections.store(0, std::memory_order_relaxed);
  }
  list_lock.unlock();
}

keeper_counts count_keepers() noexcept {
  return {connected_count.load(std::memory_order_relaxed), asked_count.load(std::memory_order_relaxed),
          kept_count.load(std::memory_order_relaxed)};
}

}  // namespace holdfast::guard

using namespace holdfast::guard;

extern "C" HOLDFAST_EXPORTED int holdfast_guard_connect(holdfast_keeper* keeper) {
  // A later abi only adds members, so one that is known and large enough is understood.
  if (keeper == nullptr || keeper->abi < holdfast_guard_abi || keeper->size < sizeof(holdfast_keeper)) return -1;
  if (keeper->filter == nullptr || keeper->on_leave == nullptr) return -1;
  const lock_guard changing(list_lock);
  choose_kind_of_sections();
  for (const holdfast_keeper* one = first_keeper.load(std::memory_order_relaxed); one != nullptr; one = one->next)
    if (one == keeper) return 0;
  keeper->next = first_keeper.load(std::memory_order_relaxed);
  // release: pairs with the acquire of whoever walks the list.
  first_keeper.store(keeper, std::memory_order_release);
  count_watchers_locked();
  return 0;
}

extern "C" HOLDFAST_EXPORTED int holdfast_guard_disconnect(holdfast_keeper* keeper) {
  {
    const lock_guard changing(list_lock);
    if (keeper == nullptr) return -1;
    holdfast_keeper* const first = first_keeper.load(std::memory_order_relaxed);
    if (first == keeper) {
      first_keeper.store(keeper->next, std::memory_order_release);  // pairs with the acquire of whoever walks
    } else {
      holdfast_keeper* before = first;
      while (before != nullptr && before->next != keeper) before = before->next;
      if (before == nullptr) return -1;
      __atomic_store_n(&before->next, keeper->next, __ATOMIC_RELEASE);
    }
    count_watchers_locked();
  }
  // Who entered before this is seen inside below; who enters after it sees the list without the keeper.
  if (has_membarrier.load(std::memory_order_relaxed)) membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
  wait_for_sections();
  return 0;
}
