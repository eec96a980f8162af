// Two threads fill one container of the standard library. Arguments: tree, set or hash; locked, unlocked, apart or
// alone; how many entries each.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>

namespace {

std::mutex lock;
std::atomic<int> ready{0};

void put(std::map<int, int>& into, int key) { into.emplace(key, key); }
void put(std::set<int>& into, int key) { into.insert(key); }
void put(std::unordered_map<int, int>& into, int key) { into.emplace(key, key); }

template <class Container>
void fill(Container& into, int from, int count, bool locked, bool erases) {
  ++ready;
  while (ready < 2) {}
  for (int i = 0; i < count; ++i) {
    std::unique_lock<std::mutex> hold(lock, std::defer_lock);
    if (locked) hold.lock();
    put(into, from + 2 * i);
    if (erases && i % 3 == 0) into.erase(from + 2 * i);
  }
}

template <class Container>
int play(const char* how, int count) {
  Container one;
  Container other;
  const bool locked = strcmp(how, "locked") == 0;
  const bool apart = strcmp(how, "apart") == 0;
  if (strcmp(how, "alone") == 0) {
    ready = 1;
    fill(one, 0, count, false, true);
  } else {
    std::thread first([&] { fill(one, 0, count, locked, locked || apart); });
    std::thread second([&] { fill(apart ? other : one, 1, count, locked, locked || apart); });
    first.join();
    second.join();
  }
  std::printf("%s\n", how);
  if (strcmp(how, "unlocked") == 0) std::_Exit(0);  // what is left of it may not bear being destroyed
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) return 2;
  const int entries = std::atoi(words[3]);
  if (strcmp(words[1], "tree") == 0) return play<std::map<int, int>>(words[2], entries);
  if (strcmp(words[1], "set") == 0) return play<std::set<int>>(words[2], entries);
  return play<std::unordered_map<int, int>>(words[2], entries);
}
