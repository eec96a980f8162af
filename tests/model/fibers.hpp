// Threads played by fibers, one step at a time, in an order that a seed decides.
//
// fiber_machine is a Machine (base/sync/real_machine.hpp), so protocols run on it from the very source that
// programs run. Each atomic operation is a step. Who goes on is decided by priorities that change at a few
// random steps (PCT), which finds a bug of few ordering constraints with few seeds.
//
// Memory is weaker than any one processor's in what it does to stores, and in order for loads:
//
//   a store waits in its thread's buffer; its own thread reads it there, the others do not see it
//   a relaxed store may become visible before older ones to other places; a release store comes after
//     all that are older
//   a locked operation and full_fence() make all of the thread's stores visible first
//   light_fence() fixes the place of what was stored before, as a compiler barrier does; heavy_fence()
//     makes visible, thread by thread, what has its place. What has none could still be moved behind it
//     by a compiler, and stays in the buffer.
//
// So a missing light or heavy fence, or a relaxed where release is needed, shows as a violation.
#pragma once

#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <type_traits>
#include <utility>
#include <vector>

namespace holdfast::tests {

class fibers {
 public:
  explicit fibers(std::uint64_t seed) : random_(seed) {
    current_ = this;
    constexpr unsigned odds[] = {0, 1, 1, 3, 12};
    drain_odds_ = odds[random_() % 5];
  }
  ~fibers() { current_ = nullptr; }
  fibers(const fibers&) = delete;
  fibers& operator=(const fibers&) = delete;

  // The scheduler of the run; null outside of one.
  [[nodiscard]] static fibers* current() noexcept { return current_; }

  void add(std::function<void()> body) { all_.push_back(std::make_unique<fiber>(std::move(body), all_.size() + 1)); }

  // This fiber stops for good at its n-th step.
  void stop_at(std::size_t which, std::uint64_t step) {
    all_[which]->last_step = step;
    all_[which]->may_stop = true;
  }

  // Plays until all fibers have ended or stopped. False: they went round in circles.
  bool run(std::uint64_t expected_steps, unsigned changes) {
    for (auto& each : all_) prepare(*each);
    for (std::size_t i = 0; i < all_.size(); ++i) all_[i]->priority = 1000 + i;
    for (std::size_t i = all_.size(); i > 1; --i) std::swap(all_[i - 1]->priority, all_[random_() % i]->priority);
    std::vector<std::uint64_t> change_at(changes);
    for (auto& each : change_at) each = random_() % (expected_steps + 1);
    for (steps_ = 0; steps_ < 1'000'000; ++steps_) {
      fiber* const next = choose();
      if (next == nullptr) {
        for (auto& each : all_) make_all_visible(*each);
        return true;
      }
      if (std::count(change_at.begin(), change_at.end(), steps_) != 0) next->priority = --lowest_;
      running_ = next;
      ++next->steps;
      swapcontext(&scheduler_, &next->context);
      running_ = nullptr;
      some_store_becomes_visible();
    }
    return false;
  }

  [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
  // Whose turn it is, from 1 in the order of add(); 0: nobody's, the play has not begun or is over.
  [[nodiscard]] std::size_t running() const noexcept { return running_ == nullptr ? 0 : running_->number; }
  void report_violation() noexcept { ++violations_; }
  [[nodiscard]] int violations() const noexcept { return violations_; }

  // ---- for the machine ----

  void step() {
    if (running_ != nullptr) swapcontext(&running_->context, &scheduler_);
  }
  void rest() {
    if (running_ == nullptr) return;
    running_->priority = --lowest_;
    // Nothing stays in a buffer for ever.
    if (++rests_ % 50 == 0)
      for (auto& each : all_) make_all_visible(*each);
    step();
  }

  template <class T>
  void store(const void* place, T* memory, T value, bool release) {
    if (running_ == nullptr) {
      *memory = value;
      return;
    }
    running_->buffer.push_back({place, release, false, [memory, value] { *memory = value; }, {}});
    static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= 8);
    std::copy_n(reinterpret_cast<const unsigned char*>(&value), sizeof(T), running_->buffer.back().bytes);
  }
  template <class T>
  T load(const void* place, const T& memory) {
    if (running_ != nullptr)
      for (auto each = running_->buffer.rbegin(); each != running_->buffer.rend(); ++each)
        if (each->place == place) {
          T value;
          std::copy_n(each->bytes, sizeof(T), reinterpret_cast<unsigned char*>(&value));
          return value;
        }
    return memory;
  }
  void make_own_visible() {
    if (running_ != nullptr) make_all_visible(*running_);
  }
  void fix_own() {
    if (running_ == nullptr) return;
    for (auto& each : running_->buffer) each.fixed = true;
  }
  void make_fixed_visible() {
    make_own_visible();
    for (std::size_t i = 0; i < all_.size(); ++i) {
      auto& buffer = all_[i]->buffer;
      while (!buffer.empty() && buffer.front().fixed) take(buffer, 0);
      step();
    }
  }

