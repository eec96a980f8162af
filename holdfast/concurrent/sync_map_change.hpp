// Changing the entry of one key: the way to its locked bucket, and what can be done there.
//
// A writer enters a section, locks the bucket that its hash leads to, and then looks whether it still leads
// there: a split, a larger array or clear() may have come between. If the lock cannot be had soon it leaves
// the section before it waits.
//
// No code of the user's runs under the lock but hash and equality. Whatever depends on the value that is
// there is therefore decided outside, on an entry that is held, and carried out only if that very entry is still
// in place.
//
// inv hf.concurrent.right-bucket: a bucket is changed only if, with its lock held, the hash leads to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_bucket.hpp>
#include <holdfast/concurrent/sync_map_growth.hpp>
#include <holdfast/concurrent/sync_map_parting.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
class sync_change : public sync_growth<Types> {
 protected:
  using base = sync_growth<Types>;
  using typename base::array_base;
  using typename base::form;
  using typename base::found;
  using typename base::line_type;
  using typename base::marks;
  using typename base::overflow_type;
  using fresh_entry = typename form::fresh;
  using held_entry = typename form::held;
  using bucket = locked_bucket<Types>;
  using overflow = typename base::overflow;
  using base::base;

  enum class if_empty : bool { make_array, give_up };

  // Calls act(bucket&) with the bucket that `hash` leads to, locked, and returns what it returns. For a map
  // that has no bucket yet: a null answer, or the first array. Splits what this thread owes first.
  template <if_empty Then = if_empty::make_array, class Act>
  HOLDFAST_ALWAYS_INLINE auto with_bucket(std::uint64_t hash, Act&& act) {
    using answer = decltype(act(std::declval<bucket&>()));
    bool pays = Then == if_empty::make_array;
    for (back_off patience;;) {
      bool owes = false;
      {
        reclaim::section inside(*this->domain_);
        array_base& array = *this->current();
        owes = pays && this->owes_splits(array);
        if (!owes) [[likely]] {
          line_type& line = array.line(array.reach().number_of(hash));
          form::prefetch_rest(line);  // what comes after the locked instruction waits for it
          std::uint64_t tags = try_lock(line.control);
          if (!got_lock(tags) && !array.is_nobodys()) [[unlikely]] tags = lock_soon(line.control);
          if (got_lock(tags)) [[likely]] {
            bucket held(array, line, tags);
            // Only the holder of this lock can split the bucket, or take the array's place: what is seen now holds.
            if (this->current() == &array && this->leads_to(line, array, hash, array.reach())) [[likely]] return act(held);
            continue;
          }
        }
      }
      if (owes) {
        this->pay();
        pays = false;
      } else if (!nothing_yet()) {
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
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE typename bucket::slot find_slot(bucket& held, const Q& key, marks wanted) const {
    return held.find(key, wanted, this->equal_);
  }

  // Puts `fresh` where its key's entry is, or in a vacant slot. What is for the caller to retire, if anything.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE found put(fresh_entry& fresh, std::uint64_t hash) {
    const marks with(hash);
    return with_bucket(hash, [&](bucket& held) HOLDFAST_INLINED -> found {
      const auto at = find_slot(held, fresh->key(), with);
      if (at) {
        const parting_entry<Types> leaving(held, at, cause::overwritten);
        return held.replace(at, fresh, with);
      }
      held.insert(fresh, with, this->owner_);
      fresh.release();
      this->count_insert(held.array());
      return found{};
    });
  }

  // Writes `word` over the value of `key`, or puts both in, in a node that is made with the lock held.
  template <class Q>
  HOLDFAST_ALWAYS_INLINE void put_word(Q&& key, std::uint64_t hash, std::uint64_t word)
    requires(form::node_stays)
  {
    const marks with(hash);
    with_bucket(hash, [&](bucket& held) HOLDFAST_INLINED {
      const auto at = find_slot(held, key, with);
      if (at) {
        held.entry_at(at).node()->stored().set(word);
      } else {
        fresh_entry fresh(this->owner_, hash, std::forward<Q>(key));
        fresh.set_value(from_word<typename Types::mapped_type>(word));
        held.insert(fresh, with, this->owner_);
        fresh.release();
        this->count_insert(held.array());
      }
      return true;
    });
  }

  // Writes `word` over the value of `key`, if `is_meant(found)`. Whether it did; false where the key is absent.
  template <class Q, class IsMeant>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool write_over(const Q& key, std::uint64_t hash, std::uint64_t word,
                                                       IsMeant&& is_meant)
    requires(form::node_stays)
  {
    const marks wanted(hash);
    return with_bucket<if_empty::give_up>(hash, [&](bucket& held) HOLDFAST_INLINED {
      const auto at = find_slot(held, key, wanted);
      if (!at) return false;
      const found there = held.entry_at(at);
      if (!is_meant(there)) return false;
      there.node()->stored().set(word);
      return true;
    });
  }

  // The entry with `key`, held; none if it is absent.
  template <class Q>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE held_entry hold(const Q& key, std::uint64_t hash) const {
    reclaim::section inside(*this->domain_);
    const found entry = this->find(key, hash);
    if (!entry) return {};
    return form::hold(inside, entry);
  }

  struct held_or_put {
    held_entry there;
    bool was_there;
  };
  // Puts `fresh` in if its key is absent. What is there now, held; `fresh` only if `hold_fresh`.
  [[nodiscard]] held_or_put put_if_absent(fresh_entry& fresh, std::uint64_t hash, bool hold_fresh) {
    const marks with(hash);
    return with_bucket(hash, [&](bucket& held) HOLDFAST_INLINED -> held_or_put {
      reclaim::section inside(*this->domain_);
      if (const auto at = find_slot(held, fresh->key(), with)) return {form::hold(inside, held.entry_at(at)), true};
      held.insert(fresh, with, this->owner_);
      const found there(fresh.release());
      this->count_insert(held.array());
      return {hold_fresh ? form::hold(inside, there) : held_entry(), false};
    });
  }

  // Takes the entry of `key` out, if `is_meant(found)`, and retires it. Whether it did.
  template <class Q, class IsMeant>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE bool take_out(const Q& key, std::uint64_t hash, IsMeant&& is_meant) {
    const marks wanted(hash);
    overflow_type* unlinked = nullptr;
    found gone{};
    const bool done = with_bucket<if_empty::give_up>(hash, [&](bucket& held) HOLDFAST_INLINED {
      const auto at = find_slot(held, key, wanted);
      if (!at) return false;
      gone = held.entry_at(at);
      if (!is_meant(gone)) return false;
      const parting_entry<Types> leaving(held, at, cause::erased);
      unlinked = held.remove(at);
      this->count_erase(held.array());
      return true;
    });
    if (unlinked != nullptr) [[unlikely]] overflow::retire(*this->domain_, *unlinked);
    if (done) retire(gone);
    return done;
  }

  // Puts `fresh` in the place of `expected`, or, if that is none, of nothing, and retires what it replaced. False:
  // something else is there.
  [[nodiscard]] bool put_instead(const found& expected, fresh_entry& fresh, std::uint64_t hash) {
    const marks with(hash);
    found gone{};
    const bool done = with_bucket(hash, [&](bucket& held) HOLDFAST_INLINED {
      const auto at = find_slot(held, fresh->key(), with);
      if (!form::is_same(held.entry_at(at), expected)) return false;
      if (at) {
        const parting_entry<Types> leaving(held, at, cause::overwritten);
        gone = held.replace(at, fresh, with);
        return true;
      }
      held.insert(fresh, with, this->owner_);
      fresh.release();
      this->count_insert(held.array());
      return true;
    });
    retire(gone);
    return done;
  }

  // What references to the entry of `key` share, held once more for the caller; null: the key is absent. Throws: what
  // the allocator throws; then nothing has changed.
  template <class Q>
  [[nodiscard]] entry_watch* refer(const Q& key, std::uint64_t hash) {
    {
      reclaim::section inside(*this->domain_);
      const found entry = this->find(key, hash);
      if (!entry) return nullptr;
      if (entry_watch* const known = entry->watch()) return held_once_more(*known);
    }
    using fresh_watch = owned_watch<typename form::node>;
    struct room {
      fresh_watch* watch;
      ~room() {
        if (watch != nullptr) watch->let_go();
      }
    } fresh{fresh_watch::make(this->owner_, this->root_.home())};
    // Under the lock the entry cannot leave before it has its watch.
    return with_bucket<if_empty::give_up>(hash, [&](bucket& held) -> entry_watch* {
      const auto at = find_slot(held, key, marks(hash));
      if (!at) return nullptr;
      const found there = held.entry_at(at);
      if (entry_watch* const known = there->watch()) return held_once_more(*known);
      fresh.watch->watch(*there, held.array().growth.era);
      there->set_watch(*held_once_more(*fresh.watch));
      return std::exchange(fresh.watch, nullptr);
    });
  }

  void retire(const found& gone) noexcept {
    if (gone) form::retire(*this->domain_, gone);
  }

 private:
  static entry_watch* held_once_more(entry_watch& watch) noexcept {
    watch.hold();
    return &watch;
  }
};

}  // namespace holdfast::inline v0::concurrent
