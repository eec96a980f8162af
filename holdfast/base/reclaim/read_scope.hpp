// A section of the user's own, for many lookups in a row.
//
// Each lookup inside costs less, and what it found stays good until the scope ends or is refreshed. In
// return everything retired meanwhile, by any thread and in any domain, waits for it: keep it to
// milliseconds, wait for nothing inside, and offer to make room in long loops:
//
//   read_scope reading(default_domain());
//   for (const auto& name : names) {
//     look_at(name);
//     if (reading.make_room()) found.clear();  // what was found before is not safe any more
//   }
//
// The budget is ten milliseconds: who waits longer for the scope asks it to make room, and names its
// thread in stats(). A scope that does not make room goes on blocking; the limits of the domain are
// what bounds the garbage then.
#pragma once

#include <holdfast/base/reclaim/section.hpp>

namespace holdfast::inline v0::reclaim {

class [[nodiscard]] read_scope {
 public:
  explicit read_scope(domain& one) noexcept : inside_(one) {}

  // Leaves and enters again: nothing that was found before may be used any more. Has no effect inside
  // another read_scope of the thread.
  void refresh() noexcept { inside_.refresh(); }

  // refresh(), if somebody has waited too long for this thread; says whether. Costs one load.
  bool make_room() noexcept {
    if (!inside_.was_asked_to_refresh()) [[likely]] return false;
    refresh();
    return true;
  }

  // As section::hand_off: keeps what was found beyond the scope.
  template <class T>
  [[nodiscard]] pin<T> hand_off(T* object, const retirable* node) noexcept {
    return inside_.hand_off(object, node);
  }

 private:
  section inside_;
};

}  // namespace holdfast::inline v0::reclaim
