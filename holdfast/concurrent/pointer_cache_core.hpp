// How entries come into a pointer_cache and leave it.
//
// The map alone says which entry is a key's. Whoever takes an entry out of the map has it to himself: he
// takes it out of the queue, tells the listener and retires it, so each of these happens once. Whoever puts
// one in pins it first, since it may be taken out again before he has told the queue.
//
// What a maker returns is published *withheld*, which looks like expired, and shown only if no erase() of its
// key has begun since the maker began.
//
// inv hf.cache.retired-once: an entry is retired by the thread that took it out of the map.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/pointer_cache_aliases.hpp>
#include <holdfast/concurrent/pointer_cache_entry.hpp>
#include <holdfast/concurrent/pointer_cache_makers.hpp>
#include <holdfast/concurrent/pointer_cache_options.hpp>
#include <holdfast/concurrent/pointer_cache_queues.hpp>
#include <holdfast/concurrent/sync_map.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T, class Hash, class Equal, class Allocator, cache_aliases Aliases>
class cache_core {
 public:
  cache_core(const cache_core&) = delete;
  cache_core& operator=(const cache_core&) = delete;

 protected:
  using entry = cache_entry<Key, T, Allocator>;
  using own = own_entry<Key, T, Allocator>;
  using entry_pin = reclaim::pin<entry>;
  using options_type = pointer_cache_options<Key, T>;
  using duration = std::chrono::nanoseconds;
  using claim = std::optional<alias_claim<Allocator>>;
  static constexpr bool keeps_table = Aliases == cache_aliases::report || Aliases == cache_aliases::reject ||
                                      Aliases == cache_aliases::unshare_on_write;
  enum class standing : std::uint8_t { live, known_absent, over };

  cache_core(options_type&& chosen, const Hash& hash, const Equal& equal, const Allocator& memory)
      : options_(std::move(chosen)),
        idle_(options_.time_to_idle.count()),
        is_full_some_time_(options_.capacity != 0 || options_.weight_limit != 0),
        is_bounded_(is_full_some_time_ || idle_ > 0),
        hash_(hash),
        equal_(equal),
        blocks_(memory),
        map_(0, hash, equal, pointer_allocator(memory)),
        aliases_(memory),
        queues_({options_.capacity, options_.weight_limit, idle_}, zeroed_memory(*blocks_)) {}
  ~cache_core() {
    map_.for_each([](const Key&, entry* there) { domain().retire(*there, there->bytes, there->destroy); });
    if (!reclaim::own_record().is_reading()) domain().drain();
  }

  [[nodiscard]] static reclaim::domain& domain() noexcept { return reclaim::default_domain(); }
  template <class Q>
  [[nodiscard]] std::uint64_t hash_of(const Q& key) const {
    return finished_hash(hash_, key, 0);
  }
  [[nodiscard]] cache_time time() const { return options_.clock ? options_.clock().count() : coarse_time(); }

