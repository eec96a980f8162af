// Allocators: all memory comes from them, they propagate as their traits say, and pmr works.
#include <cstdint>
#include <memory_resource>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <holdfast/map/map.hpp>
#include <holdfast/map/pmr.hpp>
#include <holdfast/map/set.hpp>

#include "tests/unit/map/counting_allocator.hpp"
#include "tests/unit/map/sound.hpp"

namespace {

using holdfast::tests::counting_allocator;
using holdfast::tests::ledger;
using holdfast::tests::sound;

using entry = std::pair<const int, int>;
template <bool Propagates, class Policy = holdfast::fast_growth>
using counted_map = holdfast::map<int, int, holdfast::hash<int>, holdfast::equal_to<int>,
                                  counting_allocator<entry, Propagates>, Policy>;

template <class Map>
void fill(Map& map, int entries) {
  for (int key = 0; key < entries; ++key) map[key] = key;
}

template <class Policy>
void expect_all_memory_comes_back() {
  ledger book;
  {
    counted_map<true, Policy> map{counting_allocator<entry>(book)};
    EXPECT_EQ(book.allocations, 0) << "an empty map allocates nothing";
    fill(map, 20000);
    EXPECT_GE(book.bytes, std::int64_t{20000 * sizeof(entry)});
    for (int key = 0; key < 20000; key += 2) map.erase(key);
    auto copy = map;
    EXPECT_EQ(copy.get_allocator(), map.get_allocator());
    map.shrink_to_fit();
    map.clear();
    map.shrink_to_fit();
    fill(map, 100);
  }
  EXPECT_EQ(book.bytes, 0);
}

// covers hf.map.memory-comes-back
TEST(StdSurfaceAllocators, ProvideAndGetBackAllMemory) {
  expect_all_memory_comes_back<holdfast::fast_growth>();
  expect_all_memory_comes_back<holdfast::go_growth>();
  expect_all_memory_comes_back<holdfast::stable<holdfast::fast_growth>>();
}

TEST(StdSurfaceAllocators, ThatPropagateGoAlong) {
  ledger one;
  ledger two;
  counted_map<true> a{counting_allocator<entry>(one)};
  counted_map<true> b{counting_allocator<entry>(two)};
  fill(a, 1000);
  fill(b, 10);
  a.swap(b);
  EXPECT_EQ(a.get_allocator().book(), &two);
  EXPECT_EQ(b.get_allocator().book(), &one);
  EXPECT_EQ(b.size(), 1000u);
  a = b;
  EXPECT_EQ(a.get_allocator().book(), &one);
  EXPECT_EQ(a, b);
  counted_map<true> c{counting_allocator<entry>(two)};
  fill(c, 5);
  c = std::move(b);
  EXPECT_EQ(c.get_allocator().book(), &one);
  EXPECT_EQ(c.size(), 1000u);
  EXPECT_TRUE(sound(c));
}

TEST(StdSurfaceAllocators, ThatDoNotPropagateStay) {
  ledger one;
  ledger two;
  {
    counted_map<false> a{counting_allocator<entry, false>(one)};
    counted_map<false> b{counting_allocator<entry, false>(two)};
    fill(a, 1000);
    fill(b, 10);
    b = a;
    EXPECT_EQ(b.get_allocator().book(), &two);
    EXPECT_EQ(a, b);
    counted_map<false> c{counting_allocator<entry, false>(two)};
    c = std::move(a);  // entry by entry: the memory cannot be taken over
    EXPECT_EQ(c.get_allocator().book(), &two);
    EXPECT_EQ(c, b);
    EXPECT_TRUE(sound(c));
  }
  EXPECT_EQ(one.bytes, 0);
  EXPECT_EQ(two.bytes, 0);
}

TEST(StdSurfaceAllocators, CanBeGivenToACopyAndAMove) {
  ledger one;
  ledger two;
  {
    counted_map<true> a{counting_allocator<entry>(one)};
    fill(a, 500);
    const counted_map<true> copy(a, counting_allocator<entry>(two));
    EXPECT_EQ(copy.get_allocator().book(), &two);
    EXPECT_EQ(copy, a);
    const int* const address = &a.at(7);
    counted_map<true> same(std::move(a), counting_allocator<entry>(one));
    EXPECT_EQ(&same.at(7), address);
    const counted_map<true> other(std::move(same), counting_allocator<entry>(two));
    EXPECT_EQ(other.get_allocator().book(), &two);
    EXPECT_EQ(other, copy);
    EXPECT_TRUE(sound(other));
  }
  EXPECT_EQ(one.bytes, 0);
  EXPECT_EQ(two.bytes, 0);
}

TEST(StdSurfaceAllocators, CanBeGivenToEveryConstructor) {
  ledger book;
  const counting_allocator<entry> memory(book);
  using map = counted_map<true>;
  const entry values[] = {{1, 1}, {2, 2}};
  const map sized(100, memory);
  const map hashed(100, holdfast::hash<int>(), memory);
  const map ranged(std::begin(values), std::end(values), 0, memory);
  const map listed({{1, 1}, {2, 2}}, 0, memory);
  EXPECT_EQ(ranged, listed);
  EXPECT_EQ(ranged.size(), 2u);
  EXPECT_EQ(sized.get_allocator().book(), &book);
  EXPECT_EQ(hashed.get_allocator().book(), &book);
}

TEST(StdSurfaceAllocators, OfPmrServeTheMapAndWhatIsInIt) {
  std::pmr::monotonic_buffer_resource memory;
  holdfast::pmr::map<std::pmr::string, std::pmr::string> map{&memory};
  for (int number = 0; number < 1000; ++number) {
    map[std::pmr::string("a key that is too long for the string itself " + std::to_string(number))] =
        "a value that is too long for the string itself";
  }
  for (const auto& [key, value] : map) {
    ASSERT_EQ(key.get_allocator().resource(), &memory);
    ASSERT_EQ(value.get_allocator().resource(), &memory);
  }
  EXPECT_TRUE(map.contains(std::string_view("a key that is too long for the string itself 77")));
  EXPECT_TRUE(sound(map));
  const auto copy = map;
  EXPECT_EQ(copy.get_allocator().resource(), std::pmr::get_default_resource());
  EXPECT_EQ(copy, map);
}

TEST(StdSurfaceAllocators, OfPmrAreKeptByTheTargetOfAMove) {
  std::pmr::unsynchronized_pool_resource one;
  std::pmr::unsynchronized_pool_resource two;
  holdfast::pmr::map<int, std::pmr::string> a{&one};
  holdfast::pmr::map<int, std::pmr::string> b{&two};
  for (int key = 0; key < 300; ++key) a[key] = "long enough to need memory of its own: yes, it is";
  b = std::move(a);
  EXPECT_EQ(b.get_allocator().resource(), &two);
  for (const auto& [key, value] : b) ASSERT_EQ(value.get_allocator().resource(), &two);
  holdfast::pmr::set<int> set{&one};
  for (int key = 0; key < 300; ++key) set.insert(key);
  EXPECT_EQ(set.size(), 300u);
}

TEST(StdSurfaceAllocators, OfPmrThatCannotAllocateAtAllServeAnEmptyMap) {
  holdfast::pmr::map<int, int> map{std::pmr::null_memory_resource()};
  EXPECT_FALSE(map.contains(1));
  EXPECT_EQ(map.erase(1), 0u);
  map.clear();
  EXPECT_TRUE(map.begin() == map.end());
}

}  // namespace
