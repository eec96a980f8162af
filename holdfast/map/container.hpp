// What maps and sets have in common: everything that concerns keys and whole containers.
//
// Unless a member says otherwise:
//   Invalidates: nothing. Threads: any number may call const members at once while nobody writes; a
//   write at the same time as anything else is reported and ends the process (docs/design/sync.md).
//   Cost: one probe of one chain. Throws: what the hash, the equality and the allocator throw, and the
//   container is as it was.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/observe/live_set.hpp>
#include <holdfast/map/iterator.hpp>
#include <holdfast/table/audit.hpp>
#include <holdfast/table/dump.hpp>
#include <holdfast/table/stats.hpp>
#include <holdfast/table/table.hpp>

namespace holdfast::inline v0 {

// Keyed members take the key, what converts to it, and what a transparent hash and equality take.
// (A concept of its own, not a constant of the class: g++ 12 crashes on the latter for function-local keys.)
template <class Q, class Container>
concept key_for = table::lookup_key_for<Q, typename Container::key_type, typename Container::hasher,
                                        typename Container::key_equal> ||
                  std::convertible_to<const Q&, typename Container::key_type>;

template <class Types>
class container {
 protected:
  using table_type = table::table<Types>;
  using slot = typename table_type::slot;
  using location = typename table_type::location;
  using carried = typename table_type::carried;
  static constexpr bool is_map = !std::same_as<typename table_type::key_type, typename table_type::value_type>;

 public:
  using key_type = typename table_type::key_type;
  using value_type = typename table_type::value_type;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using hasher = typename Types::hasher;
  using key_equal = typename Types::equality;
  using allocator_type = typename Types::allocator;
  using policy_type = typename Types::policy;
  using reference = value_type&;
  using const_reference = const value_type&;
  using pointer = typename std::allocator_traits<allocator_type>::pointer;
  using const_pointer = typename std::allocator_traits<allocator_type>::const_pointer;
  using iterator = map_iterator<table_type, !is_map>;
  using const_iterator = map_iterator<table_type, true>;

  static_assert(table::key_type<key_type, hasher, key_equal>,
                "holdfast: not a key: a key needs a hash (std::hash or your own) and operator== (or your own equality)");

  // ---- size -----------------------------------------------------------------------------------------
  [[nodiscard]] bool empty() const noexcept { return table_.size() == 0; }
  [[nodiscard]] size_type size() const noexcept { return table_.size(); }
  [[nodiscard]] size_type max_size() const noexcept { return table_.max_size(); }

  // ---- walking: order is random and differs from walk to walk; see iterator.hpp ----------------------
  [[nodiscard]] iterator begin() HOLDFAST_LIFETIMEBOUND { return iterator(table_, typename iterator::from_the_start{}); }
  [[nodiscard]] const_iterator begin() const HOLDFAST_LIFETIMEBOUND { return const_iterator(table_, typename const_iterator::from_the_start{}); }
  [[nodiscard]] const_iterator cbegin() const HOLDFAST_LIFETIMEBOUND { return begin(); }
  [[nodiscard]] iterator end() noexcept { return {}; }
  [[nodiscard]] const_iterator end() const noexcept { return {}; }
  [[nodiscard]] const_iterator cend() const noexcept { return {}; }

