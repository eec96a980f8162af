#!/usr/bin/env python3
"""Reads the machine code of references that know: no locked instruction, no call, little more than a plain read.

Skipped (77) on other machines than x86-64, and without objdump.

  lifetime_read_path.py --program build/.../lifetime_read_path
"""

import argparse
import platform
import shutil
import subprocess
import sys

from reclaim_read_path import FORBIDDEN, SAVING, code_of

# function: the read it is held against, and how many instructions more it may have. A weak reference's pin compares
# a generation and tests for null; a map's reference is one load, one comparison and its branch.
MOST = {"read_weak": ("read_under_pin", 6), "read_ref": ("read_plain", 3)}


def protocol(code):
    return [one for one in code if not SAVING.match(one)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        print("skipped: no x86-64, or no objdump")
        sys.exit(77)
    subprocess.run([program], check=True)
    wrong = 0
    # covers hf.lifetime.weak-path-short, hf.map.ref-short
    for function, (plain, most) in MOST.items():
        code = code_of(program, function)
        more = len(protocol(code)) - len(protocol(code_of(program, plain)))
        bad = [one for one in code if FORBIDDEN.search(one) or one.startswith("jmp")]
        print(f"{function}: {more} instructions more than {plain}, at most {most}; forbidden: {bad or 'none'}")
        if bad or more > most:
            print("\n".join(code))
            wrong = 1
    sys.exit(wrong)


if __name__ == "__main__":
    main()