 private:
  struct pending_store {
    const void* place;
    bool release;
    bool fixed;
    std::function<void()> perform;
    unsigned char bytes[8];
  };
  struct fiber {
    fiber(std::function<void()> what, std::size_t which) : body(std::move(what)), number(which), stack(new char[stack_size]) {}
    std::function<void()> body;
    std::size_t number;
    std::unique_ptr<char[]> stack;
    ucontext_t context{};
    std::deque<pending_store> buffer;
    std::uint64_t priority = 0;
    std::uint64_t steps = 0;
    std::uint64_t last_step = 0;
    bool may_stop = false;
    bool ended = false;
  };
  static constexpr std::size_t stack_size = 256 * 1024;

  void prepare(fiber& one) {
    getcontext(&one.context);
    one.context.uc_stack.ss_sp = one.stack.get();
    one.context.uc_stack.ss_size = stack_size;
    one.context.uc_link = &scheduler_;
    const auto address = reinterpret_cast<std::uintptr_t>(&one);
    makecontext(&one.context, reinterpret_cast<void (*)()>(&fibers::start), 2, static_cast<unsigned>(address >> 32),
                static_cast<unsigned>(address));
  }
  static void start(unsigned high, unsigned low) {
    auto* const self = reinterpret_cast<fiber*>(std::uintptr_t{high} << 32 | low);
    self->body();
    self->ended = true;
  }

  fiber* choose() {
    fiber* best = nullptr;
    for (auto& each : all_) {
      if (each->ended || (each->may_stop && each->steps >= each->last_step)) continue;
      if (best == nullptr || each->priority > best->priority) best = each.get();
    }
    return best;
  }

  void some_store_becomes_visible() {
    for (auto& each : all_) {
      if (random_() % 16 >= drain_odds_ || each->buffer.empty()) continue;
      auto& buffer = each->buffer;
      const std::size_t wanted = random_() % buffer.size();
      const auto same_place = [&](const pending_store& other) { return other.place == buffer[wanted].place; };
      const bool overtakes_own = std::any_of(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(wanted), same_place);
      take(buffer, buffer[wanted].release || overtakes_own ? 0 : wanted);
    }
  }
  static void take(std::deque<pending_store>& buffer, std::size_t index) {
    buffer[index].perform();
    buffer.erase(buffer.begin() + static_cast<std::ptrdiff_t>(index));
  }
  static void make_all_visible(fiber& one) {
    while (!one.buffer.empty()) take(one.buffer, 0);
  }

  static inline fibers* current_ = nullptr;

  std::mt19937_64 random_;
  unsigned drain_odds_;  // of 16, for each thread at each step
  std::vector<std::unique_ptr<fiber>> all_;
  ucontext_t scheduler_{};
  fiber* running_ = nullptr;
  std::uint64_t steps_ = 0;
  std::uint64_t rests_ = 0;
  std::uint64_t lowest_ = 1000;
  int violations_ = 0;
};

struct fiber_machine {
  template <class T>
  class atomic {
   public:
    constexpr atomic() noexcept = default;
    constexpr atomic(T value) noexcept : memory_(value) {}
    atomic(const atomic&) = delete;
    atomic& operator=(const atomic&) = delete;

    T load(std::memory_order) const {
      fibers* const all = fibers::current();
      if (all == nullptr) return memory_;
      all->step();
      return all->load(this, memory_);
    }
    void store(T value, std::memory_order order) {
      fibers* const all = fibers::current();
      if (all == nullptr) {
        memory_ = value;
        return;
      }
      all->step();
      all->store(this, &memory_, value, order != std::memory_order_relaxed);
    }
    T exchange(T value, std::memory_order) {
      lock();
      return std::exchange(memory_, value);
    }
    T fetch_add(T more, std::memory_order) {
      lock();
      return std::exchange(memory_, static_cast<T>(memory_ + more));
    }
    T fetch_sub(T less, std::memory_order) {
      lock();
      return std::exchange(memory_, static_cast<T>(memory_ - less));
    }
    bool compare_exchange_strong(T& expected, T wanted, std::memory_order, std::memory_order = {}) {
      lock();
      if (memory_ == expected) {
        memory_ = wanted;
        return true;
      }
      expected = memory_;
      return false;
    }

   private:
    void lock() const {
      if (fibers* const all = fibers::current()) {
        all->step();
        all->make_own_visible();
      }
    }
    T memory_{};
  };

  static void light_fence() {
    if (fibers* const all = fibers::current()) all->fix_own();
  }
  static bool heavy_fence() {
    if (fibers* const all = fibers::current()) all->make_fixed_visible();
    return true;
  }
  static void full_fence() {
    if (fibers* const all = fibers::current()) all->make_own_visible();
  }
  static void rest(unsigned) {
    if (fibers* const all = fibers::current()) all->rest();
  }
  static std::uint64_t now() noexcept {
    fibers* const all = fibers::current();
    return all == nullptr ? 0 : all->steps();
  }
  static std::uint64_t generation() noexcept { return 1; }
};

}  // namespace holdfast::tests
