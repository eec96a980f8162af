// Whether there is an order of the calls, true to the clock, in which a map with one thread would have given
// the same answers.
//
// The search of Wing and Gong with the memory of Lowe: among the calls that may come first (nothing ended
// before they began) one that fits is taken; when none does, the last choice is taken back. A set of taken
// calls that led to the same content before is not tried again. A history of one key may be judged apart
// from the others (linearizability is local), which keeps the search short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <list>
#include <set>
#include <utility>
#include <vector>

#include "tests/linearizability/history.hpp"

namespace holdfast::tests {

class checker {
 public:
  explicit checker(const history& calls) : calls_(calls), taken_(calls.size()) {
    std::vector<moment> all;
    for (std::size_t number = 0; number < calls.size(); ++number) {
      all.push_back({calls[number].began, number, true});
      all.push_back({calls[number].ended, number, false});
    }
    std::sort(all.begin(), all.end(), [](const moment& a, const moment& b) { return a.when < b.when; });
    moments_.assign(all.begin(), all.end());
    ends_.resize(calls.size());
    for (auto at = moments_.begin(); at != moments_.end(); ++at) {
      if (!at->begins) ends_[at->call] = at;
    }
  }

  // Whether the calls can have happened one after the other to a map that held `now`.
  [[nodiscard]] bool fits(content now) {
    auto at = moments_.begin();
    while (at != moments_.end()) {
      if (!at->begins) {
        // A call ended that was not taken: what was taken last must have been wrong.
        if (choices_.empty()) return false;
        at = take_back(now);
      } else if (content next = now; happens(calls_[at->call], next) && is_new(at->call, next)) {
        at = take(at, now);
        now = next;
      } else {
        ++at;
      }
    }
    return true;
  }

 private:
  struct moment {
    std::uint64_t when;
    std::size_t call;
    bool begins;
  };
  using position = std::list<moment>::iterator;
  struct choice {
    std::list<moment> lifted;  // both moments of the call
    position begin_before;     // where they go again
    position end_before;
    content before;
  };

  bool is_new(std::size_t call, const content& next) {
    taken_[call] = true;
    const bool fresh = seen_.emplace(taken_, next).second;
    taken_[call] = false;
    return fresh;
  }

  // Takes the call that begins at `at` out of the list. Returns where to go on: at the start.
  position take(position at, const content& before) {
    choice made;
    made.before = before;
    const position end = ends_[at->call];
    taken_[at->call] = true;
    made.end_before = std::next(end);
    made.lifted.splice(made.lifted.end(), moments_, end);
    made.begin_before = std::next(at);
    made.lifted.splice(made.lifted.begin(), moments_, at);
    choices_.push_back(std::move(made));
    return moments_.begin();
  }

  // Puts the call back that was taken last. Returns what comes after its beginning.
  position take_back(content& now) {
    choice last = std::move(choices_.back());
    choices_.pop_back();
    now = last.before;
    const position begin = last.lifted.begin();
    const position end = std::next(begin);
    taken_[begin->call] = false;
    moments_.splice(last.begin_before, last.lifted, begin);
    moments_.splice(last.end_before, last.lifted, end);
    return std::next(begin);
  }

  const history& calls_;
  std::vector<bool> taken_;
  std::list<moment> moments_;
  std::vector<position> ends_;
  std::vector<choice> choices_;
  std::set<std::pair<std::vector<bool>, content>> seen_;
};

[[nodiscard]] inline bool is_linearizable(const history& calls, const content& before) {
  return checker(calls).fits(before);
}

// The calls that concern one key; clear concerns each.
[[nodiscard]] inline history of_key(const history& calls, std::size_t key) {
  history some;
  for (event one : calls) {
    if (one.what == word::clear) one.key = key;
    if (one.key == key && one.what != word::snapshot) some.push_back(one);
  }
  return some;
}

}  // namespace holdfast::tests
