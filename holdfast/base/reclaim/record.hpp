// What one thread tells about itself: whether it is reading, and what it holds.
//
// The first 128 bytes are written in every lookup, by the owner only, and read by who reclaims:
//
//   sequence    odd: the owner is inside a section; grows with each section
//   transfers   counts copies from slot to slot, so that a scan notices one that ran past it
//   vacant      where the owner looks for a free slot first
//   slot[13]    the objects held; null: free. The last two are kept for signal handlers
//
// When the slots are used up further ones are linked behind, 15 at a time; they are never freed. A slot is
// taken by the owner only and released by whoever has the pin.
//
// inv hf.reclaim.slot-one-owner: a slot that is not null belongs to exactly one pin.
// inv hf.reclaim.record-stays: a record is never freed, so its bytes may be read at any time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

#include <holdfast/base/lang/config.hpp>
#include <holdfast/base/reclaim/misuse.hpp>
#include <holdfast/base/reclaim/retirable.hpp>

namespace holdfast::inline v0::reclaim {

enum class tenancy : std::uint32_t {
  vacant = 0,  // any thread may move in
  owned = 1,
  orphaned = 2,  // the owner is gone and pins it made are still held
};

template <class Machine>
class alignas(128) basic_record {
  template <class T>
  using atomic = typename Machine::template atomic<T>;

 public:
  using slot = atomic<const retirable*>;
  static constexpr unsigned ordinary_slots = 11;
  static constexpr unsigned reserved_slots = 2;

  basic_record() = default;
  basic_record(const basic_record&) = delete;
  basic_record& operator=(const basic_record&) = delete;
  ~basic_record() {
    for (chunk* each = more_.load(std::memory_order_relaxed); each != nullptr;) {
      chunk* const following = each->next.load(std::memory_order_relaxed);
      delete each;
      each = following;
    }
  }

  // ---- by the owner ----

  // Begins a section and returns what leave() wants. Inside another one it changes nothing, also not in
  // leave(): an odd number stays as it is.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t enter() noexcept {
    const std::uint64_t before = sequence_.load(std::memory_order_relaxed);
    // relaxed: what must not overtake it are the loads of the section, and the fence sees to that; it
    // pairs with the heavy fence of who reclaims.
    sequence_.store(before | 1, std::memory_order_relaxed);
    Machine::light_fence();
    return before;
  }

  // The same where every reader fences for itself.
  [[nodiscard]] std::uint64_t enter_fenced() noexcept {
    const std::uint64_t before = sequence_.load(std::memory_order_relaxed);
    sequence_.store(before | 1, std::memory_order_relaxed);
    Machine::full_fence();
    return before;
  }

  HOLDFAST_ALWAYS_INLINE void leave(std::uint64_t before) noexcept {
    // release: pairs with the acquire in sequence(). Who sees the section over sees the slots that were
    // filled in it, and its reads are done.
    sequence_.store((before ^ 1) + 1, std::memory_order_release);
  }

  // Holds `node` from now on. Inside a section that has seen it, or while another slot holds it; else see
  // hold_and_look().
  HOLDFAST_ALWAYS_INLINE slot& hold(const retirable* node) noexcept {
    slot* place = vacant_;
    // Lets the compiler drop the test for an empty pin where the pin is released.
    if (place == nullptr) __builtin_unreachable();
    // acquire: pairs with the release in release(): whoever cleared the slot has done with the object
    // before we show another one in it.
    if (place->load(std::memory_order_acquire) != nullptr) [[unlikely]] place = next_vacant();
    // release: pairs with the acquire of a scan, which by seeing this object knows that the pin which had
    // the slot before has done with its own.
    place->store(node, std::memory_order_release);
    return *place;
  }

  // Holds `node` first and looks afterwards, outside of any section: for nodes whose memory stays, which a look can
  // show to be retired. If the look that follows finds the node not retired it is not destroyed until the slot is
  // released; else the slot is released at once.
  HOLDFAST_ALWAYS_INLINE slot& hold_and_look(const retirable* node) noexcept {
    slot& held = hold(node);
    // What must not overtake the slot's store are the loads of that look; pairs with the heavy fence of who reclaims.
    Machine::light_fence();
    return held;
  }

