// What the keepers of C memory and the preloadable guard say to each other.
//
// Plain C, because the two are built apart and meet at run time: a keeper looks holdfast_guard_connect up with dlsym,
// and finds nothing where no guard is loaded. A later abi only adds members at the end.
#ifndef HOLDFAST_LIFETIME_GUARD_ABI_H
#define HOLDFAST_LIFETIME_GUARD_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { holdfast_guard_abi = 1, holdfast_filter_bits = 1 << 16 };

// By which door memory leaves the program.
typedef enum holdfast_leave {
  holdfast_leave_free,
  holdfast_leave_realloc,
  holdfast_leave_delete,
  holdfast_leave_munmap
} holdfast_leave;

// What is to happen: let it go, or keep it because the keeper will free it itself, later.
typedef enum holdfast_verdict { holdfast_let_go, holdfast_keep } holdfast_verdict;

// One keeper: a registry, a map of resources. It must outlive its connection.
typedef struct holdfast_keeper {
  uint32_t abi;
  uint32_t size; // of this struct, in bytes
  // holdfast_filter_bits bits. The bit of an address that is kept is set; others may be. Any thread reads it, at any
  // time, a word at a time.
  const uint64_t* filter;
  // Called when an address whose bit is set is about to leave, and for every munmap; by any thread, also in the
  // middle of the program's own free. `size` is 0 where it is not known. It may allocate.
  holdfast_verdict (*on_leave)(struct holdfast_keeper* self, void* address, size_t size, holdfast_leave how);
  struct holdfast_keeper* next; // the guard's own
} holdfast_keeper;

// The bit of an address in a filter.
static inline uint32_t holdfast_filter_bit(const void* address) {
  return (uint32_t)((((uint64_t)(uintptr_t)address >> 4) * UINT64_C(0x9E3779B97F4A7C15)) >> 48);
}

// Exported by the guard. 0 when done; -1 when the keeper's abi is not understood.
int holdfast_guard_connect(holdfast_keeper* keeper);
// After it returns on_leave is not running and will not be called.
int holdfast_guard_disconnect(holdfast_keeper* keeper);

#ifdef __cplusplus
}
#endif

#endif