  // ---- lookup: never moves an entry -------------------------------------------------------------------
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE iterator find(const Q& key) HOLDFAST_LIFETIMEBOUND {
    return light<iterator>(table_.find(as_key(key)));
  }
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE const_iterator find(const Q& key) const HOLDFAST_LIFETIMEBOUND {
    return light<const_iterator>(table_.find(as_key(key)));
  }
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool contains(const Q& key) const {
    return static_cast<bool>(table_.find(as_key(key)));
  }
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] size_type count(const Q& key) const {
    return contains(key) ? 1 : 0;
  }
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] std::pair<iterator, iterator> equal_range(const Q& key) HOLDFAST_LIFETIMEBOUND {
    return range_of(find(key));
  }
  template <class Q = key_type>
    requires key_for<Q, container>
  [[nodiscard]] std::pair<const_iterator, const_iterator> equal_range(const Q& key) const HOLDFAST_LIFETIMEBOUND {
    return range_of(find(key));
  }

  // ---- erasure: moves no entry (under go_growth: does its share of a growth that is on) ---------------
  // Invalidates: what points at the erased entry. A walk that stands on it may still be advanced.
  template <class Q = key_type>
    requires(key_for<Q, container> && !std::convertible_to<const Q&, const_iterator>)
  HOLDFAST_ALWAYS_INLINE size_type erase(const Q& key) {
    typename table_type::discarded out(table_);
    return table_.extract(as_key(key), out) ? 1 : 0;
  }
  // Returns the next entry of the walk that `position` is on.
  iterator erase(const_iterator position) { return erase_at(position); }
  iterator erase(iterator position)
    requires is_map
  {
    return erase_at(position);
  }
  iterator erase(const_iterator first, const_iterator last) {
    while (first != last) first = erase_at(first);
    iterator next;
    if (first != end()) next = thawed(first);
    return next;
  }
  // Ends all walks. Keeps the array; shrink_to_fit gives it back. Linear.
  void clear() noexcept { table_.clear(); }

  // ---- growth -----------------------------------------------------------------------------------------
  [[nodiscard]] size_type bucket_count() const noexcept { return table_.buckets(); }
  [[nodiscard]] float load_factor() const noexcept {
    const auto slots = table::buckets_in_use(table_) * table_type::slots_per_bucket;
    return slots == 0 ? 0.0F : static_cast<float>(size()) / static_cast<float>(slots);
  }
  [[nodiscard]] float max_load_factor() const noexcept {
    return static_cast<float>(policy_type::capacity(1024)) / static_cast<float>(1024 * table_type::slots_per_bucket);
  }
  // Growth goes by the policy; the request is taken note of by nobody, as the standard allows.
  void max_load_factor(float) noexcept {}

  // Room for `entries` before growth starts again. Ends a growth under way. Linear.
  // Invalidates: light iterators, references to inline entries.
  void reserve(size_type entries) { table_.reserve(entries); }
  // Room for at least `entries`, and not much more. Linear.
  void rehash(size_type entries) {
    table_.reserve(entries);
    table_.shrink(entries);
  }
  // The smallest array for what is in it. Linear; ends all walks, invalidates light iterators.
  void shrink_to_fit() { table_.shrink(0); }

  [[nodiscard]] bool growing() const noexcept { return table_.growing(); }
  // Moves up to `buckets` old buckets; how many are left. For idle moments: an insert then has none to move.
  size_type step_growth(size_type buckets) {
    table_.step_growth(buckets);
    return table_.buckets_to_move();
  }
  void finish_growth() { table_.finish_growth(); }
  // From here on inserts neither start growth nor go on with it; chains get longer instead.
  void pause_growth() noexcept { table_.pause_growth(true); }
  void resume_growth() noexcept { table_.pause_growth(false); }
  [[nodiscard]] bool growth_paused() const noexcept { return table_.head().paused; }
  // Asks for 2 MiB pages for the array; what was had. Only arrays above 256 KiB with std::allocator.
  [[nodiscard]] memory::huge_pages ask_for_huge_pages() noexcept { return table_.ask_for_huge_pages(); }

  // ---- inspection -------------------------------------------------------------------------------------
  [[nodiscard]] std::optional<table::fault> audit() const { return table::audit_of(table_); }
  [[nodiscard]] table::stats stats() const { return table::stats_of(table_); }
  [[nodiscard]] std::string dump_text() const { return table::draw_text(table::picture_of(table_)); }
  [[nodiscard]] std::string dump_dot() const { return table::draw_dot(table::picture_of(table_)); }
  // For readers outside the program and tests of them; the layout is that of holdfast_root.
  [[nodiscard]] const table::header& header() const noexcept { return table_.head(); }

  // A named map stands in the live set: reports and tools show the name.
  void name(std::string_view name) { name_as(name, is_map ? observe::live_kind::map : observe::live_kind::set); }
  [[nodiscard]] std::string_view name() const noexcept { return name_ == nullptr ? std::string_view() : name_->name(); }

  [[nodiscard]] hasher hash_function() const { return table_.hash_function(); }
  [[nodiscard]] key_equal key_eq() const { return table_.key_eq(); }
  [[nodiscard]] allocator_type get_allocator() const noexcept { return table_.memory(); }

 protected:
  container(size_type entries, const hasher& hash, const key_equal& equal, const allocator_type& memory)
      : table_(hash, equal, memory) {
    if (entries > table_type::policy::capacity(table_type::policy::initial_buckets)) table_.reserve(entries);
  }
  container(const container& other)
      : table_(other.table_, std::allocator_traits<allocator_type>::select_on_container_copy_construction(other.table_.memory())) {}
  container(const container& other, const allocator_type& memory) : table_(other.table_, memory) {}
  container(container&& other) noexcept : table_(std::move(other.table_)), name_(std::move(other.name_)) { follow(other); }
  container(container&& other, const allocator_type& memory)
      : table_(other.table_.hash_function(), other.table_.key_eq(), memory) {
    table_.assign_same_memory(std::move(other.table_));
    name_ = std::move(other.name_);
    follow(other);
  }
  container& operator=(const container& other) {
    if (this != &other) table_.assign(other.table_);
    return *this;
  }
  container& operator=(container&& other) noexcept(noexcept(table_.assign(std::move(other.table_)))) {
    if (this != &other) table_.assign(std::move(other.table_));
    return *this;
  }
  ~container() {
    if constexpr (table_type::is_checked) table_.watches().keep_name(name());
    table_.head().name = nullptr;
  }

  void name_as(std::string_view name, observe::live_kind kind) {
    if (name_ == nullptr) {
      name_ = std::make_unique<observe::live_name>(name, kind, &table_.head());
    } else {
      name_->rename(name);
    }
    table_.head().name = name_.get();
  }

  void swap_with(container& other) noexcept {
    table_.swap(other.table_);
  }

  // `key` as the table takes it: itself, or converted.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static decltype(auto) as_key(const Q& key) {
    if constexpr (table::lookup_key_for<Q, key_type, hasher, key_equal>) {
      return (key);
    } else {
      return static_cast<key_type>(key);
    }
  }

  template <class Iterator>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE Iterator light(location found) const noexcept {
    return found ? Iterator(table_, found) : Iterator();
  }

  table_type table_;

 private:
  // A name goes with the map that is moved.
  void follow(container& other) noexcept {
    other.table_.head().name = nullptr;
    table_.head().name = name_.get();
    if (name_ != nullptr) name_->follow(&table_.head());
  }

  template <class Iterator>
  static std::pair<Iterator, Iterator> range_of(Iterator found) {
    Iterator next = found;
    if (found != Iterator()) ++next;
    return {std::move(found), std::move(next)};
  }

  template <class Iterator>
  iterator erase_at(const Iterator& position) {
    const location where = position.where();
    Iterator next = position;
    typename table_type::discarded out(table_);
    if (!next.walking_) next.start_walking();
    table_.extract_at(where, out);
    ++next;
    return thawed(next);
  }

  // The same position, for writing.
  static iterator thawed(const const_iterator& position) {
    iterator same;
    same.copy(position);
    return same;
  }
  static iterator thawed(const iterator& position)
    requires is_map
  {
    return position;
  }

  std::unique_ptr<observe::live_name> name_;
};

// Erases every entry of which `claim(entry)` holds; how many those were. Linear.
template <class Types, class Claim>
std::size_t erase_if(container<Types>& from, Claim claim) {
  const std::size_t before = from.size();
  for (auto at = from.begin(); at != from.end();) {
    if (claim(*at)) {
      at = from.erase(at);
    } else {
      ++at;
    }
  }
  return before - from.size();
}

}  // namespace holdfast::inline v0
