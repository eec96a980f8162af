// See pointer_cache_queues.hpp.
#include <holdfast/concurrent/pointer_cache_queues.hpp>

namespace holdfast::inline v0::concurrent {

cache_queue::answer cache_queues::admit(cache_item& now_there, cache_item* before, cache_time now,
                                        cache_victims& victims) noexcept {
  const auto result = queue_of(now_there).admit(now_there, before, now, victims);
  if (result != cache_queue::answer::elsewhere) return result;
  for (cache_queue& other : each()) {
    if (other.give_one(now, victims)) break;
  }
  return cache_queue::answer::again;
}

cache_queue::figures cache_queues::count() const noexcept {
  cache_queue::figures sum{};
  for (std::size_t at = 0; at <= mask_; ++at) {
    const auto one = all_[at].count();
    sum.entries += one.entries;
    sum.weight += one.weight;
    sum.bytes += one.bytes;
  }
  return sum;
}

}  // namespace holdfast::inline v0::concurrent
