// See pointer_cache_aliases.hpp.
#include <holdfast/concurrent/pointer_cache_aliases.hpp>

#include <array>
#include <cstdio>
#include <string>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::concurrent {

template class alias_table<std::allocator<std::byte>>;

void report_alias(const void* object) {
  std::array<char, 32> address{};
  std::snprintf(address.data(), address.size(), "%p", object);
  report_refused("holdfast: one object under two keys",
                 std::string("  a pointer_cache was given the object at ") + address.data() +
                     " for a second key;\n  whoever changes it through one key changes it for the other\n"
                     "  cure: store a copy, or choose cache_aliases::allow if this is meant, clone_on_store if not\n");
}

}  // namespace holdfast::inline v0::concurrent
