/* Records every allocation of the program it is preloaded into, as a trace for holdfast replay.
 *
 *   op,addr
 *   malloc,0x5555557a92a0
 *   free,0x5555557a92a0
 *
 * ALLOCATIONS_TO names the file. Only the first process records, not those it starts. A realloc is
 * a free and a malloc. Lines gather in a buffer that is written when full and at exit; a lock keeps
 * them whole and in order between threads. Nothing in here allocates.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static int file = -1;
static pid_t recorded_process;
static char lines[1 << 16];
static size_t filled;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void write_lines(void) {
  size_t done = 0;
  while (done < filled) {
    const ssize_t count = write(file, lines + done, filled - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += (size_t)count;
  }
  filled = 0;
}

static void append(const char *text, size_t length) {
  memcpy(lines + filled, text, length);
  filled += length;
}

static void record(const char *op, const void *address) {
  static const char digits[] = "0123456789abcdef";
  char line[40];
  char *at = line + sizeof line;
  uintptr_t rest = (uintptr_t)address;
  if (file < 0 || address == NULL || getpid() != recorded_process) return;
  *--at = '\n';
  do {
    *--at = digits[rest % 16];
    rest /= 16;
  } while (rest != 0);
  const int saved = errno;
  while (atomic_flag_test_and_set_explicit(&busy, memory_order_acquire)) {
  }
  if (filled + 64 > sizeof lines) write_lines();
  append(op, strlen(op));
  append(",0x", 3);
  append(at, (size_t)(line + sizeof line - at));
  atomic_flag_clear_explicit(&busy, memory_order_release);
  errno = saved;
}

__attribute__((constructor)) static void start(void) {
  const char *const name = getenv("ALLOCATIONS_TO");
  if (name == NULL) return;
  file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  recorded_process = getpid();
  append("op,addr\n", 8);
}

__attribute__((destructor)) static void stop(void) {
  if (file >= 0 && getpid() == recorded_process) write_lines();
}

void *malloc(size_t size) {
  void *const place = __libc_malloc(size);
  record("malloc", place);
  return place;
}

void *calloc(size_t count, size_t size) {
  void *const place = __libc_calloc(count, size);
  record("malloc", place);
  return place;
}

void *realloc(void *old, size_t size) {
  void *const place = __libc_realloc(old, size);
  if (place != NULL || size == 0) record("free", old);
  record("malloc", place);
  return place;
}

void *memalign(size_t alignment, size_t size) {
  void *const place = __libc_memalign(alignment, size);
  record("malloc", place);
  return place;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size) {
  void *const got = memalign(alignment, size);
  if (got == NULL) return ENOMEM;
  *place = got;
  return 0;
}

void free(void *place) {
  record("free", place);
  __libc_free(place);
}
