// See watch.hpp. Everything here runs inside a write to the table, or where one would be allowed.
#include <holdfast/table/watch.hpp>

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>

#include <holdfast/base/hash/mix.hpp>
#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/table/header.hpp>

namespace holdfast::inline v0::table {
namespace {

void let_go_of(watch_home* home) noexcept {
  if (--home->holders == 0) delete home;
}

}  // namespace

// It is never held or let go.
constinit watch nobody{&nobody};

void watch::let_go() noexcept {
  if (--holders != 0) return;
  if (address != nullptr) home->list->forget(*this);
  let_go_of(home);
  delete this;
}

std::string text_of_home(const watch& one) {
  std::string name;
  if (one.home != nullptr) name = one.home->list == nullptr ? one.home->name : one.home->list->name();
  return name.empty() ? std::string("a map (not named)") : "map \"" + name + '"';
}

watch_list::~watch_list() {
  all_ended(cause::map_destroyed);
  delete[] buckets_;
  if (home_ == nullptr) return;
  home_->list = nullptr;
  let_go_of(home_);
}

watch& watch_list::refer(void* address) {
  if (count_ != 0) {
    if (watch* const known = *find(address)) {
      known->hold();
      return *known;
    }
  }
  if (home_ == nullptr) home_ = new watch_home{this};
  make_room();
  auto* const fresh = new watch{address};
  fresh->hold();
  fresh->home = home_;
  ++home_->holders;
  watch** const place = place_of(address);
  fresh->next = *place;
  *place = fresh;
  ++count_;
  return *fresh;
}

void watch_list::moved(void* from, void* to) noexcept {
  if (count_ == 0) return;
  watch** const place = find(from);
  watch* const one = *place;
  if (one == nullptr) return;
  *place = one->next;
  one->address = to;
  one->why = record(cause::grown);
  watch** const new_place = place_of(to);
  one->next = *new_place;
  *new_place = one;
}

void watch_list::ended(void* address, cause what) noexcept {
  if (count_ == 0) return;
  watch** const place = find(address);
  watch* const one = *place;
  if (one == nullptr) return;
  *place = one->next;
  --count_;
  end(*one, record(what));
}

void watch_list::all_ended(cause what) noexcept {
  if (count_ == 0) return;
  const cause_record why = record(what);
  for (std::size_t i = 0; i <= mask_; ++i) {
    for (watch* one = std::exchange(buckets_[i], nullptr); one != nullptr;) {
      watch* const following = one->next;
      end(*one, why);
      one = following;
    }
  }
  count_ = 0;
}

void watch_list::forget(watch& one) noexcept {
  *find(one.address) = one.next;
  --count_;
}

void watch_list::swap(watch_list& other) noexcept {
  std::swap(home_, other.home_);
  std::swap(buckets_, other.buckets_);
  std::swap(mask_, other.mask_);
  std::swap(count_, other.count_);
  if (home_ != nullptr) home_->list = this;
  if (other.home_ != nullptr) other.home_->list = &other;
  // Numbers that were told must not be told again.
  operations_ = other.operations_ = std::max(operations_, other.operations_);
}

void watch_list::keep_name(std::string_view name) noexcept {
  if (home_ == nullptr) return;
  const std::size_t length = std::min(name.size(), sizeof home_->name - 1);
  home_->name[name.copy(home_->name, length)] = '\0';
}

std::string_view watch_list::name() const noexcept {
  const std::string_view now = identify(head_).name;
  return now.empty() && home_ != nullptr ? std::string_view(home_->name) : now;
}

watch** watch_list::place_of(const void* address) const noexcept {
  return buckets_ + (mix_word(reinterpret_cast<std::uintptr_t>(address), 0) & mask_);
}

// The link that leads to the watch of `address`, or the null at the end of its bucket.
watch** watch_list::find(const void* address) const noexcept {
  watch** place = place_of(address);
  while (*place != nullptr && (*place)->address != address) place = &(*place)->next;
  return place;
}

cause_record watch_list::record(cause what) const noexcept { return {what, operations_, this_thread_id()}; }

void watch_list::make_room() {
  if (buckets_ != nullptr && count_ <= mask_) return;
  const std::size_t wanted = buckets_ == nullptr ? 8 : (mask_ + 1) * 2;
  watch** const before = buckets_;
  const std::size_t length = before == nullptr ? 0 : mask_ + 1;
  buckets_ = new watch* [wanted] {};
  mask_ = wanted - 1;
  for (std::size_t i = 0; i < length; ++i) {
    for (watch* one = before[i]; one != nullptr;) {
      watch* const following = one->next;
      watch** const place = place_of(one->address);
      one->next = *place;
      *place = one;
      one = following;
    }
  }
  delete[] before;
}

void watch_list::end(watch& one, cause_record why) noexcept {
  one.address = nullptr;
  one.why = why;
  one.next = nullptr;
}

}  // namespace holdfast::inline v0::table
