/* How much garbage writers leave when any of them may be taken off its processor at any step, for as long as it likes.
 * Everything is counted in batches; there are no readers, so who has the guard can destroy whatever he gathers.
 *
 * A writer retires a batch into its lane and looks after it. What is in the lanes is not counted before somebody
 * gathers it. Below the soft limit who finds the guard taken goes away; above it, and when he has been turned away too
 * often in a row, he waits for his turn.
 * Switches, each of which takes one ingredient away:
 *   NO_TURNS      above the soft limit too who finds the guard taken goes away
 *   NO_PATIENCE   one may be turned away any number of times
 *   PILED_UP      the play begins with much garbage, of a reader that has gone; in the end it must be gone as well
 *   EQUAL_SHARE   no more is destroyed in a turn than was retired
 */
#define BATCHES 6   /* that each of two writers retires */
#define SOFT    1
#define AWAY    1   /* so often in a row, no more */
#ifdef EQUAL_SHARE
#define MOST    1
#else
#define MOST    3
#endif
#ifdef PILED_UP
#define PILE    6
#else
#define PILE    0
#endif

byte lane[2];
byte counted = PILE;  /* gathered and not destroyed, also what is in somebody's hands */
byte listed = PILE;   /* gathered and in nobody's hands */
bit guard;

#define GARBAGE (counted + lane[0] + lane[1])
#ifdef PILED_UP
/* It does not grow: each waits with one batch. */
#define BOUND (PILE + 2)
#else
/* From each, what he has retired since he was turned away first; it is the least bound that holds. */
#define BOUND (2 * (AWAY + 1))
#endif

proctype writer(byte me) {
  byte turn, away, hands;
  for (turn : 1 .. BATCHES) {
    lane[me]++;
    assert(GARBAGE <= BOUND);
    if
#ifndef NO_TURNS
    :: counted > SOFT -> atomic { guard == 0 -> guard = 1 }
#endif
#ifndef NO_PATIENCE
    :: away >= AWAY -> atomic { guard == 0 -> guard = 1 }
#endif
    :: else -> if :: atomic { guard == 0 -> guard = 1 } :: guard == 1 -> away++; goto turned_away fi
    fi;
    away = 0;
    d_step { hands = lane[0] + lane[1]; lane[0] = 0; lane[1] = 0;
             counted = counted + hands; listed = listed + hands };
    d_step { hands = (listed < MOST -> listed : MOST); listed = listed - hands };
    guard = 0;
    d_step { counted = counted - hands; hands = 0 };
turned_away:
    skip
  }
}

init {
  atomic { run writer(0); run writer(1) }
  _nr_pr == 1;
#ifdef PILED_UP
  assert(GARBAGE <= SOFT + 2)
#endif
}
