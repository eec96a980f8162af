// What tells all references to one entry of a sync_map whether it is still there, and what ended it.
//
//   node ──▶ watch ◀── references       freed with the last of them
//
//   there     the entry is in the map, unless the map has been emptied as a whole
//   leaving   its bucket is locked, and its slot is about to lose it: the slot decides
//   gone      it has left; why() is for good
//
// Two stores around the one that unlinks the entry, so that nobody can learn of the end in one way and be told
// the opposite in the other: who sees the slot without the entry sees the watch as leaving, at least. Who finds it
// leaving looks at the slot. So asking is a few loads, whatever others do.
//
// inv hf.concurrent.ref-agrees-with-load: a reference and a lookup of its key never contradict each other.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/retirable.hpp>
#include <holdfast/concurrent/sync_map_home.hpp>

namespace holdfast::inline v0::concurrent {

class entry_watch {
 public:
  using slot = std::atomic<node_line::cell>;
  using destroy_function = void (*)(entry_watch*) noexcept;

  entry_watch(const entry_watch&) = delete;
  entry_watch& operator=(const entry_watch&) = delete;

  // Inside a section, to the end of which the entry then stays: whether it is in the map, at one instant during the
  // call.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool is_there() const noexcept {
    // acquire: pairs with the releases of leave() and end(). Before the look at the era: an entry that had not left yet
    // then was there if the map has not been emptied now.
    const standing seen = standing_.load(std::memory_order_acquire);
    if (seen != standing::there && (seen == standing::gone || !is_in_slot())) [[unlikely]]
      return false;
    return home_->is_in(era_);
  }
  // Of one that is not there.
  [[nodiscard]] cause_record why() const noexcept {
    // acquire: pairs with leave() and end().
    if (standing_.load(std::memory_order_acquire) == standing::there) return home_->emptied_by();
    // relaxed: made visible by the acquire above.
    return cause_record::from_word(why_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] const void* value() const noexcept { return value_; }
  [[nodiscard]] const reclaim::retirable* node() const noexcept { return node_; }
  [[nodiscard]] const entry_home& home() const noexcept { return *home_; }

  // By the holder of the lock of its bucket: `from`, the slot that the entry is in, is about to lose it.
  void leave(const slot& from, cause what) noexcept {
    why_.store(home_->operation(what).word(), std::memory_order_relaxed);
    place_.store(&from, std::memory_order_relaxed);
    // release: pairs with the acquire of who asks: cause and place are there.
    standing_.store(standing::leaving, std::memory_order_release);
  }
  // It has left.
  void end() noexcept {
    // release: pairs with the acquire of who asks: the slot has lost it.
    standing_.store(standing::gone, std::memory_order_release);
  }
  // By the holder of the lock of its bucket: it has left with all others.
  void end(cause_record why) noexcept {
    why_.store(why.word(), std::memory_order_relaxed);
    end();
  }

  // relaxed: who holds one more holds one, or is in a section with the node, which holds one.
  void hold() noexcept { holders_.fetch_add(1, std::memory_order_relaxed); }
  void let_go() noexcept {
    // acq_rel: pairs with itself; the last one sees that all others have done with it.
    if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy_(this);
  }

 protected:
  // Holds `home`, and is held once, by the caller.
  entry_watch(entry_home& home, destroy_function destroy) noexcept : home_(&home), destroy_(destroy) { home.hold(); }
  ~entry_watch() { home_->let_go(); }

  // Before anybody else knows it.
  void set(const void* value, const reclaim::retirable* node, std::uint64_t era) noexcept {
    value_ = value;
    node_ = node;
    era_ = era;
  }

 private:
  enum class standing : std::uint32_t { there, leaving, gone };

  [[nodiscard]] HOLDFAST_COLD bool is_in_slot() const noexcept {
    // relaxed, both: the place is made visible by the acquire of who asks, as is all that was done before the entry left;
    // and a lookup that comes later looks at the same slot, where it finds nothing older.
    const node_line::cell seen = place_.load(std::memory_order_relaxed)->load(std::memory_order_relaxed);
    return leads_to_node(seen) && node_in<const reclaim::retirable>(seen) == node_;
  }

  const void* value_ = nullptr;
  const reclaim::retirable* node_ = nullptr;
  std::uint64_t era_ = 0;
  entry_home* home_;
  destroy_function destroy_;
  std::atomic<standing> standing_{standing::there};
  std::atomic<std::uint32_t> holders_{1};  // the node and the references
  std::atomic<const slot*> place_{nullptr};
  std::atomic<std::uint64_t> why_{0};
};

static_assert(sizeof(entry_watch) == 64);

// The block that the watch of a node lies in.
template <class Node>
class owned_watch : public entry_watch {
 public:
  using owner = typename Node::owner;

  // Throws: what the allocator throws.
  [[nodiscard]] static owned_watch* make(const owner& from, entry_home& home) {
    return ::new (take_room<owned_watch>(from)) owned_watch(from, home);
  }
  void watch(const Node& node, std::uint64_t era) noexcept { set(std::addressof(node.value()), &node, era); }

 private:
  owned_watch(const owner& from, entry_home& home) noexcept : entry_watch(home, &destroy), owner_(from) {}

  static void destroy(entry_watch* watch) noexcept {
    auto* const mine = static_cast<owned_watch*>(watch);
    destroy_in_room(mine, mine->owner_);
  }

  HOLDFAST_NO_UNIQUE_ADDRESS owner owner_;
};

}  // namespace holdfast::inline v0::concurrent
