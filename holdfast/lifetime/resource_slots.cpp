// See resource_slots.hpp.
#include <holdfast/lifetime/resource_slots.hpp>

#include <cstdlib>
#include <memory>
#include <new>

#include <holdfast/lifetime/resource_notes.hpp>

namespace holdfast::inline v0::lifetime {

constinit immortal<resource_slots> the_resource_slots;

namespace {

// Zeroed, and not touched where the C library maps it fresh. Never freed. Reachable, so that leak checkers see
// what it points at.
template <class T>
T* zeroed_array(std::size_t count) noexcept {
  std::size_t room = (count + 1) * sizeof(T);
  void* raw = std::calloc(1, room);
  if (raw == nullptr) return nullptr;
  return static_cast<T*>(std::align(alignof(T), count * sizeof(T), raw, room));
}

}  // namespace

resource_slot& resource_slot::of(reclaim::retirable* waiting) noexcept {
  auto* const bytes = reinterpret_cast<std::byte*>(waiting) - offsetof(resource_slot, waiting);
  return *std::launder(reinterpret_cast<resource_slot*>(bytes));
}

bool resource_slots::reach(std::uint32_t index) noexcept {
  const std::uint32_t segment = index / segment_size;
  if (segment >= segments) return false;
  // relaxed, both: under the lock. The notes may be there already, from a try in which the slots were refused.
  if (notes_[segment].load(std::memory_order_relaxed) == nullptr) {
    auto* const notes = zeroed_array<resource_notes>(segment_size);
    if (notes == nullptr) return false;
    // release: pairs with the acquire in notes_of().
    notes_[segment].store(notes, std::memory_order_release);
  }
  if (segment == 0 || slots_[segment].load(std::memory_order_relaxed) != nullptr) return true;
  auto* const slots = zeroed_array<resource_slot>(segment_size);
  if (slots == nullptr) return false;
  // release: pairs with the acquire in find().
  slots_[segment].store(slots, std::memory_order_release);
  return true;
}

void resource_slots::lock() noexcept {
  if (guard_.lock() != sync::taken::inherited) return;
  // A thread that the fork left behind was changing the list: what was in it is lost to this process.
  first_free_ = last_free_ = 0;
}

resource_slot* resource_slots::take() noexcept {
  lock();
  resource_slot* taken = nullptr;
  if (first_free_ != 0) {
    taken = find(first_free_ - 1);
    first_free_ = taken->next_free;
    if (first_free_ == 0) last_free_ = 0;
  } else {
    // relaxed: under the lock.
    const std::uint32_t fresh = used_.load(std::memory_order_relaxed);
    if (reach(fresh)) {
      // Not made anew: zeroes are a slot that nobody has, and who made a handle up may be looking at it.
      taken = find(fresh);
      new (&notes_of(fresh)) resource_notes;
      taken->index = fresh;
      // release: pairs with the acquire in size().
      used_.store(fresh + 1, std::memory_order_release);
    }
  }
  guard_.unlock();
  return taken;
}

void resource_slots::give(resource_slot& slot) noexcept {
  if (slot.state.is_exhausted()) {
    // relaxed: a figure.
    exhausted_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  lock();
  slot.next_free = 0;
  if (last_free_ == 0) first_free_ = slot.index + 1;
  else find(last_free_ - 1)->next_free = slot.index + 1;
  last_free_ = slot.index + 1;
  guard_.unlock();
}

}  // namespace holdfast::inline v0::lifetime
