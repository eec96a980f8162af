// Plays a trace through one kind of table. Every table is played by the code below, instantiated
// for its type, so that no call through a pointer stands between the clock and the table.
//
// A table is reached through a face: find, insert, assign, erase, size, note_insert, memory; one that can be bounded
// is made of how many entries it may hold. Each
// value is a pointer to the place in the trace where its key was last written, so the values a
// table gives back prove that it gave the right ones.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "holdfast/tools/bounded_map.hpp"
#include "holdfast/tools/contestant.hpp"
#include "holdfast/tools/replay_plan.hpp"
#include "holdfast/tools/tick_clock.hpp"

namespace holdfast::inline v0::tools {

template <class Face, class Key>
concept replay_face = requires(Face& face, const Key& key, const void* value) {
  { face.find(key) } -> std::same_as<const void*>;  // null = absent
  face.insert(key, value);                          // a key known to be absent
  { face.assign(key, value) } -> std::same_as<bool>;  // true = the key is new
  { face.erase(key) } -> std::same_as<bool>;          // true = it was there
  face.note_insert();  // after each new key of a play that weighs the table
  { face.size() } -> std::convertible_to<std::size_t>;
  { face.memory() } -> std::same_as<table_memory>;
};

struct answer {
  const void* seen = nullptr;  // the value that a look-up found
  bool found = false;
  bool inserted = false;
  bool erased = false;
};

template <class Face, class Key>
[[nodiscard]] inline answer look_up_or_insert(Face& face, const Key& key, const void* value) {
  if (const void* seen = face.find(key)) return {seen, true, false, false};
  face.insert(key, value);
  return {nullptr, false, true, false};
}

template <class Face, class Key>
[[nodiscard]] inline answer assign(Face& face, const Key& key, const void* value) {
  const bool fresh = face.assign(key, value);
  return {nullptr, !fresh, fresh, false};
}

// The rules of play_mode, each a function object that plays one operation.
struct play_as_recorded {
  template <class Face, class Key>
  [[nodiscard]] answer operator()(Face& face, const Key& key, op_kind kind, const void* value) {
    if (kind == op_kind::read) return look_up_or_insert(face, key, value);
    if (kind == op_kind::write) return assign(face, key, value);
    const bool erased = face.erase(key);
    return {nullptr, erased, false, erased};
  }
};

struct play_read_insert {
  template <class Face, class Key>
  [[nodiscard]] answer operator()(Face& face, const Key& key, op_kind, const void* value) {
    return look_up_or_insert(face, key, value);
  }
};

struct play_insert {
  template <class Face, class Key>
  [[nodiscard]] answer operator()(Face& face, const Key& key, op_kind, const void* value) {
    return assign(face, key, value);
  }
};

template <class Key>
class play_cache {
 public:
  explicit play_cache(std::size_t capacity) : capacity_(capacity) {}

  template <class Face>
  [[nodiscard]] answer operator()(Face& face, const Key& key, op_kind, const void* value) {
    answer told = look_up_or_insert(face, key, value);
    if (told.inserted) told.erased = make_room(face, key);
    return told;
  }

 private:
  template <class Face>
  [[nodiscard]] bool make_room(Face& face, const Key& newest) {
    if (in_order_.size() < capacity_) {
      in_order_.push_back(newest);
      return false;
    }
    const Key oldest = std::exchange(in_order_[next_], newest);
    next_ = next_ + 1 == capacity_ ? 0 : next_ + 1;
    return face.erase(oldest);
  }

  std::size_t capacity_;
  std::vector<Key> in_order_;  // a ring once it is full
  std::size_t next_ = 0;
};

template <class Face, class Key, class Rule>
class player {
 public:
  player(std::span<const Key> keys, std::span<const op_kind> kinds, Rule rule, std::size_t bound)
      : keys_(keys), kinds_(kinds), rule_(std::move(rule)), face_(made_with_bound<Face>(bound)) {}

  // For throughput: one clock reading a stretch.
  [[nodiscard]] play_result play(play_listener& listener) {
    using clock = std::chrono::steady_clock;
    clock::duration spent = {};
    for (std::size_t first = 0; first < keys_.size(); first += stretch) {
      const std::size_t end = std::min(first + stretch, keys_.size());
      const auto start = clock::now();
      for (std::size_t i = first; i < end; ++i) count(play_one(i));
      spent += clock::now() - start;
      listener.played(end - first);
    }
    return result(std::chrono::duration<double>(spent).count());
  }

