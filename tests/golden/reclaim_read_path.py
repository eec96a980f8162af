#!/usr/bin/env python3
"""Reads the machine code of a protected lookup: no locked instruction, no fence, no call, and few instructions.

A bare read is counted too; what a protected one has more is the protocol. Skipped (77) on other machines than
x86-64, and without objdump.

  reclaim_read_path.py --program build/.../reclaim_read_path
"""

import sys

from machine_code import counted, forbidden_in, judge, program_to_read, usual_way

# function: the most instructions of protocol, which is what g++ 12 and clang 14 make of it.
MOST = {"read_in_section": 12, "read_under_pin": 18, "read_cell": 23}


def main():
    program = program_to_read(__doc__)
    bare = len(counted(usual_way(program, "bare_read")))
    well = True
    # covers hf.reclaim.read-path-short, hf.cell.read-path-short
    for function, most in MOST.items():
        code = usual_way(program, function)
        well &= judge(f"{function}, beyond a bare read", len(counted(code)) - bare, most, code, forbidden_in(code))
    sys.exit(not well)


if __name__ == "__main__":
    main()
