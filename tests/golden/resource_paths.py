#!/usr/bin/env python3
"""Reads the machine code of the two ways to use a C resource: a share and its release are one locked instruction
each; a use without a share has none, no fence, no call, and few instructions.

Skipped (77) on other machines than x86-64, and without objdump.

  resource_paths.py --program build/.../resource_paths
"""

import sys

from machine_code import FORBIDDEN, LOCKED, counted, judge, program_to_read, usual_way, whole

# What a pin of a resource takes, beyond the bare read: finding the slot, the comparison, holding it, the second look.
MOST_OF_PIN = 36


def main():
    program = program_to_read(__doc__)
    # covers hf.resources.two-locked
    locked = [one for one in whole(program, "share_and_release") if LOCKED.match(one)]
    print(f"share and release: {len(locked)} locked instructions, at most 2: {locked}")
    code = usual_way(program, "read_with_pin")
    count = len(counted(code)) - len(counted(usual_way(program, "bare_read")))
    bad = [one for one in counted(code) if FORBIDDEN.search(one)]
    well = judge("pin, beyond a bare read", count, MOST_OF_PIN, code, bad)
    sys.exit(not well or len(locked) > 2)


if __name__ == "__main__":
    main()
