// See sprites.h. The only place where a sprite is a pointer.
#include "examples/c_memory/sprites.h"

#include <stdlib.h>

static const uint64_t live_magic = 0x5b217e5aa11e5eedU;
static int in_memory;

static void sprite_free(void* context, void* pointer, size_t size) {
  (void)context;
  (void)size;
  ((sprite*)pointer)->magic = 0;
  --in_memory;
  free(pointer);
}

holdfast_handle sprite_make(const char* name, int width, int height) {
  const size_t size = sizeof(sprite) + (size_t)width * (size_t)height;
  sprite* made = calloc(1, size);
  if (made == NULL) return 0;
  made->magic = live_magic;
  made->width = width;
  made->height = height;
  const holdfast_adoption how = {.size = size,
                                 .free = sprite_free,
                                 .name = name,
                                 .cookie = &made->magic,
                                 .file = __FILE__,
                                 .function = __func__,
                                 .line = __LINE__};
  holdfast_handle handle;
  if (holdfast_adopt_as(made, &how, &handle) != holdfast_ok) {
    free(made);
    return 0;
  }
  ++in_memory;
  return handle;
}

int sprite_area(holdfast_handle one) {
  holdfast_use use;
  if (holdfast_begin(one, &use) != holdfast_ok) return -1;
  const sprite* found = use.pointer;
  const int area = found->width * found->height;
  holdfast_end(&use);
  return area;
}

int sprite_count(void) { return in_memory; }
