// See cause.hpp.
#include <holdfast/base/lang/cause.hpp>

namespace holdfast::inline v0 {
namespace {

struct wording {
  std::string_view what;
  std::string_view cure;
};

wording words_for(cause one) noexcept {
  switch (one) {
    case cause::none: break;
    case cause::grown:
      return {"entry moved in growth",
              "look the key up again after inserting, let references follow, or keep the "
              "entries where they are with stable<>"};
    case cause::erased: return {"entry erased", "look the key up again and see whether it is there"};
    case cause::overwritten: return {"entry overwritten", "look the key up again, or copy the value before it changes"};
    case cause::map_cleared: return {"map cleared", "make references anew after clear()"};
    case cause::map_replaced: return {"map assigned to", "make references anew after the assignment"};
    case cause::map_destroyed: return {"map destroyed", "let the map live longer than references to its entries"};
    case cause::arena_reset: return {"arena reset", "copy what must outlive the request out of the arena"};
    case cause::arena_destroyed: return {"arena destroyed", "let the arena live longer than what points into it"};
    case cause::freed_by_c: return {"memory freed by C code", "hold a share of the resource while you use it"};
    case cause::released: return {"last share released", "hold a share of the resource while you use it"};
    case cause::pool_erased: return {"object erased from its pool", "ask get() each time, and expect nothing"};
    case cause::pool_cleared: return {"pool cleared", "ask get() each time, and expect nothing"};
    case cause::pool_destroyed: return {"pool destroyed", "let the pool live longer than who uses its handles"};
    case cause::collected: return {"object collected", "hold a root, or a strong reference, while you use it"};
  }
  return {"nothing has happened to it", "it may be used"};
}

}  // namespace

std::string_view what_happened(cause what) noexcept { return words_for(what).what; }
std::string_view cure_of(cause what) noexcept { return words_for(what).cure; }

std::string text_of(cause_record why) {
  std::string text(what_happened(why.what()));
  if (!why) return text;
  if (why.serial() != 0) text += " by operation #" + std::to_string(why.serial());
  if (why.serial() == cause_record::last_serial) text += " or a later one";
  if (why.thread() != 0) text += " on thread " + std::to_string(why.thread());
  return text;
}

}  // namespace holdfast::inline v0
