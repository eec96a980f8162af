// An object with static storage that is never destroyed.
//
// For what threads and other static objects use after main has returned. With a constexpr constructor and
// `constinit` it needs no start-up code either, so it is there before anybody can ask for it.
#pragma once

#include <utility>

namespace holdfast::inline v0 {

template <class T>
union immortal {
  T it;

  template <class... Arguments>
  constexpr explicit immortal(Arguments&&... arguments) : it(std::forward<Arguments>(arguments)...) {}
  immortal(const immortal&) = delete;
  immortal& operator=(const immortal&) = delete;
  constexpr ~immortal() {}
};

}  // namespace holdfast::inline v0
