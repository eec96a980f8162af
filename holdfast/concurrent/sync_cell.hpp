// One object that many threads read while others put another one in its place: a configuration, a routing table.
//
// What load() gives is pinned: it stays whole and unchanged while the pin lives, whatever the cell has meanwhile, and
// also when the cell has gone. A cell that was given an object always has one: after the first store no reader meets
// an empty one.
//
//   holdfast::sync_cell<settings> current(settings::defaults());
//   if (current.load()->verbose) ...                               // no lock, no copy, no count
//   current.store(std::make_unique<settings>(read(file)));         // readers have the old one or the new one
//   current.update([](settings& copy) { copy.verbose = true; });   // a changed copy, by compare-and-swap
//
// The rules are those of Go's atomic.Value, with one type that the compiler knows. All loads and stores of all cells
// are in one order that every thread agrees on (seq_cst), as Go's are.
//
// When not to use it: a number or a flag (std::atomic); one reader (a mutex); objects under keys (pointer_cache).
//
// Unless a member says otherwise:
//   Threads: any number at once. Each member takes effect at one instant between call and return.
//   Progress: load and visit are wait-free and write to no shared line; store and exchange never wait; the others
//   begin again when another thread was first.
//   Values are taken as a unique_ptr or shared_ptr to a T or to what derives from it, or as what a T can be made of,
//   which then lies in the cell's box. Null is refused, and nothing changes.
//   Callbacks run with nothing locked and may use the cell.
//   Throws: what constructors, copies and callbacks throw, and std::bad_alloc; the cell is then as it was.
//   Invalidates: nothing. What was replaced is destroyed some time later, by any thread, when no pin is left.
#pragma once

#include <atomic>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <holdfast/base/lang/failure.hpp>
#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/object_owner.hpp>

namespace holdfast::inline v0 {

namespace concurrent {

// What a cell points at: an object with its owner.
template <class T>
struct cell_box : reclaim::retirable {
  const T* object = nullptr;
  reclaim::destroy_function destroy = nullptr;
  std::size_t bytes = 0;
};

template <class T, class Source>
class owning_box final : public cell_box<T> {
  using owner = typename Source::type;

 public:
  template <class V>
  explicit owning_box(V&& value) : owner_(std::forward<V>(value)) {
    this->object = Source::object(owner_);
    this->destroy = [](reclaim::retirable* box) noexcept { delete static_cast<owning_box*>(box); };
    this->bytes = sizeof(owning_box) + (std::same_as<owner, T> ? 0 : sizeof(T));
  }

 private:
  owner owner_;
};

}  // namespace concurrent

template <class T>
class sync_cell {
  using box = concurrent::cell_box<T>;
  struct end_box {
    void operator()(box* one) const noexcept { one->destroy(one); }
  };
  using own = std::unique_ptr<box, end_box>;

 public:
  using value_type = T;
  // Owns the object's life: `*p` is const T. Movable, may be kept, released on any thread.
  using pin_type = reclaim::pin<const T>;

  static_assert(std::is_object_v<T> && !std::is_const_v<T> && !std::is_array_v<T>,
                "holdfast: a sync_cell holds an object; name its type without const, not a pointer to it");

  // Empty until the first store. May be static: nothing is executed for it.
  constexpr sync_cell() noexcept = default;
  template <class V>
    requires(!std::same_as<std::remove_cvref_t<V>, sync_cell>)
  explicit sync_cell(V&& value) {
    store(std::forward<V>(value));
  }
  sync_cell(const sync_cell&) = delete;
  sync_cell& operator=(const sync_cell&) = delete;
  // No other thread may be in a member. Pins live on. Waits for nobody: the object is destroyed a little later
  // (reclaim::default_domain().drain() says when).
  ~sync_cell() {
    if (box* const last = box_.load(std::memory_order_relaxed)) retire(*last);
  }

  // The object, pinned; empty before the first store.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE pin_type load() const noexcept {
    reclaim::section inside(reclaim::default_domain());
    // seq_cst: pairs with what put a box in: all of it is seen; and all cells have one order.
    const box* const found = box_.load(std::memory_order_seq_cst);
    if (found == nullptr) return {};
    return inside.hand_off(found->object, found);
  }

  // Calls f(const T&) if there is an object; whether there was.
  template <class F>
    requires std::invocable<F&, const T&>
  bool visit(F&& f) const {
    const pin_type there = load();
    if (there) std::invoke(f, *there);
    return static_cast<bool>(there);
  }

  template <class V>
  void store(V&& value) {
    own fresh = boxed(std::forward<V>(value), "holdfast: store of null into a sync_cell");
    if (!fresh) return;
    // seq_cst: as in load().
    box* const before = box_.exchange(fresh.release(), std::memory_order_seq_cst);
    if (before != nullptr) retire(*before);
  }

  // Stores, and gives the object that was there, pinned; empty if there was none, or the value was null.
  template <class V>
  pin_type exchange(V&& value) {
    own fresh = boxed(std::forward<V>(value), "holdfast: exchange of null into a sync_cell");
    if (!fresh) return {};
    // seq_cst: as in load().
    box* const before = box_.exchange(fresh.release(), std::memory_order_seq_cst);
    if (before == nullptr) return {};
    pin_type held = pinned(*before);
    retire(*before);
    return held;
  }

