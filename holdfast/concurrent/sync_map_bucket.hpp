// A bucket whose lock this thread holds: looking, putting in, replacing, taking out.
//
// Readers look on meanwhile. So a word is stored before its tag; an entry that makes room for a link is in
// the overflow line before the link replaces it; and nothing else moves inside a bucket, but upwards in a split
// (sync_map_split.hpp). The tags of the main line appear when the lock is opened.
//
// inv hf.concurrent.seen-while-moved: an entry that is there all the time can be reached all the time.
#pragma once

#include <atomic>
#include <cstdint>

#include <holdfast/base/reclaim/domain.hpp>
#include <holdfast/concurrent/sync_map_find.hpp>
#include <holdfast/concurrent/sync_map_lock.hpp>

namespace holdfast::inline v0::concurrent {

// An overflow line and whose memory it is.
template <class Owner>
struct owned_overflow : overflow_line {
  explicit owned_overflow(const Owner& from) noexcept : owner(from) {}

  template <class Allocator>
  [[nodiscard]] static owned_overflow* make(const block_owner<Allocator>& from) {
    return ::new (take_room<owned_overflow>(from)) owned_overflow(from);
  }
  static void destroy(overflow_line* line) noexcept {
    auto* const whole = static_cast<owned_overflow*>(line);
    const Owner from = whole->owner;
    whole->~owned_overflow();
    give_room<owned_overflow>(whole, from);
  }
  static void destroy_retired(reclaim::retirable* line) noexcept { destroy(static_cast<overflow_line*>(line)); }
  static void retire(reclaim::domain& domain, overflow_line& line) noexcept {
    domain.retire(line, sizeof(owned_overflow), &destroy_retired);
  }
  // The line that `first_link` leads to and all behind it; nobody new can reach them any more.
  static void retire_chain(reclaim::domain& domain, std::uint64_t first_link) noexcept {
    while (is_link(first_link)) {
      overflow_line& line = *linked(first_link);
      first_link = line.last_word();
      retire(domain, line);
    }
  }

  // Lines that have been unlinked one by one, linked by next_retired.
  static void retire_list(reclaim::domain& domain, overflow_line* first) noexcept {
    while (first != nullptr) {
      overflow_line& line = *first;
      first = static_cast<overflow_line*>(line.next_retired);
      retire(domain, line);
    }
  }

  HOLDFAST_NO_UNIQUE_ADDRESS Owner owner;
};

template <class Types>
class locked_bucket {
 public:
  using node = sync_node<Types>;
  using owner = typename Types::owner;
  using overflow = owned_overflow<owner>;

  // Where an entry is.
  struct slot {
    node* entry = nullptr;
    std::atomic<std::uint64_t>* word = nullptr;
    overflow_line* line = nullptr;            // null: the main line
    std::atomic<std::uint64_t>* from = nullptr;  // the word that links to the line
    unsigned place = 0;
    [[nodiscard]] explicit operator bool() const noexcept { return entry != nullptr; }
  };

  locked_bucket(bucket_array& array, bucket_line& line, std::uint64_t tags) noexcept
      : array_(array), line_(line), tags_(tags) {}
  locked_bucket(const locked_bucket&) = delete;
  locked_bucket& operator=(const locked_bucket&) = delete;
  ~locked_bucket() { unlock(line_.control, tags_); }

  [[nodiscard]] bucket_array& array() const noexcept { return array_; }

  // `matches(node*)` says whether it is the one that is looked for; asked only if its marks fit.
  template <class Matches>
  [[nodiscard]] slot find(hash_marks marks, Matches&& matches) {
    if (slot found = find_in(line_, tags_, marks, matches)) return found;
    std::atomic<std::uint64_t>* from = &line_.words[main_slots - 1];
    for (std::uint64_t link = read(*from); is_link(link); link = read(*from)) {
      overflow_line& line = *linked(link);
      if (slot found = find_in(line, read(line.control), marks, matches)) {
        found.line = &line;
        found.from = from;
        return found;
      }
      from = &line.words[overflow_slots - 1];
    }
    return {};
  }

  // Publishes `entry`, whose key is not here. Throws: what the allocator throws; then nothing has changed.
  void insert(node* entry, hash_marks marks, const owner& from) {
    const std::uint64_t word = marks.sign | reinterpret_cast<std::uintptr_t>(entry);
    if (const tag_matches vacant(tags_, vacant_tag, main_slots); vacant) [[likely]] {
      write(line_.words[vacant.first()], word);
      tags_ = with_tag(tags_, vacant.first(), marks.tag);
      return;
    }
    insert_in_overflow(word, marks.tag, from);
  }

