// The state of a table: its header, its memory, its hash, equality and allocator, and how a hash leads
// to a bucket. Everything else a table can do is built on this, one file an operation:
//
//   store <- find <- move <- grow <- overflow <- insert <- erase <- walk <- table        (audit, stats, dump read a table)
//
// Growth moves old buckets strictly in order, so one number, the front, tells where an entry is: a hash
// whose old bucket lies behind the front is looked for in the new array, any other in the old one.
//
// inv hf.table.findable-in-growth: at every moment each key is in exactly one chain, the one `home` names.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <utility>

#include <holdfast/base/hash/random.hpp>
#include <holdfast/table/bucket_array.hpp>
#include <holdfast/table/entry.hpp>
#include <holdfast/table/header.hpp>
#include <holdfast/table/key.hpp>
#include <holdfast/table/policy.hpp>
#include <holdfast/table/watch.hpp>

namespace holdfast::inline v0::table {

template <class EntryType, class HashType, class EqualType, class AllocatorType, class PolicyType>
struct types {
  using entry = EntryType;
  using hasher = HashType;
  using equality = EqualType;
  using allocator = AllocatorType;
  using policy = PolicyType;
};

// What an empty table points at, so that a lookup needs no test for it.
struct no_buckets {
  alignas(16) overflow_filter filter[16] = {};
  top tops[16] = {};
  void* link = nullptr;
};
inline constinit no_buckets nothing;

template <class Types>
class store {
 public:
  using entry = typename Types::entry;
  using key_type = typename entry::key_type;
  using value_type = typename entry::value_type;
  using hasher = typename Types::hasher;
  using equality = typename Types::equality;
  using allocator = typename Types::allocator;
  using policy = typename Types::policy;

  static constexpr unsigned slots_per_bucket = policy::slots;
  using slot = slot_of<entry, policy>;
  using bucket_view = bucket<slot, slots_per_bucket, policy::overflow_slots>;
  using overflow_node = typename bucket_view::overflow;
  using array = bucket_array<slot, slots_per_bucket, policy::overflow_slots, allocator>;
  using bits = slot_set<slots_per_bucket>;
  static constexpr bool is_boxed = std::is_same_v<slot, boxed_slot<entry>>;
  // Whether references to entries are told what becomes of them.
  static constexpr bool is_checked = is_checked_policy<policy>;

  store(const hasher& hash, const equality& equal, const allocator& memory)
      : hash_(hash), equal_(equal), memory_(memory) {
    head_.slots_per_bucket = slots_per_bucket;
    head_.slot_size = sizeof(slot);
    reseed();
    forget_buckets();
  }

  store(const store&) = delete;
  store& operator=(const store&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return head_.count; }
  [[nodiscard]] const header& head() const noexcept { return head_; }
  [[nodiscard]] header& head() noexcept { return head_; }
  [[nodiscard]] bool has_buckets() const noexcept { return head_.now.slots != nullptr; }
  [[nodiscard]] std::size_t buckets() const noexcept { return has_buckets() ? bucket_count(head_.now) : 0; }
  // Whether the header still says what the memory was obtained for.
  [[nodiscard]] bool agrees_with_memory() const noexcept {
    return head_.now.tops == now_memory_.tops() && now_memory_.in_use() == bucket_count(head_.now);
  }
  [[nodiscard]] const hasher& hash_function() const noexcept { return hash_; }
  [[nodiscard]] const equality& key_eq() const noexcept { return equal_; }
  [[nodiscard]] const allocator& memory() const noexcept { return memory_; }

  // By whom entries are referred to.
  [[nodiscard]] auto& watches() noexcept { return watches_; }

  // What a misuse report says of this table.
  [[nodiscard]] identity_source identity() const noexcept { return {&identify, &head_}; }

  template <class Q>
  [[nodiscard]] std::uint64_t hash_of(const Q& key) const noexcept(hash_cannot_throw<hasher, Q>()) {
    return finished_hash(hash_, key, head_.seed);
  }

  // A hash is used from both ends: its top byte is the top, the bits from `number_shift` on are the
  // bucket's number. So hash & tops_mask is a place in the tops without a shift.
  static constexpr unsigned number_shift = std::countr_zero(slots_per_bucket);

  struct place {
    bucket_view bucket;
    std::uint64_t number;
  };
  [[nodiscard]] static place at(const array_view& from, std::uint64_t number) noexcept {
    return {view(from, number), number};
  }

  // The primary bucket whose chain holds everything with this hash, and its number.
  // While growth is on, half of all lookups go to either array in no order a processor could predict, so
  // the choice is made without a branch.
  [[nodiscard]] place home(std::uint64_t hash) const noexcept {
    const std::uint64_t number = hash >> number_shift;
    if (head_.growth != growth_kind::doubling) [[likely]] return at(head_.now, number & head_.now.mask);
    const array_view* const arrays[2] = {&head_.now, &head_.old};
    const array_view& from = *arrays[(number & head_.old.mask) >= head_.front];
    return at(from, number & from.mask);
  }

  // The primary bucket of that number.
  [[nodiscard]] bucket_view primary(std::uint64_t number) const noexcept {
    if (head_.growth == growth_kind::doubling && (number & head_.old.mask) >= head_.front) {
      return view(head_.old, number & head_.old.mask);
    }
    return view(head_.now, number);
  }

