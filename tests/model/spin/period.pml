/* Tickets and grace periods: a writer that takes its ticket while a period is under way must not be content
 * with the end of that one, whose fence may have come before its unlinking.
 *
 * Switches:
 *   SHORT_TICKET   an odd number is taken for good: the ticket is the end of the period under way
 *   NOTE_FIRST     the steward looks at the reader before it says that the period has begun
 */
byte number;        /* even: nothing under way; odd: a period */
bit inside;         /* the reader is in a section */
byte section_of;    /* counts sections */
bit unlinked;
bit destroyed;
bit over;

proctype reader() {
  bit found;
  do
  :: section_of < 2 ->
       atomic { inside = 1; section_of++ };
       found = !unlinked;                /* the fence is in the notes: see section.pml */
       assert(!(found && destroyed));
       inside = 0
  :: else -> break
  od
}

proctype steward() {
  byte noted; bit blocked;
  byte turn;
  for (turn : 0 .. 2) {
#ifdef NOTE_FIRST
    atomic { blocked = inside; noted = section_of };
    number++;
#else
    number++;
    atomic { blocked = inside; noted = section_of };
#endif
    if :: blocked -> (!inside || section_of != noted) :: else fi;
    number++
  }
  over = 1
}

proctype writer() {
  byte ticket;
  unlinked = 1;
  ticket = number;
#ifdef SHORT_TICKET
  ticket = (ticket % 2 == 0 -> ticket + 2 : ticket + 1);
#else
  ticket = (ticket % 2 == 0 -> ticket + 2 : ticket + 3);
#endif
  if
  :: number >= ticket -> destroyed = 1
  :: over && number < ticket -> skip
  fi
}

init { atomic { run reader(); run steward(); run writer() } }
