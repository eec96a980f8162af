#!/usr/bin/env python3
"""Reads the machine code of an allocation in an arena: few instructions, no call, nothing locked.

Counted is the way that is usually taken, up to the return. Skipped (77) on other machines than x86-64, and without
objdump.

  arena_hot_path.py --program build/.../arena_hot_path
"""

import sys

from machine_code import FORBIDDEN, counted, judge, program_to_read, usual_way

# function: the most instructions, the return counted in.
MOST = {"allocate_64": 6, "allocate_24": 6, "allocate_a_line": 6, "allocate_aligned": 8, "make_order": 8, "is_live": 16}


def main():
    program = program_to_read(__doc__)
    well = True
    # covers hf.arena.hot-path-short
    for function, most in MOST.items():
        # `mov` between registers only moves the call's arguments out of the slow path's way.
        code = [one for one in counted(usual_way(program, function)) if not (one.startswith("mov ") and "(" not in one)]
        well &= judge(function, len(code), most, code, [one for one in code if FORBIDDEN.search(one)])
    sys.exit(not well)


if __name__ == "__main__":
    main()
