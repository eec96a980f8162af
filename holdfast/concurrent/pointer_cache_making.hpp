// How a pointer_cache makes the entries that its members store: by taking what is given, by copying what is
// there, by asking a maker; and what the alias policy has to say to that.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <holdfast/concurrent/pointer_cache_core.hpp>

namespace holdfast::inline v0::concurrent {

template <class Key, class T, class Hash, class Equal, class Allocator, cache_aliases Aliases>
class cache_making : public cache_core<Key, T, Hash, Equal, Allocator, Aliases> {
 protected:
  using base = cache_core<Key, T, Hash, Equal, Allocator, Aliases>;
  using typename base::claim;
  using typename base::duration;
  using typename base::entry;
  using typename base::entry_pin;
  using typename base::own;
  using typename base::standing;
  using pin_type = reclaim::pin<const T>;
  using event = cache_event;
  using base::base;

  // The object under a key; null if there is none.
  [[nodiscard]] const T* object_under(const entry_pin& there) const {
    return this->is_live(there) ? there->value() : nullptr;
  }

  template <class Q, class V>
  [[nodiscard]] own make(const Q& key, V&& value, duration live_for) {
    own fresh = taken_or_copied(key, std::forward<V>(value));
    this->prepare(*fresh, live_for);
    return fresh;
  }

  // Counts the object of `value` as one of the key's, until `counted` ends, if the policy wants that. False: it
  // is another key's, and is not to be stored.
  template <class Q, class V>
  [[nodiscard]] bool claim_alias(const Q& key, const V& value, claim& counted) {
    if constexpr (base::keeps_table && !means_absent<V>) {
      if constexpr (owner_of<const V&, T>::is_pointer) {
        const T* const object = owner_of<const V&, T>::object(value);
        return object == nullptr || claim_object(object, this->hash_of(key), counted);
      }
    }
    return true;
  }

  // ---- in the place of what is there --------------------------------------------------------------------
  // `fresh` is a copy of the object of `before`, to be put in its place. False: another thread was first.
  [[nodiscard]] bool put_copy(const entry_pin& before, own& fresh) {
    this->prepare(*fresh, this->options_.time_to_live);
    return this->put_instead(before, fresh);
  }

  // Puts `fresh` in the place of an entry with `expected`. False: there is none.
  [[nodiscard]] bool put_for(const T* expected, own& fresh) {
    while (true) {
      const entry_pin before = this->find(fresh->key());
      if (object_under(before) != expected) return false;
      if (this->put_instead(before, fresh)) return true;
    }
  }

  // Puts `fresh` where no object is. False: there is one.
  [[nodiscard]] bool put_first(own& fresh) {
    const entry_pin mine = this->pin_own(*fresh);
    entry* before = nullptr;
    if (this->put_if_none(fresh, before)) return false;
    this->settle(*mine, before);
    return true;
  }

  // Puts `fresh` under its key, and gives the object that was there, pinned.
  [[nodiscard]] pin_type put_and_hold(own& fresh) {
    const entry_pin mine = this->pin_own(*fresh);
    const std::optional<entry*> before = this->map_.exchange(mine->key(), fresh.get());
    fresh.release();
    if (!before) {
      this->settle(*mine, nullptr);
      return {};
    }
    entry_pin held = this->pin_own(**before);
    const bool was_there = this->is_live(held);
    this->settle(*mine, *before);
    return was_there ? base::on_value(std::move(held)) : pin_type();
  }

  // Puts `fresh`, or, if it is not to be kept, nothing, in the place of what was found: `before`, with an object to be
  // seen or not. False: another thread was first.
  [[nodiscard]] bool put_or_take_out(const entry_pin& before, bool had_object, own& fresh) {
    if (this->keeps(*fresh)) return had_object ? this->put_instead(before, fresh) : put_first(fresh);
    if (!had_object) return true;
    this->makers_.mark(this->hash_of(fresh->key()));
    return this->take_out_this(*before, removal_cause::erased);
  }

