// Telling the references to an entry that it leaves its map: around the store that takes it out.
//
// Maps without references have the names and nothing behind them.
#pragma once

#include <holdfast/base/lang/cause.hpp>
#include <holdfast/concurrent/sync_map_bucket.hpp>
#include <holdfast/concurrent/sync_map_root.hpp>

namespace holdfast::inline v0::concurrent {

// One entry, in a bucket whose lock is held: made before the entry is unlinked, destroyed before the lock is opened.
template <class Types, bool = Types::gives_references>
class parting_entry {
 public:
  using bucket = locked_bucket<Types>;

  parting_entry(const bucket&, const typename bucket::slot&, cause) noexcept {}
  ~parting_entry() {}  // so that it counts as used
};

template <class Types>
class parting_entry<Types, true> {
 public:
  using bucket = locked_bucket<Types>;

  parting_entry(const bucket& held, const typename bucket::slot& at, cause what) noexcept
      : watch_(held.entry_at(at)->watch()) {
    if (watch_ != nullptr) watch_->leave(held.word_of(at), what);
  }
  parting_entry(const parting_entry&) = delete;
  parting_entry& operator=(const parting_entry&) = delete;
  ~parting_entry() {
    if (watch_ != nullptr) watch_->end();
  }

 private:
  entry_watch* watch_;
};

// All entries: made before the map is emptied.
template <class Types, bool = Types::gives_references>
class parting {
 public:
  template <class Root>
  parting(const Root&, cause) noexcept {}
  template <class Found>
  void tell(const Found&) const noexcept {}
};

template <class Types>
class parting<Types, true> {
 public:
  template <class Root>
  parting(const Root& root, cause what) noexcept : why_(root.home().operation(what)) {
    root.home().note_emptying(why_);
  }
  // With the lock of the bucket of `entry`.
  template <class Node>
  void tell(const Node* entry) const noexcept {
    if (entry_watch* const watch = entry->watch()) watch->end(why_);
  }

 private:
  cause_record why_;
};

}  // namespace holdfast::inline v0::concurrent
