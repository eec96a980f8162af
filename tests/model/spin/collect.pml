/* Two writers replace what a reader finds and collect: what is ripe goes first, then a grace period is moved on, then
 * what has become ripe. A reader finds an object in a section, shows it in its slot, leaves, and lets go.
 *
 * Memory is in order here; section.pml has the buffers. Lists are sets of objects, one bit each, and of the ripe ones
 * any single one is looked at: the part that a thread may take at once.
 * Switches, each of which takes one ingredient away:
 *   ONE_SCAN      what has become ripe is compared with the slots as they were before the grace period
 *   NO_GUARD      both move objects along at once
 *   DROP_HELD     what is looked at and held leaves the list
 *   SPLICE_RIPE   what is fresh goes straight to the ripe ones
 */
#define OBJECTS 3
#define NONE    3

byte source;            /* the object that can be found */
byte slot = NONE;
bit inside;             /* the reader's sequence: whether it is in a section */
byte section_of;        /* and in which one */

byte lane, fresh, waiting, ripe;
byte noted;             /* the section that the period under way waits for; 0: none */
bit guard;

bit retired[OBJECTS];
bit destroyed[OBJECTS];
byte next = 1;

proctype reader() {
  byte found, turn;
  for (turn : 0 .. 1) {
    atomic { inside = 1; section_of++ }
    found = source;
    assert(!destroyed[found]);
    slot = found;
    inside = 0;
    assert(!destroyed[found]);
    slot = NONE
  }
}

inline scan() { held = slot }

/* One of the ripe ones, if there is any. */
inline take_ripe() {
  if
  :: ripe & 1 -> one = 0
  :: ripe & 2 -> one = 1
  :: ripe & 4 -> one = 2
  :: else -> one = NONE
  fi;
  if
  :: one != NONE && one != held -> ripe = ripe & ~(1 << one); doomed = one
  :: one != NONE && one == held ->
#ifdef DROP_HELD
     ripe = ripe & ~(1 << one)
#else
     skip
#endif
  :: else -> skip
  fi
}

inline move_along() {
#ifdef SPLICE_RIPE
  d_step { ripe = ripe | fresh; fresh = 0 };
#endif
  if
  :: waiting == 0 && fresh != 0 ->
       d_step { waiting = fresh; fresh = 0; noted = (inside -> section_of : 0) }
  :: else -> skip
  fi;
  if
  :: waiting != 0 && (noted == 0 || !inside || section_of != noted) ->
       d_step { ripe = ripe | waiting; waiting = 0 }
  :: else -> skip
  fi
}

proctype writer() {
  byte held, one, doomed, mine, turn;
  d_step { mine = source; source = next; next++ };
  d_step { retired[mine] = 1; lane = lane | (1 << mine) };
  for (turn : 0 .. 1) {
#ifndef NO_GUARD
    if
    :: atomic { guard == 0 -> guard = 1 }
    :: guard == 1 -> goto turned_away
    fi;
#endif
    doomed = NONE;
    atomic { fresh = fresh | lane; lane = 0 };
    scan();
    take_ripe();
    if
    :: doomed == NONE ->
         move_along();
#ifndef ONE_SCAN
         scan();
#endif
         take_ripe()
    :: else -> skip
    fi;
    guard = 0;
    if
    :: doomed != NONE -> assert(!destroyed[doomed]); destroyed[doomed] = 1
    :: else -> skip
    fi;
turned_away:
    skip
  }
}

init {
  byte each;
  atomic { run reader(); run writer(); run writer() }
  _nr_pr == 1;
  /* Nothing is lost. */
  for (each : 0 .. OBJECTS - 1) {
    assert(!retired[each] || destroyed[each] || ((lane | fresh | waiting | ripe) & (1 << each)))
  }
}
