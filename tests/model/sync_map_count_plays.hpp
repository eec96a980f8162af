// Short plays of what is counted, and freed by whoever gives the last one back: watches, homes, allocators with state.
//
// Each thread reads the thing before it lets go; the end of the thing is a write to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "tests/model/sync_map_message_plays.hpp"

namespace holdfast::tests {

struct home_of_play : played::entry_home {
  message* all;
  explicit home_of_play(message& of) : entry_home(&end), all(&of) {}
  static void end(entry_home* home) noexcept { static_cast<home_of_play*>(home)->all->write(); }
};
struct watch_of_play : played::entry_watch {
  message* all;
  watch_of_play(played::entry_home& home, message& of) : entry_watch(home, &end), all(&of) {}
  static void end(entry_watch* watch) noexcept { static_cast<watch_of_play*>(watch)->all->write(); }
};

// Three have one thing. A home, a watch and an allocator are made with one hold, the first one's.
template <class Thing>
struct let_go_by_three {
  message uses;
  Thing thing{uses};
  void act(fibers& all) {
    for (int who = 0; who < 3; ++who) {
      if (who != 0) thing.hold();
      all.add([this] {
        uses.read();
        thing.let_go();
      });
    }
  }
  void end() {}
};

struct counted_home : home_of_play {
  using home_of_play::home_of_play;
};
struct counted_watch : home_of_play, watch_of_play {
  explicit counted_watch(message& of) : home_of_play(of), watch_of_play(*this, of) {}
  using watch_of_play::hold;
  using watch_of_play::let_go;
};

template <class T>
struct allocator_of_play {
  using value_type = T;
  message* all;
  explicit allocator_of_play(message& of) noexcept : all(&of) {}
  template <class U>
  allocator_of_play(const allocator_of_play<U>& other) noexcept : all(other.all) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* where, std::size_t n) noexcept {
    all->write();
    std::allocator<T>().deallocate(where, n);
  }
  friend bool operator==(const allocator_of_play&, const allocator_of_play&) = default;
};
struct counted_allocator {
  played::block_owner<allocator_of_play<char>> owner;
  explicit counted_allocator(message& of) : owner(decltype(owner)::make(allocator_of_play<char>(of))) {}
  void hold() { owner.add_block(); }
  void let_go() { owner.drop_block(); }
};

using home_let_go = let_go_by_three<counted_home>;
using watch_let_go = let_go_by_three<counted_watch>;
using allocator_let_go = let_go_by_three<counted_allocator>;

}  // namespace holdfast::tests
