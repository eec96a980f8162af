#!/usr/bin/env python3
"""Reads the machine code of a protected lookup: no locked instruction, no fence, no call, and few instructions.

A bare read is counted too; what a protected one has more is the protocol. Saving registers is not counted:
a real lookup has them saved already. Skipped (77) on other machines than x86-64, and without objdump.

  reclaim_read_path.py --program build/.../reclaim_read_path
"""

import argparse
import platform
import re
import shutil
import subprocess
import sys

# function: the most instructions of protocol, which is what g++ 12 and clang 14 make of it.
MOST = {"read_in_section": 12, "read_under_pin": 18}

FORBIDDEN = re.compile(r"\b(lock|xchg|mfence|lfence|sfence|cmpxchg\w*|xadd|call|syscall)\b")
SAVING = re.compile(r"^(push|pop|endbr64|nop|(sub|add)\s+\$0x[0-9a-f]+,%rsp)")


def code_of(program, function):
    """The instructions from the function's beginning to its first return: the way that is usually taken."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program],
                          check=True, capture_output=True, text=True).stdout
    found = []
    inside = False
    for line in text.splitlines():
        if line.endswith(f"<{function}>:"):
            inside = True
            continue
        if not inside or ":" not in line:
            continue
        found.append(line.split(":", 1)[1].strip())
        if found[-1].startswith("ret"):
            return found
    raise SystemExit(f"{function}: no code found in {program}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        print("skipped: no x86-64, or no objdump")
        sys.exit(77)
    subprocess.run([program], check=True)
    bare = [one for one in code_of(program, "bare_read") if not SAVING.match(one)]
    wrong = 0
    # covers hf.reclaim.read-path-short
    for function, most in MOST.items():
        code = code_of(program, function)
        protocol = sum(not SAVING.match(one) for one in code) - len(bare)
        bad = [one for one in code if FORBIDDEN.search(one) or one.startswith("jmp")]
        print(f"{function}: {protocol} instructions of protocol, at most {most}; forbidden: {bad or 'none'}")
        if bad or protocol > most:
            print("\n".join(code))
            wrong = 1
    sys.exit(wrong)


if __name__ == "__main__":
    main()