  [[nodiscard]] bool must_be_copied(const entry& there) const {
    if (there.is_read_only) return true;
    if constexpr (Aliases == cache_aliases::unshare_on_write) {
      return there.is_by_pointer && this->aliases_.is_shared(there.object, this->hash_of(there.key()));
    }
    return false;
  }
  // Gives the key of `there` an object of its own, unless another thread was first.
  void unshare(const entry_pin& there) {
    own fresh = copy_entry<Key, T>(*this->blocks_, there->key(), *there->value());
    if (put_copy(there, fresh)) this->counters_.add(event::alias_copied);
  }

  // ---- by a maker -------------------------------------------------------------------------------------
  struct pinned_or_made {
    pin_type value;
    bool loaded;
  };

  // The object, or that there is none; nothing if that is not known.
  template <class Q>
  [[nodiscard]] std::optional<pinned_or_made> what_is_known(const Q& key) const {
    entry_pin found = this->find(key);
    if (!found) return std::nullopt;
    switch (this->use(*found)) {
      case standing::live: return pinned_or_made{base::on_value(std::move(found)), true};
      case standing::known_absent: return pinned_or_made{pin_type(), true};
      case standing::over: break;
    }
    return std::nullopt;
  }

  // Puts `fresh` where no object is; what there is then, and whether it was there.
  [[nodiscard]] pinned_or_made put_first_or_see(own& fresh, claim& counted) {
    entry_pin mine = this->pin_own(*fresh);
    entry* before = nullptr;
    if (entry_pin there = this->put_if_none(fresh, before)) return {base::on_value(std::move(there)), true};
    if (counted) counted->keep();
    this->settle(*mine, before);
    return {mine->object == nullptr ? pin_type() : base::on_value(std::move(mine)), false};
  }

  // Counts how a maker ended.
  struct ending {
    cache_counters& counters;
    event how = event::make_failed;
    ~ending() { counters.add(how); }
  };

  // In flight for `key`.
  template <class Make>
  [[nodiscard]] pinned_or_made make_and_keep(const Key& key, std::uint64_t hash, Make& make_value) {
    using made = std::invoke_result_t<Make&>;
    cache_maker me(this->makers_.list_of(hash), hash);
    ending end{this->counters_};
    made value = std::invoke(make_value);
    end.how = event::made;
    claim counted_alias;
    if (!claim_alias(key, value, counted_alias)) return {pin_type(), false};
    own fresh = make(key, std::forward<made>(value), this->options_.time_to_live);
    if (!this->keeps(*fresh)) return {pin_type(), false};
    const cache_time deadline = fresh->deadline.load(std::memory_order_relaxed);
    fresh->deadline.store(withheld, std::memory_order_relaxed);
    entry_pin mine = this->pin_own(*fresh);
    entry* before = nullptr;
    if (entry_pin there = this->put_if_none(fresh, before)) return {base::on_value(std::move(there)), true};
    if (counted_alias) counted_alias->keep();
    const bool is_wanted = me.leave();
    if (is_wanted) mine->deadline.store(deadline, std::memory_order_relaxed);
    this->settle(*mine, before);
    if (!is_wanted) {
      this->counters_.add(event::withdrawn);
      this->take_out_this(*mine, removal_cause::erased);
    }
    return {mine->object == nullptr ? pin_type() : base::on_value(std::move(mine)), false};
  }

 private:
  template <class Q, class V>
  [[nodiscard]] own taken_or_copied(const Q& key, V&& value) const {
    if constexpr (Aliases == cache_aliases::clone_on_store && !means_absent<V>) {
      if constexpr (owner_of<V, T>::may_be_elsewhere) {
        if (value.get() != nullptr) return copy_entry<Key, T>(*this->blocks_, Key(key), *value);
      }
    }
    return make_entry<Key, T>(*this->blocks_, key, std::forward<V>(value));
  }

  [[nodiscard]] bool claim_object(const T* object, std::uint64_t hash, claim& counted) {
    if constexpr (Aliases == cache_aliases::reject) {
      if (!this->aliases_.add_unless_shared(object, hash)) {
        this->counters_.add(event::alias_rejected);
        return false;
      }
      counted.emplace(this->aliases_, object, hash);
      return true;
    }
    const bool is_shared = this->aliases_.add(object, hash);
    counted.emplace(this->aliases_, object, hash);
    if (is_shared) {
      this->counters_.add(event::alias_found);
      if constexpr (Aliases == cache_aliases::report) report_alias(object);
    }
    return true;
  }
};

}  // namespace holdfast::inline v0::concurrent
