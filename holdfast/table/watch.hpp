// The entries of a table that somebody refers to, and what becomes of them.
//
// Tables under a `checked` policy have a list of these; no other table has a byte or an instruction of it. There is a
// watch for each entry that is referred to, shared by all its references and found by the entry's address. Who moves
// or ends an entry tells its watch; a reference compares its own address with the watch's:
//
//   ref ──▶ | address now, or null | cause | operation, thread |      a heap block, freed with its last reference
//
// A watch outlives its entry and its table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::table {

class watch_list;
struct header;

// What the watches of one table have in common, which outlives the table.
struct watch_home {
  watch_list* list;          // null: the table has gone
  std::size_t holders = 1;   // the list and its watches
  char name[48] = {};        // what the table was called when it went
};

struct watch {
  void* address;           // of the value, where it is now; null: it has ended
  cause_record why{};      // what moved or ended it last
  std::size_t holders = 0;
  watch* next = nullptr;   // in its bucket of the list
  watch_home* home = nullptr;

  void hold() noexcept { ++holders; }
  // Threads: as for a write to the table.
  void let_go() noexcept;
};

// What references that refer to nothing share: an address that none of them has.
extern constinit watch nobody;

// What a report calls the table: map "users", or a map (not named).
[[nodiscard]] std::string text_of_home(const watch& one);

class watch_list {
 public:
  explicit watch_list(const header& head) noexcept : head_(&head) {}
  watch_list(const watch_list&) = delete;
  watch_list& operator=(const watch_list&) = delete;
  ~watch_list();

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

  // One more reference to the value at `address`. Throws: bad_alloc, and nothing has changed.
  [[nodiscard]] watch& refer(void* address);

  // Each write is one.
  void count_operation() noexcept { ++operations_; }
  [[nodiscard]] std::uint64_t operations() const noexcept { return operations_; }

  // The value at `from` is now at `to`, where none was.
  void moved(void* from, void* to) noexcept;
  // The value at `address` ends here.
  void ended(void* address, cause what) noexcept;
  void all_ended(cause what) noexcept;
  // No reference is left to a value that has not ended.
  void forget(watch& one) noexcept;

  // The entries change places, and their watches with them; each table goes on counting.
  void swap(watch_list& other) noexcept;
  // For reports after the table has gone.
  void keep_name(std::string_view name) noexcept;
  [[nodiscard]] std::string_view name() const noexcept;

 private:
  [[nodiscard]] watch** place_of(const void* address) const noexcept;
  [[nodiscard]] watch** find(const void* address) const noexcept;
  [[nodiscard]] cause_record record(cause what) const noexcept;
  void make_room();
  void end(watch& one, cause_record why) noexcept;

  const header* head_;
  watch_home* home_ = nullptr;
  watch** buckets_ = nullptr;
  std::size_t mask_ = 0;
  std::size_t count_ = 0;
  std::uint64_t operations_ = 0;
};

// What other tables have instead.
struct no_watches {
  explicit constexpr no_watches(const header&) noexcept {}
  [[nodiscard]] static constexpr bool empty() noexcept { return true; }
  static constexpr void count_operation() noexcept {}
  static constexpr void moved(void*, void*) noexcept {}
  static constexpr void ended(void*, cause) noexcept {}
  static constexpr void all_ended(cause) noexcept {}
  static constexpr void swap(no_watches&) noexcept {}
};

}  // namespace holdfast::inline v0::table
