// See pointer_cache_aliases.hpp.
#include <holdfast/concurrent/pointer_cache_aliases.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <mutex>
#include <string>

#include <holdfast/base/lang/failure.hpp>

namespace holdfast::inline v0::concurrent {

bool alias_table::add(const void* object, std::uint64_t key_hash) {
  const std::lock_guard hold(lock_);
  holders& all = objects_[object];
  const bool shared = has_other(all, key_hash);
  count_in(all, key_hash);
  return shared;
}

bool alias_table::add_unless_shared(const void* object, std::uint64_t key_hash) {
  const std::lock_guard hold(lock_);
  holders& all = objects_[object];
  if (has_other(all, key_hash)) return false;
  count_in(all, key_hash);
  return true;
}

void alias_table::remove(const void* object, std::uint64_t key_hash) noexcept {
  const std::lock_guard hold(lock_);
  const auto found = objects_.get(object);
  if (!found) return;
  const auto at = std::ranges::find(*found, key_hash, &holder::key_hash);
  if (at == found->end()) return;
  if (--at->entries == 0) found->erase(at);
  if (found->empty()) objects_.erase(object);
}

bool alias_table::is_shared(const void* object, std::uint64_t key_hash) const noexcept {
  const std::lock_guard hold(lock_);
  const auto found = objects_.get(object);
  return found && has_other(*found, key_hash);
}

std::size_t alias_table::shared_objects() const noexcept {
  const std::lock_guard hold(lock_);
  std::size_t shared = 0;
  for (const auto& [object, all] : objects_) shared += all.size() > 1 ? 1 : 0;
  return shared;
}

bool alias_table::has_other(const holders& all, std::uint64_t key_hash) noexcept {
  return std::ranges::any_of(all, [&](const holder& one) { return one.key_hash != key_hash; });
}

void alias_table::count_in(holders& all, std::uint64_t key_hash) {
  const auto at = std::ranges::find(all, key_hash, &holder::key_hash);
  if (at != all.end()) {
    ++at->entries;
  } else {
    all.push_back({key_hash, 1});
  }
}

void report_alias(const void* object) {
  std::array<char, 32> address{};
  std::snprintf(address.data(), address.size(), "%p", object);
  report_refused("holdfast: one object under two keys",
                 std::string("  a pointer_cache was given the object at ") + address.data() +
                     " for a second key;\n  whoever changes it through one key changes it for the other\n"
                     "  cure: store a copy, or choose cache_aliases::allow if this is meant, clone_on_store if not\n");
}

}  // namespace holdfast::inline v0::concurrent
