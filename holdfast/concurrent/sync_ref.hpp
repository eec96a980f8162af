// A reference to an entry of a map for many threads that knows whether its entry is still there, and what ended it.
//
//   checked_sync_map<std::string, session> sessions;
//   sessions.name("sessions");
//   const auto ann = sessions.ref("ann");       // keeps nothing alive
//   ...
//   if (auto held = ann.pin()) held->answer();  // still what "ann" has in the map; as it is while `held` lives
//   else log(ann.explain());                    // stale reference to map "sessions": entry overwritten by operation
//   #12 ... ann.at()->answer();                         // throws that, ends the process, or gives nothing, as the
//   policy says
//
// In a sync_map a value is never changed: whoever assigns to a key puts another object there, and references to the one
// before have ended. Growth ends nothing.
//
// What it says holds at one instant between call and return, the same for everybody: a thread that has seen the entry
// there cannot have been told before that it was gone, nor the other way round, by any member of the map or of a
// reference. What comes after that instant is no secret: the pin keeps the object, not its place in the map.
//
// It may outlive the map. Threads: any number may use one at once; assigning to one is a write, as for a pointer.
// Progress: wait-free. Cost: three loads, of the watch, of the map's home and of its array; no lookup and no hash.
// Copying and destroying one changes the count of its watch, which all references to the entry share.
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_watch.hpp>

namespace holdfast::inline v0 {

namespace concurrent {

// Null: a reference to nothing.
[[nodiscard]] std::string text_of_stale(const entry_watch* watch);
[[noreturn]] HOLDFAST_COLD void raise_stale_entry(const entry_watch* watch);
[[noreturn]] HOLDFAST_COLD void report_stale_entry(const entry_watch* watch) noexcept;

}  // namespace concurrent

// A map makes them: sync_map::ref.
template <class T, when_stale Stale = when_stale::raises>
class sync_ref {
 public:
  using element_type = const T;
  using pin_type = reclaim::pin<const T>;

  // Refers to nothing.
  constexpr sync_ref() noexcept = default;
  constexpr sync_ref(std::nullptr_t) noexcept {}
  // For maps: takes over one hold of `watch`; null: nothing.
  explicit sync_ref(concurrent::entry_watch* watch) noexcept : watch_(watch) {}

  sync_ref(const sync_ref& other) noexcept : watch_(other.watch_) {
    if (watch_ != nullptr) watch_->hold();
  }
  sync_ref(sync_ref&& other) noexcept : watch_(std::exchange(other.watch_, nullptr)) {}
  sync_ref& operator=(sync_ref other) noexcept {
    std::swap(watch_, other.watch_);
    return *this;
  }
  ~sync_ref() {
    if (watch_ != nullptr) watch_->let_go();
  }

  // The value, held, if its entry is still in the map; or nothing.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE pin_type pin() const noexcept {
    if (watch_ == nullptr) [[unlikely]]
      return {};
    reclaim::section inside(reclaim::default_domain());
    if (!watch_->is_there()) [[unlikely]]
      return {};
    return inside.hand_off(static_cast<const T*>(watch_->value()), watch_->node());
  }

  // The same; where the entry has gone `Then` happens. Throws: stale_reference, unless `Then` says otherwise.
  template <when_stale Then = Stale>
  [[nodiscard]] pin_type at() const noexcept(Then != when_stale::raises) {
    pin_type held = pin();
    if (held || Then == when_stale::null) [[likely]]
      return held;
    if constexpr (Then == when_stale::raises) concurrent::raise_stale_entry(watch_);
    else concurrent::report_stale_entry(watch_);
  }

  // Calls f(const T&) with the value held, if its entry is still in the map; whether it was.
  template <class F>
    requires std::invocable<F&, const T&>
  bool with(F&& f) const {
    const pin_type held = pin();
    if (held) std::invoke(f, *held);
    return static_cast<bool>(held);
  }

  // It was made for an entry; whether that is there is another question.
  [[nodiscard]] explicit operator bool() const noexcept { return watch_ != nullptr; }
  // The entry is not in the map. True stays true; false may be over when you see it.
  [[nodiscard]] bool expired() const noexcept {
    if (watch_ == nullptr) return true;
    const reclaim::section inside(reclaim::default_domain());
    return !watch_->is_there();
  }

  // What has ended it; no cause while the entry is there, and for a reference to nothing. Operations are counted by the
  // map, from 1: each clear(), and each write that ended references. Where a clear() and a write end the entry at once
  // either may be told.
  [[nodiscard]] cause_record why() const noexcept {
    return watch_ != nullptr && expired() ? watch_->why() : cause_record();
  }
  // why() as a sentence with its cure. While the entry is there: empty.
  [[nodiscard]] std::string explain() const { return expired() ? concurrent::text_of_stale(watch_) : std::string(); }

  // Whether both were made for the same entry, or both for none.
  [[nodiscard]] friend bool operator==(const sync_ref&, const sync_ref&) noexcept = default;

 private:
  concurrent::entry_watch* watch_ = nullptr;
};

}  // namespace holdfast::inline v0
