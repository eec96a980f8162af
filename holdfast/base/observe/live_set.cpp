// See live_set.hpp.
#include <holdfast/base/observe/live_set.hpp>

#include <pthread.h>
#include <unistd.h>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/root.hpp>

namespace holdfast::inline v0::observe {
namespace {

constinit std::mutex live_guard;

// fork() in the middle of a registration would leave the child a locked set. Not watched from a static
// in a function: a fork while another thread is inside its initialisation leaves the child one that
// nobody will ever finish.
HOLDFAST_AT_LOAD void watch_forks() noexcept {
  pthread_atfork([] { live_guard.lock(); }, [] { live_guard.unlock(); }, [] { live_guard.unlock(); });
}

}  // namespace

std::mutex& live_set::guard() noexcept { return live_guard; }

live_list& live_set::list() noexcept { return live_names; }

void live_set::add(live_entry& entry) noexcept {
  const std::lock_guard<std::mutex> hold(live_guard);
  live_list& names = list();
  entry.id = names.next_id++;
  entry.previous = nullptr;
  entry.next = names.first;
  if (names.first != nullptr) names.first->previous = &entry;
  names.first = &entry;
  ++names.count;
}

void live_set::remove(live_entry& entry) noexcept {
  const std::lock_guard<std::mutex> hold(live_guard);
  live_list& names = list();
  (entry.previous == nullptr ? names.first : entry.previous->next) = entry.next;
  if (entry.next != nullptr) entry.next->previous = entry.previous;
  entry.next = entry.previous = nullptr;
  --names.count;
}

live_set::found live_set::find(const void* header) noexcept {
  std::unique_lock<std::mutex> hold(live_guard, std::try_to_lock);
  for (int attempt = 0; attempt < 100 && !hold.owns_lock(); ++attempt) {
    usleep(100);
    static_cast<void>(hold.try_lock());
  }
  if (!hold.owns_lock()) return {};
  for (const live_entry* entry = list().first; entry != nullptr; entry = entry->next)
    if (entry->header == header) return {{entry->name, entry->name_length}, entry->id};
  return {};
}

live_name::live_name(std::string_view name, live_kind kind, const void* header) : name_(name) {
  entry_.name = name_.data();
  entry_.name_length = name_.size();
  entry_.kind = kind;
  entry_.header = header;
  live_set::add(entry_);
}

live_name::~live_name() { live_set::remove(entry_); }

void live_name::rename(std::string_view name) {
  std::string fresh(name);
  const std::lock_guard<std::mutex> hold(live_guard);
  name_.swap(fresh);
  entry_.name = name_.data();
  entry_.name_length = name_.size();
}

void live_name::follow(const void* header) noexcept {
  const std::lock_guard<std::mutex> hold(live_guard);
  entry_.header = header;
}

}  // namespace holdfast::inline v0::observe
