// Overflow lines: where they come from and go to, and how a bucket's chain grows and shrinks.
//
// All of it for who holds the bucket's lock, or has a bucket that nobody can see.
#pragma once

#include <atomic>
#include <cstdint>
#include <new>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/block_owner.hpp>
#include <holdfast/concurrent/sync_map_line.hpp>

namespace holdfast::inline v0::concurrent {

// An overflow line and whose memory it is.
template <class Line, class Owner>
struct owned_overflow : Line {
  explicit owned_overflow(const Owner& from) noexcept : owner(from) {}

  [[nodiscard]] static Line* make(const Owner& from) {
    return ::new (take_room<owned_overflow>(from)) owned_overflow(from);
  }
  static void destroy(Line* line) noexcept {
    auto* const whole = static_cast<owned_overflow*>(line);
    destroy_in_room(whole, whole->owner);
  }
  static void destroy_retired(reclaim::retirable* line) noexcept { destroy(static_cast<Line*>(line)); }
  static void retire(reclaim::domain& domain, Line& line) noexcept {
    domain.retire(line, sizeof(owned_overflow), &destroy_retired);
  }
  // `first` and all lines behind it; nobody new can reach them any more.
  static void retire_chain(reclaim::domain& domain, Line* first) noexcept {
    while (first != nullptr) {
      Line& line = *first;
      first = line.link();
      retire(domain, line);
    }
  }
  // Lines that have been unlinked one by one, linked by next_retired.
  static void retire_list(reclaim::domain& domain, Line* first) noexcept {
    while (first != nullptr) {
      Line& line = *first;
      first = static_cast<Line*>(line.next_retired);
      retire(domain, line);
    }
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Owner owner;
};

template <class Form, class Owner>
[[nodiscard]] HOLDFAST_NOINLINE std::uint64_t put_in_overflow(typename Form::line& line, std::uint64_t tags,
                                                              typename Form::cell what, std::uint64_t tag, const Owner& from) {
  using overflow_line = typename Form::overflow_line;
  using owned = owned_overflow<overflow_line, Owner>;
  const auto put = [&](overflow_line& to) {
    // relaxed: nobody else writes.
    const std::uint64_t there = to.control.load(std::memory_order_relaxed);
    const tag_matches vacant(there, vacant_tag, overflow_line::slots);
    if (vacant) to.put(vacant.first(), what, with_tag(there, vacant.first(), tag));
    return static_cast<bool>(vacant);
  };
  overflow_line* below = line.link();
  if (below == nullptr) {
    below = owned::make(from);
    tags = line.add_link(*below, tags);
    put(*below);
    return tags;
  }
  while (!put(*below)) {
    if (overflow_line* const next = below->link()) {
      below = next;
      continue;
    }
    overflow_line* const fresh = owned::make(from);
    const std::uint64_t there = below->add_link(*fresh, below->control.load(std::memory_order_relaxed));
    // release: pairs with the acquire of readers.
    below->control.store(there, std::memory_order_release);
    below = fresh;
  }
  return tags;
}

// Puts `what` into the bucket of `line`, whose tags are `tags`. The tags afterwards. Throws: what the allocator
// throws; then nothing has changed.
template <class Form, class Owner>
[[nodiscard]] HOLDFAST_ALWAYS_INLINE std::uint64_t put_in_bucket(typename Form::line& line, std::uint64_t tags,
                                                                 typename Form::cell what, std::uint64_t tag, const Owner& from) {
  const tag_matches vacant(tags, vacant_tag, Form::line::slots);
  if (!vacant) [[unlikely]] return put_in_overflow<Form>(line, tags, what, tag, from);
  tags = with_tag(tags, vacant.first(), tag);
  line.put(vacant.first(), what, tags | lock_bit);
  return tags;
}

// Takes the empty line `gone`, which `before` links to or, if that is null, the main line, out of the chain. A reader
// that stands in it goes on from there as before. The tags of the main line afterwards.
template <class Form>
[[nodiscard]] std::uint64_t unlink_line(typename Form::line& line, std::uint64_t tags, typename Form::overflow_line* before,
                                        const typename Form::overflow_line& gone) noexcept {
  if (before == nullptr) return line.relink(gone.link(), tags);
  const std::uint64_t there = before->relink(gone.link(), before->control.load(std::memory_order_relaxed));
  // release: pairs with the acquire of readers.
  before->control.store(there, std::memory_order_release);
  return tags;
}

// Calls visit(found) for each entry of a bucket. For who holds its lock, or needs no more than what may be
// seen at one time or another.
template <class Form, class Visit>
void for_each_entry(const typename Form::line& line, Visit&& visit) {
  Form::for_each_in(line, visit);
  for (const auto* below = line.link(); below != nullptr; below = below->link()) Form::for_each_in(*below, visit);
}

}  // namespace holdfast::inline v0::concurrent
