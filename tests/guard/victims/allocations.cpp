// Threads that allocate and free in every way there is, hand blocks to each other, and check what lies in them.
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <malloc.h>

namespace {

struct block {
  unsigned char* bytes;
  std::size_t count;
  unsigned way;
};

struct alignas(64) wide {
  char bytes[64];
};

std::mutex shared_lock;
std::vector<block> shared;
unsigned long wrong = 0;

block make(std::size_t count, unsigned way) {
  void* made = nullptr;
  switch (way) {
    case 0: made = malloc(count); break;
    case 1: made = calloc(1, count); break;
    case 2: made = realloc(nullptr, count); break;
    case 3: made = ::operator new(count); break;
    case 4: made = new char[count]; break;
    case 5: made = aligned_alloc(32, (count + 31) / 32 * 32); break;
    case 6:
      if (posix_memalign(&made, 128, count) != 0) made = nullptr;
      break;
    case 7: made = ::operator new(count, std::align_val_t{64}); break;
    case 8: made = ::operator new(count, std::nothrow); break;
    case 10: made = memalign(4096, count); break;
    default: made = reallocarray(nullptr, count, 1); break;
  }
  if (made == nullptr || malloc_usable_size(made) < count) ++wrong;
  const unsigned alignment = way == 5 ? 32 : way == 6 ? 128 : way == 7 ? 64 : way == 10 ? 4096 : 16;
  if (reinterpret_cast<std::uintptr_t>(made) % alignment != 0) ++wrong;
  memset(made, static_cast<int>(count % 251), count);
  return {static_cast<unsigned char*>(made), count, way};
}

void check(const block& one) {
  for (std::size_t i = 0; i < one.count; ++i)
    if (one.bytes[i] != one.count % 251) {
      ++wrong;
      return;
    }
}

void drop(block one) {
  check(one);
  errno = 77;
  switch (one.way) {
    case 3: ::operator delete(one.bytes, one.count); break;
    case 4: delete[] reinterpret_cast<char*>(one.bytes); break;
    case 7: ::operator delete(one.bytes, one.count, std::align_val_t{64}); break;
    case 8: ::operator delete(one.bytes, std::nothrow); break;
    default: free(one.bytes); break;
  }
  if (errno != 77) ++wrong;
}

block grow(block one, std::size_t count) {
  if (one.way > 2 && one.way != 9) return one;
  const std::size_t kept = one.count < count ? one.count : count;
  auto* const bytes = static_cast<unsigned char*>(realloc(one.bytes, count));
  for (std::size_t i = 0; i < kept; ++i)
    if (bytes[i] != one.count % 251) {
      ++wrong;
      break;
    }
  memset(bytes, static_cast<int>(count % 251), count);
  return {bytes, count, one.way};
}

void work(unsigned number) {
  std::uint32_t random = number * 2654435761u + 1;
  const auto next = [&](std::uint32_t below) { return (random = random * 1664525 + 1013904223) / 7 % below; };
  std::vector<block> own;
  for (int round = 0; round < 8000; ++round) {
    own.push_back(make(next(10) == 0 ? next(9000) : next(200), next(11)));
    if (next(3) == 0) {
      block& one = own[next(static_cast<std::uint32_t>(own.size()))];
      one = grow(one, 1 + next(400));
    }
    if (own.size() > 100) {
      const std::size_t at = next(static_cast<std::uint32_t>(own.size()));
      if (next(4) == 0) {
        const std::lock_guard lock(shared_lock);
        shared.push_back(own[at]);
        if (shared.size() > 50) {
          drop(shared.front());
          shared.erase(shared.begin());
        }
      } else {
        drop(own[at]);
      }
      own[at] = own.back();
      own.pop_back();
    }
  }
  for (const block& one : own) drop(one);
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 4; ++i) threads.emplace_back(work, i);
  for (std::thread& one : threads) one.join();
  for (const block& one : shared) drop(one);
  delete new wide;
  delete[] new wide[3];
  delete[] new std::string[5];
  auto shared_number = std::make_shared<int>(5);
  errno = 0;
  const bool refuses = calloc(SIZE_MAX, 16) == nullptr && errno == ENOMEM;
  errno = 0;
  const bool refuses_too = reallocarray(nullptr, SIZE_MAX, 16) == nullptr && errno == ENOMEM;
  free(nullptr);
  char* line = nullptr;
  std::size_t room = 0;
  std::FILE* const file = std::tmpfile();
  fputs("a line that getline has to make room for\n", file);
  rewind(file);
  const auto length = getline(&line, &room, file);
  free(line);
  fclose(file);
  char* const copy = strdup("copied");
  printf("wrong %lu, refuses %d %d, line %ld, %s %d\n", wrong, refuses, refuses_too, static_cast<long>(length), copy,
         *shared_number);
  free(copy);
  return wrong == 0 ? 0 : 1;
}
