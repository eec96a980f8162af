// The reader-writer lock where readers and writers meet.
#include <holdfast/base/sync/rw_mutex.hpp>

#include <holdfast/base/observe/fatal.hpp>

namespace holdfast::inline v0 {

namespace {

[[noreturn]] void report_unlocked(const char* first_line) noexcept {
  observe::report_fatal_here(first_line, "",
                             "unlock once for each lock and in the same way, shared or not; std::shared_lock does");
}

}  // namespace

// A writer is in or waits. The last of the readers that it found lets it in.
void rw_mutex::last_reader_leaves(std::int32_t before) noexcept {
  if (before == 0 || before == -most_readers) report_unlocked("fatal error: sync: RUnlock of unlocked RWMutex");
  // acq_rel: what every reader did is released by its subtraction and acquired by the last one, whose
  // open() hands all of it to the writer.
  if (leaving_.fetch_sub(1, std::memory_order_acq_rel) == 1) writer_gate_.open(1);
}

// From the subtraction on new readers wait at their gate.
void rw_mutex::wait_for_readers() noexcept {
  // acquire: pairs with the release in unlock_shared(), for readers that have left before.
  const std::int32_t inside = readers_.fetch_sub(most_readers, std::memory_order_acquire);
  if (inside == 0) return;
  // acquire: pairs with last_reader_leaves(), if all of them have left meanwhile.
  if (leaving_.fetch_add(inside, std::memory_order_acq_rel) != -inside) writer_gate_.pass();
}

bool rw_mutex::try_lock() noexcept {
  if (!writers_.try_lock()) return false;
  std::int32_t none = 0;
  // acquire: pairs with the release in unlock_shared().
  if (readers_.compare_exchange_strong(none, -most_readers, std::memory_order_acquire, std::memory_order_relaxed))
    return true;
  writers_.unlock();
  return false;
}

void rw_mutex::unlock() noexcept {
  // release: pairs with the acquire in lock_shared(), for readers that come from now on.
  const std::int32_t before = readers_.fetch_add(most_readers, std::memory_order_release);
  if (before >= 0) report_unlocked("fatal error: sync: Unlock of unlocked RWMutex");
  reader_gate_.open(static_cast<std::uint32_t>(before + most_readers));
  writers_.unlock();
}

}  // namespace holdfast::inline v0
