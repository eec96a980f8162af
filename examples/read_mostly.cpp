// A table of connections and a configuration: threads look up and use, others close and configure, and nobody waits.
#include <holdfast/concurrent/sync_cell.hpp>
#include <holdfast/concurrent/sync_map.hpp>

#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

struct settings {
  int limit = 10;
  std::string greeting = "welcome";
};

// Neither copied nor moved: it has an address that others know, and counts that they change.
struct connection {
  explicit connection(std::string who) : peer(std::move(who)) {}
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  std::string peer;
  mutable std::atomic<int> messages{0};
};

}  // namespace

int main() {
  holdfast::sync_cell<settings> current(settings{});
  holdfast::sync_map<std::string, connection> open;

  // Made where it stays; a key that is there already is left as it is.
  for (const char* peer : {"ann", "bob", "carl"}) open.pin_or_make(peer, [&] { return connection(peer); });

  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) {
        // A pin each: no lock, no copy, and neither can be taken away before the end of the block.
        const auto now = current.load();
        const auto bob = open.pin(std::string_view("bob"));
        if (!bob) return;
        if (bob->messages.fetch_add(1) >= now->limit) ++refused;
      }
    });
  }
  current.update([](settings& copy) { copy.limit = 1000; });  // readers have the old one or the new one, whole
  const auto held = open.pin("bob");
  while (held->messages < 5) std::this_thread::yield();
  open.erase("bob");  // destroyed when the last pin is gone
  for (std::thread& one : threads) one.join();

  std::printf("%s was sent %d messages, and is closed: %s\n", held->peer.c_str(), held->messages.load(),
              open.pin("bob") ? "no" : "yes");
  std::printf("%d refused under the first limit\n", refused.load());
  return current.load()->limit == 1000 && open.size() == 2 && held->peer == "bob" ? 0 : 1;
}
