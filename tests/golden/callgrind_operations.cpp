// Does one kind of map operation a given number of times, for callgrind to count instructions.
//
//   callgrind_operations KIND TIMES
//
// `find` makes one map of 100'000 entries and looks up each key TIMES times; `insert` fills TIMES maps
// of 100'000 entries and drops them; `erase_insert` takes each entry out and puts it back; `walk` reads all.
// Two runs that differ in TIMES alone differ by whole passes, so that start-up cancels. What is counted elsewhere has a
// program of its own: the compiler inlines less of each where there is more in one source.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <holdfast/map/map.hpp>

namespace {

constexpr std::uint64_t entries = 100'000;

std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

template <class Key>
Key key_at(std::uint64_t i);

template <>
std::uint64_t key_at<std::uint64_t>(std::uint64_t i) {
  return mixed(i + 1);
}

// 8 to 40 letters, no two equal.
template <>
std::string key_at<std::string>(std::uint64_t i) {
  std::string text(mixed(i + 1) % 33, 'x');
  for (std::size_t at = 0; at < text.size(); ++at) text[at] = static_cast<char>('a' + mixed(i * 64 + at) % 26);
  char number[9];
  std::snprintf(number, sizeof number, "%08llu", static_cast<unsigned long long>(i));
  return text + number;
}

template <class Key>
std::vector<Key> keys() {
  std::vector<Key> made;
  made.reserve(entries);
  for (std::uint64_t i = 0; i < entries; ++i) made.push_back(key_at<Key>(i));
  return made;
}

void* value_of(std::uint64_t i) { return reinterpret_cast<void*>(16 * (i + 1)); }

template <class Key>
void insert_all(holdfast::map<Key, void*>& map, const std::vector<Key>& from) {
  for (std::uint64_t i = 0; i < entries; ++i) map.try_emplace(from[i], value_of(i));
}

template <class Key>
std::uint64_t find_all(const holdfast::map<Key, void*>& map, const std::vector<Key>& from) {
  std::uint64_t sum = 0;
  for (const Key& key : from) {
    const auto found = map.find(key);
    if (found != map.end()) sum += reinterpret_cast<std::uintptr_t>(found->second);
  }
  return sum;
}

template <class Key>
std::uint64_t finds(std::uint64_t times) {
  const std::vector<Key> from = keys<Key>();
  holdfast::map<Key, void*> map;
  insert_all(map, from);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < times; ++i) sum += find_all(map, from);
  return sum;
}

template <class Key>
std::uint64_t inserts(std::uint64_t times) {
  const std::vector<Key> from = keys<Key>();
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < times; ++i) {
    holdfast::map<Key, void*> map;
    insert_all(map, from);
    sum += map.size();
  }
  return sum;
}

std::uint64_t erasures(std::uint64_t times) {
  const std::vector<std::uint64_t> from = keys<std::uint64_t>();
  holdfast::map<std::uint64_t, void*> map;
  insert_all(map, from);
  std::uint64_t erased = 0;
  for (std::uint64_t i = 0; i < times; ++i) {
    for (const std::uint64_t key : from) {
      erased += map.erase(key);
      map.try_emplace(key, value_of(key));
    }
  }
  return erased;
}

std::uint64_t walks(std::uint64_t times) {
  holdfast::map<std::uint64_t, void*> map;
  insert_all(map, keys<std::uint64_t>());
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < times; ++i) {
    for (const auto& [key, value] : map) sum += key ^ reinterpret_cast<std::uintptr_t>(value);
  }
  return sum;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count == 3 ? words[1] : "";
  const std::uint64_t times = count == 3 ? std::strtoull(words[2], nullptr, 10) : 0;
  std::uint64_t sum = 0;
  if (what == "find_u64") {
    sum = finds<std::uint64_t>(times);
  } else if (what == "insert_u64") {
    sum = inserts<std::uint64_t>(times);
  } else if (what == "erase_insert_u64") {
    sum = erasures(times);
  } else if (what == "walk_u64") {
    sum = walks(times);
  } else if (what == "find_string") {
    sum = finds<std::string>(times);
  } else if (what == "insert_string") {
    sum = inserts<std::string>(times);
  } else {
    std::fputs(
        "usage: callgrind_operations KIND TIMES; kinds: find_u64 insert_u64 erase_insert_u64 walk_u64 find_string\n"
        "       insert_string\n",
        stderr);
    return 2;
  }
  std::printf("%llu\n", static_cast<unsigned long long>(sum));
  return 0;
}
