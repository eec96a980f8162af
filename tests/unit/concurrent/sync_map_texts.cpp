// What sync_map promises where a key's characters lie in the node, and where a value is a word in its node.
#include <holdfast/concurrent/sync_map.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <holdfast/base/reclaim/domain.hpp>

namespace {

using holdfast::sync_map;

using numbers_of_texts = sync_map<std::string, std::uint64_t>;
using texts_of_texts = sync_map<std::string, std::string>;
template <class T>
using plain_nodes = sync_map<int, T, holdfast::hash<int>, std::equal_to<>>;

template <class Map>
constexpr bool pins_copy = !std::is_same_v<typename Map::pin_type, holdfast::reclaim::pin<const typename Map::mapped_type>>;
static_assert(pins_copy<numbers_of_texts> && pins_copy<plain_nodes<void*>> && pins_copy<plain_nodes<bool>>);
static_assert(!pins_copy<texts_of_texts> && !pins_copy<plain_nodes<std::array<int, 3>>>);

template <class Key, class T, class Hash = holdfast::hash<Key>, class Equal = holdfast::equal_to<Key>,
          class Allocator = std::allocator<std::pair<const Key, T>>>
constexpr bool in_node = holdfast::concurrent::is_text_key<holdfast::concurrent::sync_types<Key, T, Hash, Equal, Allocator>>;
struct alignas(64) wide_apart {
  int number = 0;
};
static_assert(in_node<std::string, int> && in_node<std::string, std::string> && in_node<std::string, std::unique_ptr<int>>);
static_assert(!in_node<std::string, int, std::hash<std::string>> && !in_node<std::string_view, int>);
static_assert(!in_node<std::string, int, holdfast::hash<std::string>, std::equal_to<>>);
static_assert(!in_node<std::string, int, holdfast::hash<std::string>, holdfast::equal_to<std::string>,
                       std::pmr::polymorphic_allocator<std::pair<const std::string, int>>>);
static_assert(!in_node<std::string, wide_apart>);

// Of every length around which something changes: words of the comparison, blocks of the pool, and beyond the pool.
std::vector<std::string> texts_of_all_lengths() {
  std::vector<std::string> all;
  for (std::size_t length = 0; length < 300; ++length) {
    std::string text(length, 'x');
    if (length > 1) text[length / 2] = '\0';
    all.push_back(text);
    if (length != 0) all.push_back(text.substr(1) + 'y');
  }
  all.push_back(std::string(100'000, 'z'));
  return all;
}

template <class Map, class Value>
void keeps_texts(Value value) {
  Map map;
  const auto texts = texts_of_all_lengths();
  std::uint64_t number = 0;
  for (const std::string& text : texts) map.store(text, value(number++));
  ASSERT_EQ(map.size(), texts.size());
  number = 0;
  for (const std::string& text : texts) {
    ASSERT_EQ(map.load(text), value(number)) << text.size();
    ASSERT_EQ(*map.pin(std::string_view(text)), value(number)) << text.size();
    ++number;
  }
  EXPECT_FALSE(map.audit());
  std::set<std::string> walked;
  map.for_each([&](const std::string& key, const auto& shown) {
    EXPECT_EQ(map.load(key), shown);
    EXPECT_TRUE(walked.insert(key).second);
  });
  EXPECT_EQ(walked, std::set<std::string>(texts.begin(), texts.end()));
  std::size_t seen = 0;
  map.visit_many(texts, [&](const std::string& key, const auto& shown) {
    EXPECT_EQ(map.load(key), shown);
    ++seen;
  });
  EXPECT_EQ(seen, texts.size());
  for (const auto& [key, shown] : map.snapshot()) EXPECT_EQ(map.load(key), shown);
  for (const std::string& text : texts) ASSERT_TRUE(map.erase(text));
  EXPECT_TRUE(map.empty());
  EXPECT_FALSE(map.audit());
}

TEST(SyncMapTexts, OfEveryLengthAreKeptBesideWords) {
  keeps_texts<numbers_of_texts>([](std::uint64_t n) { return n; });
}
TEST(SyncMapTexts, OfEveryLengthAreKeptBesideObjects) {
  keeps_texts<texts_of_texts>([](std::uint64_t n) { return std::string(40, 'v') + std::to_string(n); });
}

TEST(SyncMapTexts, GrowInAnyArray) {
  numbers_of_texts map;
  for (std::uint64_t n = 0; n < 60'000; ++n) map.store("session " + std::to_string(n), n);
  EXPECT_FALSE(map.audit());
  for (std::uint64_t n = 0; n < 60'000; ++n) ASSERT_EQ(map.load("session " + std::to_string(n)), n);
  std::size_t walked = 0;
  map.for_each([&](const std::string& key, std::uint64_t n) {
    EXPECT_EQ(key, "session " + std::to_string(n));
    ++walked;
  });
  EXPECT_EQ(walked, 60'000U);
}

// A walk inside a walk has a string of its own to show keys in.
TEST(SyncMapTexts, AreShownByWalksInsideWalks) {
  texts_of_texts map;
  for (int n = 0; n < 20; ++n) map.store("key " + std::to_string(n), std::to_string(n));
  map.for_each([&](const std::string& outer, const std::string& value) {
    const std::string before = outer;
    map.for_each([](const std::string&, const std::string&) {});
    EXPECT_EQ(outer, before);
    EXPECT_EQ(outer, "key " + value);
  });
}

// ---- words in nodes -----------------------------------------------------------------------------------------

// covers hf.concurrent.word-of-entry
TEST(SyncMapWords, AreStoredAgainWithoutANodeForReadersToWaitFor) {
  auto& domain = holdfast::reclaim::default_domain();
  numbers_of_texts texts;
  plain_nodes<std::uint64_t> nodes;
  texts.store("key", 0);
  nodes.store(1, 0);
  domain.drain();
  const std::size_t before = domain.stats().waiting_objects;
  for (std::uint64_t n = 1; n < 200; ++n) {
    texts.store("key", n);
    nodes.store(1, n);
    EXPECT_EQ(texts.exchange("key", n + 1), n);
    EXPECT_TRUE(nodes.compare_exchange(1, n, n + 1));
    EXPECT_FALSE(nodes.compare_exchange(1, n, n + 2));
    EXPECT_TRUE(texts.alter("key", [](const std::uint64_t* old) { return std::optional(*old + 1); }));
    EXPECT_EQ(texts.load("key"), n + 2);
  }
  EXPECT_EQ(domain.stats().waiting_objects, before);
  EXPECT_EQ(texts.size(), 1U);
}

// covers hf.concurrent.pin-holds
TEST(SyncMapWords, PinsHaveTheValueInThemselves) {
  auto map = std::make_unique<numbers_of_texts>();
  map->store("key", 10);
  const auto held = map->pin("key");
  map->store("key", 20);
  const auto later = map->pin("key");
  map.reset();
  EXPECT_EQ(*held, 10U);
  EXPECT_EQ(*later, 20U);
}

TEST(SyncMapWords, AreNotErasedByWhoExpectsAnother) {
  plain_nodes<int> map;
  map.store(1, 5);
  EXPECT_FALSE(map.compare_erase(1, 4));
  EXPECT_TRUE(map.compare_erase(1, 5));
  EXPECT_FALSE(map.compare_exchange(1, 5, 6));
  EXPECT_EQ(map.load_and_erase(1), std::nullopt);
  EXPECT_EQ(map.load_or_store(1, 7).value, 7);
  EXPECT_EQ(map.load_and_erase(1), 7);
}

template <class Map, class Key>
void loses_no_change(Key key) {
  Map map;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int n = 0; n < 4000; ++n) {
        map.alter(key, [](const std::uint64_t* old) { return std::optional(old == nullptr ? 1 : *old + 1); });
      }
    });
  }
  for (std::thread& one : threads) one.join();
  EXPECT_EQ(map.load(key), 16'000U);
}
TEST(SyncMapWords, AreChangedByAlterUntilNobodyComesBetween) {
  loses_no_change<numbers_of_texts>(std::string("a key that lies in its node"));
  loses_no_change<plain_nodes<std::uint64_t>>(7);
}

// What is found of a key that is erased and stored again is what was stored for it, and never older than what was
// there when the lookup began.
// covers hf.concurrent.word-of-entry
template <class Map, class KeyOf>
void never_goes_back(KeyOf key_of) {
  Map map;
  std::array<std::atomic<std::uint64_t>, 4> written{};
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (std::uint64_t n = 1; !stop.load(std::memory_order_relaxed); ++n) {
      const std::uint64_t key = n % 4;
      map.store(key_of(key), n << 8 | key);
      written[key].store(n, std::memory_order_release);
      if (holdfast::mix_word(n, 3) % 3 == 0) map.erase(key_of(holdfast::mix_word(n, 5) % 4));
    }
  });
  for (std::uint64_t n = 0; n < 60'000; ++n) {
    const std::uint64_t key = n % 4;
    const std::uint64_t least = written[key].load(std::memory_order_acquire);
    if (const auto there = map.load(key_of(key))) {
      ASSERT_EQ(*there & 0xff, key);
      ASSERT_GE(*there >> 8, least);
    }
  }
  stop = true;
  writer.join();
}
TEST(SyncMapWords, AreNeverOlderThanTheLookup) {
  never_goes_back<numbers_of_texts>([](std::uint64_t key) { return "the text of key " + std::to_string(key); });
  never_goes_back<sync_map<std::uint64_t, std::uint64_t, holdfast::hash<std::uint64_t>, std::equal_to<>>>(
      [](std::uint64_t key) { return key; });
}

// A pointer that is read leads to what was written before it was stored.
TEST(SyncMapWords, PublishWhatAPointerLeadsTo) {
  sync_map<std::string, const std::uint64_t*> map;
  std::vector<std::uint64_t> objects(20'000, 0);
  std::thread writer([&] {
    for (std::uint64_t n = 0; n < objects.size(); ++n) {
      objects[n] = n + 1;
      map.store("newest", &objects[n]);
    }
  });
  std::uint64_t last = 0;
  while (last < objects.size()) {
    if (const auto newest = map.pin("newest")) {
      ASSERT_GE(**newest, last);
      last = **newest;
    }
  }
  writer.join();
}

}  // namespace
