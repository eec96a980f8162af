// Several threads count words in one map, while another looks at what there is so far.
#include <holdfast/concurrent/sharded_map.hpp>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

int main() {
  holdfast::sharded_map<std::string, int> counts;
  constexpr std::string_view words[] = {"map", "pin", "shard", "lock", "map", "map"};

  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int n = 0; n < 1000; ++n) {
        // What is there and what is to be there, in one step that no other thread can come between.
        counts.alter(words[n % 6], [](const int* old) { return std::optional(old == nullptr ? 1 : *old + 1); });
      }
    });
  }
  // Each line is true at some instant; the whole walk is not one. snapshot() is.
  counts.for_each([](const std::string& word, int count) { std::printf("so far %s: %d\n", word.c_str(), count); });
  for (std::thread& one : threads) one.join();

  // A pin keeps the value where it is until it is released; a reader of it copies nothing.
  if (const auto maps = counts.pin("map")) std::printf("map: %d\n", *maps);

  int sum = 0;
  for (const auto& [word, count] : counts.snapshot()) sum += count;
  std::printf("%d words in all\n", sum);
  return sum == 4000 ? 0 : 1;
}
