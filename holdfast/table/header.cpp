// See header.hpp.
#include <holdfast/table/header.hpp>

#include <holdfast/base/observe/live_set.hpp>

namespace holdfast::inline v0::table {

map_identity identify(const void* of) noexcept {
  const auto& head = *static_cast<const header*>(of);
  map_identity found;
  if (head.name != nullptr) {
    found.name = head.name->name();
    found.id = head.name->id();
  }
  found.entries = head.count;
  found.growing = head.growth != growth_kind::none;
  if (found.growing) {
    found.moved = head.front;
    found.to_move = bucket_count(head.old);
  }
  return found;
}

}  // namespace holdfast::inline v0::table
