#!/usr/bin/env python3
"""Reads the machine code of a lookup in sync_map, with its pin: nothing locked, no fence, no call, few instructions.

Nor a `bsr`, which keeps lookups from overlapping. Skipped (77) on other machines than x86-64, and without objdump.

  sync_map_read_path.py --program build/.../sync_map_read_path
"""

import re
import sys

from machine_code import FORBIDDEN, counted, judge, program_to_read, usual_way

# function: the most instructions, from the hash to the return.
MOST = {"find_pair": 63, "find_node": 72, "find_word": 65}
# Eight micro-operations, and it waits for what its result register held, which may be what the last lookup found.
BSR = re.compile(r"^bsr\s")


def main():
    program = program_to_read(__doc__)
    well = True
    # covers hf.concurrent.lookup-short
    for function, most in MOST.items():
        code = usual_way(program, function)
        bad = [one for one in counted(code) if FORBIDDEN.search(one) or BSR.search(one)]
        well &= judge(function, len(counted(code)), most, code, bad)
    sys.exit(not well)


if __name__ == "__main__":
    main()
