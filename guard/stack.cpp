// See stack.hpp.
#include "guard/stack.hpp"

#include <unwind.h>

#include "guard/symbols.hpp"
#include "guard/thread.hpp"

namespace holdfast::guard {
namespace {

struct collection {
  stack& into;
  const void* from;       // begin anew at the frame that will be returned to here
  bool from_interrupted;  // begin anew at the frame that a signal interrupted
};

_Unwind_Reason_Code add_frame(_Unwind_Context* frame, void* argument) {
  auto& [into, from, from_interrupted] = *static_cast<collection*>(argument);
  int interrupted = 0;
  const _Unwind_Ptr next = _Unwind_GetIPInfo(frame, &interrupted);
  if (next == 0) return _URC_END_OF_STACK;
  const bool is_from = from != nullptr && next == reinterpret_cast<_Unwind_Ptr>(from);
  if (from_interrupted ? interrupted != 0 : is_from) {
    into.count = 0;
    from = nullptr;
    from_interrupted = false;
  }
  if (into.count == stack::capacity) {
    const bool still_searching = from != nullptr || from_interrupted;
    return still_searching ? _URC_NO_REASON : _URC_END_OF_STACK;
  }
  // A return address may belong to the next line already, or to the next function.
  const _Unwind_Ptr place = interrupted != 0 ? next : next - 1;
  into.places[into.count++] = reinterpret_cast<const void*>(place);  // NOLINT(performance-no-int-to-ptr)
  return _URC_NO_REASON;
}

void collect(collection what) noexcept {
  const own_work allocating;
  what.into.count = 0;
  what.into.thread = kernel_thread();
  _Unwind_Backtrace(add_frame, &what);
}

}  // namespace

void capture(stack& into, const void* caller) noexcept { collect({into, caller, false}); }

void capture_interrupted(stack& into) noexcept { collect({into, nullptr, true}); }

void add_stack(text_sink& to, const stack& one) noexcept {
  std::uint64_t number = 0;
  for (std::uint32_t i = 0; i < one.count; ++i) number = add_place(to, one.places[i], number);
  if (one.count == 0) to.add("    (unknown)\n");
  if (one.count == stack::capacity) to.add("    (and more)\n");
}

}  // namespace holdfast::guard
