// Where C memory is given a handle, shares and an end.
//
// A raw pointer to C memory in a map can be freed under the map, and the next malloc may give the same address to
// something else. A registry gives each resource a handle that is never another's, counts who shares it, frees it
// once, after the last use, and hears of C freeing it meanwhile:
//
//   auto picture = default_registry().adopt(stbi_load(path, &w, &h, &n, 4), stbi_image_free);
//   pictures.store(name, picture.handle());
//   default_registry().with<unsigned char>(handle, [](unsigned char* pixels) { draw(pixels); });
//
// Do not use it for objects of C++: std::shared_ptr does that, and maps for many threads pin their values themselves.
// An adoption and its end take about 50 ns.
//
// Threads: everything may be called by any thread at any time, but for the constructor and destructor.
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <holdfast/base/lang/raise.hpp>
#include <holdfast/lifetime/resource_share.hpp>

namespace holdfast::inline v0 {

class resource_registry {
 public:
  // Throws: std::bad_alloc.
  explicit resource_registry(const resource_options& options = {});
  resource_registry(const resource_registry&) = delete;
  resource_registry& operator=(const resource_registry&) = delete;
  // Tells what is still held, unless the options say no. What is held stays good until its last share is gone.
  ~resource_registry();

  // ---- adopting ----

  // The registry has `pointer` from now on, under one share. Empty, and nothing adopted: it is null, or the
  // registry is full.
  // An address that is held already is taken for a resource that was freed unseen, and whose address came back:
  // the handle it had is refused from then on. A part that lies at the address of the whole is adopted with
  // `watched = false`.
  // Throws: std::bad_alloc, and nothing was adopted.
  template <class T>
  [[nodiscard]] resource_share<T> adopt(T* pointer, const adoption& how, resource_site site = resource_site::here()) {
    const lifetime::registry_core::adopted done =
        core_->adopt(const_cast<void*>(static_cast<const volatile void*>(pointer)), how, site);
    if (done.error == resource_error::no_memory) raise_bad_alloc();
    return {done.slot, done.generation};
  }
  // The same with a function that takes the pointer, as most of C has it.
  template <class T, class Base, class Result>
    requires std::is_convertible_v<T*, Base*>
  [[nodiscard]] resource_share<T> adopt(T* pointer, Result (*free)(Base*), adoption how = {},
                                        resource_site site = resource_site::here()) {
    static_assert(sizeof free == sizeof how.context);
    how.free = [](void* function, void* resource, std::size_t) {
      static_cast<void>(reinterpret_cast<Result (*)(Base*)>(function)(static_cast<T*>(resource)));
    };
    how.context = reinterpret_cast<void*>(free);
    return adopt(pointer, static_cast<const adoption&>(how), site);
  }

  // The same for who keeps numbers only, as C does: the share is the caller's to release().
  struct detached {
    resource_handle handle;
    resource_error error;
  };
  [[nodiscard]] detached adopt_detached(void* pointer, const adoption& how, resource_site site) noexcept {
    const lifetime::registry_core::adopted done = core_->adopt(pointer, how, site);
    if (done.slot == nullptr) return {{}, done.error};
    return {{done.slot->index, done.generation}, resource_error::none};
  }

  // ---- shares, by handle ----

  // One share more; empty if fault() would say something. Costs one locked instruction.
  template <class T = void>
  [[nodiscard]] resource_share<T> share(resource_handle handle) noexcept {
    return core_->share(handle) == resource_error::none ? take<T>(handle) : resource_share<T>();
  }
  // One share more, that is the caller's to release().
  [[nodiscard]] resource_error share_detached(resource_handle handle) noexcept { return core_->share(handle); }
  // Takes over a share that somebody detached. Empty: stale, foreign or invalid.
  template <class T = void>
  [[nodiscard]] resource_share<T> attach(resource_handle handle) noexcept {
    return core_->slot_of(handle) != nullptr ? take<T>(handle) : resource_share<T>();
  }
  // One share less, that was detached or came from C.
  [[nodiscard]] resource_error release(resource_handle handle) noexcept { return core_->release(handle); }

  // From now on nobody gets a new share or a new pin. Who has one keeps it: the resource is freed after the last
  // of them, in whatever order they are let go.
  [[nodiscard]] resource_error close(resource_handle handle) noexcept { return core_->close(handle); }

  // Why share(), pin() and with() would refuse; `none`: they would not.
  [[nodiscard]] resource_error fault(resource_handle handle) const noexcept { return core_->fault(handle); }

  // How the resource of a handle ended: released, or freed by C; by which operation, on which thread. None: it has not
  // ended, or its slot has another tenant by now.
  [[nodiscard]] cause_record why(resource_handle handle) const noexcept { return core_->why(handle); }
  // Why pin() gives nothing, as a sentence with its cure: as every reference says it. Empty: it would give something.
  [[nodiscard]] std::string explain(resource_handle handle) const {
    const resource_error found = fault(handle);
    return found == resource_error::none ? std::string() : lifetime::text_of_bad_resource(refused(handle, found));
  }

