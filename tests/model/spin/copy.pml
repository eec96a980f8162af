/* A pin is copied from the slot of one thread to that of another and back, and a scan of all slots runs
 * meanwhile. The object is always held by at least one slot until the last one is given up.
 *
 * Switches:
 *   NO_COUNT       copies are not counted
 *   COUNT_EACH     the scan compares the count of each record around that record's slots only, not all
 *                  counts around all slots: enough for copies within one record, not for these
 */
bit slot[2];        /* of two records; the scan reads them in this order */
byte copies[2];     /* each record's count */
bit destroyed;

proctype holder() {
  byte turn;
  for (turn : 0 .. 2) {
    /* from record 1 to record 0 */
    slot[0] = 1;
#ifndef NO_COUNT
    copies[0]++;
#endif
    slot[1] = 0;
    assert(!destroyed);
    /* and back */
    slot[1] = 1;
#ifndef NO_COUNT
    copies[1]++;
#endif
    slot[0] = 0;
    assert(!destroyed)
  }
  slot[1] = 0
}

proctype scanner() {
  bit held0, held1; byte before0, before1, tries;
again:
#ifdef COUNT_EACH
  before0 = copies[0]; held0 = slot[0];
  if :: copies[0] != before0 -> goto retry :: else fi;
  before1 = copies[1]; held1 = slot[1];
  if :: copies[1] != before1 -> goto retry :: else fi;
#else
  before0 = copies[0]; before1 = copies[1];
  held0 = slot[0]; held1 = slot[1];
  if :: copies[0] != before0 || copies[1] != before1 -> goto retry :: else fi;
#endif
  if :: !held0 && !held1 -> destroyed = 1; goto done :: else fi;
retry:
  tries++;
  if :: tries < 8 -> goto again :: else fi;
done:
  skip
}

init {
  slot[1] = 1;
  atomic { run holder(); run scanner() }
}
