// A whole table: what the maps and sets of every kind are built on.
//
// Here are the operations that concern all entries at once: copy, move, clear, reserve, shrink. Each of
// them takes time in proportion to the table, and says so; nothing in the files below does.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include <holdfast/table/walk.hpp>

namespace holdfast::inline v0::table {

template <class Types>
class table : public walking<Types> {
 public:
  using base = walking<Types>;
  using policy = typename base::policy;
  using typename base::allocator;
  using typename base::array;
  using typename base::bucket_view;
  using typename base::equality;
  using typename base::hasher;
  using typename base::overflow_node;
  using typename base::slot;
  using typename base::value_type;
  using allocation = std::allocator_traits<allocator>;
  static constexpr unsigned slots_per_bucket = base::slots_per_bucket;

  table(const hasher& hash, const equality& equal, const allocator& memory) : base(hash, equal, memory) {}

  // The same entries in as many buckets, under the same seed; `other` may be in the middle of growing.
  table(const table& other, const allocator& memory) : base(other.hash_, other.equal_, memory) {
    other.check_no_writer(operation::clone);
    copy_entries(other);
  }

  table(table&& other) noexcept : base(other.hash_, other.equal_, other.memory_) { take_over(other); }

  ~table() {
    this->watches_.count_operation();
    this->watches_.all_ended(cause::map_destroyed);
    this->destroy_entries();
    this->release_arrays();
    this->head_.walks.abandon();
  }

  // Exchanges everything but the names. Walks go with the entries.
  void swap(table& other) noexcept {
    if (this == &other) return;
    const typename base::writing section(*this, operation::swap);
    const typename base::writing other_section(other, operation::swap);
    using std::swap;
    swap(this->hash_, other.hash_);
    swap(this->equal_, other.equal_);
    if constexpr (allocation::propagate_on_container_swap::value) swap(this->memory_, other.memory_);
    swap_state(other);
  }

  void assign(const table& other) {
    if constexpr (allocation::propagate_on_container_copy_assignment::value) {
      table copy(other, other.memory_);
      replace_by(copy, true);
    } else {
      table copy(other, this->memory_);
      replace_by(copy, false);
    }
  }

  void assign(table&& other) noexcept(allocation::propagate_on_container_move_assignment::value ||
                                      allocation::is_always_equal::value) {
    constexpr bool propagates = allocation::propagate_on_container_move_assignment::value;
    if (propagates || this->memory_ == other.memory_) {
      table taken(std::move(other));
      replace_by(taken, propagates);
    } else {
      table copy(other.hash_, other.equal_, this->memory_);
      copy.move_entries(other);
      replace_by(copy, false);
    }
  }

  // As move assignment, but this table keeps its own allocator whatever its type says.
  void assign_same_memory(table&& other) {
    if (this->memory_ == other.memory_) {
      swap_state(other);
    } else {
      move_entries(other);
    }
  }

  // Moves the entries of `other`, whose memory cannot be taken over, one by one.
  void move_entries(table& other) {
    make_room_for(other);
    other.for_each_slot([&](slot& one) {
      this->insert_absent(this->hash_of(base::key_in(one)), [&](slot& room) {
        base::entry::move(one.value(), [&](auto&&... parts) {
          room.make(this->memory_, std::forward<decltype(parts)>(parts)...);
        });
      });
    });
    other.clear();
  }

  // Removes everything and keeps the array; walks end; a new seed. Linear in buckets and entries.
  void clear() noexcept {
    if (!this->has_buckets()) return;
    const typename base::writing section(*this, operation::clear);
    this->head_.walks.ended();
    this->watches_.all_ended(cause::map_cleared);
    this->destroy_entries();
    if (this->growing()) this->end_growth();
    for (std::uint64_t number = 0; number <= this->head_.now.mask; ++number) {
      base::view(this->head_.now, number).make_empty();
    }
    this->head_.count = 0;
    this->head_.moves = ++this->head_.changes;
    this->reseed();
    this->schedule_growth();
  }

