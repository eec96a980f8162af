// A bucket whose lock this thread holds: looking, putting in, replacing, taking out.
//
// Readers look on meanwhile. So an entry that makes room for a link is in the overflow line before the link
// replaces it, and nothing else moves inside a bucket, but upwards in a split (sync_map_split.hpp). What has been
// taken out of the main line loses its tag when the lock is opened.
//
// inv hf.concurrent.seen-while-moved: an entry that is there all the time can be reached all the time.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_find.hpp>
#include <holdfast/concurrent/sync_map_lock.hpp>
#include <holdfast/concurrent/sync_map_overflow.hpp>

namespace holdfast::inline v0::concurrent {

template <class Types>
class locked_bucket {
 public:
  using form = sync_form<Types>;
  using line_type = typename form::line;
  using overflow_type = typename form::overflow_line;
  using array_base = bucket_array<line_type>;
  using owner = typename Types::owner;
  using found = typename form::found;
  using fresh = typename form::fresh;
  using marks = typename form::marks;

  // Where an entry is, if anywhere. Not the entry too: a struct of several kinds of words, copied as a whole, is stored
  // in pieces and loaded in one, which waits until the stores have left the processor.
  static constexpr unsigned nowhere = ~0U;
  struct slot {
    unsigned place = nowhere;
    overflow_type* line = nullptr;    // null: the main line
    overflow_type* before = nullptr;  // which links to `line`; null: the main line does
    [[nodiscard]] explicit operator bool() const noexcept { return place != nowhere; }
  };

  locked_bucket(array_base& array, line_type& line, std::uint64_t tags) noexcept
      : array_(array), line_(line), tags_(tags) {}
  locked_bucket(const locked_bucket&) = delete;
  locked_bucket& operator=(const locked_bucket&) = delete;
  ~locked_bucket() { unlock(line_.control, tags_); }

  [[nodiscard]] array_base& array() const noexcept { return array_; }

  // Before anything has been changed here.
  template <class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE slot find(const Q& key, marks wanted, const Equal& equal) {
    const unsigned place = find_in(line_, tags_, key, wanted, equal);
    if (place != nowhere) [[likely]] return {place, nullptr, nullptr};
    overflow_type* before = nullptr;
    for (overflow_type* line = line_.link(); line != nullptr; line = line->link()) {
      const unsigned below = find_in(*line, read(line->control), key, wanted, equal);
      if (below != nowhere) return {below, line, before};
      before = line;
    }
    return {};
  }

  // The entry at a place that find() has given, or none.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE found entry_at(const slot& at) const noexcept {
    if (!at) return {};
    return form::entry_in(at.line == nullptr ? line_.read(at.place) : at.line->read(at.place));
  }

  // What `at` is a place of, for who watches it.
  [[nodiscard]] auto& word_of(const slot& at) const noexcept {
    return at.line == nullptr ? line_.words[at.place] : at.line->words[at.place];
  }

  // Publishes `entry`, whose key is not here. Throws: what the allocator throws; then nothing has changed.
  HOLDFAST_ALWAYS_INLINE void insert(const fresh& entry, marks with, const owner& from) {
    tags_ = put_in_bucket<form>(line_, tags_, form::cell_of(entry.get(), with), with.tag(), from);
  }

  // Publishes the value of `entry` where the one of `at` was. What is no longer reachable and must be retired, if any.
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE found replace(const slot& at, fresh& entry, marks with) noexcept {
    if (at.line == nullptr) return form::replace(line_, at.place, entry, with);
    return form::replace(*at.line, at.place, entry, with);
  }

  // The entry of `at` is no longer reachable and must be retired; so must the line that is returned, if any.
  [[nodiscard]] overflow_type* remove(const slot& at) noexcept {
    if (at.line == nullptr) {
      line_.vacate(at.place);
      tags_ = without_tag(tags_, at.place);
      return nullptr;
    }
    at.line->vacate(at.place);
    const std::uint64_t tags = without_tag(read(at.line->control), at.place);
    // release: pairs with the acquire of readers.
    at.line->control.store(tags, std::memory_order_release);
    if (overflow_type::entries_of(tags) != 0) return nullptr;
    tags_ = unlink_line<form>(line_, tags_, at.before, *at.line);
    return at.line;
  }

 private:
  // The holder's own read: nobody else writes here.
  [[nodiscard]] static std::uint64_t read(const std::atomic<std::uint64_t>& from) noexcept {
    return from.load(std::memory_order_relaxed);
  }

  template <class Line, class Q, class Equal>
  [[nodiscard]] HOLDFAST_ALWAYS_INLINE static unsigned find_in(const Line& line, std::uint64_t tags, const Q& key,
                                                               marks wanted, const Equal& equal) {
    for (tag_matches places(tags, wanted.tags, Line::slots); places; places.drop_first()) {
      if (form::look(line, places.first(), tags, wanted, key, equal)) [[likely]] return places.first();
    }
    return nowhere;
  }

  array_base& array_;
  line_type& line_;
  std::uint64_t tags_;
};

}  // namespace holdfast::inline v0::concurrent
