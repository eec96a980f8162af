// A map whose values are shares of C resources: what is in the map cannot be freed under it.
//
// Each entry owns one share. To erase it, to write over it, to clear the map or to destroy it releases the share, and
// the resource is freed when nobody else has one. What the map hands out is a share of its own or a use under a
// callback, so growth and erasure take nothing away from who is using it.
//
//   resource_map<std::string, FILE> files;
//   files.adopt("log", std::fopen("log", "a"), std::fclose);
//   files.with("log", [](FILE* log) { std::fputs("started\n", log); });
//
// A raw pointer to C memory as a key or value is what this map is there to prevent: an address comes back after
// free() and then finds another's entry. Use the handle as the key; or write unmanaged<T*> and answer for it.
//
// For many threads put shares into a sync_map, sharded_map or locked_map: sync_map<Key, resource_share<T>>; a pin of
// such an entry holds a share.
//
// Threads: as holdfast::map: many readers or one writer. Invalidates: as holdfast::map.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <holdfast/lifetime/resource_registry.hpp>
#include <holdfast/map/map.hpp>

namespace holdfast::inline v0 {

// A raw pointer that somebody answers for: compared, hashed and copied as the pointer is.
template <class Pointer>
struct unmanaged {
  static_assert(std::is_pointer_v<Pointer>, "holdfast: unmanaged<T*> is for pointers; other keys need no wrapper");

  Pointer pointer = nullptr;

  friend constexpr auto operator<=>(const unmanaged&, const unmanaged&) noexcept = default;
};

template <class Pointer>
struct hash<unmanaged<Pointer>> : hash<Pointer> {
  [[nodiscard]] std::uint64_t operator()(unmanaged<Pointer> key, std::uint64_t seed) const noexcept {
    return hash<Pointer>::operator()(key.pointer, seed);
  }
  [[nodiscard]] std::size_t operator()(unmanaged<Pointer> key) const noexcept { return (*this)(key, 0); }
};

template <class Key, class T = void, class Hash = hash<Key>, class Equal = equal_to<Key>>
class resource_map {
  static_assert(!std::is_pointer_v<Key>,
                "holdfast: an address is no key for C memory, it comes back after free(): use the resource_handle that "
                "resource_registry::adopt() gives, or write unmanaged<T*> and answer for it");
  static_assert(!std::is_pointer_v<T>,
                "holdfast: a raw pointer is no value for C memory: write resource_map<Key, FILE>, whose values are "
                "shares from a resource_registry, or map<Key, unmanaged<T*>> and answer for it");

 public:
  using share = resource_share<T>;
  using underlying = map<Key, share, Hash, Equal>;
  using key_type = Key;
  using mapped_type = share;
  using size_type = typename underlying::size_type;
  using const_iterator = typename underlying::const_iterator;

  // A map whose adopt() uses `registry`; it must outlive the map's last adopt(), not its shares.
  explicit resource_map(resource_registry& registry HOLDFAST_LIFETIMEBOUND = default_registry()) noexcept
      : registry_(&registry) {}

  // ---- writing ----

  // The share under `key` from now on; one that was there is released. Whether the key is new. An empty share is
  // stored as any other.
  // Throws: std::bad_alloc, and the map is unchanged.
  bool put(const Key& key, share value) { return entries_.insert_or_assign(key, std::move(value)).second; }
  template <class U>
  bool put(const Key&, U*) {
    static_assert(std::is_void_v<U> && !std::is_void_v<U>,
                  "holdfast: a raw pointer owns nothing: adopt() it with its free function, or put() a share that a "
                  "resource_registry gave");
    return false;
  }

  // Adopts `pointer` and puts its share under `key`. A null handle, and the map is unchanged: the pointer is null, or
  // the registry full.
  // Throws: std::bad_alloc; when the entry could not be made the pointer was adopted already, and is freed.
  template <class Free>
  resource_handle adopt(const Key& key, T* pointer, Free&& free, resource_site site = resource_site::here()) {
    share made = take(pointer, std::forward<Free>(free), site);
    const resource_handle handle = made.handle();
    if (made) put(key, std::move(made));
    return handle;
  }

  // Releases the share under `key`; whether there was one.
  template <class Q = Key>
  bool erase(const Q& key) {
    return entries_.erase(key) != 0;
  }
  // The share under `key`, out of the map; empty if there was none.
  template <class Q = Key>
  [[nodiscard]] share take_out(const Q& key) {
    auto taken = entries_.take(key);
    return taken ? std::move(*taken) : share();
  }
  void clear() { entries_.clear(); }

  // ---- reading ----

  // A share of what is under `key`; empty if there is nothing.
  template <class Q = Key>
  [[nodiscard]] share get(const Q& key) const {
    const auto found = entries_.get(key);
    return found ? *found : share();
  }
  // Calls `use(T*)` with what is under `key`; whether it did: not if C has freed it. `use` may write to the map.
  template <class Q = Key, class Use>
  bool with(const Q& key, Use&& use) const {
    const share held = get(key);
    T* const resource = held.get();
    if (resource == nullptr) return false;
    std::forward<Use>(use)(resource);
    return true;
  }
  // Null if there is none.
  template <class Q = Key>
  [[nodiscard]] resource_handle handle(const Q& key) const {
    const auto found = entries_.get(key);
    return found ? found->handle() : resource_handle();
  }
  template <class Q = Key>
  [[nodiscard]] bool contains(const Q& key) const {
    return entries_.contains(key);
  }
  [[nodiscard]] size_type size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] const_iterator begin() const { return entries_.begin(); }
  [[nodiscard]] const_iterator end() const { return entries_.end(); }

  // Erases what C has freed while it was here; how many.
  size_type erase_freed() {
    return erase_if(entries_, [](const auto& entry) { return entry.second && entry.second.get() == nullptr; });
  }

  // The map itself, for what is not here.
  [[nodiscard]] underlying& entries() noexcept HOLDFAST_LIFETIMEBOUND { return entries_; }
  [[nodiscard]] const underlying& entries() const noexcept HOLDFAST_LIFETIMEBOUND { return entries_; }
  [[nodiscard]] resource_registry& registry() const noexcept { return *registry_; }

 private:
  share take(T* pointer, const adoption& how, resource_site site) { return registry_->adopt(pointer, how, site); }
  template <class Base, class Result>
  share take(T* pointer, Result (*free)(Base*), resource_site site) {
    return registry_->adopt(pointer, free, {}, site);
  }

  resource_registry* registry_;
  underlying entries_;
};

}  // namespace holdfast::inline v0
