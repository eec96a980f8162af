// The maps that were given a name, for reports and for readers outside the program.
//
// A list through the entries themselves, so that registering allocates nothing and a debugger can walk
// it in a core with nothing but `holdfast_root`. It is never destroyed: maps with static storage may
// be named after main has returned.
//
// inv hf.observe.live-set-linked: first->previous is null and entry->next->previous is entry.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace holdfast::inline v0::observe {

// The numbers are part of the layout that `holdfast_root` describes: append only.
enum class live_kind : std::uint32_t { map = 1, set = 2, go_map = 3 };

// Layout published by `holdfast_root`.
struct live_entry {
  live_entry* next = nullptr;
  live_entry* previous = nullptr;
  const char* name = nullptr;
  std::uint64_t name_length = 0;
  std::uint64_t id = 0;
  live_kind kind = live_kind::map;
  std::uint32_t reserved = 0;
  const void* header = nullptr;  // of the table
};

// Layout published by `holdfast_root`.
struct live_list {
  live_entry* first = nullptr;
  std::uint64_t count = 0;
  std::uint64_t next_id = 1;
};

// One name in the live set, from construction to destruction. The owner keeps it at one address.
// Threads: any, on different objects.
class live_name {
 public:
  live_name(std::string_view name, live_kind kind, const void* header);
  live_name(const live_name&) = delete;
  live_name& operator=(const live_name&) = delete;
  ~live_name();

  // Throws: std::bad_alloc, and the old name stays.
  void rename(std::string_view name);
  // The table's header lives at `header` from now on: the map was moved or swapped.
  void follow(const void* header) noexcept;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t id() const noexcept { return entry_.id; }

 private:
  std::string name_;
  live_entry entry_;
};

class live_set {
 public:
  // Gives `entry` an id and links it in front. The entry stays where it is until it is removed.
  static void add(live_entry& entry) noexcept;
  static void remove(live_entry& entry) noexcept;

  // The name and id of the entry for `header`; empty and 0 if it has none. For reports, which must not
  // wait: when the set stays locked for a hundredth of a second the answer is as if it had none.
  struct found {
    std::string_view name;
    std::uint64_t id = 0;
  };
  [[nodiscard]] static found find(const void* header) noexcept;

  // Calls `visit(const live_entry&)` for each entry, newest first, with the set locked.
  template <class Visitor>
  static void for_each(Visitor&& visit) {
    const std::lock_guard<std::mutex> hold(guard());
    for (const live_entry* entry = list().first; entry != nullptr; entry = entry->next) visit(*entry);
  }

  // The root of it, for `holdfast_root`.
  [[nodiscard]] static live_list& list() noexcept;
  [[nodiscard]] static std::mutex& guard() noexcept;
};

}  // namespace holdfast::inline v0::observe
