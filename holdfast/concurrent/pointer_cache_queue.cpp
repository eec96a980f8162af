// See pointer_cache_queue.hpp.
#include <holdfast/concurrent/pointer_cache_queue.hpp>

#include <algorithm>
#include <limits>
#include <mutex>

#include <holdfast/base/reclaim/domain.hpp>

namespace holdfast::inline v0::concurrent {
namespace {

// How many deadlines it has.
std::size_t deadlines_of(const cache_item& item) noexcept {
  return item.deadline.load(std::memory_order_relaxed) == never ? 0 : 1;
}

}  // namespace

void cache_victims::add(cache_item& item, bool is_over) noexcept {
  // The caller has the queue's lock and the item was linked: it is not retired yet, so the pin is in time.
  reclaim::section inside(reclaim::default_domain());
  all_[count_++] = {inside.hand_off(&item, &item), is_over};
}

cache_queue::answer cache_queue::admit(cache_item& now_there, cache_item* before, cache_time now,
                                       cache_victims& victims) noexcept {
  if (before != nullptr) {
    cache_item::ask_for(cache_list::newer_than(*before));
    cache_item::ask_for(cache_list::older_than(*before));
  }
  std::array<oncoming, 2> next{};
  answer result = answer::done;
  {
    const std::lock_guard hold(lock_);
    result = admit_locked(now_there, before, now, victims);
    leave_permits();
    if (!victims.empty()) next = {oncoming_in(trial_), oncoming_in(proven_)};
  }
  for (const oncoming& one : next) {
    ghosts_.ask_for(one.fingerprint);
    cache_item::ask_for(one.second);
  }
  return result;
}

cache_queue::answer cache_queue::admit_locked(cache_item& now_there, cache_item* before, cache_time now,
                                              cache_victims& victims) noexcept {
  if (before != nullptr) take_place_of(now_there, *before);
  if (is_too_heavy(now_there)) {
    if (now_there.is_linked()) unlink(now_there);
    now_there.queue_place = cache_item::place::gone;
    return answer::too_heavy;
  }
  const bool is_new = now_there.queue_place == cache_item::place::outside && now_there.is_queued;
  const std::size_t more_weight = is_new ? now_there.weight : 0;
  if (may_expire()) {
    collect_oldest(trial_, now_there, now, victims);
    collect_oldest(proven_, now_there, now, victims);
  }
  while (!has_room(is_new, weight_ + more_weight)) {
    if (victims.full()) return answer::again;
    if (count_locked() == 0) return answer::elsewhere;
    give_one_up(&now_there, now, victims);
  }
  if (is_new) link(now_there);
  sweep_locked(2, now, victims);
  return answer::done;
}

void cache_queue::remove(cache_item& gone) noexcept {
  const std::lock_guard hold(lock_);
  if (gone.is_linked()) unlink(gone);
  gone.queue_place = cache_item::place::gone;
  leave_permits();
}

bool cache_queue::give_one(cache_time now, cache_victims& victims) noexcept {
  const std::lock_guard hold(lock_);
  if (count_locked() == 0) return false;
  give_one_up(nullptr, now, victims);
  leave_permits();
  return true;
}

std::size_t cache_queue::sweep(std::size_t steps, cache_time now, cache_victims& victims) noexcept {
  const std::lock_guard hold(lock_);
  const std::size_t looked = sweep_locked(steps, now, victims);
  leave_permits();
  return looked;
}

cache_queue::figures cache_queue::count() const noexcept {
  const std::lock_guard hold(lock_);
  return {count_locked(), weight_, ghosts_.bytes()};
}

// One alone is never too heavy here.
bool cache_queue::has_room(bool for_one, std::size_t weight) noexcept {
  if (for_one && own_permits_ == 0 && permits_.take()) own_permits_ = 1;
  const bool has_permit = !for_one || own_permits_ != 0;
  return has_permit && (count_locked() == 0 || bounds_.weight == 0 || weight <= bounds_.weight);
}

// An overwritten key keeps its age, and has been used.
void cache_queue::take_place_of(cache_item& now_there, cache_item& before) noexcept {
  if (before.is_linked() && now_there.is_queued && now_there.queue_place == cache_item::place::outside) {
    list_of(before).replace(before, now_there);
    weight_ += now_there.weight - before.weight;
    deadlines_ += deadlines_of(now_there) - deadlines_of(before);
    now_there.queue_place = before.queue_place;
    now_there.uses.store(before.uses.load(std::memory_order_relaxed), std::memory_order_relaxed);
    now_there.note_use(0, 0);
  } else if (before.is_linked()) {
    unlink(before);
  }
  before.queue_place = cache_item::place::gone;
}

void cache_queue::link(cache_item& item) noexcept {
  const auto came_back = ghosts_.take(item.fingerprint, remembered());
  if (came_back) learn_from(*came_back);
  item.queue_place = came_back ? cache_item::place::proven : cache_item::place::on_trial;
  list_of(item).add_newest(item);
  --own_permits_;
  weight_ += item.weight;
  deadlines_ += deadlines_of(item);
}

// The fewer ghosts there are of a list, the more one that comes back says.
void cache_queue::learn_from(cache_ghosts::from came_back) noexcept {
  const std::size_t of_trial = std::max<std::size_t>(1, ghosts_.count(cache_ghosts::from::trial));
  const std::size_t of_proven = std::max<std::size_t>(1, ghosts_.count(cache_ghosts::from::proven));
  if (came_back == cache_ghosts::from::trial) {
    wanted_on_trial_ = std::min(count_locked(), wanted_on_trial_ + std::max<std::size_t>(1, of_proven / of_trial));
  } else {
    wanted_on_trial_ -= std::min(wanted_on_trial_, std::max<std::size_t>(1, of_trial / of_proven));
  }
}

void cache_queue::unlink(cache_item& item) noexcept {
  list_of(item).remove(item);
  ++own_permits_;
  weight_ -= item.weight;
  deadlines_ -= deadlines_of(item);
}

void cache_queue::give_up(cache_item& item, bool is_over, cache_victims& victims) noexcept {
  victims.add(item, is_over);
  unlink(item);
  item.queue_place = cache_item::place::gone;
}

// There is an item that is not `but_not`: that one alone would have room.
void cache_queue::give_one_up(const cache_item* but_not, cache_time now, cache_victims& victims) noexcept {
  for (std::size_t spared = 0;; ++spared) {
    const bool is_trial_too_long = trial_.count() != 0 && trial_.count() >= wanted_on_trial_;
    cache_item& at = *(is_trial_too_long || proven_.count() == 0 ? trial_ : proven_).oldest();
    const bool is_over = at.is_over(now, bounds_.idle);
    const bool is_used = at.uses.load(std::memory_order_relaxed) != 0;
    if (&at == but_not || (is_used && !is_over && spared < steps_at_most)) {
      spare(at);
      continue;
    }
    if (!is_over) remember(at);
    give_up(at, is_over, victims);
    return;
  }
}

// The oldest item is at hand, since the one before it has just been unlinked.
cache_queue::oncoming cache_queue::oncoming_in(const cache_list& list) noexcept {
  const cache_item* const oldest = list.oldest();
  if (oldest == nullptr) return {};
  return {cache_list::newer_than(*oldest), oldest->fingerprint};
}

// The oldest of its list becomes the newest proven one. The uses of its trial are used up by that.
void cache_queue::spare(cache_item& item) noexcept {
  const std::uint8_t uses = item.uses.load(std::memory_order_relaxed);
  const bool counts_on = item.queue_place == cache_item::place::proven && uses != 0;
  item.uses.store(counts_on ? static_cast<std::uint8_t>(uses - 1) : std::uint8_t{0}, std::memory_order_relaxed);
  list_of(item).remove(item);
  item.queue_place = cache_item::place::proven;
  proven_.add_newest(item);
}

void cache_queue::remember(const cache_item& item) noexcept {
  ghosts_.make_room_for(count_locked(), most_remembered());
  const bool was_proven = item.queue_place == cache_item::place::proven;
  ghosts_.remember(item.fingerprint, was_proven ? cache_ghosts::from::proven : cache_ghosts::from::trial, remembered());
}

// Queues that share permits have about the same number of them.
std::size_t cache_queue::most_remembered() const noexcept {
  if (bounds_.entries == 0) return std::numeric_limits<std::size_t>::max();
  if (queues_ == 1) return bounds_.entries;
  const std::size_t share = std::max(bounds_.entries / queues_, count_locked());
  return share + share / 16;
}

void cache_queue::collect_oldest(const cache_list& list, const cache_item& but_not, cache_time now,
                                 cache_victims& victims) noexcept {
  for (std::size_t i = 0; i < 2 && !victims.full(); ++i) {
    cache_item* const oldest = list.oldest();
    if (oldest == nullptr || oldest == &but_not || !oldest->is_over(now, bounds_.idle)) return;
    give_up(*oldest, true, victims);
  }
}

// The end of a list is not waited for: spared entries come in there, faster than the hand goes if need be, but those
// have been looked at.
std::size_t cache_queue::sweep_locked(std::size_t steps, cache_time now, cache_victims& victims) noexcept {
  std::size_t looked = 0;
  if (!may_expire()) return looked;
  for (; looked < steps && count_locked() != 0 && !victims.full(); ++looked) {
    if (left_to_sweep_ == 0 || swept_->count() == 0) {
      cache_list* const other = swept_ == &trial_ ? &proven_ : &trial_;
      if (other->count() != 0) swept_ = other;
      left_to_sweep_ = swept_->count();
    }
    cache_item& at = swept_->next_at_hand();
    left_to_sweep_ = swept_->is_hand_at_start() ? 0 : left_to_sweep_ - 1;
    if (at.is_over(now, bounds_.idle)) give_up(at, true, victims);
  }
  return looked;
}

}  // namespace holdfast::inline v0::concurrent
