// See pool_key.hpp.
#include <holdfast/lifetime/pool_key.hpp>

#include <atomic>

#include <holdfast/base/hash/random.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

// relaxed: only that no two pools get the same number.
constinit std::atomic<std::uint32_t> pools_made{0};

}  // namespace

pool_key pool_key::fresh() noexcept {
  constexpr std::uint64_t chance = 0x00ff'fffe'00ff'ffff;
  const std::uint64_t number = pools_made.fetch_add(1, std::memory_order_relaxed) + 1;
  return pool_key((random_word() & chance) | (number & 0xff) << 56 | (number >> 8 & 0xff) << 24);
}

}  // namespace holdfast::inline v0::lifetime
