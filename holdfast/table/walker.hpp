// Where a walk over a table stands, and the list by which the table keeps its walks alive.
//
// Growth moves entries, so a walk that only remembered an address would meet an entry twice or never.
// Each walk is therefore known to its table; whoever moves, erases or clears tells the walks, and there
// are few of them: one for each iterator that is on its way.
//
// A walk goes over the buckets of the size the table had when it began (`mask`), from a random bucket
// round to it again. Where that bucket has been split since, its parts follow one another in the order
// of their reversed upper bits, so that what has been visited stays a prefix through any split. When
// the very bucket it stands in is moved, the walk is *detached*: the entries still to come are written
// down by address, and every later move corrects the addresses.
//
// inv hf.table.walk-once: an entry present all through a walk is met exactly once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace holdfast::inline v0::table {

struct walker_list;

struct walker {
  walker* next = nullptr;
  walker* previous = nullptr;
  walker_list* list = nullptr;
  void* table = nullptr;

  void* slot = nullptr;         // the entry it stands on
  void* node = nullptr;         // overflow bucket it stands in; null in a primary bucket
  std::uint64_t bucket = 0;     // primary bucket it stands in
  std::uint64_t level = 0;      // mask of the size at which that bucket was entered
  std::uint64_t mask = 0;       // mask of the size the walk goes by
  std::uint64_t at = 0;         // bucket of that size
  std::uint64_t to_come = 0;    // buckets of that size still to come
  std::uint32_t left = 0;       // slots of the bucket still to come, rotated by `offset`
  std::uint32_t offset = 0;     // where in each bucket the walk begins
  std::uint32_t ahead = 0;      // of `left`, those that held an entry when the table's `changes` was
  std::uint64_t seen = 0;       // this, and the bucket's slots were
  void* slots = nullptr;        // here
  bool gone = false;            // the entry it stands on was erased
  bool detached = false;        // the entries to come are in `pending`
  std::vector<void*> pending;   // last one first

  walker() = default;
  walker(const walker&) = delete;
  walker& operator=(const walker&) = delete;

  // Stands where `other` stands; not yet on the list.
  void copy_position(const walker& other);
};

// Const look-ups on several threads may each begin a walk, so the list has a lock of its own.
struct walker_list {
  walker* first = nullptr;
  std::atomic<std::uint32_t> locked{0};

  void add(walker& one) noexcept;
  void remove(walker& one) noexcept;

  // The entry at `from` is now at `to`.
  void moved(void* from, void* to) noexcept;
  // The entry at `slot` is being erased.
  void erased(void* slot) noexcept;
  // Overflow bucket `node` is being taken out of its chain; `before` (null: the primary one) stays.
  void unlinked(void* node, void* before) noexcept;
  // Nothing of what the walks had still to visit is there any more.
  void ended() noexcept;
  // The table is being destroyed: the walks end and belong to nobody.
  void abandon() noexcept;
  // All walks of `other` go on here, over `table`.
  void adopt(walker_list& other, void* table) noexcept;
};

}  // namespace holdfast::inline v0::table
