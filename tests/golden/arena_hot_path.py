#!/usr/bin/env python3
"""Reads the machine code of an allocation in an arena: few instructions, no call, nothing locked.

Counted is the way that is usually taken, up to the return. Skipped (77) on other machines than x86-64, and without
objdump.

  arena_hot_path.py --program build/.../arena_hot_path
"""

import argparse
import platform
import shutil
import subprocess
import sys

from reclaim_read_path import FORBIDDEN, SAVING, code_of

# function: the most instructions, the return counted in.
MOST = {"allocate_64": 6, "allocate_24": 6, "allocate_a_line": 6, "allocate_aligned": 8, "make_order": 8, "is_live": 16}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        print("skipped: no x86-64, or no objdump")
        sys.exit(77)
    subprocess.run([program], check=True)
    wrong = 0
    # covers hf.arena.hot-path-short
    for function, most in MOST.items():
        code = [one for one in code_of(program, function) if not SAVING.match(one)]
        # `mov` between registers only moves the call's arguments out of the slow path's way.
        code = [one for one in code if not (one.startswith("mov ") and "(" not in one)]
        bad = [one for one in code if FORBIDDEN.search(one)]
        print(f"{function}: {len(code)} instructions, at most {most}; forbidden: {bad or 'none'}")
        if bad or len(code) > most:
            print("\n".join(code))
            wrong = 1
    sys.exit(wrong)


if __name__ == "__main__":
    main()