  // Publishes `entry` where the one of `at` was, which is no longer reachable and must be retired.
  void replace(const slot& at, node* entry, hash_marks marks) noexcept {
    write(*at.word, marks.sign | reinterpret_cast<std::uintptr_t>(entry));
  }

  // The entry of `at` is no longer reachable and must be retired; so must the line that is returned, if any.
  [[nodiscard]] overflow_line* remove(const slot& at) noexcept {
    write(*at.word, 0);
    if (at.line == nullptr) {
      tags_ = without_tag(tags_, at.place);
      return nullptr;
    }
    const std::uint64_t tags = without_tag(read(at.line->control), at.place);
    write(at.line->control, tags);
    return tags == 0 ? unlink(at) : nullptr;
  }

 private:
  // The holder's own reads: nobody else writes here.
  [[nodiscard]] static std::uint64_t read(const std::atomic<std::uint64_t>& from) noexcept {
    return from.load(std::memory_order_relaxed);
  }
  // release: pairs with the acquires of readers.
  static void write(std::atomic<std::uint64_t>& to, std::uint64_t what) noexcept {
    to.store(what, std::memory_order_release);
  }

  template <class Line, class Matches>
  [[nodiscard]] static slot find_in(Line& line, std::uint64_t tags, hash_marks marks, Matches& matches) {
    for (tag_matches places(tags, marks.tag, Line::slots); places; places.drop_first()) {
      auto& word = line.words[places.first()];
      const std::uint64_t address = read(word) ^ marks.sign;
      if (address >> address_width != 0) continue;
      node* const entry = node_in<node>(address);
      if (matches(entry)) return {entry, &word, nullptr, nullptr, places.first()};
    }
    return {};
  }

  void insert_in_overflow(std::uint64_t word, std::uint64_t tag, const owner& from) {
    std::uint64_t link = read(line_.words[main_slots - 1]);
    if (!is_link(link)) {
      const std::uint64_t moved_tag = tags_ >> 8 * (main_slots - 1) & 0xff;
      push_line(line_, moved_tag, word, tag, from);
      tags_ = with_tag(without_tag(tags_, main_slots - 1), main_slots - 1, link_tag);
      return;
    }
    while (true) {
      overflow_line& line = *linked(link);
      const std::uint64_t tags = read(line.control);
      if (const tag_matches vacant(tags, vacant_tag, overflow_slots); vacant) {
        write(line.words[vacant.first()], word);
        write(line.control, with_tag(tags, vacant.first(), tag));
        return;
      }
      link = read(line.words[overflow_slots - 1]);
      if (is_link(link)) continue;
      push_line(line, tags >> 8 * (overflow_slots - 1) & 0xff, word, tag, from);
      write(line.control, with_tag(without_tag(tags, overflow_slots - 1), overflow_slots - 1, link_tag));
      return;
    }
  }

  // Puts a line behind the full `line`; its last entry and `word` are in there before the link can be seen.
  template <class Line>
  static void push_line(Line& line, std::uint64_t moved_tag, std::uint64_t word, std::uint64_t tag, const owner& from) {
    overflow_line* const fresh = overflow::make(from);
    auto& last = line.words[Line::slots - 1];
    // relaxed: the link below publishes them.
    fresh->words[0].store(read(last), std::memory_order_relaxed);
    fresh->words[1].store(word, std::memory_order_relaxed);
    fresh->control.store(with_tag(with_tag(0, 0, moved_tag), 1, tag), std::memory_order_relaxed);
    write(last, link_to(fresh));
  }

  // Takes the empty last line of a chain out.
  overflow_line* unlink(const slot& at) noexcept {
    write(*at.from, 0);
    overflow_line* const before = line_of_last_word(at.from);
    if (before == nullptr) tags_ = without_tag(tags_, main_slots - 1);
    else write(before->control, without_tag(read(before->control), overflow_slots - 1));
    return at.line;
  }

  // The overflow line that ends in `word`; null: the main line does.
  [[nodiscard]] overflow_line* line_of_last_word(const std::atomic<std::uint64_t>* word) const noexcept {
    if (word == &line_.words[main_slots - 1]) return nullptr;
    overflow_line* line = linked(read(line_.words[main_slots - 1]));
    while (&line->words[overflow_slots - 1] != word) line = linked(read(line->words[overflow_slots - 1]));
    return line;
  }

  bucket_array& array_;
  bucket_line& line_;
  std::uint64_t tags_;
};

}  // namespace holdfast::inline v0::concurrent
