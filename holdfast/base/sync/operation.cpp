// See operation.hpp.
#include <holdfast/base/sync/operation.hpp>

#include <cstddef>
#include <iterator>

namespace holdfast::inline v0 {

std::string_view doing(operation one) noexcept {
  static constexpr std::string_view words[] = {"doing nothing", "reading",  "iterating", "cloning", "inserting",
                                               "assigning",     "erasing", "clearing",  "growing", "swapping",
                                               "referring"};
  const auto index = static_cast<std::size_t>(one);
  return index < std::size(words) ? words[index] : "doing something unknown";
}

}  // namespace holdfast::inline v0
