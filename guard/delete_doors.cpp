// operator delete in all its forms, as the program calls them.
//
// What lies behind is looked up at the first call: a program without C++ has none, and a library that is loaded
// later may bring it.
#include <atomic>
#include <cstddef>
#include <new>

#include <holdfast/base/lang/config.hpp>

#include "guard/blocks.hpp"
#include "guard/real.hpp"

namespace holdfast::guard {
namespace {

// One form: its name to the linker, and the function behind.
template <class... Rest>
struct form {
  using function = void(void*, Rest...);

  const char* name;
  // relaxed: pairs with nothing; what it leads to is code.
  std::atomic<function*> behind{nullptr};

  HOLDFAST_COLD function* find(const void* caller) noexcept {
    const own_work looking;
    auto* const found = reinterpret_cast<function*>(find_behind(name, caller));
    if (found != nullptr) behind.store(found, std::memory_order_relaxed);
    return found;
  }

  void go_on(void* block, const void* caller, Rest... rest) noexcept {
    function* to = behind.load(std::memory_order_relaxed);
    if (to == nullptr) [[unlikely]]
      to = find(caller);
    if (to != nullptr) to(block, rest...);
    else real.free(block);
  }

  void leave(void* block, const void* caller, Rest... rest) noexcept {
    if (!is_of_interest(block)) [[likely]]
      return go_on(block, caller, rest...);
    if (take_over(block, holdfast_leave_delete, caller)) return;
    go_on(block, caller, rest...);
    let_go_is_over();
  }
};

using size = std::size_t;
using alignment = std::align_val_t;
using no_throw = const std::nothrow_t&;

constinit form<> one{"_ZdlPv"};
constinit form<no_throw> one_no_throw{"_ZdlPvRKSt9nothrow_t"};
constinit form<size> one_sized{"_ZdlPvm"};
constinit form<alignment> one_aligned{"_ZdlPvSt11align_val_t"};
constinit form<alignment, no_throw> one_aligned_no_throw{"_ZdlPvSt11align_val_tRKSt9nothrow_t"};
constinit form<size, alignment> one_sized_aligned{"_ZdlPvmSt11align_val_t"};
constinit form<> many{"_ZdaPv"};
constinit form<no_throw> many_no_throw{"_ZdaPvRKSt9nothrow_t"};
constinit form<size> many_sized{"_ZdaPvm"};
constinit form<alignment> many_aligned{"_ZdaPvSt11align_val_t"};
constinit form<alignment, no_throw> many_aligned_no_throw{"_ZdaPvSt11align_val_tRKSt9nothrow_t"};
constinit form<size, alignment> many_sized_aligned{"_ZdaPvmSt11align_val_t"};

}  // namespace
}  // namespace holdfast::guard

using namespace holdfast::guard;

// clang-format off
HOLDFAST_EXPORTED void operator delete(void* block) noexcept { one.leave(block, __builtin_return_address(0)); }
HOLDFAST_EXPORTED void operator delete(void* block, no_throw tag) noexcept { one_no_throw.leave(block, __builtin_return_address(0), tag); }
HOLDFAST_EXPORTED void operator delete(void* block, size bytes) noexcept { one_sized.leave(block, __builtin_return_address(0), bytes); }
HOLDFAST_EXPORTED void operator delete(void* block, alignment at) noexcept { one_aligned.leave(block, __builtin_return_address(0), at); }
HOLDFAST_EXPORTED void operator delete(void* block, alignment at, no_throw tag) noexcept { one_aligned_no_throw.leave(block, __builtin_return_address(0), at, tag); }
HOLDFAST_EXPORTED void operator delete(void* block, size bytes, alignment at) noexcept { one_sized_aligned.leave(block, __builtin_return_address(0), bytes, at); }
HOLDFAST_EXPORTED void operator delete[](void* block) noexcept { many.leave(block, __builtin_return_address(0)); }
HOLDFAST_EXPORTED void operator delete[](void* block, no_throw tag) noexcept { many_no_throw.leave(block, __builtin_return_address(0), tag); }
HOLDFAST_EXPORTED void operator delete[](void* block, size bytes) noexcept { many_sized.leave(block, __builtin_return_address(0), bytes); }
HOLDFAST_EXPORTED void operator delete[](void* block, alignment at) noexcept { many_aligned.leave(block, __builtin_return_address(0), at); }
HOLDFAST_EXPORTED void operator delete[](void* block, alignment at, no_throw tag) noexcept { many_aligned_no_throw.leave(block, __builtin_return_address(0), at, tag); }
HOLDFAST_EXPORTED void operator delete[](void* block, size bytes, alignment at) noexcept { many_sized_aligned.leave(block, __builtin_return_address(0), bytes, at); }
// clang-format on
