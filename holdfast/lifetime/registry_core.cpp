// See registry_core.hpp.
#include <holdfast/lifetime/registry_core.hpp>

#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

#include <sys/mman.h>

#include <holdfast/base/sync/thread_id.hpp>

namespace holdfast::inline v0::lifetime {
namespace {

// All that were ever made; each stays.
constinit std::atomic<registry_core*> first_core{nullptr};

// The way C wanted to free what was kept.
void free_as_c_would(const resource_slot& slot, holdfast_leave way) noexcept {
  switch (way) {
    case holdfast_leave_delete: return ::operator delete(slot.pointer);
    case holdfast_leave_munmap: static_cast<void>(munmap(slot.pointer, slot.notes().size)); return;
    default: return std::free(slot.pointer);
  }
}

holdfast_leave way_through(departure_door door) noexcept {
  switch (door) {
    case departure_door::realloc: return holdfast_leave_realloc;
    case departure_door::delete_: return holdfast_leave_delete;
    case departure_door::munmap: return holdfast_leave_munmap;
    default: return holdfast_leave_free;
  }
}

// Where a departure is written if there is one. Not an optional, which would clear 600 bytes for each adoption.
class room_for_departure {
 public:
  room_for_departure() noexcept {}
  departure& fill() noexcept {
    auto* const written = new (place_) departure{};
    told_ = written;
    return *written;
  }
  [[nodiscard]] const departure* told() const noexcept { return told_; }