  // Stores `desired` if the object is `expected`, by identity; whether it did. Null expects a cell without one.
  // `desired` may have been moved from in either case.
  template <class V>
  [[nodiscard]] bool compare_exchange(const T* expected, V&& desired) {
    return put_for([expected](const T* there) { return there == expected; }, std::forward<V>(desired));
  }
  template <class V>
  [[nodiscard]] bool compare_exchange(const pin_type& expected, V&& desired) {
    return compare_exchange(expected.get(), std::forward<V>(desired));
  }
  template <class V>
  [[nodiscard]] bool compare_exchange(std::nullptr_t, V&& desired) {
    return compare_exchange(static_cast<const T*>(nullptr), std::forward<V>(desired));
  }

  // The same by value: stores if there is an object and it equals `expected`.
  template <class V>
  [[nodiscard]] bool compare_exchange_equal(const T& expected, V&& desired) {
    static_assert(
        std::equality_comparable<T>,
        "holdfast: values without operator== are compared by identity: compare_exchange with a pin or pointer");
    return put_for([&expected](const T* there) { return there != nullptr && *there == expected; },
                   std::forward<V>(desired));
  }

  // Puts a changed copy in the place of the object: change(T&) gets the copy. Called again, with a new copy, when
  // another thread was first. False: there is no object.
  template <class Change>
  bool update(Change&& change) {
    static_assert(concurrent::copies_whole<T>,
                  "holdfast: update changes a copy: T needs a copy constructor, and, unless it is final or not "
                  "polymorphic, a member clone() that returns a unique_ptr<T>");
    static_assert(std::invocable<Change&, T&>, "holdfast: update calls its callback with a T&");
    while (true) {
      const box_pin before = load_box();
      if (!before) return false;
      own fresh = copy_of(*before->object);
      std::invoke(change, const_cast<T&>(*fresh->object));  // made here, as no const object
      if (put_instead(before, fresh)) return true;
    }
  }

 private:
  [[nodiscard]] static reclaim::domain& domain() noexcept { return reclaim::default_domain(); }

  template <class V>
  [[nodiscard]] static own boxed(V&& value, const char* if_null) {
    static_assert(!concurrent::means_absent<V>,
                  "holdfast: a sync_cell that was given an object always has one: store another one, not null");
    static_assert(!std::is_pointer_v<std::remove_cvref_t<V>> || std::is_pointer_v<T>,
                  "holdfast: a sync_cell does not guess who owns a bare pointer: give a unique_ptr, with a deleter if "
                  "there is one, or a shared_ptr");
    static_assert(concurrent::owner_of<V, T>::fits,
                  "holdfast: a sync_cell takes a unique_ptr or shared_ptr to its T, or what a T can be made of");
    own fresh(new concurrent::owning_box<T, concurrent::owner_of<V, T>>(std::forward<V>(value)));
    if (fresh->object != nullptr) return fresh;
    report_refused(if_null,
                   "  a cell that was given an object always has one, and this one stays\n"
                   "  cure: store an object that says that there is nothing\n");
    return {};
  }

  // While it is pinned a box is neither destroyed nor, at the same address, another one.
  using box_pin = reclaim::pin<box>;
  [[nodiscard]] box_pin load_box() const noexcept {
    reclaim::section inside(domain());
    box* const found = box_.load(std::memory_order_seq_cst);
    return found == nullptr ? box_pin() : inside.hand_off(found, found);
  }

  // Puts `fresh` in the place of `before`, which may be none. False: that is not there any more.
  [[nodiscard]] bool put_instead(const box_pin& before, own& fresh) noexcept {
    box* expected = before.get();
    // seq_cst: as in load().
    if (!box_.compare_exchange_strong(expected, fresh.get(), std::memory_order_seq_cst)) return false;
    (void)fresh.release();
    if (expected != nullptr) retire(*expected);
    return true;
  }

  // Puts `desired` in the place of an object of which fits(object or null) is true.
  template <class Fits, class V>
  [[nodiscard]] bool put_for(Fits fits, V&& desired) {
    own fresh = boxed(std::forward<V>(desired), "holdfast: compare_exchange of null into a sync_cell");
    while (fresh) {
      const box_pin before = load_box();
      if (!fits(before ? before->object : nullptr)) return false;
      if (put_instead(before, fresh)) return true;
    }
    return false;
  }

  [[nodiscard]] static own copy_of(const T& from) {
    if constexpr (concurrent::has_clone<T>) {
      using owner = concurrent::owner_of<std::unique_ptr<T>, T>;
      return own(new concurrent::owning_box<T, owner>(std::unique_ptr<T>(from.clone())));
    } else {
      return own(new concurrent::owning_box<T, concurrent::owner_of<const T&, T>>(from));
    }
  }

  // `mine` is the caller's to retire.
  [[nodiscard]] static pin_type pinned(const box& mine) noexcept {
    reclaim::section inside(domain());
    return inside.hand_off(mine.object, &mine);
  }
  static void retire(box& gone) noexcept { domain().retire(gone, gone.bytes, gone.destroy); }

  std::atomic<box*> box_{nullptr};
};

}  // namespace holdfast::inline v0
