// An object that counts those alive, notices its end, and a clock that stands until it is moved.
#pragma once

#include <chrono>

#include <gtest/gtest.h>

#include <holdfast/base/reclaim/domain.hpp>

namespace holdfast::tests {

class cached_object {
 public:
  cached_object(int number, int& alive) : number_(number), alive_(&alive) { ++*alive_; }
  cached_object(const cached_object& other) noexcept : number_(other.number_), alive_(other.alive_) { ++*alive_; }
  cached_object& operator=(const cached_object&) = delete;
  ~cached_object() {
    --*alive_;
    number_ = -1;
  }

  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
  int* alive_;
};

// Has whatever left a cache destroyed, if no pin holds it.
inline void settle_cache() { reclaim::default_domain().drain(); }

struct hand_clock {
  std::chrono::nanoseconds now{0};
};

}  // namespace holdfast::tests
