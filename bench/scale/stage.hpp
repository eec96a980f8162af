// Threads that start together, run for a while and stop together.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <bench/harness/clock.hpp>
#include <holdfast/tools/histogram.hpp>

namespace holdfast::bench {

using tools::histogram;

inline constexpr std::size_t one_thread_apart = 128;

// What one thread did.
struct alignas(one_thread_apart) part {
  std::uint64_t operations = 0;
  std::uint64_t checksum = 0;
  histogram reads;  // sampled, in ticks
  double seconds = 0;
  double cpu_seconds = 0;
};

// What all did.
struct outcome {
  double operations_per_second = 0;
  double operations_per_cpu_second = 0;  // as if every thread had had a processor to itself
  std::uint64_t checksum = 0;
  histogram reads;
};

// True until the time is over. Looked at every few dozen operations, so the line is shared in peace.
struct alignas(one_thread_apart) going {
  std::atomic<bool> on{true};
  explicit operator bool() const noexcept { return on.load(std::memory_order_relaxed); }
};

// `body(thread, part, going)` on each of `count` threads for `seconds`; 0: until each has done its work.
template <class Body>
[[nodiscard]] outcome run_threads(int count, double seconds, Body&& body) {
  const auto parts = std::make_unique<part[]>(static_cast<std::size_t>(count));
  going flag;
  std::barrier start(count + 1);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < count; ++thread) {
    threads.emplace_back([&, thread] {
      part& mine = parts[static_cast<std::size_t>(thread)];
      body.attach(thread, [&] {
        start.arrive_and_wait();
        const double begin = wall_nanoseconds();
        const double cpu_begin = cpu_nanoseconds();
        body.run(thread, mine, flag);
        mine.cpu_seconds = (cpu_nanoseconds() - cpu_begin) / 1e9;
        mine.seconds = (wall_nanoseconds() - begin) / 1e9;
      });
    });
  }
  start.arrive_and_wait();
  if (seconds > 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    flag.on.store(false, std::memory_order_relaxed);
  }
  for (std::thread& one : threads) one.join();
  outcome all;
  double longest = 0;
  double cpu_seconds = 0;
  double operations = 0;
  for (int thread = 0; thread < count; ++thread) {
    const part& one = parts[static_cast<std::size_t>(thread)];
    operations += static_cast<double>(one.operations);
    longest = longest < one.seconds ? one.seconds : longest;
    cpu_seconds += one.cpu_seconds;
    all.checksum += one.checksum;
    all.reads.merge(one.reads);
  }
  all.operations_per_second = operations / longest;
  all.operations_per_cpu_second = operations / cpu_seconds * count;
  return all;
}

}  // namespace holdfast::bench