  // ---- finding ----------------------------------------------------------------------------------------
  // Whatever is there, seen or not to be seen.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE entry_pin find(const Q& key) const {
    reclaim::section inside(domain());
    const std::optional<entry*> found = map_.load(key);
    if (!found) return {};
    return inside.hand_off(*found, *found);
  }
  // For an entry that the caller alone may retire.
  [[nodiscard]] static entry_pin pin_own(entry& mine) noexcept {
    reclaim::section inside(domain());
    return inside.hand_off(&mine, &mine);
  }
  [[nodiscard]] static reclaim::pin<const T> on_value(entry_pin&& found) noexcept {
    const T* const value = found->value();
    return std::move(found).on(value);
  }

  [[nodiscard]] standing look_at(const entry& there) const {
    cache_time now = 0;
    if (idle_ > 0 || there.deadline.load(std::memory_order_relaxed) != never) [[unlikely]] {
      now = time();
      if (there.is_over(now, idle_)) return standing::over;
    }
    return there.object == nullptr ? standing::known_absent : standing::live;
  }
  // look_at() by a reader, whose use counts.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE standing use(const entry& there) const {
    if (!there.is_queued) [[likely]]
      return look_at(there);
    return use_queued(there);
  }
  [[nodiscard]] bool is_live(const entry_pin& there) const { return there && look_at(*there) == standing::live; }

  // ---- making -----------------------------------------------------------------------------------------
  // The entry is about to be published: its times, its weight, whether it concerns the queue.
  void prepare(entry& fresh, duration live_for) const {
    const cache_time length = fresh.object == nullptr ? options_.time_of_absence.count() : live_for.count();
    const cache_time now = length > 0 || idle_ > 0 ? time() : 0;
    const cache_time deadline = deadline_after(now, length);
    fresh.deadline.store(deadline, std::memory_order_relaxed);
    fresh.used.store(now, std::memory_order_relaxed);
    if (options_.weigh && fresh.object != nullptr) fresh.weight = options_.weigh(fresh.key(), *fresh.value());
    fresh.is_queued = is_bounded_ || deadline != never;
    if (!is_full_some_time_) return;
    fresh.fingerprint = static_cast<std::uint32_t>(hash_of(fresh.key()) >> 32);
    queues_.expect(fresh.fingerprint);
  }
  [[nodiscard]] bool keeps(const entry& fresh) const noexcept {
    return fresh.object != nullptr || options_.time_of_absence.count() > 0;
  }

  // ---- publishing; `mine` is `fresh`, pinned ------------------------------------------------------------
  void put(own& fresh) {
    const entry_pin mine = pin_own(*fresh);
    const std::optional<entry*> before = map_.exchange(mine->key(), fresh.get());
    fresh.release();
    settle(*mine, before.value_or(nullptr));
  }

  // Puts `fresh` in if nothing is to be seen under its key; what was there and over is then `before`.
  // Otherwise a pin on what is to be seen.
  [[nodiscard]] entry_pin put_if_none(own& fresh, entry*& before) {
    while (true) {
      const Key& key = fresh->key();
      entry_pin there = find(key);
      if (there && look_at(*there) != standing::over && there->object != nullptr) return there;
      entry* const expected = there.get();
      const bool is_in =
          there ? map_.compare_exchange(key, expected, fresh.get()) : !map_.load_or_store(key, fresh.get()).loaded;
      if (!is_in) continue;
      fresh.release();
      before = expected;
      return {};
    }
  }

  // Puts `fresh` in the place of `expected`, if that is still there.
  [[nodiscard]] bool put_instead(const entry_pin& expected, own& fresh) {
    entry* const before = expected.get();
    const entry_pin mine = pin_own(*fresh);
    if (!map_.compare_exchange(mine->key(), before, fresh.get())) return false;
    fresh.release();
    settle(*mine, before);
    return true;
  }

  // `now_there` has been published in the place of `before`. Sees to the queue, and to what is to go.
  void settle(entry& now_there, entry* before) {
    cache_item::ask_for(before);
    if (now_there.is_queued || (before != nullptr && before->is_queued)) {
      const cache_time now = time();
      for (cache_item* taken = before;; taken = nullptr) {
        cache_victims victims;
        const auto answer = queues_.admit(now_there, taken, now, victims);
        take_out(victims);
        if (answer == cache_queue::answer::too_heavy) take_out_this(now_there, removal_cause::over_capacity);
        if (answer != cache_queue::answer::again) break;
      }
    }
    if (before != nullptr) left(*before, cause_for(*before, removal_cause::replaced));
  }

  // ---- leaving ----------------------------------------------------------------------------------------
  // What was under the key, out of the map. Empty if nothing was.
  template <class Q>
  entry_pin take(const Q& key, removal_cause cause) {
    makers_.mark(hash_of(key));
    const std::optional<entry*> gone = map_.load_and_erase(key);
    if (!gone) return {};
    entry_pin held = pin_own(**gone);
    if (held->is_queued) queues_.remove(*held);
    left(*held, cause_for(*held, cause));
    return held;
  }

  // `one` is pinned. Whether it was still in the map.
  bool take_out_this(entry& one, removal_cause cause) {
    entry* const expected = &one;
    if (!map_.compare_erase(one.key(), expected)) return false;
    if (one.is_queued) queues_.remove(one);
    left(one, cause);
    return true;
  }

  std::size_t take_out(const cache_victims& victims) {
    std::size_t count = 0;
    for (const auto& victim : victims) {
      auto& one = static_cast<entry&>(*victim.item);
      entry* const expected = &one;
      if (!map_.compare_erase(one.key(), expected)) continue;
      left(one, victim.is_over ? removal_cause::expired : removal_cause::over_capacity);
      ++count;
    }
    return count;
  }

  // `gone` is in the map and in the queue no more, and the caller took it out. Not to be touched afterwards
  // unless it is pinned.
  void left(entry& gone, removal_cause cause) {
    if constexpr (keeps_table) {
      if (gone.is_by_pointer && gone.object != nullptr) aliases_.remove(gone.object, hash_of(gone.key()));
    }
    counters_.add(static_cast<cache_event>(static_cast<int>(cache_event::replaced) + static_cast<int>(cause)));
    if (options_.on_removal) options_.on_removal(gone.key(), gone.value(), cause);
    domain().retire(gone, gone.bytes, gone.destroy);
  }

  // `cause`, unless its time was over before.
  [[nodiscard]] removal_cause cause_for(const entry& gone, removal_cause cause) const {
    const bool was_seen = gone.deadline.load(std::memory_order_relaxed) != withheld;
    return was_seen && look_at(gone) == standing::over ? removal_cause::expired : cause;
  }
  [[nodiscard]] pointer_cache_stats figures() const noexcept {
    using event = cache_event;
    pointer_cache_stats all;
    all.entries = map_.size();
    all.weight = queues_.count().weight;
    const auto sum = [this](event what) { return counters_.sum(what); };
    all.hits = sum(event::hit);
    all.misses = sum(event::miss);
    all.loads = sum(event::made);
    all.load_failures = sum(event::make_failed);
    all.withdrawn = sum(event::withdrawn);
    all.replaced = sum(event::replaced);
    all.erased = sum(event::erased);
    all.over_capacity = sum(event::over_capacity);
    all.expired = sum(event::expired);
    all.cleared = sum(event::cleared);
    all.aliases_found = sum(event::alias_found);
    all.aliases_rejected = sum(event::alias_rejected);
    all.aliases_copied = sum(event::alias_copied);
    if constexpr (keeps_table) all.shared_objects = aliases_.shared_objects();
    return all;
  }

  static bool same_key(const void* cache, const void* a, const void* b) {
    return static_cast<const cache_core*>(cache)->equal_(*static_cast<const Key*>(a), *static_cast<const Key*>(b));
  }

  const options_type options_;
  const cache_time idle_;
  const bool is_full_some_time_;  // it has a capacity or a limit of weight
  const bool is_bounded_;
  HOLDFAST_NO_UNIQUE_ADDRESS Hash hash_;
  HOLDFAST_NO_UNIQUE_ADDRESS Equal equal_;
  // The cache's own count of what its blocks come from.
  struct block_source {
    block_owner<Allocator> owner;
    explicit block_source(const Allocator& memory) : owner(block_owner<Allocator>::make(memory)) {}
    block_source(const block_source&) = delete;
    block_source& operator=(const block_source&) = delete;
    ~block_source() { owner.drop_block(); }
    [[nodiscard]] const block_owner<Allocator>& operator*() const noexcept { return owner; }
    [[nodiscard]] const block_owner<Allocator>* operator->() const noexcept { return &owner; }
  };
  using pointer_allocator =
      typename std::allocator_traits<Allocator>::template rebind_alloc<std::pair<const Key, entry*>>;

  HOLDFAST_NO_UNIQUE_ADDRESS block_source blocks_;
  sync_map<Key, entry*, Hash, Equal, pointer_allocator> map_;
  mutable cache_counters counters_;
  alias_table<Allocator> aliases_;
  cache_makers makers_;
  cache_queues queues_;

 private:
  [[nodiscard]] HOLDFAST_NOINLINE standing use_queued(const entry& there) const {
    const bool has_times = idle_ > 0 || there.deadline.load(std::memory_order_relaxed) != never;
    const cache_time now = has_times ? time() : 0;
    if (has_times && there.is_over(now, idle_)) return standing::over;
    there.note_use(now, idle_);
    return there.object == nullptr ? standing::known_absent : standing::live;
  }
};

}  // namespace holdfast::inline v0::concurrent
