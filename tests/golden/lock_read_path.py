#!/usr/bin/env python3
"""Reads the machine code of locks that nobody else wants: one locked instruction, no call, no system call.

Skipped (77) on other machines than x86-64, and without objdump.

  lock_read_path.py --program build/.../lock_read_path
"""

import sys

from machine_code import FORBIDDEN, LOCKED, counted, judge, program_to_read, usual_way

# function: the most instructions, which is what g++ 12 and clang 14 make of it.
MOST = {"lock_for_reading": 5, "unlock_for_reading": 5, "lock_alone": 5, "unlock_alone": 5}


def main():
    program = program_to_read(__doc__)
    well = True
    # contract R10; covers hf.sync.lock-one-instruction
    for function, most in MOST.items():
        code = usual_way(program, function)
        locked = [one for one in code if LOCKED.match(one)]
        bad = [one for one in counted(code) if FORBIDDEN.search(one) and one not in locked] + locked[1:]
        if not locked:
            bad = ["no locked instruction at all"]
        well &= judge(function, len(counted(code)), most, code, bad)
    sys.exit(not well)


if __name__ == "__main__":
    main()
