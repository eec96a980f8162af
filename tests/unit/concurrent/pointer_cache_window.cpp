// A key without an object: the cache that publishes in two steps has it, ours has not.
//
// The two-step cache is that of a well-known article: a concurrent map of boxes, where store() puts an empty
// box under a new key and then the pointer into the box. Between the two a reader is told (null, true).
#include <holdfast/concurrent/pointer_cache.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/concurrent/sync_map.hpp>

namespace {

class two_step_cache {
 public:
  void store(int key, const int* object, const std::function<void()>& between = {}) {
    const auto box = boxes_.load_or_store(key, std::make_shared<std::atomic<const int*>>(nullptr)).value;
    if (between) between();
    // seq_cst, as in the article's language; it does not help.
    box->store(object);
  }
  [[nodiscard]] std::pair<const int*, bool> load(int key) const {
    const auto box = boxes_.load(key);
    if (!box) return {nullptr, false};
    return {(*box)->load(), true};
  }
  void erase(int key) { boxes_.erase(key); }

 private:
  holdfast::sync_map<int, std::shared_ptr<std::atomic<const int*>>> boxes_;
};

TEST(PointerCacheWindow, TheTwoStepCacheShowsAKeyWithoutAnObject) {
  two_step_cache naive;
  const int object = 1;
  std::pair<const int*, bool> seen{&object, false};
  naive.store(1, &object, [&] { seen = naive.load(1); });
  EXPECT_EQ(seen.first, nullptr);
  EXPECT_TRUE(seen.second);
  EXPECT_EQ(naive.load(1), (std::pair{&object, true}));
}

// Every place in which store() runs code of the user's is a place between its steps.
// covers hf.cache.no-key-without-object
TEST(PointerCacheWindow, OursShowsNoKeyBetweenAnyOfItsSteps) {
  struct looking {
    std::function<void()> look;
    looking(const looking& other) : look(other.look) { look(); }
    explicit looking(std::function<void()> with) : look(std::move(with)) {}
  };
  using cache = holdfast::pointer_cache<int, looking>;
  int looked = 0;
  bool is_storing = true;
  bool is_asking = false;
  cache* self = nullptr;
  const auto look = [&] {
    if (!is_storing) return;
    ++looked;
    EXPECT_FALSE(self->load(1));
    EXPECT_FALSE(self->visit(1, [](const looking&) {}));
    self->for_each([](int, const looking&) { FAIL(); });
  };
  cache ours({.capacity = 10,
              .weigh =
                  [&](int, const looking&) {
                    look();
                    return std::size_t{1};
                  },
              .time_to_live = std::chrono::hours(1),
              .clock =
                  [&] {
                    if (std::exchange(is_asking, true)) return std::chrono::nanoseconds(0);
                    // Asked before the entry is published, and after.
                    const auto found = self->load(1);
                    EXPECT_EQ(static_cast<bool>(found), found.get() != nullptr);
                    EXPECT_TRUE(!found || found->look) << "whole";
                    is_asking = false;
                    return std::chrono::nanoseconds(0);
                  }});
  self = &ours;
  const looking value(look);
  looked = 0;
  ours.store(1, value);
  is_storing = false;
  EXPECT_GE(looked, 2) << "copied, and weighed";
  EXPECT_TRUE(ours.load(1));
}

// covers hf.cache.no-key-without-object
TEST(PointerCacheWindow, NoReaderOfOursFindsAKeyWithoutAnObject) {
  holdfast::pointer_cache<int, int> ours({.capacity = 3});
  std::atomic<bool> is_over{false};
  std::jthread writer([&] {
    for (int i = 0; i < 20'000; ++i) {
      ours.store(i % 4, i);
      ours.erase((i + 2) % 4);
      (void)ours.load_or_make((i + 1) % 4, [&] { return i; });
    }
    is_over = true;
  });
  while (!is_over) {
    for (int key = 0; key < 4; ++key) {
      const auto found = ours.load(key);
      ASSERT_EQ(static_cast<bool>(found), found.get() != nullptr);
      if (found) {
        ASSERT_GE(*found, 0);
      }
    }
  }
}

}  // namespace
