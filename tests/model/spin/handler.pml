/* A signal handler runs a whole section between the load and the store of the sequence, so that the number
 * goes back by one. The reclaimer may wait longer for it, never less.
 *
 * Switches:
 *   EVEN_ONLY   the reclaimer takes an even number, seen once at any time before, for the end of the section
 *               it is to wait for (it does not compare with what it noted)
 */
byte sequence;
bit destroyed;
bit linked = 1;

inline section(base) {
  sequence = base + 1;
  found = linked;
  assert(!(found && destroyed));
  assert(!(found && destroyed));
  sequence = base + 2
}

proctype reader() {
  byte base, turn; bit found;
  for (turn : 0 .. 1) {
    base = sequence;
    if :: section(base) :: skip fi;  /* the handler, from the same base */
    section(base)
  }
}

proctype reclaimer() {
  byte noted;
#ifdef EVEN_ONLY
  noted = sequence;
  linked = 0;
#else
  linked = 0;
  noted = sequence;
#endif
  if :: noted % 2 == 1 -> sequence != noted :: else fi;
  destroyed = 1
}

init { atomic { run reader(); run reclaimer() } }
