// A keeper of C memory connects to the guard and answers as argument 1 says.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <sys/mman.h>

#include <holdfast/lifetime/guard_abi.h>

namespace {

struct keeper {
  holdfast_keeper base = {};
  std::uint64_t filter[holdfast_filter_bits / 64] = {};
  std::atomic<int> asked[4] = {};
  void* kept = nullptr;
  std::size_t size = 0;
  holdfast_verdict verdict = holdfast_let_go;
  std::atomic<bool> gone{false};
  std::atomic<int> inside{0};
  std::atomic<int> after_gone{0};

  void keep(void* address) {
    kept = address;
    const std::uint32_t bit = holdfast_filter_bit(address);
    filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
};

holdfast_verdict on_leave(holdfast_keeper* self, void* address, std::size_t size, holdfast_leave how) {
  keeper& one = *reinterpret_cast<keeper*>(self);
  ++one.inside;
  if (one.gone) ++one.after_gone;
  std::vector<int> allocates(10);  // it may
  const bool is_it = address == one.kept;
  if (is_it) {
    ++one.asked[how];
    one.size = size;
  }
  if (one.gone) ++one.after_gone;
  --one.inside;
  return is_it ? one.verdict : holdfast_let_go;
}

decltype(&holdfast_guard_connect) connect_to = nullptr;
decltype(&holdfast_guard_disconnect) disconnect_from = nullptr;

void prepare(keeper& one) {
  one.base.abi = holdfast_guard_abi;
  one.base.size = sizeof(holdfast_keeper);
  one.base.filter = one.filter;
  one.base.on_leave = on_leave;
}

void show(const char* what, keeper& one) {
  printf("%s: free %d realloc %d delete %d munmap %d\n", what, one.asked[0].load(), one.asked[1].load(),
         one.asked[2].load(), one.asked[3].load());
  for (auto& count : one.asked) count = 0;
}

void each_door(holdfast_verdict verdict) {
  static keeper one;
  prepare(one);
  one.verdict = verdict;
  printf("connected %d\n", connect_to(&one.base));
  printf("again %d\n", connect_to(&one.base));
  char* block = static_cast<char*>(malloc(100));
  strcpy(block, "what stands in it");
  one.keep(block);
  free(block);
  printf("size known %d\n", one.size >= 100);
  show("free", one);
  if (verdict == holdfast_keep) printf("still there: %s\n", block);

  block = static_cast<char*>(malloc(100));
  strcpy(block, "moved along");
  one.keep(block);
  char* const moved = static_cast<char*>(realloc(block, 200));
  show("realloc", one);
  printf("%s\n", moved);
  if (verdict == holdfast_keep) printf("still there: %s, elsewhere %d\n", block, moved != block);
  one.kept = nullptr;
  free(moved);

  char* const made = new char[50];
  one.keep(made);
  delete[] made;
  show("delete[]", one);
  int* const number = new int(5);
  one.keep(number);
  delete number;
  show("delete", one);
  if (verdict == holdfast_keep) printf("still there: %d\n", *number);

  void* const pages = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  one.keep(pages);
  printf("munmap %d\n", munmap(pages, 8192));
  show("munmap", one);
  if (verdict == holdfast_keep) memset(pages, 1, 8192);
  one.kept = nullptr;
  printf("disconnected %d\n", disconnect_from(&one.base));
  printf("again %d\n", disconnect_from(&one.base));
  free(malloc(10));
}

// Threads free all the time, and leave and begin; keepers come and go, and their memory with them.
void come_and_go() {
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!over) {
        for (int k = 0; k < 200; ++k) free(malloc(static_cast<std::size_t>(k)));
        std::thread([] { free(malloc(10)); }).join();
      }
    });
  int late = 0;
  for (int i = 0; i < 300; ++i) {
    void* const room = mmap(nullptr, sizeof(keeper), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    keeper& one = *new (room) keeper;
    prepare(one);
    memset(one.filter, 0xFF, sizeof one.filter);  // asked about everything
    connect_to(&one.base);
    std::this_thread::yield();
    disconnect_from(&one.base);
    one.gone = true;
    if (one.inside != 0) ++late;
    std::this_thread::yield();
    late += one.after_gone;
    munmap(room, sizeof(keeper));  // whoever still reads the filter crashes
  }
  over = true;
  for (std::thread& one : threads) one.join();
  printf("late %d\n", late);
}

std::atomic<bool> entered{false};
std::atomic<bool> left{false};

// A thread is inside the keeper for a while, and the keeper goes.
void go_while_asked() {
  static keeper one;
  prepare(one);
  one.base.on_leave = [](holdfast_keeper*, void*, std::size_t, holdfast_leave) {
    entered = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    left = true;
    return holdfast_let_go;
  };
  char* const block = static_cast<char*>(malloc(100));
  one.keep(block);
  connect_to(&one.base);
  std::thread asks([&] { free(block); });
  while (!entered) std::this_thread::yield();
  disconnect_from(&one.base);
  printf("over when disconnected: %d\n", left.load());
  asks.join();
}

void wrong_abi() {
  static keeper one;
  prepare(one);
  one.base.abi = 0;
  printf("abi 0: %d\n", connect_to(&one.base));
  prepare(one);
  one.base.size = 8;
  printf("short: %d\n", connect_to(&one.base));
  printf("null: %d\n", connect_to(nullptr));
  printf("never connected: %d\n", disconnect_from(&one.base));
}

// Two keepers; the second has the say for what the first does not know.
void two() {
  static keeper one;
  static keeper other;
  prepare(one);
  prepare(other);
  other.verdict = holdfast_keep;
  connect_to(&one.base);
  connect_to(&other.base);
  char* const mine = static_cast<char*>(malloc(60));
  char* const its = static_cast<char*>(malloc(60));
  one.keep(mine);
  other.keep(its);
  free(mine);
  strcpy(its, "kept by the other");
  free(its);
  show("one", one);
  show("other", other);
  puts(its);
  disconnect_from(&one.base);
  free(its);
  show("other", other);
  disconnect_from(&other.base);
}

}  // namespace

int main(int count, char** words) {
  connect_to = reinterpret_cast<decltype(connect_to)>(dlsym(RTLD_DEFAULT, "holdfast_guard_connect"));
  disconnect_from = reinterpret_cast<decltype(disconnect_from)>(dlsym(RTLD_DEFAULT, "holdfast_guard_disconnect"));
  if (connect_to == nullptr || disconnect_from == nullptr) {
    puts("no guard");
    return 0;
  }
  const char* const what = count > 1 ? words[1] : "";
  if (strcmp(what, "let-go") == 0) each_door(holdfast_let_go);
  else if (strcmp(what, "keep") == 0) each_door(holdfast_keep);
  else if (strcmp(what, "come-and-go") == 0) come_and_go();
  else if (strcmp(what, "go-while-asked") == 0) go_while_asked();
  else if (strcmp(what, "two") == 0) two();
  else wrong_abi();
  return 0;
}
