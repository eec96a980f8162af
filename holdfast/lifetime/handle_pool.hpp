// Objects that are reached by handles, which tell when the object has gone and why.
//
// Take it for what refers to each other and comes and goes: entities, sessions, textures. A handle is a
// number, so it can be copied and kept anywhere; a pool hands out the pointer only while the object is there. Do
// not take it for objects that many threads share (sync_handle_pool), or that one owner keeps (unique_ptr).
//
//   handle_pool<texture> textures;
//   const handle<texture> brick = textures.make("brick.png");
//   if (texture* found = textures.get(brick)) draw(*found);
//   textures.erase(brick);
//   textures.at(brick);       // throws: ... object erased from its pool by operation #2 on thread 4711; ...
//
//   slot     | generation | next | object |        in segments of 64, 128, 256, ... slots: an object never moves
//   ended    | how the latest object ended |       beside them, touched only by erasing and asking why
//
// Unless a member says otherwise: Invalidates: nothing. Threads: const members by any number at once while
// nobody writes, as for a standard container. Cost: constant.
//
// inv hf.lifetime.stale-never-live: a handle whose object has gone is never taken for a live one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/lang/raise.hpp>
#include <holdfast/base/observe/stale_reference.hpp>
#include <holdfast/base/sync/thread_id.hpp>
#include <holdfast/lifetime/generation.hpp>
#include <holdfast/lifetime/pool_key.hpp>
#include <holdfast/lifetime/pool_report.hpp>
#include <holdfast/lifetime/pool_segments.hpp>
#include <holdfast/lifetime/slot_line.hpp>

namespace holdfast::inline v0 {

// `LastGeneration` is what tests shorten; it is odd.
template <class T, class Allocator = std::allocator<T>, std::uint32_t LastGeneration = lifetime::last_generation>
class handle_pool {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && !std::is_array_v<T>,
                "holdfast: handle_pool<T> holds objects: for const use get() of a const pool, for arrays std::array");
  static_assert(lifetime::is_live(LastGeneration) && LastGeneration <= lifetime::last_generation,
                "holdfast: the last generation is odd and at most lifetime::last_generation");
  static_assert(std::is_nothrow_destructible_v<T>, "holdfast: an object of a pool must not throw when it is destroyed");

 public:
  using value_type = T;
  using handle_type = handle<T>;
  using allocator_type = Allocator;
  using size_type = std::size_t;

  handle_pool() noexcept(noexcept(Allocator())) : handle_pool(Allocator()) {}
  explicit handle_pool(const Allocator& memory) noexcept : segments_(memory) {}
  // The handles of `other` are handles of this pool from now on, and `other` is as new.
  handle_pool(handle_pool&& other) noexcept : handle_pool(other.get_allocator()) { swap(other); }
  // As for containers whose allocators cannot be told apart; others cannot be assigned.
  handle_pool& operator=(handle_pool&& other) noexcept
    requires std::allocator_traits<Allocator>::is_always_equal::value
  {
    handle_pool taken(std::move(other));
    swap(taken);
    return *this;
  }
  handle_pool(const handle_pool&) = delete;
  handle_pool& operator=(const handle_pool&) = delete;
  // Destructors that run in here may use the pool, but must not make objects.
  ~handle_pool() { end_all(cause::pool_destroyed); }

  // Exchanges everything but the allocators, which must be equal.
  void swap(handle_pool& other) noexcept {
    using std::swap;
    swap(segments_, other.segments_);
    swap(key_, other.key_);
    swap(vacant_, other.vacant_);
    swap(live_, other.live_);
    swap(retired_, other.retired_);
    swap(operations_, other.operations_);
    swap(name_, other.name_);
  }

  // ---- making and ending ------------------------------------------------------------------------------