  // Room for `entries` without growth. Linear if there are entries.
  void reserve(std::size_t entries) {
    const typename base::writing section(*this, operation::grow);
    if (entries > max_size()) raise_length_error("holdfast: reserve of more entries than max_size()");
    if (!this->has_buckets()) {
      if (entries > 0) this->make_first_buckets(base::buckets_for(entries));
      return;
    }
    finish_growth_unmarked();
    while (policy::capacity(bucket_count(this->head_.now)) < entries) {
      this->begin_doubling();
      finish_growth_unmarked();
    }
  }

  // The smallest array that takes the present entries, or `entries` if that is more. Linear; ends walks.
  void shrink(std::size_t entries) {
    const typename base::writing section(*this, operation::grow);
    if (!this->has_buckets()) return;
    finish_growth_unmarked();
    const std::size_t wanted = std::max<std::size_t>(entries, this->head_.count);
    if (wanted == 0) {
      this->head_.walks.ended();
      this->destroy_entries();
      this->release_arrays();
      this->head_.moves = ++this->head_.changes;
    } else if (const std::size_t buckets = base::buckets_for(wanted); buckets < bucket_count(this->head_.now)) {
      rebuild(buckets);
    }
  }

  void step_growth(std::size_t buckets) {
    const typename base::writing section(*this, operation::grow);
    this->step(buckets);
  }
  void finish_growth() {
    const typename base::writing section(*this, operation::grow);
    finish_growth_unmarked();
  }
  void pause_growth(bool paused) noexcept {
    this->head_.paused = paused;
    this->schedule_growth();
  }

  // The watch of the value under `key`, held once more; null if it is not there. Throws: bad_alloc.
  template <class Q>
  [[nodiscard]] watch* refer(const Q& key) {
    const std::uint64_t hash = this->hash_of(key);
    const typename base::writing section(*this, operation::refer);
    const auto where = this->template find_hashed<Q>(key, hash);
    return where ? &this->watches_.refer(base::entry::referred(where.found->value())) : nullptr;
  }
  // The value in `one` has been assigned to, and references to what it was end.
  void tell_overwritten(slot& one) noexcept { this->tell_ended(one, cause::overwritten); }

  [[nodiscard]] std::size_t max_size() const noexcept {
    return (std::size_t{1} << 46) / array::bucket_bytes / 2 * slots_per_bucket / 2;
  }

  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept { return this->now_memory_.ask_for_huge_pages(); }
  [[nodiscard]] bool in_reserved_range() const noexcept { return this->now_memory_.reserved(); }

  template <class Visit>
  void for_each_slot(Visit visit) const {
    this->for_each_primary([&](bucket_view b, std::uint64_t) {
      while (true) {
        for (slot_bits live = b.live(); live != 0; live &= live - 1) visit(b.slots[first_of(live)]);
        overflow_node* const next = *b.link;
        if (next == nullptr) return;
        b = next->view();
      }
    });
  }

 private:
  void finish_growth_unmarked() { this->step(~std::size_t{0}); }

  void make_room_for(const table& other) {
    if (other.has_buckets() && !this->has_buckets()) this->make_first_buckets(bucket_count(other.head_.now));
  }

  void copy_entries(const table& other) {
    this->head_.seed = other.head_.seed;
    try_or_destroy([&] {
      make_room_for(other);
      other.for_each_slot([&](const slot& one) {
        this->insert_absent(this->hash_of(base::key_in(one)),
                            [&](slot& room) { room.make(this->memory_, one.value()); });
      });
    });
  }

  // The destructor does not run for a constructor that throws, so what was built goes here.
  template <class Build>
  void try_or_destroy(Build build) {
    struct undo {
      table& unfinished;
      bool done = false;
      ~undo() {
        if (done) return;
        unfinished.destroy_entries();
        unfinished.release_arrays();
      }
    } guard{*this};
    build();
    guard.done = true;
  }