  // For memory: the table is looked at after every insertion, which nobody times.
  [[nodiscard]] play_result weigh(play_listener& listener) {
    for (std::size_t first = 0; first < keys_.size(); first += stretch) {
      const std::size_t end = std::min(first + stretch, keys_.size());
      for (std::size_t i = first; i < end; ++i) {
        const answer told = play_one(i);
        count(told);
        if (told.inserted) face_.note_insert();
      }
      listener.played(end - first);
    }
    return result(0.0);
  }

  // For latency: two clock readings an operation.
  [[nodiscard]] play_result time(play_times& times, play_listener& listener) {
    for (std::size_t first = 0; first < keys_.size(); first += stretch) {
      const std::size_t end = std::min(first + stretch, keys_.size());
      for (std::size_t i = first; i < end; ++i) time_one(i, times);
      listener.played(end - first);
    }
    return result(0.0);
  }

 private:
  static constexpr std::size_t stretch = 1 << 15;

  [[nodiscard]] answer play_one(std::size_t i) {
    return rule_(face_, keys_[i], kinds_[i], &keys_[i]);
  }

  void time_one(std::size_t i, play_times& times) {
    const auto start = tick_clock::begin();
    const answer told = play_one(i);
    const auto ticks = tick_clock::end() - start;
    count(told);
    times.merge(i, ticks, told.inserted);
  }

  void count(const answer& told) {
    told_.found += told.found;
    told_.inserted += told.inserted;
    told_.erased += told.erased;
    if (told.seen != nullptr) {
      told_.checksum += static_cast<std::uint64_t>(static_cast<const Key*>(told.seen) - &keys_[0]);
    }
  }

  [[nodiscard]] play_result result(double seconds) {
    told_.entries = face_.size();
    return {told_, face_.memory(), seconds};
  }

  std::span<const Key> keys_;
  std::span<const op_kind> kinds_;
  Rule rule_;
  Face face_;
  answers told_;
};

// Calls `with` with a player of `Face` for `rule`.
template <class Face, class Key, class With>
  requires replay_face<Face, Key>
[[nodiscard]] play_result with_player(std::span<const Key> keys, std::span<const op_kind> kinds,
                                      const play_rule& rule, With with) {
  switch (rule.mode) {
    case play_mode::mixed: {
      player<Face, Key, play_as_recorded> one(keys, kinds, {}, rule.cache_bound);
      return with(one);
    }
    case play_mode::read_insert: {
      player<Face, Key, play_read_insert> one(keys, kinds, {}, rule.cache_bound);
      return with(one);
    }
    case play_mode::insert: {
      player<Face, Key, play_insert> one(keys, kinds, {}, rule.cache_bound);
      return with(one);
    }
    case play_mode::cache: break;
  }
  player<Face, Key, play_cache<Key>> one(keys, kinds, play_cache<Key>(rule.capacity), rule.cache_bound);
  return with(one);
}

// A contestant whose tables are reached through NumberFace and WordFace.
template <class NumberFace, class WordFace>
[[nodiscard]] contestant contestant_of(std::string_view name, std::string_view story) {
  const auto with_keys = [](const trace& t, const play_rule& rule, auto with) {
    if (t.has_words()) {
      return with_player<WordFace, std::string_view>(t.words(), t.kinds(), rule, with);
    }
    return with_player<NumberFace, std::uint64_t>(t.numbers(), t.kinds(), rule, with);
  };
  return {name, story,
          [with_keys](const trace& t, const play_rule& rule, play_listener& listener) {
            return with_keys(t, rule, [&](auto& one) { return one.play(listener); });
          },
          [with_keys](const trace& t, const play_rule& rule, play_times& times,
                      play_listener& listener) {
            return with_keys(t, rule, [&](auto& one) { return one.time(times, listener); });
          },
          [with_keys](const trace& t, const play_rule& rule, play_listener& listener) {
            return with_keys(t, rule, [&](auto& one) { return one.weigh(listener); });
          }};
}

}  // namespace holdfast::inline v0::tools
