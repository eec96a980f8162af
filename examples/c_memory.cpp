// C memory in maps: a map that owns what it holds, and the same for many threads.
#include <holdfast/concurrent/sync_map.hpp>
#include <holdfast/managed/resource_map.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

int main() {
  // A map of open files: erasing an entry closes its file, unless somebody still has it.
  holdfast::resource_map<std::string, std::FILE> files;
  files.adopt("log", std::tmpfile(), std::fclose);
  files.with("log", [](std::FILE* log) { std::fputs("started\n", log); });
  auto mine = files.get("log");
  files.erase("log");
  if (std::fputs("still open\n", mine.get()) < 0) return 1;
  mine.reset();

  // Handles instead of pointers, where a number is wanted: as keys, in messages, through other languages.
  auto& registry = holdfast::default_registry();
  auto text = registry.adopt(strdup("hello"), std::free);
  const holdfast::resource_handle handle = text.handle();
  registry.with<char>(handle, [](char* letters) { letters[0] = 'H'; });
  std::printf("%s by handle %s\n", text.get(), to_string(handle).c_str());
  text.reset();
  std::printf("later: %s\n", text_of(registry.fault(handle)));
  if (registry.with<char>(handle, [](char*) {})) return 1;

  // Many threads: shares are the values of a map for many threads. A reader's pin of an entry holds the share.
  holdfast::sync_map<int, holdfast::resource_share<char>> names;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&names, thread] {
      for (int n = 0; n < 1000; ++n) {
        names.store(n % 8, holdfast::default_registry().adopt(strdup(std::to_string(thread).c_str()), std::free));
        if (const auto found = names.pin(n % 7)) static_cast<void>(std::strlen(found->get()));
      }
    });
  }
  for (std::thread& one : threads) one.join();
  names.clear();
  holdfast::reclaim::default_domain().drain();
  registry.drain();
  std::printf("left: %zu\n", registry.size());
  return registry.size() == 0 ? 0 : 1;
}
