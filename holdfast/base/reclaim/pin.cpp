// See pin.hpp.
#include <holdfast/base/reclaim/pin.hpp>

namespace holdfast::inline v0::reclaim {

slot& hold_again(const slot& held) noexcept {
  record& mine = own_record();
  // relaxed: whoever has the pin got it together with what the slot holds.
  slot& fresh = mine.hold(held.load(std::memory_order_relaxed));
  mine.note_transfer();
  return fresh;
}

}  // namespace holdfast::inline v0::reclaim