 private:
  alignas(departure) std::byte place_[sizeof(departure)];
  const departure* told_ = nullptr;
};
static_assert(std::is_trivially_destructible_v<departure>);

// `caller`: where the stack begins.
void write_notes(resource_notes& notes, const adoption& how, const resource_options& options, resource_site site,
                 const void* caller) {
  notes.size = how.size;
  notes.tag = how.tag;
  notes.site = site;
  notes.process = sync::real_machine::generation();
  notes.cookie = how.cookie;
  notes.expected = how.cookie == nullptr ? 0 : *how.cookie;
  notes.thread = this_thread_id();
  notes.fork_safe = how.fork_safe;
  // relaxed: open() publishes it.
  notes.ended.store(0, std::memory_order_relaxed);
  std::memset(notes.name, 0, sizeof notes.name);
  how.name.copy(notes.name, sizeof notes.name - 1);
  if (!options.stacks) return;
  // Without memory the report lacks a stack.
  notes.stack.reset(new (std::nothrow) observe::backtrace);
  if (notes.stack) observe::capture_own(*notes.stack, caller);
}

}  // namespace

registry_core::registry_core() noexcept : index_(this) {}

registry_core* registry_core::claim(const resource_options& options) noexcept {
  registry_core* found = first_core.load(std::memory_order_acquire);
  for (; found != nullptr; found = found->next_) {
    bool vacant = true;
    // acquire: pairs with let_go(); the last resource is done with.
    if (found->vacant_.compare_exchange_strong(vacant, false, std::memory_order_acquire)) break;
  }
  if (found == nullptr) {
    found = new (std::nothrow) registry_core;
    if (found == nullptr) return nullptr;
    // relaxed: read again where it counts.
    found->next_ = first_core.load(std::memory_order_relaxed);
    // release: pairs with the acquire of who walks the list.
    while (!first_core.compare_exchange_weak(found->next_, found, std::memory_order_release)) {}
  }
  found->options_ = options;
  found->react(options.freed);
  // relaxed: it is ours.
  found->users_.store(the_registry, std::memory_order_relaxed);
  // relaxed: figures of the registry before.
  for (auto* figure : {&found->unwatched_, &found->unfreed_, &found->freed_by_c_, &found->kept_, &found->readopted_,
                       &found->skipped_, &found->reports_, &found->endings_})
    figure->store(0, std::memory_order_relaxed);
  found->index_.forget_ever_linked();
  found->connect();
  return found;
}

void registry_core::leave_to_shares() noexcept { let_go(the_registry); }

void registry_core::let_go(std::uint64_t user) noexcept {
  // acq_rel: what the others did with the core comes before its end.
  if (users_.fetch_sub(user, std::memory_order_acq_rel) != user) return;
  disconnect();
  // release: pairs with the acquire in claim().
  vacant_.store(true, std::memory_order_release);
}

registry_core::adopted registry_core::adopt(void* pointer, const adoption& how, resource_site site) noexcept {
  if (pointer == nullptr) return {nullptr, 0, resource_error::invalid};
  // relaxed: a limit, and who passes it together with others goes back. Our registry is alive, so no core ends here.
  if ((users_.fetch_add(1, std::memory_order_relaxed) & ~the_registry) >= options_.most_resources) {
    users_.fetch_sub(1, std::memory_order_relaxed);
    report_limit(options_);
    return {nullptr, 0, resource_error::too_many};
  }
  resource_slot* const slot = the_resource_slots.it.take();
  if (slot == nullptr) {
    users_.fetch_sub(1, std::memory_order_relaxed);
    return {nullptr, 0, resource_error::no_memory};
  }
  slot->pointer = pointer;
  slot->free = how.free;
  slot->context = how.context;
  slot->waiting = {};
  // relaxed: open() publishes it.
  slot->owner.store(this, std::memory_order_relaxed);
  write_notes(slot->notes(), how, options_, site, __builtin_return_address(0));
  std::uint32_t generation = 0;
  const auto open = [&] { generation = slot->state.open(how.cookie == nullptr ? std::uint64_t{0} : flag_checked); };
  if (!how.watched) {
    open();
    // relaxed: a figure.
    unwatched_.fetch_add(1, std::memory_order_relaxed);
    return {slot, generation, resource_error::none};
  }
  room_for_departure before;
  const bool linked = index_.link(*slot, open, [&](resource_slot& old) {
    static_cast<void>(depart(old, departure_door::adopted_again, false, before.fill()));
  });
  if (!linked) {
    slot->notes().stack.reset();
    the_resource_slots.it.give(*slot);
    users_.fetch_sub(1, std::memory_order_relaxed);
    return {nullptr, 0, resource_error::no_memory};
  }
  if (before.told() != nullptr) {
    readopted_.fetch_add(1, std::memory_order_relaxed);
    tell(*before.told(), site);
  }
  return {slot, generation, resource_error::none};
}

resource_error registry_core::fault(resource_handle handle) const noexcept {
  const resource_slot* const slot = the_resource_slots.it.find(handle.index());
  if (slot == nullptr) return resource_error::invalid;
  const resource_error found = slot->state.load().judge_use(handle.generation());
  // relaxed: written before the state that was just seen.
  if (found == resource_error::none && slot->owner.load(std::memory_order_relaxed) != this)
    return resource_error::foreign;
  return found;
}

cause_record registry_core::note_of(cause what) noexcept {
  // relaxed: a number of its own for each.
  return {what, endings_.fetch_add(1, std::memory_order_relaxed) + 1, this_thread_id()};
}

cause_record registry_core::why(resource_handle handle) const noexcept {
  const resource_slot* const slot = the_resource_slots.it.find(handle.index());
  if (slot == nullptr || handle.generation() == 0 || slot->state.load().generation() != handle.generation()) return {};
  // acquire: the generation is looked at again after it; another tenant's note is not taken for this one's.
  const cause_record told = cause_record::from_word(slot->notes().ended.load(std::memory_order_acquire));
  return slot->state.load().generation() == handle.generation() ? told : cause_record();
}

resource_slot* registry_core::slot_of(resource_handle handle) const noexcept {
  resource_slot* const slot = the_resource_slots.it.find(handle.index());
  if (slot == nullptr || slot->state.load().judge(handle.generation()) != resource_error::none) return nullptr;
  // relaxed: as in fault().
  return slot->owner.load(std::memory_order_relaxed) == this ? slot : nullptr;
}

resource_error registry_core::share(resource_handle handle) noexcept {
  resource_slot* const slot = slot_of(handle);
  return slot == nullptr ? fault(handle) : slot->state.share(handle.generation());
}

resource_error registry_core::release(resource_handle handle) noexcept {
  resource_slot* const slot = slot_of(handle);
  if (slot == nullptr) return fault(handle);
  const resource_state::released done = slot->state.release(handle.generation());
  if (done.last) see_off(*slot, done.borrowed);
  return done.error;
}

resource_error registry_core::close(resource_handle handle) noexcept {
  resource_slot* const slot = slot_of(handle);
  if (slot == nullptr) return fault(handle);
  slot->state.mark(handle.generation(), flag_closing);
  return resource_error::none;
}

registry_core::pinned registry_core::pin(resource_handle handle) noexcept {
  resource_slot* const slot = the_resource_slots.it.find(handle.index());
  if (slot == nullptr) return {};
  reclaim::pin<std::byte> held;
  {
    reclaim::section inside(domain_);
    if (slot->state.borrow(handle.generation()) != resource_error::none) return {};
    held = inside.hand_off(static_cast<std::byte*>(slot->pointer), &slot->waiting);
  }
  // relaxed: the tenant stays while it is pinned.
  if (slot->owner.load(std::memory_order_relaxed) != this) return {};
  if (slot->state.load().has(flag_checked) && !is_cookie_good(*slot, handle)) return {};
  // A second slot, which the caller is to own, while the first still holds.
  reclaim::record& mine = reclaim::own_record();
  reclaim::slot& handed_on = mine.hold(&slot->waiting);
  mine.note_transfer();
  return {held.get(), &handed_on};
}

bool registry_core::is_cookie_good(resource_slot& slot, resource_handle handle) noexcept {
  resource_notes& notes = slot.notes();
  if (*static_cast<const volatile std::uint64_t*>(notes.cookie) == notes.expected) return true;
  room_for_departure left;
  index_.at(slot.pointer, [&](resource_slot& found) {
    if (&found != &slot || found.state.load().generation() != handle.generation()) return false;
    return depart(found, departure_door::cookie, false, left.fill());
  });
  if (left.told() != nullptr) tell(*left.told(), {});
  else slot.state.mark(handle.generation(), flag_gone);
  return false;
}

// ---- the end of a resource -----------------------------------------------------------------------------------

void registry_core::see_off(resource_slot& slot, bool borrowed) noexcept {
  // relaxed: it was ours a moment ago.
  registry_core& core = *slot.owner.load(std::memory_order_relaxed);
  const reclaim::record* const mine = reclaim::known_record();
  // In a section of the user's the callback would hold up all reclamation.
  if (!borrowed && (mine == nullptr || !mine->is_reading())) return core.finish(slot);
  core.domain_.retire(slot.waiting, slot.notes().size + sizeof(resource_slot), finish_retired);
}

void registry_core::finish_retired(reclaim::retirable* waiting) noexcept {
  resource_slot& slot = resource_slot::of(waiting);
  // relaxed: as in see_off().
  slot.owner.load(std::memory_order_relaxed)->finish(slot);
}

void registry_core::free_it(const resource_slot& slot, resource_word last) noexcept {
  const resource_notes& notes = slot.notes();
  const bool skipped = notes.process != sync::real_machine::generation() && !notes.fork_safe;
  if (!last.has(flag_gone) && !skipped && slot.free != nullptr)
    return slot.free(slot.context, slot.pointer, notes.size);
  // release: pairs with stats(), which must not see it before note_of().
  unfreed_.fetch_add(1, std::memory_order_release);
  if (last.has(flag_gone)) return;
  // relaxed: a figure.
  if (skipped) skipped_.fetch_add(1, std::memory_order_relaxed);
  else if (last.has(flag_kept)) free_as_c_would(slot, notes.left_by);
}

void registry_core::finish(resource_slot& slot) noexcept {
  resource_word last;
  // Who frees it from now on finds nothing, so this is what counts.
  index_.unlink(slot, [&] { last = slot.state.load(); });
  const cause_record ended = note_of(cause::released);
  // relaxed: a note for reports.
  if (!last.has(flag_gone)) slot.notes().ended.store(ended.word(), std::memory_order_relaxed);
  free_it(slot, last);
  slot.notes().stack.reset();
  the_resource_slots.it.give(slot);
  let_go(1);
}

// ---- C frees -------------------------------------------------------------------------------------------------

// Under the shard's lock; whether the slot is to be unlinked.
bool registry_core::depart(resource_slot& slot, departure_door door, bool may_keep, departure& told) noexcept {
  resource_notes& notes = slot.notes();
  const resource_word now = slot.state.load();
  const bool twice = now.has(flag_kept) && door != departure_door::adopted_again;
  // What is unmapped is perhaps a part, or more than one; and of memory that another allocator frees only the
  // callback knows how.
  const bool keepable = door != departure_door::munmap && (door != departure_door::told || slot.free != nullptr);
  const bool keep = twice || (may_keep && keepable && reaction() == when_freed::heal);
  if (!twice) {
    slot.state.mark(now.generation(), keep ? flag_kept : flag_gone);
    // relaxed: a note for reports.
    notes.ended.store(note_of(cause::freed_by_c).word(), std::memory_order_relaxed);
    notes.left_by = way_through(door);
    // release: as in free_it().
    freed_by_c_.fetch_add(1, std::memory_order_release);
    // relaxed: a figure.
    if (keep) kept_.fetch_add(1, std::memory_order_relaxed);
  }
  std::memcpy(told.name, notes.name, sizeof told.name);
  told.handle = {slot.index, now.generation()};
  told.pointer = slot.pointer;
  told.size = notes.size;
  told.tag = notes.tag;
  told.shares = now.count();
  told.adopted_by = notes.thread;
  told.site = notes.site;
  told.door = door;
  told.kept = keep;
  told.twice = twice;
  told.has_stack = notes.stack != nullptr;
  if (notes.stack) told.stack = *notes.stack;
  return !keep;
}

void registry_core::tell(const departure& left, resource_site again) noexcept {
  const when_freed how = reaction();
  if (how == when_freed::mark) return;
  // relaxed: a figure.
  if (reports_.fetch_add(1, std::memory_order_relaxed) >= options_.most_reports && how != when_freed::abort) return;
  report_departure(left, options_.name, how, again);
}

holdfast_verdict registry_core::leave(void* address, std::size_t size, departure_door door, bool may_keep) noexcept {
  if (is_inside_index()) return holdfast_let_go;
  room_for_departure first, another;
  const auto each = [&](resource_slot& slot) {
    return depart(slot, door, may_keep, first.told() == nullptr ? first.fill() : another.fill());
  };
  if (door == departure_door::munmap) index_.within(address, size, each);
  else if (index_.may_hold(address)) index_.at(address, each);
  if (first.told() == nullptr) return holdfast_let_go;
  tell(*first.told(), {});
  return first.told()->kept ? holdfast_keep : holdfast_let_go;
}

holdfast_verdict registry_core::leave_any(void* address, departure_door door, bool may_keep) noexcept {
  holdfast_verdict verdict = holdfast_let_go;
  // acquire: pairs with claim().
  for (registry_core* one = first_core.load(std::memory_order_acquire); one != nullptr; one = one->next_)
    if (one->index_.may_hold(address) && one->leave(address, 0, door, may_keep) == holdfast_keep)
      verdict = holdfast_keep;
  return verdict;
}

// ---- looking -------------------------------------------------------------------------------------------------

bool registry_core::look_at(resource_slot& slot, resource_view& view) {
  // relaxed: checked again under the share.
  if (slot.owner.load(std::memory_order_relaxed) != this) return false;
  const std::uint32_t generation = slot.state.load().generation();
  if (slot.state.share_again(generation) != resource_error::none) return false;
  const bool ours = slot.owner.load(std::memory_order_relaxed) == this;
  if (ours) {
    const resource_notes& notes = slot.notes();
    const resource_word now = slot.state.load();
    view = {{slot.index, generation},
            slot.pointer,
            notes.size,
            now.count() - 1,
            notes.tag,
            notes.name,
            notes.site,
            notes.thread,
            now.has(flag_closing),
            now.has(flag_gone),
            now.has(flag_kept)};
  }
  const resource_state::released done = slot.state.release(generation);
  if (done.last) see_off(slot, done.borrowed);
  return ours;
}

resource_stats registry_core::stats() const noexcept {
  const auto figure = [](const auto& one) { return one.load(std::memory_order_relaxed); };
  // acquire, both: pair with free_it() and depart(); what is subtracted is never more than what it is from.
  const std::uint64_t unfreed = unfreed_.load(std::memory_order_acquire);
  const std::uint64_t freed_by_c = freed_by_c_.load(std::memory_order_acquire);
  return {figure(users_) & ~the_registry,
          figure(unwatched_) + index_.ever_linked(),
          figure(endings_) - freed_by_c - unfreed,
          freed_by_c,
          figure(kept_),
          figure(readopted_),
          figure(skipped_),
          the_resource_slots.it.size(),
          the_resource_slots.it.exhausted()};
}

}  // namespace holdfast::inline v0::lifetime
