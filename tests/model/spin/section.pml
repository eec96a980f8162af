/* A section, a hand-off and a reclaimer on a machine that buffers stores (x86-TSO).
 *
 * Each reader has a buffer of stores that nobody else sees; drain() makes the oldest visible at any time.
 * Switches, each of which takes one ingredient away:
 *   NO_FENCE         the reclaimer does not wait for the buffers to be empty (no membarrier)
 *   SLOTS_FIRST      it looks at the slots before it looks at the sections
 *   LEAVE_FIRST      the reader leaves the section before it fills the slot
 *   NO_SLOTS         it does not look at the slots
 *   READER_FENCE     the reader empties its own buffer: together with NO_FENCE the fall-back, which holds
 */
#define READERS 2

byte inside[READERS];  /* the section: 0 outside, 1 inside */
byte slot[READERS];    /* the object held; 0: none */
byte source = 1;       /* the object that can be found */
bit destroyed[3];

chan buffer[READERS] = [4] of { bit, byte };  /* (0: inside, 1: slot), value */

proctype drain(byte who) {
  bit to_slot; byte value;
end:
  do
  :: atomic { nempty(buffer[who]) -> buffer[who] ? to_slot, value;
       if :: to_slot -> slot[who] = value :: else -> inside[who] = value fi }
  od
}

proctype reader(byte who) {
  byte found;
  buffer[who] ! 0, 1;
#ifdef READER_FENCE
  empty(buffer[who]);
#endif
  found = source;
  assert(!destroyed[found]);
#ifdef LEAVE_FIRST
  buffer[who] ! 0, 0;
  buffer[who] ! 1, found;
#else
  buffer[who] ! 1, found;
  buffer[who] ! 0, 0;
#endif
  assert(!destroyed[found]);
  buffer[who] ! 1, 0
}

inline wait_for_sections() {
  i = 0;
  do :: i < READERS -> inside[i] == 0; i++ :: else -> break od
}
inline wait_for_slots() {
  i = 0;
  do :: i < READERS -> slot[i] != old; i++ :: else -> break od
}

proctype reclaimer() {
  byte i, old;
  old = source;
  source = 2;  /* a locked exchange: its own buffer is empty */
#ifndef NO_FENCE
  i = 0;
  do :: i < READERS -> empty(buffer[i]); i++ :: else -> break od;  /* one processor after another */
#endif
#if defined(NO_SLOTS)
  wait_for_sections();
#elif defined(SLOTS_FIRST)
  wait_for_slots();
  wait_for_sections();
#else
  wait_for_sections();
  wait_for_slots();
#endif
  destroyed[old] = 1
}

init {
  atomic {
    run drain(0); run drain(1);
    run reader(0); run reader(1);
    run reclaimer()
  }
}