  void swap_state(table& other) noexcept {
    header& mine = this->head_;
    header& theirs = other.head_;
    using std::swap;
    swap(mine.seed, theirs.seed);
    swap(mine.now, theirs.now);
    swap(mine.tops_mask, theirs.tops_mask);
    swap(mine.growth, theirs.growth);
    swap(mine.paused, theirs.paused);
    swap(mine.in_place, theirs.in_place);
    swap(mine.count, theirs.count);
    swap(mine.grow_at, theirs.grow_at);
    swap(mine.old, theirs.old);
    swap(mine.front, theirs.front);
    swap(mine.overflow, theirs.overflow);
    swap(mine.growths, theirs.growths);
    swap(mine.same_size_growths, theirs.same_size_growths);
    swap(mine.moved_buckets, theirs.moved_buckets);
    mine.changes = theirs.changes = std::max(mine.changes, theirs.changes) + 1;
    mine.moves = theirs.moves = mine.changes;
    walker_list held;
    held.adopt(mine.walks, nullptr);
    mine.walks.adopt(theirs.walks, this);
    theirs.walks.adopt(held, &other);
    this->watches_.swap(other.watches_);
    this->now_memory_.swap(other.now_memory_);
    this->old_memory_.swap(other.old_memory_);
  }

  void take_over(table& other) noexcept {
    const typename base::writing section(other, operation::swap);
    swap_state(other);
  }

  // This table's entries end here; `other`'s become ours.
  void replace_by(table& other, bool with_memory) {
    const typename base::writing section(*this, operation::assign);
    this->head_.walks.ended();
    this->watches_.all_ended(cause::map_replaced);
    using std::swap;
    swap(this->hash_, other.hash_);
    swap(this->equal_, other.equal_);
    if (with_memory) swap_memory(other);
    swap_state(other);
  }
  void swap_memory(table& other) {
    if constexpr (std::is_swappable_v<allocator> && std::is_move_assignable_v<allocator>) {
      using std::swap;
      swap(this->memory_, other.memory_);
    }
  }

  // Everything into a new array of `buckets` buckets. What can fail comes first: the hashes, then the
  // memory for the array and for as many overflow buckets as the counts call for.
  void rebuild(std::size_t buckets) {
    std::vector<std::uint64_t> known;
    known.reserve(this->head_.count);
    this->for_each_slot([&](const slot& one) { known.push_back(this->hash_of(base::key_in(one))); });
    array fresh;
    fresh.allocate(this->memory_, buckets, true);
    const array_view target = fresh.use(buckets);
    add_overflow_for(known, target, fresh);
    this->head_.walks.ended();
    auto hash = known.begin();
    this->for_each_slot([&](slot& one) {
      bucket_view b = base::view(target, *hash >> base::number_shift & target.mask);
      overflow_filter& filter = *b.filter;
      while (b.vacant() == 0) b = (*b.link)->view();
      if (b.node != nullptr) filter.add(*hash);
      const unsigned i = choose<policy::order, slots_per_bucket>(b.vacant(), base::favourite(*hash));
      b.slots[i].take(this->memory_, one);
      this->tell_references_moved(one, b.slots[i]);
      b.tops[i] = top_of(*hash++);
    });
    free_chains(this->head_.now);
    this->now_memory_.release(this->memory_);
    this->now_memory_ = std::move(fresh);
    this->set_now(target);
    this->head_.moves = ++this->head_.changes;
    this->schedule_growth();
  }

  void add_overflow_for(const std::vector<std::uint64_t>& known, const array_view& target, array& fresh) {
    struct undo {
      table& owner;
      const array_view& target;
      array& fresh;
      bool done = false;
      ~undo() {
        if (done) return;
        owner.free_chains(target);
        fresh.release(owner.memory_);
      }
    } guard{*this, target, fresh};
    std::vector<std::uint32_t> entries(bucket_count(target));
    for (const std::uint64_t hash : known) {
      const std::uint64_t number = hash >> base::number_shift & target.mask;
      const std::uint32_t before = entries[number]++;
      if (before < slots_per_bucket || (before - slots_per_bucket) % policy::overflow_slots != 0) continue;
      bucket_view b = base::view(target, number);
      while (*b.link != nullptr) b = (*b.link)->view();
      *b.link = this->new_node();
    }
    guard.done = true;
  }

  void free_chains(const array_view& chains) noexcept {
    for (std::uint64_t number = 0; number <= chains.mask; ++number) {
      overflow_node* next = *base::view(chains, number).link;
      while (next != nullptr) {
        overflow_node* const node = next;
        next = node->link;
        this->free_node(node);
      }
    }
  }
};

}  // namespace holdfast::inline v0::table
