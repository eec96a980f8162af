// A handle_pool for many threads: references that do not keep objects, pins that do.
//
// Any thread may make, erase and pin at any time. An erased object cannot be pinned any more; it is destroyed
// when the pins that are there have gone, on whichever thread sees that. The pool may be destroyed while others
// still have references and pins; only its own members must not be in use then.
//
//   sync_handle_pool<session> sessions;
//   const weak<session> one = sessions.make(socket);
//   ...
//   if (auto held = one.pin()) held->send(bytes);    // any thread
//   sessions.erase(one);                             // any thread; `held` stays good
//
// Unless a member says otherwise: Threads: any number at once. What an object is does not change that: threads
// that have pinned the same one must agree among themselves how to use it.
// Memory of slots is not returned to the system but serves later pools of the same type.
//
// inv hf.lifetime.destroyed-once: each object is destroyed once, when it is erased and nobody holds it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/lifetime/shared_core.hpp>
#include <holdfast/lifetime/weak.hpp>

namespace holdfast::inline v0 {

// `LastGeneration` is what tests shorten; it is odd.
template <class T, std::uint32_t LastGeneration = lifetime::last_generation>
class sync_handle_pool {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && !std::is_array_v<T>,
                "holdfast: sync_handle_pool<T> holds objects: for arrays take std::array");
  static_assert(lifetime::is_live(LastGeneration) && LastGeneration <= lifetime::last_generation,
                "holdfast: the last generation is odd and at most lifetime::last_generation");
  static_assert(std::is_nothrow_destructible_v<T>, "holdfast: an object of a pool must not throw when it is destroyed");

 public:
  using value_type = T;

  // Throws: bad_alloc.
  sync_handle_pool() : core_(core::take()) {}
  sync_handle_pool(const sync_handle_pool&) = delete;
  sync_handle_pool& operator=(const sync_handle_pool&) = delete;
  // Ends all objects; those that are pinned are destroyed when they are let go. Linear in the slots.
  // Threads: no other in a member of this pool.
  ~sync_handle_pool() {
    end_all(cause::pool_destroyed);
    core::leave(core_);
  }

  // Throws: what the constructor throws, and bad_alloc; then nothing has changed.
  template <class... Args>
    requires std::constructible_from<T, Args...>
  [[nodiscard]] weak<T> make(Args&&... args) {
    slot& mine = core_.take_vacant();
    struct undo {
      core& owner;
      slot& room;
      bool made = false;
      ~undo() {
        if (!made) owner.put_first(room);
      }
    } guard{core_, mine};
    std::construct_at(mine.room(), std::forward<Args>(args)...);
    guard.made = true;
    core_.operations.fetch_add(1, std::memory_order_relaxed);
    core_.live.fetch_add(1, std::memory_order_relaxed);
    const lifetime::slot_generation born = mine.now.load(std::memory_order_relaxed) + 1;
    // release: pairs with the acquire in weak::pin(); who finds this generation finds the object.
    mine.now.store(born, std::memory_order_release);
    return weak<T>(&mine, born);
  }

  // From now on nobody can pin it. False: it had gone, or another thread was faster, or it is not of this pool.
  // May run destructors of what was erased before, so no lock may be held that one of them wants.
  bool erase(weak<T> one) noexcept {
    if (!is_ours(one)) return false;
    return end(*one.slot_, one.generation_, cause::pool_erased, next_operation());
  }

  // Ends the objects that were there when the call began. Linear in the slots.
  void clear() noexcept { end_all(cause::pool_cleared); }

  // Of this pool, or of an earlier one whose slots this has; told with certainty.
  [[nodiscard]] bool is_ours(weak<T> one) const noexcept { return one.slot_ != nullptr && one.slot_->owner == &core_; }
  [[nodiscard]] handle_state state(weak<T> one) const noexcept {
    return one && !is_ours(one) ? handle_state::foreign : one.state();
  }

  // visit(weak, pin) for each object that is there all through; for others perhaps. The visitor may do
  // anything with the pool. Linear in the slots.
  template <class Visitor>
  void for_each(Visitor&& visit) {
    core_.for_each_slot([&](slot& each) {
      const lifetime::slot_generation seen = each.now.load(std::memory_order_relaxed);
      if (!lifetime::is_live(seen)) return;
      const weak<T> one(&each, seen);
      if (reclaim::pin<T> held = one.pin()) visit(one, std::move(held));
    });
  }

  // Figures that are over when you see them.
  [[nodiscard]] std::size_t size() const noexcept { return core_.live.load(std::memory_order_relaxed); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return core_.slots(); }
  [[nodiscard]] std::size_t retired() const noexcept { return core_.retired.load(std::memory_order_relaxed); }

  // Up to 47 bytes of it are shown by reports and exceptions.
  void name(std::string_view name) noexcept { core_.rename(name); }
  [[nodiscard]] std::string name() const { return core_.name(); }

 private:
  using core = lifetime::shared_core<T>;
  using slot = lifetime::shared_slot<T>;

  [[nodiscard]] std::uint64_t next_operation() noexcept {
    return core_.operations.fetch_add(1, std::memory_order_relaxed) + 1;
  }

  bool end(slot& one, lifetime::slot_generation live, cause what, std::uint64_t operation) noexcept {
    lifetime::slot_generation seen = live;
    // acq_rel: of several that end it one gets it, and that one sees the object as it was made; what is retired below
    // was unlinked by this.
    if (!one.now.compare_exchange_strong(seen, live + 1, std::memory_order_acq_rel, std::memory_order_relaxed)) {
      return false;
    }
    one.note_end(live, cause_record(what, operation, this_thread_id()));
    core_.live.fetch_sub(1, std::memory_order_relaxed);
    reclaim::default_domain().retire(one, sizeof(slot), &destroy);
    return true;
  }

  void end_all(cause what) noexcept {
    const std::uint64_t operation = next_operation();
    core_.for_each_slot([&](slot& each) {
      const lifetime::slot_generation seen = each.now.load(std::memory_order_relaxed);
      if (lifetime::is_live(seen)) end(each, seen, what, operation);
    });
  }

  // Nobody has the object in hand any more.
  static void destroy(reclaim::retirable* retired) noexcept {
    auto& one = *static_cast<slot*>(retired);
    std::destroy_at(one.object());
    one.next_retired = nullptr;
    one.how = 0;
    auto& owner = *static_cast<core*>(one.owner);
    if (lifetime::may_live_again(one.now.load(std::memory_order_relaxed), LastGeneration)) {
      owner.put_back(one);
    } else {
      owner.retired.fetch_add(1, std::memory_order_relaxed);
    }
  }

  core& core_;
};

}  // namespace holdfast::inline v0