  // ---- using without a share ----

  // Keeps the resource where it is without counting: two plain stores, nothing locked. Empty: fault() says why.
  // The first pin of a resource costs a locked instruction; its end waits for readers from then on.
  template <class T = std::byte>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE reclaim::pin<T> pin(resource_handle handle) const noexcept {
    const lifetime::registry_core::pinned found = borrow(handle);
    if (found.held == nullptr) [[unlikely]]
      return {};
    return reclaim::pin<T>(static_cast<T*>(found.resource), *found.held);
  }

  // pin(); where it gives nothing `Then` happens. Throws: stale_reference, unless `Then` says otherwise.
  template <class T = std::byte, when_stale Then = when_stale::raises>
  [[nodiscard]] reclaim::pin<T> at(resource_handle handle) const noexcept(Then != when_stale::raises) {
    reclaim::pin<T> held = pin<T>(handle);
    if (held || Then == when_stale::null) [[likely]]
      return held;
    const lifetime::refused_resource why = refused(handle, fault(handle));
    if constexpr (Then == when_stale::raises) lifetime::raise_bad_resource(why);
    else lifetime::report_bad_resource(why);
  }

  // Calls `use(T*)` with the resource pinned; whether it did. `use` may release the last share: the resource stays
  // until it returns.
  template <class T = void, class Use>
  HOLDFAST_ALWAYS_INLINE bool with(resource_handle handle, Use&& use) const {
    const lifetime::registry_core::pinned found = borrow(handle);
    if (found.held == nullptr) [[unlikely]]
      return false;
    const reclaim::pin<std::byte> held(static_cast<std::byte*>(found.resource), *found.held);
    std::forward<Use>(use)(static_cast<T*>(found.resource));
    return true;
  }

  // ---- C frees ----

  // Says that C is about to free `pointer` in another way than by free, realloc, delete or munmap: the guard sees
  // those. True: leave the memory alone, the free callback will be called at the last release.
  [[nodiscard]] bool note_freed(void* pointer) noexcept;

  // Another reaction than the options said, from now on.
  void react(when_freed how) noexcept { core_->react(how); }
  [[nodiscard]] when_freed reaction() const noexcept { return core_->reaction(); }

  // ---- ends ----

  // Frees what was released and only waits for readers; how many are still pinned.
  // Fatal: inside a read_scope, or in a free callback that waits itself.
  std::size_t drain() noexcept { return core_->domain().drain(); }

  // ---- looking ----

  // Calls `visit(const resource_view&)` for each resource, with a share of it. If that turns out to be the last, the
  // free callback runs here. Costs a look at every slot of the process.
  template <class Visit>
  void for_each(Visit&& visit) const {
    core_->for_each(std::forward<Visit>(visit));
  }

  struct tag_sum {
    std::uint64_t tag;
    std::size_t resources;
    std::size_t bytes;
  };
  // Sums for each tag, most bytes first.
  [[nodiscard]] std::vector<tag_sum> census() const;

  // What is held, a line for each, with the place of its adoption.
  [[nodiscard]] std::string leaks() const;
  // Makes a report of leaks(), if there are any; how many.
  std::size_t report_leaks() const;

  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(core_->stats().live); }
  [[nodiscard]] resource_stats stats() const noexcept { return core_->stats(); }
  [[nodiscard]] const resource_options& options() const noexcept { return core_->options(); }

 private:
  friend resource_registry& default_registry() noexcept;
  explicit resource_registry(lifetime::registry_core* core) noexcept : core_(core) {}
  static resource_registry& make_default() noexcept;

  template <class T>
  [[nodiscard]] static resource_share<T> take(resource_handle handle) noexcept {
    return {lifetime::the_resource_slots.it.find(handle.index()), handle.generation()};
  }

  // A slot of base/reclaim that holds the resource, and the resource; nothing if it may not be used.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE lifetime::registry_core::pinned borrow(resource_handle handle) const noexcept {
    reclaim::record* const mine = reclaim::near_record;
    lifetime::resource_slot* const slot = lifetime::the_resource_slots.it.find(handle.index());
    if (mine != nullptr && slot != nullptr) [[likely]] {
      // owner relaxed: the tenant stays while it is held.
      if (reclaim::slot* const held = slot->state.hold(*mine, &slot->waiting, handle.generation())) [[likely]] {
        if (slot->owner.load(std::memory_order_relaxed) == core_) [[likely]]
          return {slot->pointer, held};
        reclaim::record::release(*held);
      }
    }
    return core_->pin(handle);
  }

  [[nodiscard]] lifetime::refused_resource refused(resource_handle handle, resource_error found) const noexcept {
    return {core_->options().name, handle, found, core_->why(handle)};
  }

  lifetime::registry_core* core_;
};

// The registry of the process, that of the C face. Never destroyed: objects with static storage and late threads
// may use it. Made at its first use, with the default options.
// Fatal: no memory for it.
[[nodiscard]] resource_registry& default_registry() noexcept;

}  // namespace holdfast::inline v0
