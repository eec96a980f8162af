// A reference that does not keep its object, and pins it as long as it is there.
//
// sync_handle_pool makes them. It may be copied, kept and asked for as long as one likes, by any thread, also when
// the object, the pool and everything has gone: what it looks at is never freed. It owns nothing.
//
//   if (auto held = session.pin()) held->answer();   // there, and not destroyed while `held` lives
//   else log(session.explain());                     // "... object erased from its pool by operation #12 ..."
//
// Threads: any number at once may read one; assigning to one is a write, as for an int.
//
// inv hf.lifetime.weak-never-lies: a pin is had of the object that the reference was made for, or none.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <holdfast/base/hash/mix.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/lifetime/pool_report.hpp>
#include <holdfast/lifetime/shared_slot.hpp>

namespace holdfast::inline v0 {

template <class T>
class weak {
 public:
  constexpr weak() noexcept = default;
  constexpr weak(std::nullptr_t) noexcept {}

  // The object, held; or nothing. Progress: wait-free. Cost: a comparison more than a protected read; nothing is
  // locked, nothing called.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE reclaim::pin<T> pin() const noexcept {
    slot* const one = slot_;
    if (one == nullptr) [[unlikely]] return {};
    reclaim::section inside(reclaim::default_domain());
    // acquire: pairs with the release of who made the object: it is there. In the section, so that one whose
    // generation still fits is not destroyed before the slot of the pin is seen.
    if (one->now.load(std::memory_order_acquire) != generation_) [[unlikely]] return {};
    return inside.hand_off(one->object(), one);
  }

  // The object, held; where it has gone `Then` happens. Throws: stale_reference, unless `Then` says otherwise.
  template <when_stale Then = when_stale::raises>
  [[nodiscard]] reclaim::pin<T> at() const noexcept(Then != when_stale::raises) {
    reclaim::pin<T> held = pin();
    if (held || Then == when_stale::null) [[likely]]
      return held;
    tell<Then>();
  }

  // It was made for an object; whether that lives is another question.
  [[nodiscard]] constexpr explicit operator bool() const noexcept { return slot_ != nullptr; }
  // There is no object. True stays true; false may be over when you see it.
  [[nodiscard]] bool expired() const noexcept {
    // relaxed: the object is not looked at.
    return slot_ == nullptr || slot_->now.load(std::memory_order_relaxed) != generation_;
  }

  // How its object ended; no cause while it lives, and for a null one. Of the latest two objects of a slot the
  // operation and the thread are known; of earlier ones, and for a moment while one ends, only that it was erased.
  [[nodiscard]] cause_record why() const noexcept {
    return expired() && slot_ != nullptr ? slot_->how_ended(generation_).why : cause_record();
  }
  // why() as a sentence with its cure. While the object lives: empty.
  [[nodiscard]] std::string explain() const {
    return expired() ? lifetime::text_of_handle(pool_name(), state(), why()) : std::string();
  }

  [[nodiscard]] friend constexpr bool operator==(weak, weak) noexcept = default;

 private:
  template <class, std::uint32_t>
  friend class sync_handle_pool;
  friend struct std::hash<weak>;
  using slot = lifetime::shared_slot<T>;

  weak(slot* one, lifetime::slot_generation live) noexcept : slot_(one), generation_(live) {}

  [[nodiscard]] handle_state state() const noexcept {
    return slot_ == nullptr ? handle_state::null : expired() ? handle_state::stale : handle_state::live;
  }
  // Empty where the slot may serve another pool by now.
  [[nodiscard]] std::string pool_name() const {
    const bool known = slot_ != nullptr && slot_->how_ended(generation_).in_present_pool;
    return known ? slot_->owner->name() : std::string();
  }
  template <when_stale Then>
  [[noreturn]] HOLDFAST_COLD void tell() const {
    if constexpr (Then == when_stale::raises) {
      lifetime::raise_bad_handle(pool_name(), state(), why());
    } else {
      lifetime::report_bad_handle(pool_name(), state(), why());
    }
  }

  slot* slot_ = nullptr;
  lifetime::slot_generation generation_ = 0;
};

}  // namespace holdfast::inline v0

template <class T>
struct std::hash<holdfast::weak<T>> {
  [[nodiscard]] std::size_t operator()(holdfast::weak<T> one) const noexcept {
    return static_cast<std::size_t>(holdfast::mix_word(reinterpret_cast<std::uintptr_t>(one.slot_), one.generation_));
  }
};
