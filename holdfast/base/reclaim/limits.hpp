// How much may wait for its destruction before something is done about it.
//
// What is retired waits at least until its thread has retired a batch. Beyond that it waits for readers:
// a pin keeps one object, a section everything. Sections last nanoseconds unless their thread is stopped
// in one, so the limits are for the day when that happens.
#pragma once

#include <cstddef>
#include <cstdint>

namespace holdfast::inline v0::reclaim {

struct domain_stats;

struct limits {
  // A thread collects when it has retired so many objects, or bytes, since it did last.
  std::size_t batch_objects = 512;
  std::size_t batch_bytes = 256 * 1024;

  // When more than this waits, `on_soft_limit` is called: by the thread that retires, outside every section
  // and lock, once for each time the limit is crossed.
  std::size_t soft_bytes = 64 * 1024 * 1024;
  void (*on_soft_limit)(const domain_stats&, void* context) noexcept = nullptr;
  void* context = nullptr;

  // When more than this waits, who retires collects and waits, up to `patience` in each call of settle()
  // or retire() that closes a batch. Readers never wait. 0: no such limit; it is the program that knows whether to
  // crawl or to grow when a reader never comes back (docs: reclaim, why not).
  std::size_t hard_bytes = 0;
  std::uint64_t patience = 10'000'000;  // nanoseconds
};

}  // namespace holdfast::inline v0::reclaim
