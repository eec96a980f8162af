// See container_marks.hpp.
#include "guard/container_marks.hpp"

#include <cerrno>
#include <ctime>

#include <pthread.h>
#include <sched.h>

#include "guard/containers.hpp"
#include "guard/findings.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

constexpr unsigned thread_bits = 20;
constexpr std::uint64_t thread_mask = (std::uint64_t{1} << thread_bits) - 1;
constexpr std::uint32_t first_holds = 16;         // of a thread, that count for nothing: a short race has no time
constexpr std::uint64_t hold_time = 20'000;       // ns that a thread waits inside
constexpr std::uint64_t answer_time = 200'000'000;  // ns that the other one's stack is waited for

struct mark {
  std::atomic<std::uint64_t> inside{0};  // 0: nobody
  // relaxed: pairs with nothing; a wrong guess costs a wait.
  std::atomic<std::uint64_t> last{0};  // who changed it before
};

constexpr std::size_t mark_count = 1024;
constinit mark marks[mark_count];

// One question at a time: who came asks who is inside for its stack, and goes on when it has been answered.
enum class stage : std::uint32_t { idle, being_asked, asked, answering, answered };

struct question {
  std::atomic<stage> now{stage::idle};
  std::uint64_t asked = 0;  // the mark of the thread that is inside
  const char* operation = nullptr;
  stack inside;
};
constinit question the_question;

// Containers that were told of already; the oldest is forgotten.
constexpr std::size_t most_told = 16;
constinit std::atomic<const void*> told[most_told];
constinit std::atomic<std::uint32_t> told_count{0};

// relaxed, all: pair with nothing; they count, and tell threads apart.
constinit std::atomic<std::uint32_t> thread_count{0};
constinit std::atomic<std::uint64_t> change_count{0};
constinit std::atomic<std::uint64_t> wait_count{0};
constinit std::atomic<std::uint64_t> encounter_count{0};

constinit std::atomic<std::uint64_t> hold_percent{2};
constinit std::atomic<bool> aborts{false};

std::uint64_t mark_of(const void* header) noexcept {
  if (this_thread.number == 0) {
    const std::uint32_t next = thread_count.fetch_add(1, std::memory_order_relaxed) + 1;
    this_thread.number = static_cast<std::uint32_t>(next & thread_mask);
    if (this_thread.number == 0) this_thread.number = 1;
  }
  return reinterpret_cast<std::uintptr_t>(header) >> 3 << thread_bits | this_thread.number;
}

bool are_strangers(std::uint64_t one, std::uint64_t other) noexcept {
  return one != 0 && one >> thread_bits == other >> thread_bits && one != other;
}

mark& place_of(std::uint64_t one) noexcept { return marks[(one >> thread_bits) * 0x9E3779B97F4A7C15 >> 54]; }