  // Throws: what the constructor and the allocator throw, and length_error at 2^32 - 1 slots; then nothing has changed.
  template <class... Args>
    requires std::constructible_from<T, Args...>
  [[nodiscard]] handle_type make(Args&&... args) {
    const std::uint32_t index = take_vacant();
    struct undo {
      handle_pool& pool;
      std::uint32_t index;
      bool made = false;
      ~undo() {
        if (!made) pool.vacant_.push_front(index, pool.next_of());
      }
    } guard{*this, index};
    auto memory = get_allocator();
    std::allocator_traits<Allocator>::construct(memory, segments_.room(index), std::forward<Args>(args)...);
    guard.made = true;
    slot& mine = segments_[index];
    ++mine.generation;
    ++live_;
    ++operations_;
    return handle_type::from_bits(key_.over({index, mine.generation}));
  }

  // Destroys the object; false if it was not there. Its handles are stale before its destructor runs.
  bool erase(handle_type one) noexcept {
    const plain mine = key_.under(one.bits());
    if (!is_live(mine)) return false;
    ++operations_;
    end(mine.index, cause::pool_erased);
    return true;
  }

  // Moves the object out of the pool. Throws: what the move throws; then the object is still there.
  [[nodiscard]] std::optional<T> take(handle_type one)
    requires std::move_constructible<T>
  {
    T* const found = get(one);
    if (found == nullptr) return std::nullopt;
    std::optional<T> taken(std::move(*found));
    erase(one);
    return taken;
  }

  // Ends all objects. Linear in the slots.
  void clear() noexcept { end_all(cause::pool_cleared); }

  // ---- reaching ---------------------------------------------------------------------------------------

