// See walker.hpp. Everything here but add and remove runs inside a write, hence alone.
#include <holdfast/table/walker.hpp>

#include <algorithm>

#include <sched.h>

namespace holdfast::inline v0::table {
namespace {

class list_guard {
 public:
  explicit list_guard(walker_list& list) noexcept : list_(list) {
    // acquire: pairs with the release below; the holder before us has finished with the links.
    while (list_.locked.exchange(1, std::memory_order_acquire) != 0) sched_yield();
  }
  // release: pairs with the acquire above; publishes the links.
  ~list_guard() { list_.locked.store(0, std::memory_order_release); }

 private:
  walker_list& list_;
};

}  // namespace

void walker::copy_position(const walker& other) {
  table = other.table;
  slot = other.slot;
  node = other.node;
  bucket = other.bucket;
  level = other.level;
  mask = other.mask;
  at = other.at;
  to_come = other.to_come;
  left = other.left;
  offset = other.offset;
  ahead = other.ahead;
  seen = other.seen;
  slots = other.slots;
  gone = other.gone;
  detached = other.detached;
  pending = other.pending;
}

void walker_list::add(walker& one) noexcept {
  const list_guard guard(*this);
  one.list = this;
  one.previous = nullptr;
  one.next = first;
  if (first != nullptr) first->previous = &one;
  first = &one;
}

void walker_list::remove(walker& one) noexcept {
  const list_guard guard(*this);
  if (one.next != nullptr) one.next->previous = one.previous;
  (one.previous != nullptr ? one.previous->next : first) = one.next;
  one.list = nullptr;
}

void walker_list::moved(void* from, void* to) noexcept {
  for (walker* w = first; w != nullptr; w = w->next) {
    if (w->slot == from && !w->gone) w->slot = to;
    if (w->detached) std::replace(w->pending.begin(), w->pending.end(), from, to);
  }
}

void walker_list::erased(void* slot) noexcept {
  for (walker* w = first; w != nullptr; w = w->next) {
    if (w->slot == slot) w->gone = true;
    if (w->detached) std::erase(w->pending, slot);
  }
}

void walker_list::unlinked(void* node, void* before) noexcept {
  for (walker* w = first; w != nullptr; w = w->next) {
    if (w->node != node || w->detached) continue;
    w->node = before;
    w->left = 0;
  }
}

void walker_list::ended() noexcept {
  for (walker* w = first; w != nullptr; w = w->next) {
    w->gone = true;
    w->detached = true;
    w->pending.clear();
    w->ahead = 0;
    w->to_come = 0;
    w->level = w->mask;
  }
}

void walker_list::abandon() noexcept {
  ended();
  for (walker* w = first; w != nullptr; w = w->next) {
    w->list = nullptr;
    w->table = nullptr;
  }
  first = nullptr;
}

void walker_list::adopt(walker_list& other, void* table) noexcept {
  first = other.first;
  other.first = nullptr;
  for (walker* w = first; w != nullptr; w = w->next) {
    w->list = this;
    w->table = table;
  }
}

}  // namespace holdfast::inline v0::table
