// A C program that keeps handles of another library's memory, and is told when one is too old.
#include <stdio.h>

#include "examples/c_memory/sprites.h"

static int expect(int kept, const char* what) {
  printf("%s: %s\n", kept ? "ok" : "BROKEN", what);
  return kept ? 0 : 1;
}

int main(void) {
  int broken = 0;
  const holdfast_handle ball = sprite_make("ball", 8, 8);
  const holdfast_handle wall = sprite_make("wall", 64, 2);
  broken += expect(ball != 0 && wall != 0 && ball != wall, "two sprites have two handles");
  broken += expect(sprite_area(ball) == 64, "a handle leads to its sprite");

  // Somebody else keeps the ball as well; the first release does not free it.
  broken += expect(holdfast_share(ball) == holdfast_ok, "a second owner");
  holdfast_release(ball);
  broken += expect(sprite_area(ball) == 64, "it stays while one owner is left");
  holdfast_release(ball);
  holdfast_drain();
  broken += expect(sprite_count() == 1, "and goes with the last");

  // The old handle is refused, also when malloc has given the address to something else.
  const holdfast_handle next = sprite_make("next", 8, 8);
  broken += expect(sprite_area(ball) == -1 && next != ball, "an old handle is never another's");
  printf("what is wrong with it: %s\n", holdfast_strerror(holdfast_share(ball)));

  holdfast_release(next);
  holdfast_release(wall);
  holdfast_drain();
  broken += expect(sprite_count() == 0 && holdfast_live() == 0, "nothing is left");
  return broken;
}