std::uint64_t now_in_ns() noexcept {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

// Waits inside, if there is time left for it, until somebody comes.
void hold(const mark& at, std::uint64_t mine) noexcept {
  const std::uint64_t percent = hold_percent.load(std::memory_order_relaxed);
  if (percent == 0) return;
  const std::uint64_t begin = now_in_ns();
  if (begin < this_thread.next_hold) return;
  wait_count.fetch_add(1, std::memory_order_relaxed);
  std::uint64_t now = begin;
  while (now - begin < hold_time && at.inside.load(std::memory_order_relaxed) == mine) {
    sched_yield();
    now = now_in_ns();
  }
  if (this_thread.holds < first_holds) ++this_thread.holds;
  else this_thread.next_hold = now + (now - begin) * (100 - percent) / percent;
}

bool was_told(const void* container) noexcept {
  for (const std::atomic<const void*>& one : told)
    if (one.load(std::memory_order_relaxed) == container) return true;
  told[told_count.fetch_add(1, std::memory_order_relaxed) % most_told].store(container, std::memory_order_relaxed);
  return false;
}

// The stack of the thread that is inside, from itself when it leaves. It may crash before, or be stopped.
void ask_for_stack(std::uint64_t inside, encounter& found) noexcept {
  question& one = the_question;
  one.asked = inside;
  // release: pairs with the acquire in answer_if_asked(); the question is complete.
  one.now.store(stage::asked, std::memory_order_release);
  const std::uint64_t begin = now_in_ns();
  // acquire: pairs with the release in answer_if_asked().
  while (one.now.load(std::memory_order_acquire) != stage::answered) {
    sched_yield();
    if (now_in_ns() - begin < answer_time) continue;
    stage asked = stage::asked;
    // Nobody will answer any more; or somebody is just doing it.
    if (one.now.compare_exchange_strong(asked, stage::being_asked, std::memory_order_acquire)) return;
  }
  found.stacks[0] = one.inside;
  found.operations[0] = one.operation;
}

void meet(std::uint64_t inside, const void* container, const container_change::what& done,
          const void* caller) noexcept {
  question& one = the_question;
  encounter_count.fetch_add(1, std::memory_order_relaxed);
  stage idle = stage::idle;
  // acquire: pairs with the release below; the last question is over.
  if (!one.now.compare_exchange_strong(idle, stage::being_asked, std::memory_order_acquire)) return;
  if (!was_told(container)) {
    static constinit encounter found;  // guarded by the question
    found.kind = done.kind;
    found.container = container;
    found.operations[0] = "changed";
    found.operations[1] = done.operation;
    found.stacks[0].count = 0;
    capture(found.stacks[1], caller);
    ask_for_stack(inside, found);
    tell_encounter(found, aborts.load(std::memory_order_relaxed));
  }
  one.now.store(stage::idle, std::memory_order_release);  // pairs with the acquire above
}

void answer_if_asked(std::uint64_t mine, const container_change::what& done, const void* caller) noexcept {
  question& one = the_question;
  stage asked = stage::asked;
  // acquire: pairs with the release in ask_for_stack().
  if (one.now.load(std::memory_order_acquire) != stage::asked || one.asked != mine) return;
  if (!one.now.compare_exchange_strong(asked, stage::answering, std::memory_order_acquire)) return;
  capture(one.inside, caller);
  one.operation = done.operation;
  one.now.store(stage::answered, std::memory_order_release);  // pairs with the acquire in ask_for_stack()
}

}  // namespace

void prepare_marks(const options& wanted) noexcept {
  hold_percent.store(wanted.hold, std::memory_order_relaxed);
  aborts.store(wanted.containers == answer::abort, std::memory_order_relaxed);
}

container_change::container_change(const void* header, const what& done, const void* caller) noexcept
    : done_(done), caller_(caller), mine_(mark_of(header)) {
  const int error_before = errno;
  change_count.store(change_count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  mark& at = place_of(mine_);
  // acq_rel: two that come at once see each other in one order; nothing else is published.
  const std::uint64_t inside = at.inside.exchange(mine_, std::memory_order_acq_rel);
  if (are_strangers(inside, mine_)) [[unlikely]]
    meet(inside, static_cast<const char*>(header) - done.header_at, done, caller);
  const std::uint64_t last = at.last.load(std::memory_order_relaxed);
  if (last != mine_) {
    at.last.store(mine_, std::memory_order_relaxed);
    if (are_strangers(last, mine_)) hold(at, mine_);
  }
  errno = error_before;
}

container_change::~container_change() {
  mark& at = place_of(mine_);
  // relaxed: pairs with nothing; another container's mark may have taken the place.
  const std::uint64_t now = at.inside.load(std::memory_order_relaxed);
  if (now == mine_) at.inside.store(0, std::memory_order_release);
  else if (are_strangers(now, mine_)) answer_if_asked(mine_, done_, caller_);
}

void containers_after_fork() noexcept {
  for (mark& one : marks) one.inside.store(0, std::memory_order_relaxed);
  the_question.now.store(stage::idle, std::memory_order_relaxed);
}

container_counts count_containers() noexcept {
  return {change_count.load(std::memory_order_relaxed), wait_count.load(std::memory_order_relaxed),
          encounter_count.load(std::memory_order_relaxed)};
}

}  // namespace holdfast::guard
