// Threads refer to entries that others overwrite, erase and clear: what a reference gives is what it was made for, and
// once it has ended it stays so and
// says why.
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/concurrent/sync_map.hpp>

namespace {

using namespace std::chrono_literals;
using holdfast::checked_sync_map;
using holdfast::sync_ref;

constexpr auto time_for_each = 600ms;
constexpr std::uint64_t keys = 24;

// Knows which one it is, and notices when it has been destroyed.
class numbered {
 public:
  explicit numbered(std::uint64_t number) : number_(number), check_(~number) {}
  numbered(const numbered&) = default;
  ~numbered() {
    number_ = 0;
    check_ = 0;
  }

  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] bool is_alive() const { return check_ == ~number_; }

 private:
  volatile std::uint64_t number_;
  volatile std::uint64_t check_;
};

struct kept {
  sync_ref<numbered> to;
  std::uint64_t number = 0;
  bool has_ended = false;
};

template <class Map>
class play {
 public:
  play(Map& map, std::uint32_t seed) : map_(map), random_(seed) {}

  void use_the_map() {
    switch (random_() % 8) {
      case 0: map_.store(some_key(), numbered(random_())); break;
      case 1: map_.erase(some_key()); break;
      case 2:
        if (random_() % 64 == 0) map_.clear();
        break;
      case 3:
      case 4: refer(); break;
      default: ask();
    }
  }
  // Also when the map has gone.
  void ask() { ask(all_[random_() % all_.size()]); }
  void find_all_ended() {
    for (kept& one : all_) ask(one);
    for (const kept& one : all_) ASSERT_TRUE(!one.to || one.has_ended);
  }

 private:
  [[nodiscard]] std::uint64_t some_key() { return random_() % keys; }

  void refer() {
    const sync_ref<numbered> made = map_.ref(some_key());
    const auto held = made.pin();
    if (held) all_[random_() % all_.size()] = {made, held->number()};
  }
  void ask(kept& one) {
    if (!one.to) return;
    const auto held = one.to.pin();
    if (!held) {
      const holdfast::cause_record why = one.to.why();
      ASSERT_TRUE(why) << "it has ended and does not say why";
      ASSERT_NE(why.serial(), 0U);
      ASSERT_NE(why.thread(), 0U);
      one.has_ended = true;
      return;
    }
    ASSERT_FALSE(one.has_ended) << "a reference that had ended is there again";
    ASSERT_TRUE(held->is_alive());
    ASSERT_EQ(held->number(), one.number);
  }

  Map& map_;
  std::minstd_rand random_;
  std::array<kept, 64> all_{};
};

// covers hf.concurrent.ref-never-dangles, hf.concurrent.ref-outlives-map
TEST(SyncRefStress, NeverGivesAnotherObject) {
  using map_type = checked_sync_map<std::uint64_t, numbered>;
  const auto end = std::chrono::steady_clock::now() + time_for_each;
  for (std::uint32_t seed = 1; std::chrono::steady_clock::now() < end && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    auto map = std::make_unique<map_type>();
    std::atomic<bool> over{false};
    std::atomic<int> in_the_map{4};
    std::atomic<bool> gone{false};
    std::vector<std::thread> threads;
    for (std::uint32_t n = 0; n < 4; ++n) {
      threads.emplace_back([&, n] {
        play<map_type> mine(*map, seed * 16 + n);
        while (!over.load()) mine.use_the_map();
        --in_the_map;
        while (!gone.load()) mine.ask();
        mine.find_all_ended();
      });
    }
    std::this_thread::sleep_for(20ms);
    over.store(true);
    while (in_the_map.load() != 0) std::this_thread::yield();
    map.reset();
    gone.store(true);
    for (std::thread& one : threads) one.join();
  }
}

}  // namespace
