// See pointer_cache_queue.hpp.
#include <holdfast/concurrent/pointer_cache_queue.hpp>

#include <mutex>

#include <holdfast/base/reclaim/domain.hpp>

namespace holdfast::inline v0::concurrent {

void cache_victims::add(cache_item& item, bool is_over) noexcept {
  // The caller has the queue's lock and the item was linked: it is not retired yet, so the pin is in time.
  reclaim::section inside(reclaim::default_domain());
  all_[count_++] = {inside.hand_off(&item, &item), is_over};
}

cache_queue::answer cache_queue::admit(cache_item& now_there, cache_item* before, cache_time now,
                                       cache_victims& victims) noexcept {
  const std::lock_guard hold(lock_);
  if (before != nullptr) take_place_of(now_there, *before);
  if (is_too_heavy(now_there)) {
    if (now_there.queue_place == cache_item::place::linked) unlink(now_there);
    now_there.queue_place = cache_item::place::gone;
    return answer::too_heavy;
  }
  const bool is_new = now_there.queue_place == cache_item::place::outside && now_there.is_queued;
  const std::size_t more = is_new ? 1 : 0;
  const std::size_t more_weight = is_new ? now_there.weight : 0;
  while (!has_room(count_ + more, weight_ + more_weight)) {
    if (victims.full()) return answer::again;
    give_one_up(now_there, now, victims);
  }
  if (is_new) link(now_there);
  for (std::size_t i = 0; i < 2 && oldest_ != nullptr && !victims.full(); ++i) {
    if (oldest_ == &now_there || !oldest_->is_over(now, bounds_.idle)) break;
    give_up(*oldest_, true, victims);
  }
  sweep_locked(2, now, victims);
  return answer::done;
}

void cache_queue::remove(cache_item& gone) noexcept {
  const std::lock_guard hold(lock_);
  if (gone.queue_place == cache_item::place::linked) unlink(gone);
  gone.queue_place = cache_item::place::gone;
}

std::size_t cache_queue::sweep(std::size_t steps, cache_time now, cache_victims& victims) noexcept {
  const std::lock_guard hold(lock_);
  return sweep_locked(steps, now, victims);
}

cache_queue::figures cache_queue::count() const noexcept {
  const std::lock_guard hold(lock_);
  return {count_, weight_};
}

bool cache_queue::has_room(std::size_t entries, std::size_t weight) const noexcept {
  return count_ == 0 ||
         ((bounds_.entries == 0 || entries <= bounds_.entries) && (bounds_.weight == 0 || weight <= bounds_.weight));
}

// An overwritten key keeps its age, and has been used.
void cache_queue::take_place_of(cache_item& now_there, cache_item& before) noexcept {
  if (before.queue_place == cache_item::place::linked && now_there.is_queued &&
      now_there.queue_place == cache_item::place::outside) {
    now_there.visited.store(true, std::memory_order_relaxed);
    now_there.newer = before.newer;
    now_there.older = before.older;
    (before.newer == nullptr ? newest_ : before.newer->older) = &now_there;
    (before.older == nullptr ? oldest_ : before.older->newer) = &now_there;
    if (hand_ == &before) hand_ = &now_there;
    if (sweep_ == &before) sweep_ = &now_there;
    weight_ += now_there.weight - before.weight;
    now_there.queue_place = cache_item::place::linked;
  } else if (before.queue_place == cache_item::place::linked) {
    unlink(before);
  }
  before.queue_place = cache_item::place::gone;
}

void cache_queue::link(cache_item& item) noexcept {
  item.newer = nullptr;
  item.older = newest_;
  (newest_ == nullptr ? oldest_ : newest_->newer) = &item;
  newest_ = &item;
  item.queue_place = cache_item::place::linked;
  ++count_;
  weight_ += item.weight;
}

void cache_queue::unlink(cache_item& item) noexcept {
  (item.newer == nullptr ? newest_ : item.newer->older) = item.older;
  (item.older == nullptr ? oldest_ : item.older->newer) = item.newer;
  if (hand_ == &item) hand_ = item.newer;
  if (sweep_ == &item) sweep_ = item.newer;
  --count_;
  weight_ -= item.weight;
}

void cache_queue::give_up(cache_item& item, bool is_over, cache_victims& victims) noexcept {
  victims.add(item, is_over);
  unlink(item);
  item.queue_place = cache_item::place::gone;
}

cache_item* cache_queue::after(const cache_item* item) const noexcept {
  return item->newer != nullptr ? item->newer : oldest_;
}

// There is an item that is not `but_not`: that one alone would have room.
void cache_queue::give_one_up(const cache_item& but_not, cache_time now, cache_victims& victims) noexcept {
  cache_item* at = hand_ != nullptr ? hand_ : oldest_;
  for (std::size_t steps = 0;; at = after(at)) {
    if (at == &but_not) continue;
    if (at->is_over(now, bounds_.idle)) break;
    if (!at->visited.load(std::memory_order_relaxed) || ++steps > steps_at_most) break;
    at->visited.store(false, std::memory_order_relaxed);
  }
  hand_ = at;
  give_up(*at, at->is_over(now, bounds_.idle), victims);
}

std::size_t cache_queue::sweep_locked(std::size_t steps, cache_time now, cache_victims& victims) noexcept {
  std::size_t looked = 0;
  for (; looked < steps && oldest_ != nullptr && !victims.full(); ++looked) {
    cache_item* const at = sweep_ != nullptr ? sweep_ : oldest_;
    sweep_ = at->newer;
    if (at->is_over(now, bounds_.idle)) give_up(*at, true, victims);
  }
  return looked;
}

}  // namespace holdfast::inline v0::concurrent
