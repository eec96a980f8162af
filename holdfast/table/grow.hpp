// Growth: the table doubles, or packs itself, a bucket or two at a time, strictly in order.
//
//            front                                 front + N
//              v                                      v
//   | 0 .. moved | ... not yet ... N-1 | N .. halves of moved | not there yet ... 2N-1 |
//
// A bucket that moves is split by one more bit of the hash: entries without it stay under the old
// number, entries with it go to number + N. In a reserved range the lower half stays where it is and
// only the others are touched; otherwise both go to a new array and the old one is given back in
// slices behind the front. Growth into the same size packs each chain and frees its overflow buckets.
//
// inv hf.table.growth-bounded: one call of step(n) moves at most n old buckets.
// inv hf.table.growth-in-order: exactly the old buckets below the front have moved.
#pragma once

#include <utility>

#include <holdfast/table/move.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class growth : public moving<Types> {
 public:
  using base = moving<Types>;
  using policy = typename base::policy;
  using base::base;

  [[nodiscard]] bool growing() const noexcept { return this->head_.growth != growth_kind::none; }
  [[nodiscard]] std::size_t buckets_to_move() const noexcept {
    return growing() ? bucket_count(this->head_.old) - this->head_.front : 0;
  }

  // Moves up to `most` old buckets. Throws: what the hash throws, before anything of that bucket moved.
  void step(std::size_t most) {
    header& head = this->head_;
    for (; most > 0 && growing(); --most) {
      if (head.growth == growth_kind::doubling) {
        this->split(head.front);
      } else {
        this->pack(head.front);
      }
      ++head.moved_buckets;
      if (++head.front == bucket_count(head.old)) end_growth();
    }
  }

  // The least power of two of buckets that takes `entries` without growing.
  [[nodiscard]] static std::size_t buckets_for(std::size_t entries) noexcept {
    std::size_t buckets = policy::initial_buckets;
    while (policy::capacity(buckets) < entries) buckets *= 2;
    return buckets;
  }

 protected:
  // Room for the first entry.
  void make_first_buckets(std::size_t buckets) {
    this->now_memory_.allocate(this->memory_, buckets, true);
    this->set_now(this->now_memory_.use(buckets));
    schedule_growth();
  }

  // Sets the count at which an insert looks at growth again.
  void schedule_growth() noexcept {
    header& head = this->head_;
    head.grow_at = !this->has_buckets() ? 0
                   : growing()          ? 0
                   : head.paused        ? ~std::uint64_t{0}
                                        : policy::capacity(bucket_count(head.now));
  }

  // Called before a new entry goes in, when count >= grow_at: starts growth if it is due, goes on with it.
  HOLDFAST_NOINLINE void prepare_growth() {
    header& head = this->head_;
    if (!this->has_buckets()) return make_first_buckets(policy::initial_buckets);
    if (head.paused) return schedule_growth();
    if (!growing()) {
      const std::size_t buckets = bucket_count(head.now);
      if (head.count >= policy::capacity(buckets)) {
        begin_doubling();
      } else if (policy::crowded(head.overflow, buckets)) {
        begin_same_size();
      } else {
        return schedule_growth();
      }
    }
    step(policy::buckets_per_write);
  }

  // What a write that adds no entry owes to growth under this policy.
  void share_of_growth() {
    if constexpr (policy::every_write_moves) {
      if (growing() && !this->head_.paused) [[unlikely]] step(policy::buckets_per_write);
    }
  }

  void begin_doubling() {
    header& head = this->head_;
    const std::size_t buckets = bucket_count(head.now);
    head.in_place = this->now_memory_.capacity() >= 2 * buckets;
    if (!head.in_place) {
      typename base::array twice;
      twice.allocate(this->memory_, 2 * buckets, false);
      this->old_memory_ = std::move(this->now_memory_);
      this->now_memory_ = std::move(twice);
    }
    head.old = head.now;
    this->set_now(this->now_memory_.use(2 * buckets));
    begin(growth_kind::doubling);
    ++head.growths;
  }

  void begin_same_size() noexcept {
    this->head_.in_place = true;
    this->head_.old = this->head_.now;
    begin(growth_kind::same_size);
    ++this->head_.same_size_growths;
  }

  // Forgets a growth whose old array holds nothing any more.
  void end_growth() noexcept {
    header& head = this->head_;
    head.growth = growth_kind::none;
    head.old = {};
    head.front = 0;
    this->old_memory_.release(this->memory_);
    schedule_growth();
  }

 private:
  void begin(growth_kind kind) noexcept {
    this->head_.growth = kind;
    this->head_.front = 0;
    schedule_growth();
  }
};

}  // namespace holdfast::inline v0::table
