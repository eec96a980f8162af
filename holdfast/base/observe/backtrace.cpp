// See backtrace.hpp.
#include <holdfast/base/observe/backtrace.hpp>

#include <unwind.h>

namespace holdfast::inline v0::observe {
namespace {

struct collection {
  backtrace* stack;
  const void* from;       // begin anew at the frame that will be returned to here
  bool from_interrupted;  // begin anew at the frame that a signal interrupted
};

_Unwind_Reason_Code add_frame(_Unwind_Context* frame, void* into) {
  auto& [stack, from, from_interrupted] = *static_cast<collection*>(into);
  int interrupted = 0;
  const _Unwind_Ptr next = _Unwind_GetIPInfo(frame, &interrupted);
  if (next == 0) return _URC_END_OF_STACK;
  // A return address may belong to the next line already, or to the next function.
  const _Unwind_Ptr address = interrupted != 0 ? next : next - 1;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the unwinder speaks in integers
  const void* const place = reinterpret_cast<const void*>(address);
  const bool is_from = from != nullptr && address + 1 == reinterpret_cast<_Unwind_Ptr>(from);
  const bool begins = from_interrupted ? interrupted != 0 : is_from;
  if (begins) {
    stack->count = 0;
    from = nullptr;
    from_interrupted = false;
  }
  if (stack->count == backtrace::capacity) {
    const bool still_searching = from != nullptr || from_interrupted;
    return still_searching ? _URC_NO_REASON : _URC_END_OF_STACK;
  }
  stack->places[stack->count++] = place;
  return _URC_NO_REASON;
}

}  // namespace

void capture_own(backtrace& stack, const void* from) noexcept {
  stack.count = 0;
  collection into{&stack, from, false};
  _Unwind_Backtrace(add_frame, &into);
}

void capture_interrupted(backtrace& stack) noexcept {
  stack.count = 0;
  collection into{&stack, nullptr, true};
  _Unwind_Backtrace(add_frame, &into);
}

}  // namespace holdfast::inline v0::observe
