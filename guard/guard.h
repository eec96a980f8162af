/* What a program may say to the preloadable guard. Plain C; link it, or look the names up with dlsym and find
 * nothing where no guard is loaded.
 *
 * Keepers of C memory, which decide what happens when it is freed, connect through
 * <holdfast/lifetime/guard_abi.h>. */
#ifndef HOLDFAST_GUARD_H
#define HOLDFAST_GUARD_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table of pointers: `bytes` bytes at `base`, an entry each `stride` bytes, the pointer `offset` bytes into it.
 * From now on memory that is freed while the table shows it, and is still shown some frees later
 * (HOLDFAST_GUARD=grace=N), is reported with the stack of the free. `name` is copied.
 * Cost: each free reads the whole table. Meant for some thousand entries.
 * 0 when done; -1 when the numbers do not make a table, or 64 tables are registered already.
 * Threads: any. The table may be written to meanwhile. It must stay readable until it is unregistered; when
 * `base` itself lies in a block that is freed, the table goes with it. */
int holdfast_guard_register_table(const void* base, size_t bytes, size_t stride, size_t offset, const char* name);

/* 0 when done; -1 when no table begins there. */
int holdfast_guard_unregister_table(const void* base);

/* What the guard has done, as lines of text. As snprintf: the length it has, whatever `capacity` is; what fits is
 * written, and ends with a zero. */
size_t holdfast_guard_status(char* into, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
