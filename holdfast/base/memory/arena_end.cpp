// How a round of an arena ends; see arena_core.hpp.
#include <holdfast/base/memory/arena_core.hpp>

#include <string>
#include <utility>

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/memory/chunk_store.hpp>
#include <holdfast/base/memory/poison.hpp>
#include <holdfast/base/memory/sanitizer_hooks.hpp>
#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0::memory {
namespace {

// The kernel's number of this thread; base/sync, which keeps it too, is not below this room.
constinit thread_local std::uint32_t own_number = 0;

HOLDFAST_AT_LOAD void watch_forks() noexcept {
  pthread_atfork(nullptr, nullptr, [] { own_number = 0; });
}

std::uint32_t own_thread() noexcept {
  if (own_number == 0) own_number = static_cast<std::uint32_t>(syscall(SYS_gettid));
  return own_number;
}

std::string text_about(std::string_view name, std::uint64_t id) {
  return "  arena \"" + std::string(name) + "\" (id " + std::to_string(id) + ")\n";
}

constexpr const char* escape_cure =
    "copy what outlives the arena (escaped<T>::copy), or let the map that holds it end first, or choose "
    "on_escape::copy_out";

}  // namespace

arena_core::~arena_core() {
  end_round(cause::arena_destroyed, keep_chunks::no);
  while (arena_listener* const one = listeners_.first()) unlink(*one);
}

void arena_core::end_round(cause why, keep_chunks keep) {
  if (ending_)
    observe::report_fatal_here("holdfast: fatal: arena reset inside its own reset", text_about(name_, id_),
                               "do not reset an arena from the destructor of one of its objects");
  const cause_record end(why, resets_ + 1, own_thread());
  settle_escapes(end);
  ending_ = true;
  for (arena_listener* one = listeners_.first(); one != nullptr; one = one->next) one->forget(*one);
  run_destructors();
  ++resets_;
  close_chunk();
  next_ = end_ = chunk_end_ = 0;
  if (arena_round* const ended = std::exchange(round_, nullptr)) {
    ended->end = end.word();
    observe::capture_own(ended->ended_by, __builtin_return_address(0));
    end_spans(end, keep);
    drop_round(ended);
  } else {
    end_spans(end, keep);
  }
  ending_ = false;
}

void arena_core::settle_escapes(cause_record why) {
  if (escapes_.first() == nullptr) return;
  const std::size_t count = escapes_.count();
  const std::string lines =
      text_about(name_, id_) + "  escaped handles: " + std::to_string(count) + "; stale by: " + text_of(why) + '\n';
  if (on_escape_ == on_escape::fatal)
    observe::report_fatal_here("holdfast: fatal: arena objects are still held elsewhere", lines, escape_cure);
  if (on_escape_ == on_escape::report)
    report_refused("holdfast: arena objects are still held elsewhere", lines + "  cure: " + escape_cure + '\n');
  if (on_escape_ == on_escape::copy_out)
    for (escape_link* one = escapes_.first(); one != nullptr;) {
      if (one->copy_out == nullptr) {
        one = one->next;
        continue;
      }
      one->copy_out(*one);  // unlinks it, and the copy may have linked others
      one = escapes_.first();
    }
  while (escape_link* const one = escapes_.first()) {
    unlink(*one);
    one->cut(*one, why);
  }
}

void arena_core::run_destructors() noexcept {
  while (const destructor_record* const last = destructors_) {
    destructors_ = last->before;
    last->destroy(last->first, last->count);
  }
}

void arena_core::end_spans(cause_record why, keep_chunks keep) noexcept {
  if (check_ == after_reset::off && keep == keep_chunks::yes && kept_ == nullptr && !address_sanitizer_) {
    kept_ = std::exchange(chunks_, nullptr);
  }
  while (chunk_header* const span = chunks_) {
    chunks_ = span->next;
    end_span(span, why, keep);
  }
  while (chunk_header* const span = large_) {
    large_ = span->next;
    end_span(span, why, keep_chunks::no);
  }
  while (keep == keep_chunks::no && kept_ != nullptr) {
    chunk_header* const span = kept_;
    kept_ = span->next;
    end_span(span, why, keep);
  }
}

void arena_core::end_span(chunk_header* span, cause_record why, keep_chunks keep) noexcept {
  if (check_ != after_reset::off || keep == keep_chunks::no) {
    for (chunk_header* each = span; each != span + span->span; ++each) {
      // relaxed: both made visible by the release below.
      each->ended.store(why.word(), std::memory_order_relaxed);
      each->arena.store(id_, std::memory_order_relaxed);
      // release: pairs with the acquire of an arena_ptr that asks why; only the arena's thread counts.
      each->generation.store(each->generation.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
  }
  if (check_ == after_reset::protect) {
    const std::size_t bytes = whole_bytes(span);
    if (span->used != 0 && store_of(span).quarantine(span)) {
      held_ -= bytes;
      return;
    }
    unprotected_ += span->used != 0;
  }
  if (check_ == after_reset::protect || check_ == after_reset::poison) fill_with_poison(span);
  if (address_sanitizer_) mark_unreadable(reinterpret_cast<std::byte*>(payload_start(span)), payload_bytes(span));
  if (keep == keep_chunks::no) return give_back(span);
  span->used = 0;
  span->next = kept_;
  kept_ = span;
}

void arena_core::give_back(chunk_header* span) noexcept {
  held_ -= whole_bytes(span);
  store_of(span).give(span);
}

}  // namespace holdfast::inline v0::memory
