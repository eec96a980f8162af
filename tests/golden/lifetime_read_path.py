#!/usr/bin/env python3
"""Reads the machine code of a weak reference's pin: no locked instruction, no call, little more than a protected read.

Skipped (77) on other machines than x86-64, and without objdump.

  lifetime_read_path.py --program build/.../lifetime_read_path
"""

import argparse
import platform
import shutil
import subprocess
import sys

from reclaim_read_path import FORBIDDEN, SAVING, code_of

# More instructions than a protected read of a pointer, which is what g++ 12 and clang 14 make of it: the
# comparison of the generation, and a test of the reference for null.
MOST = {"read_weak": 6}


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
    protected = len(protocol(code_of(program, "read_under_pin")))
    wrong = 0
    # covers hf.lifetime.weak-path-short
    for function, most in MOST.items():
        code = code_of(program, function)
        more = len(protocol(code)) - protected
        bad = [one for one in code if FORBIDDEN.search(one) or one.startswith("jmp")]
        print(f"{function}: {more} instructions more than a protected read, at most {most}; forbidden: {bad or 'none'}")
        if bad or more > most:
            print("\n".join(code))
            wrong = 1
    sys.exit(wrong)


if __name__ == "__main__":
    main()