  // After hold() of what another slot holds too: no scan that began before may trust what it saw.
  void note_transfer() noexcept {
    // release: pairs with the acquire in transfers(), before which the new slot was filled.
    transfers_.store(transfers_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // release: pairs with the acquire of a scan and of hold(); the object is not used after this.
  HOLDFAST_ALWAYS_INLINE static void release(slot& held) noexcept { held.store(nullptr, std::memory_order_release); }

  // hold() for a signal handler, which may have come in the middle of one and must not search or allocate.
  // Null: both slots are in use.
  [[nodiscard]] slot* hold_reserved(const retirable* node) noexcept {
    for (slot* each = slots_ + ordinary_slots; each != slots_ + ordinary_slots + reserved_slots; ++each) {
      // acquire and release: as in hold().
      if (each->load(std::memory_order_acquire) != nullptr) continue;
      each->store(node, std::memory_order_release);
      return each;
    }
    return nullptr;
  }

  // Whether somebody has waited too long for this section; asks once.
  [[nodiscard]] bool was_asked_to_refresh() const noexcept {
    // relaxed: a hint.
    return asked_.load(std::memory_order_relaxed);
  }
  void forget_asking() noexcept { asked_.store(false, std::memory_order_relaxed); }

  // The owner takes objects to destroy, and has done with them.
  // release: pairs with the acquire in destructions().
  void begin_destroying() noexcept { step_destructions(); }
  void end_destroying() noexcept { step_destructions(); }

  // ---- by who moves the grace period ----

  void note_reading() noexcept {
    const std::uint64_t now = sequence();
    // relaxed, here and below: read by the next holder of that guard, and by statistics.
    blocks_at_.store(now % 2 == 1 ? now : 0, std::memory_order_relaxed);
  }
  // Still in the section that was noted.
  [[nodiscard]] bool is_blocking() const noexcept {
    const std::uint64_t noted = blocks_at_.load(std::memory_order_relaxed);
    return noted != 0 && sequence() == noted;
  }
  void ask_to_refresh() noexcept { asked_.store(true, std::memory_order_relaxed); }

  // ---- in a child made by fork(), for a thread that it does not have ----

  void abandon_section() noexcept {
    const std::uint64_t now = sequence_.load(std::memory_order_relaxed);
    if (now % 2 == 1) sequence_.store(now + 1, std::memory_order_relaxed);
    if (is_destroying()) step_destructions();
  }

  // ---- by anybody ----

  // acquire: pairs with the release in leave().
  [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_reading() const noexcept { return (sequence() & 1) != 0; }
  // acquire: pairs with note_transfer().
  [[nodiscard]] std::uint64_t transfers() const noexcept { return transfers_.load(std::memory_order_acquire); }

  // acquire: pairs with end_destroying(); those destructors are over.
  [[nodiscard]] std::uint64_t destructions() const noexcept { return destructions_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_destroying() const noexcept { return destructions() % 2 == 1; }

  // visit(const retirable*) for everything held.
  template <class Visitor>
  void for_each_held(Visitor&& visit) const {
    const auto look = [&](const slot& each) {
      // acquire: pairs with hold() and release().
      if (const retirable* node = each.load(std::memory_order_acquire)) visit(node);
    };
    for (const slot& each : slots_) look(each);
    // acquire: pairs with the release in grow().
    for (const chunk* part = more_.load(std::memory_order_acquire); part != nullptr;
         part = part->next.load(std::memory_order_acquire))
      for (const slot& each : part->slots) look(each);
  }

  [[nodiscard]] bool holds_nothing() const noexcept {
    bool nothing = true;
    for_each_held([&](const retirable*) { nothing = false; });
    return nothing;
  }

 private:
  struct alignas(128) chunk {
    slot slots[15] = {};
    atomic<chunk*> next{nullptr};
  };

  void step_destructions() noexcept {
    destructions_.store(destructions_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  // The next free slot after the one that was tried; further slots when all are in use.
  [[gnu::returns_nonnull]] HOLDFAST_NOINLINE slot* next_vacant() noexcept;
  slot* vacant_in(slot* first, slot* last) noexcept;
  chunk* grow() noexcept;

  atomic<std::uint64_t> sequence_{0};
  atomic<std::uint64_t> transfers_{0};
  slot* vacant_ = slots_;
  slot slots_[ordinary_slots + reserved_slots] = {};

  // Not written in lookups.
  alignas(128) atomic<chunk*> more_{nullptr};
  chunk* last_ = nullptr;        // the owner's: where further ones are linked
  chunk* searched_ = nullptr;    // the owner's: the chunk of vacant_; null: slots_
  std::size_t chunks_ = 0;       // the owner's

  atomic<std::uint64_t> blocks_at_{0};
  atomic<bool> asked_{false};
  atomic<std::uint64_t> destructions_{0};  // odd: the owner runs destructors

 public:
  // The registry's.
  basic_record* next = nullptr;
  atomic<tenancy> tenant{tenancy::owned};
  atomic<std::uint32_t> thread{0};  // of the owner, or of the last one
  // The owner's: what it retired since it last collected.
  std::size_t owed_objects = 0;
  std::size_t owed_bytes = 0;
  unsigned refusals = 0;  // and how often in a row it then found another at work; see collector.hpp
};

template <class Machine>
auto basic_record<Machine>::vacant_in(slot* first, slot* last) noexcept -> slot* {
  for (slot* each = first; each != last; ++each)
    // acquire: as in hold().
    if (each->load(std::memory_order_acquire) == nullptr) return vacant_ = each;
  return nullptr;
}

template <class Machine>
auto basic_record<Machine>::next_vacant() noexcept -> slot* {
  // Onwards from the last find, then once round: a thread that collects pins looks at each slot once.
  chunk* const began = searched_;
  slot* first = vacant_ + 1;
  do {
    slot* const last = searched_ == nullptr ? slots_ + ordinary_slots : searched_->slots + 15;
    if (slot* found = vacant_in(first, last)) return found;
    searched_ = searched_ == nullptr ? more_.load(std::memory_order_relaxed) : searched_->next.load(std::memory_order_relaxed);
    first = searched_ == nullptr ? slots_ : searched_->slots;
  } while (searched_ != began);
  if (slot* found = vacant_in(first, vacant_)) return found;
  searched_ = grow();
  return vacant_ = searched_->slots;
}

template <class Machine>
auto basic_record<Machine>::grow() noexcept -> chunk* {
  // As many again as there are, so that searching them all before each growth costs a constant.
  chunk* first = nullptr;
  for (std::size_t wanted = chunks_ == 0 ? 1 : chunks_; wanted != 0; --wanted, ++chunks_) {
    auto* const fresh = new (std::nothrow) chunk;
    if (fresh == nullptr) break;
    // release: pairs with the acquire in for_each_held(); the slots are null before they can be reached.
    (last_ == nullptr ? more_ : last_->next).store(fresh, std::memory_order_release);
    last_ = fresh;
    if (first == nullptr) first = fresh;
  }
  if (first == nullptr) report_no_memory_for_pins();
  return first;
}

}  // namespace holdfast::inline v0::reclaim
