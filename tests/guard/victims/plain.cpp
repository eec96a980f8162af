// What C programs do wrong with a block of 40 bytes: argument 1 says what. Uses no C++ library.
#include <cerrno>
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <malloc.h>
#include <unistd.h>

char* make_block() { return static_cast<char*>(malloc(40)); }
char* make_aligned(const char* how) {
  if (strcmp(how, "memalign") == 0) return static_cast<char*>(memalign(256, 40));
  if (strcmp(how, "aligned_alloc") == 0) return static_cast<char*>(aligned_alloc(64, 128));
  void* made = nullptr;
  return posix_memalign(&made, 4096, 40) == 0 ? static_cast<char*>(made) : nullptr;
}
void drop_block(void* block) { free(block); }
char read_at(const char* place) { return *place; }
void write_at(char* place) { *place = 1; }

static sigjmp_buf back;
static void come_back(int) { siglongjmp(back, 1); }

int main(int count, char** words) {
  const char* const what = count > 1 ? words[1] : "";
  char* const block = make_block();
  memset(block, 7, 40);
  if (strcmp(what, "read-freed") == 0) {
    drop_block(block);
    printf("%d\n", read_at(block + 8));
  } else if (strcmp(what, "write-freed") == 0) {
    drop_block(block);
    write_at(block + 8);
  } else if (strcmp(what, "read-freed-aligned") == 0) {
    char* const aligned = make_aligned(words[2]);
    drop_block(aligned);
    read_at(aligned + 8);
  } else if (strcmp(what, "write-gap-aligned") == 0) {
    char* const aligned = make_aligned("memalign");
    write_at(aligned + 41);
    drop_block(aligned);
  } else if (strcmp(what, "refused") == 0) {
    void* made = nullptr;
    errno = 0;
    const int odd = posix_memalign(&made, 24, 40), small = posix_memalign(&made, 4, 40);
    const bool large = posix_memalign(&made, 1 << 20, 40) == 0 && reinterpret_cast<uintptr_t>(made) % (1 << 20) == 0;
    void* const vast = aligned_alloc(64, SIZE_MAX / 2);
    printf("%d %d %d %d %d\n", odd == EINVAL, small == EINVAL, large, vast == nullptr, errno == ENOMEM);
    drop_block(made);
    drop_block(block);
  } else if (strcmp(what, "read-freed-handled") == 0) {
    signal(SIGSEGV, come_back);
    drop_block(block);
    if (sigsetjmp(back, 1) == 0) read_at(block);
    else puts("came back");
  } else if (strcmp(what, "read-behind") == 0) {
    read_at(block + 48);
  } else if (strcmp(what, "read-before") == 0) {
    read_at(block - 1);
  } else if (strcmp(what, "write-gap") == 0) {
    write_at(block + 41);
    drop_block(block);
  } else if (strcmp(what, "free-twice") == 0) {
    drop_block(block);
    drop_block(block);
  } else if (strcmp(what, "free-inside") == 0) {
    drop_block(block + 16);
  } else if (strcmp(what, "read-freed-tiny-stack") == 0) {
    // A handler's stack of the smallest size there is.
    stack_t small = {};
    small.ss_size = static_cast<size_t>(sysconf(_SC_MINSIGSTKSZ)) + 3072;
    small.ss_sp = calloc(1, small.ss_size);
    sigaltstack(&small, nullptr);
    drop_block(block);
    read_at(block);
  } else if (strcmp(what, "zero") == 0) {
    for (int i = 0; i < 200; ++i) drop_block(malloc(0));
    drop_block(block);
  } else {
    drop_block(block);
  }
  puts("end");
  return 0;
}
