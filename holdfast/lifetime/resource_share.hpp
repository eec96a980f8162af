// One count of a C resource: while it lives the resource is not freed.
//
// Copies count up, the last one to go frees. Two words; get() is null once C has freed the memory behind it. It
// outlives its registry. For a moment's use there is something cheaper that counts nothing: resource_registry::with().
//
// Threads: as std::shared_ptr: different shares of one resource on any threads; one share by one thread at a time.
// Cost: a copy or a release is one locked instruction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <utility>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/lifetime/registry_core.hpp>
#include <holdfast/lifetime/resource_stale.hpp>

namespace holdfast::inline v0 {

class resource_registry;

template <class T = void>
class [[nodiscard]] resource_share {
  static_assert(!std::is_reference_v<T> && !std::is_pointer_v<T>,
                "holdfast: resource_share<T> owns a T: write resource_share<FILE>, not resource_share<FILE*>");

 public:
  using element_type = T;

  constexpr resource_share() noexcept = default;
  constexpr resource_share(std::nullptr_t) noexcept {}
  // One share more, also of what is closing. Fatal: it has sixteen million already.
  resource_share(const resource_share& other) noexcept : slot_(other.slot_), generation_(other.generation_) { count(); }
  resource_share(resource_share&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)), generation_(other.generation_) {}
  // The same resource, seen as untyped.
  template <class U>
    requires(std::is_void_v<T> && !std::is_void_v<U>)
  resource_share(const resource_share<U>& other) noexcept : slot_(other.slot_), generation_(other.generation_) {
    count();
  }
  template <class U>
    requires(std::is_void_v<T> && !std::is_void_v<U>)
  resource_share(resource_share<U>&& other) noexcept
      : slot_(std::exchange(other.slot_, nullptr)), generation_(other.generation_) {}
  resource_share& operator=(resource_share other) noexcept {
    swap(other);
    return *this;
  }
  ~resource_share() { reset(); }

  void swap(resource_share& other) noexcept {
    std::swap(slot_, other.slot_);
    std::swap(generation_, other.generation_);
  }
  friend void swap(resource_share& a, resource_share& b) noexcept { a.swap(b); }

  // The resource; null if there is none, or C has freed it.
  [[nodiscard]] T* get() const noexcept {
    return slot_ == nullptr || slot_->state.load().has(lifetime::flag_gone) ? nullptr : static_cast<T*>(slot_->pointer);
  }
  [[nodiscard]] std::add_lvalue_reference_t<T> operator*() const noexcept
    requires(!std::is_void_v<T>)
  {
    return *get();
  }
  [[nodiscard]] T* operator->() const noexcept
    requires(!std::is_void_v<T>)
  {
    return get();
  }
  // The resource; where it has gone `Then` happens. Throws: stale_reference, unless `Then` says otherwise.
  template <when_stale Then = when_stale::raises>
  [[nodiscard]] T* at() const noexcept(Then != when_stale::raises) {
    T* const there = get();
    if (there != nullptr || Then == when_stale::null) [[likely]]
      return there;
    if constexpr (Then == when_stale::raises) lifetime::raise_bad_resource(refused());
    else lifetime::report_bad_resource(refused());
  }
  // How C ended the resource; no cause while it is there, and for an empty share.
  [[nodiscard]] cause_record why() const noexcept { return get() == nullptr ? refused().why : cause_record(); }
  // why() as a sentence with its cure. While the resource is there: empty.
  [[nodiscard]] std::string explain() const {
    return get() == nullptr ? lifetime::text_of_bad_resource(refused()) : std::string();
  }
  // It holds a share, of whatever has become of the resource.
  [[nodiscard]] explicit operator bool() const noexcept { return slot_ != nullptr; }

  // Null if there is none.
  [[nodiscard]] resource_handle handle() const noexcept {
    return slot_ == nullptr ? resource_handle() : resource_handle(slot_->index, generation_);
  }
  // Bytes, as told at the adoption.
  [[nodiscard]] std::size_t size() const noexcept { return slot_ == nullptr ? 0 : slot_->notes().size; }
  // A snapshot.
  [[nodiscard]] std::uint32_t use_count() const noexcept { return slot_ == nullptr ? 0 : slot_->state.load().count(); }

  // Releases the share. The free callback runs here if it was the last and nobody ever used the resource by
  // with() or pin(), else after the uses; see resource_registry::drain().
  void reset() noexcept {
    lifetime::resource_slot* const slot = std::exchange(slot_, nullptr);
    if (slot == nullptr) return;
    const auto done = slot->state.release(generation_);
    if (done.last) return lifetime::registry_core::see_off(*slot, done.borrowed);
    if (done.error != resource_error::none) [[unlikely]]
      lifetime::report_released_too_often({slot->index, generation_}, done.error);
  }

  // Gives the share away: whoever gets the handle must release() it.
  [[nodiscard]] resource_handle detach() noexcept {
    const resource_handle given = handle();
    slot_ = nullptr;
    return given;
  }

  friend bool operator==(const resource_share& a, const resource_share& b) noexcept { return a.handle() == b.handle(); }
  friend auto operator<=>(const resource_share& a, const resource_share& b) noexcept {
    return a.handle() <=> b.handle();
  }
  template <class Traits>
  friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                      const resource_share& one) {
    return out << one.handle();
  }

 private:
  friend class resource_registry;
  template <class U>
  friend class resource_share;

  // Takes over a share that is counted already.
  resource_share(lifetime::resource_slot* slot, std::uint32_t generation) noexcept
      : slot_(slot), generation_(generation) {}

  // What has become of it, for who finds null.
  [[nodiscard]] lifetime::refused_resource refused() const noexcept {
    if (slot_ == nullptr) return {};
    // relaxed: written before the state that was seen. The owner stays as long as it has resources.
    const auto& owner = *slot_->owner.load(std::memory_order_relaxed);
    return {owner.options().name, handle(), resource_error::freed, owner.why(handle())};
  }

  void count() const noexcept {
    if (slot_ == nullptr) return;
    const resource_error what = slot_->state.share_again(generation_);
    if (what == resource_error::none) [[likely]]
      return;
    if (what == resource_error::too_many) lifetime::report_too_many_shares(handle());
    lifetime::report_released_too_often(handle(), what);
  }

  lifetime::resource_slot* slot_ = nullptr;
  std::uint32_t generation_ = 0;
};

template <class T>
struct hash<resource_share<T>> {
  [[nodiscard]] std::uint64_t operator()(const resource_share<T>& one, std::uint64_t seed) const noexcept {
    return hash<resource_handle>{}(one.handle(), seed);
  }
  [[nodiscard]] std::size_t operator()(const resource_share<T>& one) const noexcept { return (*this)(one, 0); }
};

}  // namespace holdfast::inline v0

template <class T>
struct std::hash<holdfast::resource_share<T>> {
  [[nodiscard]] std::size_t operator()(const holdfast::resource_share<T>& one) const noexcept {
    return holdfast::hash<holdfast::resource_share<T>>{}(one);
  }
};
