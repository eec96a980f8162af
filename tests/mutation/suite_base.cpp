// The ground's mutation suite: hashing, options, random words, address ranges, the live set. Every case is
// a promise; the first that is broken is printed and the program ends with 1.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <holdfast/base/hash/hash.hpp>
#include <holdfast/base/lang/options.hpp>
#include <holdfast/base/memory/reserved_range.hpp>
#include <holdfast/base/observe/live_set.hpp>
#include <holdfast/base/sync/thread_id.hpp>

#include "tests/mutation/in_child.hpp"
#include "tests/mutation/promise.hpp"

namespace {

using holdfast::tests::broken_by_signals;
using holdfast::tests::checking;
using holdfast::tests::ending;
using holdfast::tests::in_child;
using holdfast::tests::numbers;
using holdfast::tests::require;

constexpr std::size_t page = 4096;

// ---- hashing -----------------------------------------------------------------------------------------------

std::uint64_t hash_of(std::string_view text) { return holdfast::hash_bytes(text.data(), text.size(), 7); }

// Texts lie against a page that nobody may read, at either end.
void texts_are_told_apart() {
  checking("hf.hash.every-byte");
  auto* const room = static_cast<char*>(mmap(nullptr, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  mprotect(room, page, PROT_NONE);
  mprotect(room + 2 * page, page, PROT_NONE);
  numbers random(1);
  for (std::size_t length = 0; length <= 200; ++length) {
    char* const front = room + page;
    char* const back = room + 2 * page - length;
    for (std::size_t i = 0; i < length; ++i) front[i] = static_cast<char>(random.next());
    std::memmove(back, front, length);
    const std::uint64_t hash = hash_of({front, length});
    require(hash_of({back, length}) == hash, "a text hashes differently elsewhere");
    require(holdfast::equal_bytes(front, back, length), "a text differs from its copy");
    std::string other(front, length);
    for (std::size_t bit = 0; bit < 8 * length; ++bit) {
      other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
      require(hash_of(other) != hash, "a bit does not count");
      require(!holdfast::equal_bytes(other.data(), front, length), "texts that differ in a bit are equal");
      other[bit / 8] = static_cast<char>(other[bit / 8] ^ 1 << bit % 8);
    }
  }
}

void lengths_are_told_apart() {
  checking("hf.hash.lengths-differ");
  std::set<std::uint64_t> hashes;
  for (std::size_t length = 0; length <= 200; ++length) hashes.insert(hash_of(std::string(length, '\0')));
  require(hashes.size() == 201, "runs of zeros of two lengths hash alike");
}

void every_bit_of_a_number_counts() {
  checking("hf.hash.every-bit");
  for (int shift = 0; shift < 64; ++shift) {
    std::array<int, 64> buckets{};
    std::array<int, 64> tops{};
    for (std::uint64_t i = 0; i < 4096; ++i) {
      const std::uint64_t hash = holdfast::mix_word(std::rotl(i, shift), 0x1234'5678'9abc'def1);
      require(++buckets[hash % 64] < 160 && ++tops[hash >> 58] < 160, "regular numbers pile up");
    }
  }
}

void zeros_and_nan() {
  const holdfast::hash<double> hash;
  checking("hf.hash.zeros-alike");
  require(hash(0.0, 7) == hash(-0.0, 7), "the zeros hash differently");
  checking("hf.hash.nan-scattered");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  require(hash(nan, 7) != hash(nan, 7), "two NaN hash alike");
}

// ---- options and random words ------------------------------------------------------------------------------

bool has_seed(const char* options, std::uint64_t seed) {
  setenv("HOLDFAST_OPTIONS", options, 1);
  return holdfast::wanted_options().seed == seed;
}

void options_are_read_and_bad_ones_told() {
  checking("hf.lang.options-read");
  const ending good = in_child([] {
    return has_seed("seed=7", 7) && has_seed("seed=1,seed=2", 2) && has_seed(",seed=18446744073709551615,", ~std::uint64_t{0}) ? 0 : 1;
  });
  require(good.status == 0 && good.said.empty(), "a seed is not understood, or spoken of");
  checking("hf.lang.bad-options-told");
  for (const char* const bad : {"seed=1x", "seed=", "sed=1", "seed=18446744073709551616"}) {
    const ending told = in_child([&] {
      setenv("HOLDFAST_OPTIONS", bad, 1);
      return holdfast::wanted_options().seed || holdfast::wanted_options().seed ? 1 : 0;
    });
    require(told.status == 0, "a bad option counts");
    require(told.said.find('"' + std::string(bad) + '"') != std::string::npos, "a bad option is not named");
    require(told.said.find('\n') == told.said.size() - 1, "a bad option is told in more than one line");
  }
}

std::string words_of_child(const char* seed) {
  return in_child([&] {
    if (seed != nullptr) setenv("HOLDFAST_OPTIONS", seed, 1);
    std::uint64_t words[2] = {holdfast::random_word(), 0};
    std::thread([&] { words[1] = holdfast::random_word(); }).join();
    if (words[0] == words[1]) return 1;
    return write(STDERR_FILENO, words, sizeof words) == sizeof words ? 0 : 1;
  }).said;
}

void random_words_follow_the_seed() {
  unsetenv("HOLDFAST_OPTIONS");
  checking("hf.hash.random-survives-fork");
  static_cast<void>(holdfast::random_word());
  const std::string one = words_of_child(nullptr);
  require(one.size() == 16, "two threads draw the same word");
  // The first word is the forked thread's own, the second that of a thread made in the child.
  require(words_of_child(nullptr).substr(0, 8) != one.substr(0, 8), "two children draw the same words");
  checking("hf.hash.seed-repeats");
  const std::string seven = words_of_child("seed=7");
  require(seven.size() == 16, "two threads draw the same word under a seed");
  require(words_of_child("seed=7") == seven && words_of_child("seed=8") != seven, "the seed does not decide");
}

// ---- address ranges ----------------------------------------------------------------------------------------

void ranges_give_back_what_is_inside() {
  checking("hf.memory.discard-gives-back");
  auto range = holdfast::memory::reserved_range::reserve(8 * page);
  require(static_cast<bool>(range) && range.size() == 8 * page, "there is no range");
  std::memset(range.start(), 0x5a, 8 * page);
  range.discard(page + 1, 4 * page);  // pages 2, 3 and 4 are whole
  for (std::size_t i = 0; i < 8 * page; ++i) {
    const bool inside = i >= 2 * page && i < 5 * page;
    require(range.start()[i] == std::byte{inside ? std::uint8_t{0} : std::uint8_t{0x5a}}, "the wrong pages are given back");
  }
  checking("hf.memory.refusal-is-empty");
  require(!holdfast::memory::reserved_range::reserve(std::size_t{1} << 60), "the system gave what it has not");
  require(!holdfast::memory::reserved_range::reserve(0), "a range without size");
}

// ---- the live set and thread ids ---------------------------------------------------------------------------

void the_live_set_stays_linked() {
  using holdfast::observe::live_kind;
  using holdfast::observe::live_name;
  using holdfast::observe::live_set;
  checking("hf.observe.live-set-linked");
  const auto linked = [](std::uint64_t expected) {
    std::uint64_t count = 0;
    const holdfast::observe::live_entry* before = nullptr;
    for (const auto* entry = live_set::list().first; entry != nullptr; before = entry, entry = entry->next, ++count)
      if (entry->previous != before) return false;
    return count == expected && live_set::list().count == expected;
  };
  const live_name one("one", live_kind::map, nullptr);
  {
    const live_name three("three", live_kind::map, nullptr);
    auto two = std::make_unique<live_name>("two", live_kind::map, nullptr);
    const live_name four("four", live_kind::map, nullptr);
    require(linked(4), "four names are not four");
    two.reset();
    require(linked(3), "a name is not taken out");
  }
  require(linked(1), "names at the front are not taken out");
  checking("hf.observe.live-set-survives-fork");
  live_set::guard().lock();
  std::thread holder([] {
    usleep(20000);
    live_set::guard().unlock();
  });
  const ending child = in_child([] {
    const live_name name("in the child", live_kind::map, nullptr);
    return 0;
  });
  holder.join();
  require(child.status == 0, "a child waits for a lock that its parent's thread had");
}

void thread_ids_are_known_and_right() {
  checking("hf.sync.thread-id-survives-fork");
  require(holdfast::this_thread_id() == static_cast<std::uint32_t>(gettid()), "a wrong thread id");
  require(holdfast::sync::known_thread_id == holdfast::this_thread_id(), "the thread id is asked for each time");
  const ending child = in_child([] { return holdfast::this_thread_id() == static_cast<std::uint32_t>(gettid()) ? 0 : 1; });
  require(child.status == 0, "a child has its parent's thread id");
}

}  // namespace

int main() {
  setenv("HOLDFAST_TRACEBACK", "none", 1);
  broken_by_signals(60);
  texts_are_told_apart();
  lengths_are_told_apart();
  every_bit_of_a_number_counts();
  zeros_and_nan();
  options_are_read_and_bad_ones_told();
  random_words_follow_the_seed();
  ranges_give_back_what_is_inside();
  the_live_set_stays_linked();
  thread_ids_are_known_and_right();
  std::puts("every promise is kept");
}