  // The mask that led to `number`: smaller for a bucket that growth has not reached.
  [[nodiscard]] std::uint64_t level_of(std::uint64_t number) const noexcept {
    const bool unmoved = head_.growth == growth_kind::doubling && (number & head_.old.mask) >= head_.front;
    return unmoved ? head_.old.mask : head_.now.mask;
  }

  // How many primary buckets there are at this moment; numbers of those not split yet are not shared.
  template <class Visit>
  void for_each_primary(Visit visit) const {
    if (!has_buckets()) return;
    const bool doubling = head_.growth == growth_kind::doubling;
    const std::uint64_t old = doubling ? bucket_count(head_.old) : bucket_count(head_.now);
    for (std::uint64_t number = 0; number < old; ++number) {
      visit(primary(number), number);
      if (doubling && number < head_.front) visit(primary(number + old), number + old);
    }
  }

  // Where in its bucket an entry with this hash would like to be: at the beginning of a pair of lines.
  // A pair and not a line, so that a half-full table fills one line of each pair and leaves the other
  // untouched: with single lines a table of 1e6 took twice the cache and inserts half as long again.
  [[nodiscard]] static constexpr unsigned favourite(std::uint64_t hash) noexcept {
    constexpr std::size_t in_pair = sizeof(slot) >= 128 ? 1 : std::bit_floor(128 / sizeof(slot));
    if constexpr (policy::order == slot_order::first || in_pair >= slots_per_bucket) return 0;
    return static_cast<unsigned>(hash >> 48) & (slots_per_bucket - 1) & ~static_cast<unsigned>(in_pair - 1);
  }

  [[nodiscard]] static const key_type& key_in(const slot& one) noexcept { return entry::key(one.value()); }

 protected:
  // The writer mark is up from here to the end of the block.
  class [[nodiscard]] writing {
   public:
    HOLDFAST_ALWAYS_INLINE writing(store& table, operation mine) noexcept
        : table_(table), me_(table.head_.mark.begin_write(mine, table.identity())) {
      table.watches_.count_operation();
    }
    HOLDFAST_ALWAYS_INLINE ~writing() { table_.head_.mark.end_write(me_, table_.identity()); }
    writing(const writing&) = delete;
    writing& operator=(const writing&) = delete;

   private:
    store& table_;
    std::uint32_t me_;
  };

  [[nodiscard]] static bucket_view view(const array_view& from, std::uint64_t number) noexcept {
    return {from.tops + number * slots_per_bucket, static_cast<slot*>(from.slots) + number * slots_per_bucket,
            static_cast<overflow_node**>(from.links) + number, nullptr, &filter_of(from.tops, number)};
  }

  // Whether anybody must be told of what moves: a walk, or references to entries.
  [[nodiscard]] bool is_followed() const noexcept { return head_.walks.first != nullptr || !watches_.empty(); }
  // The entry of `from`, a slot that is vacant now, is in `to`.
  void tell_moved(slot& from, slot& to) noexcept {
    head_.walks.moved(&from, &to);
    tell_references_moved(from, to);
  }
  void tell_references_moved(slot& from, slot& to) noexcept {
    // A box stays where it is.
    if constexpr (is_checked && !is_boxed) watches_.moved(entry::referred(from.value()), entry::referred(to.value()));
  }
  void tell_ended(slot& one, cause what) noexcept {
    if constexpr (is_checked) watches_.ended(entry::referred(one.value()), what);
  }

  void reseed() noexcept { head_.seed = random_word(); }

  void set_now(const array_view& view) noexcept {
    head_.now = view;
    head_.tops_mask = view.mask << number_shift;
  }

  void forget_buckets() noexcept {
    set_now({nothing.tops, nullptr, 0, &nothing.link});
    head_.old = {};
    head_.growth = growth_kind::none;
    head_.front = 0;
    head_.grow_at = 0;
  }

  [[nodiscard]] overflow_node* new_node() {
    node_allocator nodes(memory_);
    overflow_node* const node = std::allocator_traits<node_allocator>::allocate(nodes, 1);
    ::new (static_cast<void*>(node)) overflow_node;
    ++head_.overflow;
    return node;
  }
  void free_node(overflow_node* node) noexcept {
    node_allocator nodes(memory_);
    std::allocator_traits<node_allocator>::deallocate(nodes, node, 1);
    --head_.overflow;
  }

  // Destroys all entries and frees all overflow buckets; the primary ones are left in disorder.
  void destroy_entries() noexcept {
    for_each_primary([this](bucket_view b, std::uint64_t) {
      overflow_node* next = *b.link;
      destroy_in(b);
      while (next != nullptr) {
        overflow_node* const node = next;
        next = node->link;
        destroy_in(node->view());
        free_node(node);
      }
    });
  }

  void release_arrays() noexcept {
    now_memory_.release(memory_);
    old_memory_.release(memory_);
    forget_buckets();
  }

  header head_;
  array now_memory_;
  array old_memory_;
  [[no_unique_address]] hasher hash_;
  [[no_unique_address]] equality equal_;
  [[no_unique_address]] mutable allocator memory_;
  [[no_unique_address]] std::conditional_t<is_checked, watch_list, no_watches> watches_{head_};

 private:
  using node_allocator = typename std::allocator_traits<allocator>::template rebind_alloc<overflow_node>;

  void destroy_in(bucket_view b) noexcept {
    if constexpr (is_boxed || !std::is_trivially_destructible_v<value_type>) {
      for (slot_bits live = b.live(); live != 0; live &= live - 1) b.slots[first_of(live)].destroy(memory_);
    }
  }
};

}  // namespace holdfast::inline v0::table
