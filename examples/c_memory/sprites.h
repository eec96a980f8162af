// A little C library as they come: it makes sprites and frees them. Its users get handles, not pointers.
#ifndef SPRITES_H
#define SPRITES_H

#include <holdfast/lifetime/holdfast.h>

typedef struct sprite {
  uint64_t magic;
  int width;
  int height;
  unsigned char pixels[];
} sprite;

// The caller has one share. 0: no memory.
holdfast_handle sprite_make(const char* name, int width, int height);
// -1: the handle is no good any more.
int sprite_area(holdfast_handle one);
// How many are in memory.
int sprite_count(void);

#endif
