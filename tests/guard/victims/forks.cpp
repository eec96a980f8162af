// Threads allocate while the first one forks child after child; each child allocates, frees and ends.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <thread>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace {

std::atomic<bool> over{false};

void churn(unsigned number) {
  std::map<int, std::vector<char>> own;
  for (int i = 0; !over; ++i) {
    own[i % 50].assign(number + static_cast<unsigned>(i) % 300, 'x');
    if (i % 7 == 0) own.erase(i % 50);
    free(malloc(static_cast<std::size_t>(i % 500)));
  }
}

[[noreturn]] void child(int number) {
  std::map<int, char*> blocks;
  for (int i = 0; i < 200; ++i) {
    blocks[i] = static_cast<char*>(malloc(static_cast<std::size_t>(i) + 1));
    memset(blocks[i], number, static_cast<std::size_t>(i) + 1);
  }
  for (auto& [key, block] : blocks) free(block);
  if (number % 8 == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      free(malloc(100));
      _exit(0);
    }
    waitpid(grandchild, nullptr, 0);
  }
  _exit(number % 100);
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) threads.emplace_back(churn, i);
  int sum = 0;
  for (int i = 0; i < 80; ++i) {
    const pid_t one = fork();
    if (one == 0) child(i);
    int status = 0;
    waitpid(one, &status, 0);
    sum += WIFEXITED(status) ? WEXITSTATUS(status) : 1000000;
  }
  const pid_t fast = vfork();
  if (fast == 0) {
    execl("/bin/true", "true", nullptr);
    _exit(99);
  }
  int status = 0;
  waitpid(fast, &status, 0);
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  pid_t spawned = 0;
  const int result = posix_spawn(&spawned, "/bin/true", nullptr, nullptr, arguments, environ);
  int spawned_status = 0;
  waitpid(spawned, &spawned_status, 0);
  over = true;
  for (std::thread& one : threads) one.join();
  printf("sum %d, exec %d, spawn %d %d\n", sum, status, result, spawned_status);
  return 0;
}
