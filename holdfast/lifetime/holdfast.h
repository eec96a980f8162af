// C memory under handles: the registry of the process, for C and for languages that speak C.
//
//   holdfast_handle handle;
//   holdfast_adopt(picture, size, free_picture, NULL, "picture", &handle);    // one share, yours
//   ...
//   holdfast_use use;
//   if (holdfast_begin(handle, &use) == holdfast_ok) {                        // no share, nothing locked
//     draw(use.pointer);
//     holdfast_end(&use);
//   }
//   holdfast_release(handle);                                                 // frees after the last use
//
// A handle is a number: store it, compare it, use it as a key. It is never given to another resource, so one that
// is too old is refused and never mistaken.
//
// Everything may be called by any thread at any time. The library behind it is libholdfast.
#ifndef HOLDFAST_LIFETIME_HOLDFAST_H
#define HOLDFAST_LIFETIME_HOLDFAST_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define HOLDFAST_C_NOEXCEPT noexcept
extern "C" {
#else
#define HOLDFAST_C_NOEXCEPT
#endif

typedef uint64_t holdfast_handle; // 0: none

typedef enum holdfast_error {
  holdfast_ok = 0,
  holdfast_invalid,   // null, or no handle at all
  holdfast_stale,     // released for the last time
  holdfast_foreign,   // of another registry than the process's
  holdfast_closing,   // nobody gets a new share
  holdfast_freed,     // C freed it while it was held
  holdfast_too_many,  // shares of one resource, or resources
  holdfast_no_memory  // nothing was changed
} holdfast_error;

// What the error means and what to do. Never NULL; not to be freed.
const char* holdfast_strerror(holdfast_error error) HOLDFAST_C_NOEXCEPT;

// Frees a resource; called once, after its last use, on the thread that released it last or on a later one.
typedef void (*holdfast_free_function)(void* context, void* pointer, size_t size);

// Whatever is zero is not told.
typedef struct holdfast_adoption {
  size_t size;                 // bytes
  holdfast_free_function free; // NULL: only watch over it
  void* context;               // for free
  const char* name;            // copied, 31 bytes of it
  uint64_t tag;                // yours
  const uint64_t* cookie;      // a word of the resource that does not change while it lives
  int unwatched;               // a part of something that lies at the same address
  int fork_safe;               // free may run in a child made by fork()
  const char* file;            // __FILE__, __func__, __LINE__: literals, kept by address
  const char* function;
  unsigned line;
} holdfast_adoption;

// Gives the pointer to the registry, under one share that is the caller's. *handle is 0 on an error, and the pointer is
// still the caller's.
holdfast_error holdfast_adopt_as(void* pointer, const holdfast_adoption* how,
                                 holdfast_handle* handle) HOLDFAST_C_NOEXCEPT;

// The same with what is usually told.
static inline holdfast_error holdfast_adopt(void* pointer, size_t size, holdfast_free_function free_it, void* context,
                                            const char* name, holdfast_handle* handle) {
  const holdfast_adoption how = {size, free_it, context, name, 0, NULL, 0, 0, NULL, NULL, 0};
  return holdfast_adopt_as(pointer, &how, handle);
}

// One share more; one share less. The last one frees.
holdfast_error holdfast_share(holdfast_handle handle) HOLDFAST_C_NOEXCEPT;
holdfast_error holdfast_release(holdfast_handle handle) HOLDFAST_C_NOEXCEPT;
// From now on nobody gets a share or a use; who has one keeps it.
holdfast_error holdfast_close(holdfast_handle handle) HOLDFAST_C_NOEXCEPT;
// What share and begin would say.
holdfast_error holdfast_fault(holdfast_handle handle) HOLDFAST_C_NOEXCEPT;

// A use without a share: the resource is not freed until it ends. It may end on another thread; keep it where it is
// until then.
typedef struct holdfast_use {
  void* pointer;
  size_t size;
  void* held[2];  // the library's
} holdfast_use;

holdfast_error holdfast_begin(holdfast_handle handle, holdfast_use* use) HOLDFAST_C_NOEXCEPT;
void holdfast_end(holdfast_use* use) HOLDFAST_C_NOEXCEPT;

// Says that the pointer is about to be freed by another allocator than malloc's. 1: leave it alone, its free function
// will be called at the last release. 0: go on.
int holdfast_note_freed(void* pointer) HOLDFAST_C_NOEXCEPT;

// What happens when memory that is held is freed: the words of when_freed in resource_options.hpp.
typedef enum holdfast_when_freed {
  holdfast_mark_freed,
  holdfast_report_freed,
  holdfast_abort_when_freed,
  holdfast_heal_freed
} holdfast_when_freed;
void holdfast_react(holdfast_when_freed how) HOLDFAST_C_NOEXCEPT;

// Frees what was released and waits for readers only; how many are still in use.
size_t holdfast_drain(void) HOLDFAST_C_NOEXCEPT;
// How many resources are held.
size_t holdfast_live(void) HOLDFAST_C_NOEXCEPT;
// Reports each of them with the place of its adoption; how many.
size_t holdfast_report_leaks(void) HOLDFAST_C_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
