// Changing the entry of one key: the way to its locked bucket, and what can be done there.
//
// A writer enters a section, locks the bucket that its hash leads to, and then looks whether it still leads
// there: a split, a larger array or clear() may have come between. If the lock cannot be had soon it leaves
// the section before it waits.
//
// No code of the user's runs under the lock but hash and equality. Whatever depends on the value that is
// there is therefore decided outside, on a pinned node, and carried out only if that very node is still in
// place: a pinned node's address is not used again, so the same address is the same, unchanged entry.
//
// inv hf.concurrent.right-bucket: a bucket is changed only if, with its lock held, the hash leads to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_bucket.hpp>
#include <holdfast/concurrent/sync_map_growth.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
class sync_change : public sync_growth<Types> {
 protected:
  using base = sync_growth<Types>;
  using node = typename base::node;
  using bucket = locked_bucket<Types>;
  using overflow = typename base::overflow;
  using base::base;

  enum class if_empty : bool { make_array, give_up };

  // Calls act(bucket&) with the bucket that `hash` leads to, locked, and returns what it returns. For a map
  // that has no bucket yet: a null answer, or the first array.
  template <if_empty Then = if_empty::make_array, class Act>
  HOLDFAST_ALWAYS_INLINE auto with_bucket(std::uint64_t hash, Act&& act) {
    using answer = decltype(act(std::declval<bucket&>()));
    for (back_off patience;;) {
      {
        reclaim::section inside(*this->domain_);
        bucket_array& array = *this->current();
        if (!array.is_nobodys()) [[likely]] {
          const bucket_place place = array.place(hash);
          bucket_line& line = array.line(place.number);
          std::uint64_t tags = 0;
          if (lock_soon(line.control, tags)) [[likely]] {
            bucket held(array, line, tags);
            // Only the holder of this lock can split the bucket, or take the array's place: what is seen now holds.
            if (this->current() == &array && array.place(hash).mask == place.mask) [[likely]] return act(held);
            continue;
          }
        }
      }
      if (!nothing_yet()) {
        patience.wait();
      } else if constexpr (Then == if_empty::give_up) {
        return answer{};
      } else {
        this->make_first_array();
      }
    }
  }

  [[nodiscard]] bool nothing_yet() const noexcept {
    reclaim::section inside(*this->domain_);
    return this->current()->is_nobodys();
  }

  // The slot of `key` in a locked bucket.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE typename bucket::slot find_slot(bucket& held, const Q& key, hash_marks marks) const {
    return held.find(marks, [&](const node* entry) { return this->equal_(entry->key(), key); });
  }

  // Puts `fresh` where its key's entry is, or in a vacant slot. The node it replaced, for the caller to retire.
  [[nodiscard]] node* put(own_node<node>& fresh, std::uint64_t hash) {
    const hash_marks marks(hash);
    return with_bucket(hash, [&](bucket& held) -> node* {
      const auto at = find_slot(held, fresh->key(), marks);
      if (at) {
        held.replace(at, fresh.release(), marks);
        return at.entry;
      }
      held.insert(fresh.get(), marks, this->owner_);
      fresh.release();
      this->count_insert(held.array());
      return nullptr;
    });
  }

  // A pin on the node with `key`, which is there; empty otherwise.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE reclaim::pin<node> pin_node(const Q& key, std::uint64_t hash) const {
    reclaim::section inside(*this->domain_);
    node* const found = this->find(key, hash);
    if (found == nullptr) return {};
    return inside.hand_off(found, found);
  }

  struct pinned_or_put {
    reclaim::pin<node> there;
    bool was_there;
  };
  // Puts `fresh` in if its key is absent. A pin on what is there now; on `fresh` only if `pin_fresh`.
  [[nodiscard]] pinned_or_put put_if_absent(own_node<node>& fresh, std::uint64_t hash, bool pin_fresh) {
    const hash_marks marks(hash);
    return with_bucket(hash, [&](bucket& held) -> pinned_or_put {
      reclaim::section inside(*this->domain_);
      if (const auto at = find_slot(held, fresh->key(), marks)) return {inside.hand_off(at.entry, at.entry), true};
      held.insert(fresh.get(), marks, this->owner_);
      node* const there = fresh.release();
      this->count_insert(held.array());
      return {pin_fresh ? inside.hand_off(there, there) : reclaim::pin<node>(), false};
    });
  }

  // Takes the entry of `key` out, if `is_meant(node*)`. Null, or the node, for the caller to retire.
  template <class Q, class IsMeant>
  [[nodiscard]] node* take_out(const Q& key, std::uint64_t hash, IsMeant&& is_meant) {
    const hash_marks marks(hash);
    overflow_line* unlinked = nullptr;
    node* const taken = with_bucket<if_empty::give_up>(hash, [&](bucket& held) -> node* {
      const auto at = find_slot(held, key, marks);
      if (!at || !is_meant(at.entry)) return nullptr;
      unlinked = held.remove(at);
      this->count_erase(held.array());
      return at.entry;
    });
    if (unlinked != nullptr) overflow::retire(*this->domain_, *unlinked);
    return taken;
  }

  // Puts `fresh` in the place of `expected`, or, if that is null, of nothing. False: something else is there.
  [[nodiscard]] bool put_instead(const node* expected, own_node<node>& fresh, std::uint64_t hash) {
    const hash_marks marks(hash);
    return with_bucket(hash, [&](bucket& held) {
      const auto at = find_slot(held, fresh->key(), marks);
      if (at.entry != expected) return false;
      if (at) {
        held.replace(at, fresh.release(), marks);
        return true;
      }
      held.insert(fresh.get(), marks, this->owner_);
      fresh.release();
      this->count_insert(held.array());
      return true;
    });
  }

  void retire(node* gone) noexcept {
    if (gone != nullptr) this->domain_->retire(*gone, sizeof(node), &node::destroy_retired);
  }
};

}  // namespace holdfast::inline v0::concurrent
