// Two words are one for whoever reads them, by both ways of doing it.
#include <holdfast/base/sync/atomic_pair.hpp>

#include <atomic>
#include <cstdint>
#include <thread>

#include <gtest/gtest.h>

#if HOLDFAST_HAVE_ATOMIC_PAIR

namespace {

using holdfast::atomic_pair;
using holdfast::word_pair;

static_assert(sizeof(atomic_pair) == 16 && alignof(atomic_pair) == 16);

TEST(AtomicPair, HoldsWhatWasStored) {
  atomic_pair pair;
  EXPECT_EQ(pair.load(), word_pair());
  EXPECT_EQ(pair.load_locked(), word_pair());
  const word_pair all{~std::uint64_t{0}, 0x0123'4567'89ab'cdef};
  pair.store(all);
  EXPECT_EQ(pair.load(), all);
  EXPECT_EQ(pair.load_locked(), all);
  pair.store_locked({1, 2});
  EXPECT_EQ(pair.load(), (word_pair{1, 2}));
}

template <class Load, class Store>
void are_never_torn(Load load, Store store) {
  alignas(64) atomic_pair pair;
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::uint64_t n = 0; !stop.load(std::memory_order_relaxed); ++n) store(pair, word_pair{n, ~n});
  });
  while (pair.load() == word_pair()) std::this_thread::yield();
  std::uint64_t last = 0;
  for (int n = 0; n < 300'000; ++n) {
    const word_pair seen = load(pair);
    ASSERT_EQ(seen.first, ~seen.second);
    ASSERT_GE(seen.first, last);
    last = seen.first;
  }
  stop = true;
  writer.join();
}

// covers hf.sync.pair-is-one
TEST(AtomicPair, IsNeverTorn) {
  are_never_torn([](const atomic_pair& from) { return from.load(); }, [](atomic_pair& to, word_pair what) { to.store(what); });
}
// ThreadSanitizer does not see into `lock cmpxchg16b`.
TEST(AtomicPair, IsNeverTornWhereTheProcessorNeedsALock) {
  if (holdfast::thread_sanitizer) GTEST_SKIP();
  are_never_torn([](const atomic_pair& from) { return from.load_locked(); },
                 [](atomic_pair& to, word_pair what) { to.store_locked(what); });
  are_never_torn([](const atomic_pair& from) { return from.load(); },
                 [](atomic_pair& to, word_pair what) { to.store_locked(what); });
}

}  // namespace

#endif
