// See pointer_cache_ghosts.hpp.
#include <holdfast/concurrent/pointer_cache_ghosts.hpp>

#include <algorithm>
#include <memory>

namespace holdfast::inline v0::concurrent {
namespace {

constexpr std::uint32_t number_mask = 0x7fff'ffff;

// 0 means an empty slot.
constexpr std::uint32_t told_apart_from_none(std::uint32_t fingerprint) noexcept { return std::max(fingerprint, 1U); }

}  // namespace

// A third of the slots is left free, so that few of what is to be remembered meet in a line that is full.
void cache_ghosts::make_room_for(std::size_t entries, std::size_t at_most) noexcept {
  if (entries <= room_) return;
  forget_all();
  const std::size_t room = std::min(at_most, entries * 2);
  const std::size_t lines = room / 16 * 3 + 3;
  std::size_t bytes = room_bytes(lines);
  taken_ = memory_.take(bytes);
  if (taken_ == nullptr) return;
  void* at = taken_;
  lines_.store(static_cast<line*>(std::align(alignof(line), lines * sizeof(line), at, bytes)),
               std::memory_order_relaxed);
  line_count_.store(lines, std::memory_order_relaxed);
  room_ = room;
}

void cache_ghosts::forget_all() noexcept {
  if (taken_ != nullptr) memory_.give(taken_, room_bytes(line_count()));
  taken_ = nullptr;
  line_count_.store(0, std::memory_order_relaxed);
  room_ = 0;
  counts_ = {};
}

void cache_ghosts::remember(std::uint32_t fingerprint, from list, const limits& most) noexcept {
  if (line_count() == 0) return;
  line& slots = line_of(told_apart_from_none(fingerprint));
  // What is oldest for its list goes; an empty slot is older than all.
  const auto staleness = [&](const slot& one) {
    if (one.fingerprint == 0) return ~std::uint64_t{0};
    return (std::uint64_t{age_of(one)} << 20) / std::max<std::uint64_t>(1, most[index(list_of(one))]);
  };
  slot* stalest = &slots[0];
  for (slot& one : slots) {
    if (staleness(one) > staleness(*stalest)) stalest = &one;
  }
  const std::uint32_t number = given_up_[index(list)]++ & number_mask;
  *stalest = {told_apart_from_none(fingerprint), number | static_cast<std::uint32_t>(list) << 31};
  counts_[index(list)] = std::min(counts_[index(list)] + 1, most[index(list)]);
}

std::optional<cache_ghosts::from> cache_ghosts::take(std::uint32_t fingerprint, const limits& most) noexcept {
  if (line_count() == 0) return std::nullopt;
  const std::uint32_t wanted = told_apart_from_none(fingerprint);
  for (slot& one : line_of(wanted)) {
    if (one.fingerprint != wanted) continue;
    const from list = list_of(one);
    const bool is_late_enough = age_of(one) <= most[index(list)];
    one.fingerprint = 0;
    if (!is_late_enough) return std::nullopt;
    if (counts_[index(list)] != 0) --counts_[index(list)];
    return list;
  }
  return std::nullopt;
}

cache_ghosts::line& cache_ghosts::line_of(std::uint32_t fingerprint) const noexcept {
  return lines_.load(std::memory_order_relaxed)[line_number(fingerprint, line_count())];
}

cache_ghosts::from cache_ghosts::list_of(const slot& one) noexcept { return static_cast<from>(one.when >> 31); }

// 1: the last one that its list gave up.
std::uint32_t cache_ghosts::age_of(const slot& one) const noexcept {
  return (given_up_[index(list_of(one))] - one.when) & number_mask;
}

}  // namespace holdfast::inline v0::concurrent
