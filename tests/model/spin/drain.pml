/* drain() while another thread collects: when it returns, all that was retired before is destroyed, also what the other
 * one had in its hands.
 *
 * Switches, each of which takes one ingredient away:
 *   MARK_LATE   who collects says that he destroys after he has taken the objects
 *   NO_WAIT     who drains does not wait for those who are destroying
 */
byte ripe = 3;          /* a set: objects 0 and 1 */
bit destroyed[2];
byte destructions;      /* of the collector; odd: destroying */
bit guard;
bit drained;

inline lock() { atomic { guard == 0 -> guard = 1 } }

proctype collector() {
  byte turn, mine;
  for (turn : 0 .. 1) {
#ifndef MARK_LATE
    destructions++;
#endif
    lock();
    if
    :: ripe & 1 -> mine = 1
    :: ripe & 2 -> mine = 2
    :: else -> mine = 0
    fi;
    ripe = ripe & ~mine;
    guard = 0;
#ifdef MARK_LATE
    destructions++;
#endif
    if :: mine -> destroyed[mine - 1] = 1 :: else -> skip fi;
    destructions++
  }
}

proctype drainer() {
  byte all, was;
  lock();
  all = ripe;
  ripe = 0;
  guard = 0;
  if :: all & 1 -> destroyed[0] = 1 :: else -> skip fi;
  if :: all & 2 -> destroyed[1] = 1 :: else -> skip fi;
#ifndef NO_WAIT
  was = destructions;
  if :: was % 2 == 1 -> destructions != was :: else -> skip fi;
#endif
  assert(destroyed[0] && destroyed[1])
}

init { atomic { run collector(); run drainer() } }
