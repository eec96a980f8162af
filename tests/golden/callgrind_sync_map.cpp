// Writes to a sync_map a given number of times, for callgrind to count instructions.
//
//   callgrind_sync_map KIND TIMES
//
// `overwrite_pair` and `overwrite_text` store to each of 100'000 keys that are there; `erase_store_pair` erases each and
// stores it again, which is one operation; `insert_pair` fills an empty map. As callgrind_operations.cpp.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <holdfast/base/hash/mix.hpp>
#include <holdfast/concurrent/sync_map.hpp>

namespace {

constexpr std::uint64_t entries = 100'000;

template <class Key>
Key key_of(std::uint64_t number) {
  const std::uint64_t mixed = holdfast::mix_word(number, 1);
  if constexpr (std::is_same_v<Key, std::string>) return "key " + std::to_string(mixed);
  else return mixed;
}

template <class Key>
std::vector<Key> all_keys() {
  std::vector<Key> made;
  for (std::uint64_t i = 0; i < entries; ++i) made.push_back(key_of<Key>(i));
  return made;
}

template <class Key, class Write>
void write_all(std::uint64_t times, Write write) {
  const std::vector<Key> keys = all_keys<Key>();
  holdfast::sync_map<Key, std::uint64_t> map;
  for (const Key& key : keys) map.store(key, 1);
  for (std::uint64_t i = 0; i < times; ++i) {
    for (const Key& key : keys) write(map, key);
  }
}

void fill(std::uint64_t times) {
  const std::vector<std::uint64_t> keys = all_keys<std::uint64_t>();
  for (std::uint64_t i = 0; i < times; ++i) {
    holdfast::sync_map<std::uint64_t, std::uint64_t> map;
    for (const std::uint64_t key : keys) map.store(key, 1);
  }
}

}  // namespace

int main(int count, char** words) {
  const std::string_view what = count == 3 ? words[1] : "";
  const std::uint64_t times = count == 3 ? std::strtoull(words[2], nullptr, 10) : 0;
  const auto store = [](auto& map, const auto& key) { map.store(key, 2); };
  if (what == "overwrite_pair") {
    write_all<std::uint64_t>(times, store);
  } else if (what == "overwrite_text") {
    write_all<std::string>(times, store);
  } else if (what == "erase_store_pair") {
    write_all<std::uint64_t>(times, [](auto& map, std::uint64_t key) {
      map.erase(key);
      map.store(key, 2);
    });
  } else if (what == "insert_pair") {
    fill(times);
  } else {
    std::fputs("usage: callgrind_sync_map KIND TIMES; kinds: overwrite_pair overwrite_text erase_store_pair insert_pair\n",
               stderr);
    return 2;
  }
  return 0;
}
