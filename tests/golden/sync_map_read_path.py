#!/usr/bin/env python3
"""Reads the machine code of a lookup in sync_map, with its pin: nothing locked, no fence, no call, few instructions.

It also looks that no `bsr` keeps lookups from overlapping: one that does not follow the zeroing of its result waits for
what the register held, which may be what the last lookup found. Skipped (77) on other machines than x86-64, and
without objdump.

  sync_map_read_path.py --program build/.../sync_map_read_path
"""

import re
import sys

from machine_code import FORBIDDEN, counted, judge, program_to_read, usual_way

# function: the most instructions, from the hash to the return.
MOST = {"find_pair": 80, "find_node": 86, "find_word": 78}
BSR = re.compile(r"^bsr\s+.*,%r(\w+)$")


def waits(code):
    """Each bsr whose result register was not set to zero before."""
    found = []
    for at, one in enumerate(code):
        bsr = BSR.match(one)
        if not bsr:
            continue
        zero = re.compile(rf"^xor\s+%e{bsr[1]},%e{bsr[1]}$")
        touched = [other for other in code[:at] if re.search(rf"%[re]{bsr[1]}$", other)]
        if not touched or not zero.match(touched[-1]):
            found.append(one)
    return found


def main():
    program = program_to_read(__doc__)
    well = True
    # covers hf.concurrent.lookup-short
    for function, most in MOST.items():
        code = usual_way(program, function)
        bad = [one for one in counted(code) if FORBIDDEN.search(one)] + waits(code)
        well &= judge(function, len(counted(code)), most, code, bad)
    sys.exit(not well)


if __name__ == "__main__":
    main()
