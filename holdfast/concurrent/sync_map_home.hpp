// What the references to entries of one map have in common, which outlives the map.
//
// Above all which array is the map's current one: clear() empties a map by one store to that word, and a reference that
// reads the same word is stale from that very store on. An array knows its *era*, which grows with each clear(), and a
// watch knows the era of its entry.
//
// inv hf.concurrent.ref-ends-with-entry: a reference is stale from the store on that takes its entry out of the map.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_array.hpp>
#include <holdfast/concurrent/sync_map_node_line.hpp>
#include <holdfast/lifetime/shared_name.hpp>

namespace holdfast::inline v0::concurrent {

class alignas(64) entry_home {
 public:
  using array_base = bucket_array<node_line>;
  using destroy_function = void (*)(entry_home*) noexcept;

  entry_home(const entry_home&) = delete;
  entry_home& operator=(const entry_home&) = delete;

  // Inside a section. acquire: pairs with the release that made the array the current one.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool is_in(std::uint64_t era) const noexcept {
    return current.load(std::memory_order_acquire)->growth.era == era;
  }
  // Of an array that is not yet anybody's; relaxed: only the number counts.
  [[nodiscard]] std::uint64_t next_era() noexcept { return eras_.fetch_add(1, std::memory_order_relaxed) + 1; }

  // An operation of this thread's that ends references. relaxed: only the number counts.
  [[nodiscard]] cause_record operation(cause what) noexcept {
    return {what, operations_.fetch_add(1, std::memory_order_relaxed) + 1, this_thread_id()};
  }
  // Before the map is emptied. For who asks between that and the moment when the watch of his entry has been told.
  void note_emptying(cause_record why) noexcept {
    // relaxed: made visible by the release that makes the empty array the current one.
    emptied_.store(why.word(), std::memory_order_relaxed);
  }
  // By who has found, with is_in(), that it was. relaxed: made visible by the acquire there.
  [[nodiscard]] cause_record emptied_by() const noexcept {
    return cause_record::from_word(emptied_.load(std::memory_order_relaxed));
  }

  // relaxed: who holds one more holds one.
  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept {
    // acq_rel: pairs with itself; the last one sees that all others have done with it.
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy_(this);
  }

  std::atomic<array_base*> current{&empty_array<node_line>()};  // of the map; read in each lookup
  lifetime::shared_name name;  // of the map

 protected:
  explicit entry_home(destroy_function destroy) noexcept : destroy_(destroy) {}
  ~entry_home() = default;

 private:
  destroy_function destroy_;
  std::atomic<std::uint64_t> holders_{1};  // the map and its watches
  std::atomic<std::uint64_t> eras_{0};
  std::atomic<std::uint64_t> operations_{0};
  std::atomic<std::uint64_t> emptied_{0};
};

// The block that the home of a map lies in.
template <class Owner>
class owned_home : public entry_home {
 public:
  // Throws: what the allocator throws.
  [[nodiscard]] static entry_home& make(const Owner& from) {
    return *::new (take_room<owned_home>(from)) owned_home(from);
  }

 private:
  explicit owned_home(const Owner& from) noexcept : entry_home(&destroy), owner_(from) {}

  static void destroy(entry_home* home) noexcept {
    auto* const mine = static_cast<owned_home*>(home);
    destroy_in_room(mine, mine->owner_);
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Owner owner_;
};

}  // namespace holdfast::inline v0::concurrent