  // The object, or null where the handle has none.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE T* get(handle_type one) noexcept HOLDFAST_LIFETIMEBOUND {
    const plain mine = key_.under(one.bits());
    return is_live(mine) ? &segments_.object(mine.index) : nullptr;
  }
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE const T* get(handle_type one) const noexcept HOLDFAST_LIFETIMEBOUND {
    return const_cast<handle_pool&>(*this).get(one);
  }
  [[nodiscard]] bool contains(handle_type one) const noexcept { return get(one) != nullptr; }

  // The object; where it has gone `Then` happens. Throws: stale_reference, unless `Then` says otherwise.
  template <when_stale Then = when_stale::raises>
    requires(Then != when_stale::null)
  [[nodiscard]] T& at(handle_type one) noexcept(Then == when_stale::fatal) HOLDFAST_LIFETIMEBOUND {
    if (T* const found = get(one)) [[likely]]
      return *found;
    tell<Then>(one);
  }
  template <when_stale Then = when_stale::raises>
    requires(Then != when_stale::null)
  [[nodiscard]] const T& at(handle_type one) const noexcept(Then == when_stale::fatal) HOLDFAST_LIFETIMEBOUND {
    return const_cast<handle_pool&>(*this).template at<Then>(one);
  }

  // ---- asking -----------------------------------------------------------------------------------------

  // With what certainty foreign is told from stale: pool_key.hpp.
  [[nodiscard]] handle_state state(handle_type one) const noexcept {
    if (!one) return handle_state::null;
    const plain mine = key_.under(one.bits());
    if (is_live(mine)) return handle_state::live;
    const bool was_made_here = mine.index < segments_.used() && lifetime::is_live(mine.generation) &&
                               mine.generation < segments_[mine.index].generation;
    return was_made_here ? handle_state::stale : handle_state::foreign;
  }

  // How its object ended; no cause unless the handle is stale. Of the latest two objects of a slot it knows the
  // operation and the thread, of earlier ones that they were erased.
  [[nodiscard]] cause_record why(handle_type one) const noexcept {
    if (state(one) != handle_state::stale) return {};
    const plain mine = key_.under(one.bits());
    if (!lifetime::is_latest_ended(mine.generation, segments_[mine.index].generation))
      return {cause::pool_erased, 0, 0};
    return segments_.ended(mine.index);
  }

  // why() as a sentence with its cure, for logs. Of a live handle: empty.
  [[nodiscard]] std::string explain(handle_type one) const {
    const handle_state known = state(one);
    return known == handle_state::live ? std::string() : lifetime::text_of_handle(name_, known, why(one));
  }

  // visit(handle, object) for each object, in the order of slots. It may erase any object; what is made
  // meanwhile may be visited or not. Linear in the slots.
  template <class Visitor>
  void for_each(Visitor&& visit) {
    for (std::uint32_t index = 0; index < segments_.used(); ++index) {
      const lifetime::slot_generation found = segments_[index].generation;
      if (lifetime::is_live(found)) visit(handle_of(index, found), segments_.object(index));
    }
  }
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    const_cast<handle_pool&>(*this).for_each([&](handle_type one, const T& object) { visit(one, object); });
  }

  [[nodiscard]] size_type size() const noexcept { return live_; }
  [[nodiscard]] bool empty() const noexcept { return live_ == 0; }
  // Slots that exist, with objects or without; how many of them can never be used again.
  [[nodiscard]] size_type capacity() const noexcept { return static_cast<size_type>(segments_.room()); }
  [[nodiscard]] size_type retired() const noexcept { return retired_; }
  // Room for `objects` in all without asking for memory. Throws: what the allocator throws, length_error.
  void reserve(size_type objects) {
    if (objects > max_size()) raise_length_error("holdfast: handle_pool: reserve of more than max_size()");
    while (segments_.room() - retired_ < objects) segments_.add();
  }
  [[nodiscard]] static constexpr size_type max_size() noexcept { return lifetime::no_slot; }
  [[nodiscard]] allocator_type get_allocator() const noexcept { return segments_.memory(); }

  // Reports and exceptions show it.
  void name(std::string_view name) { name_ = name; }
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

 private:
  using plain = lifetime::pool_key::plain;
  using store = lifetime::pool_segments<T, Allocator>;
  using slot = typename store::slot;

  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool is_live(plain one) const noexcept {
    return one.index < segments_.used() && lifetime::is_live(one.generation) &&
           segments_[one.index].generation == one.generation;
  }
  [[nodiscard]] handle_type handle_of(std::uint32_t index, lifetime::slot_generation live) const noexcept {
    return handle_type::from_bits(key_.over({index, live}));
  }
  [[nodiscard]] auto next_of() noexcept {
    return [this](std::uint32_t index) -> std::uint32_t& { return segments_[index].next; };
  }

  // A slot without an object that no one else will be given.
  [[nodiscard]] std::uint32_t take_vacant() {
    if (!vacant_.empty()) return vacant_.pop_front(next_of());
    if (segments_.used() == lifetime::no_slot) raise_length_error("holdfast: handle_pool: 2^32 - 1 slots are in use");
    if (segments_.used() == segments_.room()) segments_.add();
    return segments_.use_another();
  }

  // The slot is vacant for everybody before the destructor runs, and for the next object after it.
  void end(std::uint32_t index, cause what) noexcept {
    slot& mine = segments_[index];
    const lifetime::slot_generation after = ++mine.generation;
    --live_;
    segments_.ended(index) = cause_record(what, operations_, this_thread_id());
    auto memory = get_allocator();
    std::allocator_traits<Allocator>::destroy(memory, &segments_.object(index));
    if (lifetime::may_live_again(after, LastGeneration)) {
      vacant_.push_back(index, next_of());
    } else {
      ++retired_;
    }
  }

  void end_all(cause what) noexcept {
    ++operations_;
    for (std::uint32_t index = 0; live_ != 0 && index < segments_.used(); ++index) {
      if (lifetime::is_live(segments_[index].generation)) end(index, what);
    }
  }

  template <when_stale Then>
  [[noreturn]] HOLDFAST_COLD void tell(handle_type one) const {
    if constexpr (Then == when_stale::raises) {
      lifetime::raise_bad_handle(name_, state(one), why(one));
    } else {
      lifetime::report_bad_handle(name_, state(one), why(one));
    }
  }

  store segments_;
  lifetime::pool_key key_ = lifetime::pool_key::fresh();
  lifetime::slot_line vacant_;
  std::size_t live_ = 0;
  std::size_t retired_ = 0;
  std::uint64_t operations_ = 0;
  std::string name_;
};

}  // namespace holdfast::inline v0
