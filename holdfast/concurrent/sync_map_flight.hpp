// One load_or_make at a time for each key: who comes second waits for what the first one makes.
//
// The flights under way in the whole process stand on one board. A thread comes here only when its key is
// absent, so the board is no part of a lookup. Two threads that wait for each other's keys, or one that
// waits for its own, would wait for ever: that is seen on the board and reported.
//
// inv hf.concurrent.one-flight: while a flight for a key is on the board no other one for it begins.
#pragma once

#include <cstdint>

#include <holdfast/base/lang/config.hpp>

namespace holdfast::inline v0::concurrent {

class [[nodiscard]] flight {
 public:
  // Whether two keys of the same map and the same hash are equal. May throw.
  using same_key = bool (*)(const void* map, const void* a, const void* b);

  // Goes on the board, or waits until the flight for the same key has landed. The key must stay where it is.
  // Throws: what `same` throws. Fatal: a circle of threads waits for each other.
  flight(const void* map, std::uint64_t hash, const void* key, same_key same);
  flight(const flight&) = delete;
  flight& operator=(const flight&) = delete;
  ~flight();

  // False: another one had the key, and has landed. Look again.
  [[nodiscard]] bool is_first() const noexcept { return is_first_; }

 private:
  friend class flight_board;

  // What a thread is doing here.
  struct traveller {
    const flight* waits_for = nullptr;  // set to null by who lands it
    traveller* next = nullptr;          // among those that wait
  };
  static thread_local traveller me;

  const void* map_;
  std::uint64_t hash_;
  const void* key_;
  bool is_first_ = false;
  const traveller* owner_ = &me;
  flight* next_ = nullptr;
};

}  // namespace holdfast::inline v0::concurrent
