#!/usr/bin/env python3
"""Reads the machine code of references that know: no locked instruction, no call, little more than a plain read.

Skipped (77) on other machines than x86-64, and without objdump.

  lifetime_read_path.py --program build/.../lifetime_read_path
"""

import sys

from machine_code import counted, forbidden_in, judge, program_to_read, usual_way

# function: the read it is held against, and how many instructions more it may have. A weak reference's pin compares
# a generation and tests for null; a map's reference is one load, one comparison and its branch.
MOST = {"read_weak": ("read_under_pin", 6), "read_ref": ("read_plain", 3)}


def main():
    program = program_to_read(__doc__)
    well = True
    # covers hf.lifetime.weak-path-short, hf.map.ref-short
    for function, (plain, most) in MOST.items():
        code = usual_way(program, function)
        more = len(counted(code)) - len(counted(usual_way(program, plain)))
        well &= judge(f"{function}, more than {plain}", more, most, code, forbidden_in(code))
    sys.exit(not well)


if __name__ == "__main__":
    main()
