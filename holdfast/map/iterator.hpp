// A forward iterator in one of two states.
//
// *Light*, as find and insert return it: an address and how often the table had moved and erased by then.
// It costs nothing, and is stale as soon as entries may have moved or its own was erased; using it then
// is reported.
//
// *Walking*, as begin returns it or ++ makes it: known to the table (table/walker.hpp), so it stays on
// its entry wherever growth takes it, survives any insertion and erasure, and visits every entry that
// is present all through exactly once. Copies walk on their own. Costs one locked instruction at the
// beginning and one at the end of a walk.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <type_traits>

#include <holdfast/map/stale.hpp>
#include <holdfast/table/table.hpp>

namespace holdfast::inline v0 {

template <class Table, bool Const>
class map_iterator {
  using slot = typename Table::slot;
  using location = typename Table::location;

 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = typename Table::value_type;
  using difference_type = std::ptrdiff_t;
  using reference = std::conditional_t<Const, const value_type&, value_type&>;
  using pointer = std::conditional_t<Const, const value_type*, value_type*>;

  map_iterator() noexcept {}
  map_iterator(const map_iterator& other) { copy(other); }
  map_iterator(const map_iterator<Table, false>& other)
    requires Const
  {
    copy(other);
  }
  map_iterator& operator=(const map_iterator& other) {
    if (this != &other) {
      leave();
      copy(other);
    }
    return *this;
  }
  HOLDFAST_ALWAYS_INLINE ~map_iterator() {
    if (walking_) [[unlikely]] stop_walking();
  }

  [[nodiscard]] reference operator*() const { return current()->value(); }
  [[nodiscard]] pointer operator->() const { return std::addressof(current()->value()); }

  HOLDFAST_ALWAYS_INLINE map_iterator& operator++() {
    if (!walking_) [[unlikely]] start_walking();
    if (walk_.table == nullptr) report_stale_iterator(nullptr, stale_cause::destroyed);
    if (!static_cast<Table*>(walk_.table)->advance(walk_)) leave();
    return *this;
  }
  map_iterator operator++(int) {
    map_iterator before = *this;
    ++*this;
    return before;
  }

  template <bool OtherConst>
  [[nodiscard]] bool operator==(const map_iterator<Table, OtherConst>& other) const noexcept {
    return address() == other.address();
  }

 private:
  template <class, bool>
  friend class map_iterator;
  template <class>
  friend class container;

  // Light, on `where`.
  map_iterator(const Table& table, location where) noexcept
      : table_(const_cast<Table*>(&table)), slot_(where.found), number_(where.number), changes_(table.head().changes) {}

  // Walking, from the beginning of a walk.
  struct from_the_start {};
  map_iterator(const Table& table, from_the_start) {
    std::construct_at(&walk_);
    walking_ = true;
    if (!const_cast<Table&>(table).begin_walk(walk_)) leave();
  }

  [[nodiscard]] const void* address() const noexcept { return walking_ ? walk_.slot : slot_; }

  // What is kept from being inlined below takes no `this`: a light iterator whose address nobody has
  // lives in registers.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot* current() const {
    if (walking_) {
      if (walk_.gone) [[unlikely]] report_gone(walk_.table);
      return static_cast<slot*>(walk_.slot);
    }
    if (table_ == nullptr || slot_ == nullptr) [[unlikely]] report_stale_iterator(nullptr, stale_cause::at_end);
    if (changes_ != table_->head().changes) [[unlikely]] check_light(*table_, {slot_, number_}, changes_);
    return slot_;
  }

  // Something was moved or erased since: was it this entry?
  HOLDFAST_COLD static void check_light(const Table& table, location where, std::uint64_t changes) {
    const table::header& head = table.head();
    if (changes < head.moves) report_stale_iterator(&head, stale_cause::moved);
    if (!table.is_live_at(where)) report_stale_iterator(&head, stale_cause::erased);
  }

  [[noreturn]] HOLDFAST_COLD static void report_gone(const void* table) {
    if (table == nullptr) report_stale_iterator(nullptr, stale_cause::destroyed);
    report_stale_iterator(&static_cast<const Table*>(table)->head(), stale_cause::erased);
  }

  // Where the entry is, for erase.
  [[nodiscard]] location where() const {
    slot* const found = current();
    return walking_ ? static_cast<Table*>(walk_.table)->where(walk_) : location{found, number_};
  }

  HOLDFAST_NOINLINE void start_walking() {
    const location from{current(), number_};
    std::construct_at(&walk_);
    walking_ = true;
    table_->begin_walk_at(walk_, from);
  }

  template <bool OtherConst>
  void copy(const map_iterator<Table, OtherConst>& other) {
    table_ = other.table_;
    slot_ = other.slot_;
    number_ = other.number_;
    changes_ = other.changes_;
    if (!other.walking_) return;
    std::construct_at(&walk_);
    walking_ = true;
    walk_.copy_position(other.walk_);
    if (other.walk_.list != nullptr) other.walk_.list->add(walk_);
  }

  void stop_walking() noexcept {
    if (walk_.list != nullptr) walk_.list->remove(walk_);
    std::destroy_at(&walk_);
    walking_ = false;
  }

  // To the end state.
  void leave() noexcept {
    if (walking_) stop_walking();
    table_ = nullptr;
    slot_ = nullptr;
  }

  Table* table_ = nullptr;
  slot* slot_ = nullptr;
  std::uint64_t number_ = 0;
  std::uint64_t changes_ = 0;
  bool walking_ = false;
  union {
    mutable table::walker walk_;
  };
};

}  // namespace holdfast::inline v0
