#!/usr/bin/env python3
"""Reads the machine code of the two ways to use a C resource: a share and its release are one locked instruction
each; a use without a share has none, no fence, no call, and few instructions.

Skipped (77) on other machines than x86-64, and without objdump.

  resource_paths.py --program build/.../resource_paths
"""

import argparse
import platform
import re
import shutil
import subprocess
import sys

# What a pin of a resource takes, beyond the bare read: finding the slot, the section, the comparison, the pin.
MOST_OF_PIN = 52

LOCKED = re.compile(r"^(lock\b|xchg\s.*\()")
FORBIDDEN = re.compile(r"\b(lock|xchg|mfence|lfence|sfence|cmpxchg\w*|xadd|call|syscall)\b")
SAVING = re.compile(r"^(push|pop|endbr64|nop|xchg\s+%ax,%ax|(sub|add)\s+\$0x[0-9a-f]+,%rsp)")


def code_of(program, function):
    """(all instructions of the function, those up to its first return)."""
    text = subprocess.run(["objdump", "-d", "--no-show-raw-insn", f"--disassemble={function}", program],
                          check=True, capture_output=True, text=True).stdout
    found = []
    inside = False
    for line in text.splitlines():
        if line.endswith(f"<{function}>:"):
            inside = True
        elif inside and ":" in line:
            found.append(line.split(":", 1)[1].strip())
    if not found:
        raise SystemExit(f"{function}: no code found in {program}")
    end = next((i for i, one in enumerate(found) if one.startswith("ret")), len(found))
    return found, found[:end + 1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        print("skipped: no x86-64, or no objdump")
        sys.exit(77)
    subprocess.run([program], check=True)
    wrong = 0
    # covers hf.resources.two-locked
    whole, _ = code_of(program, "share_and_release")
    locked = [one for one in whole if LOCKED.match(one)]
    print(f"share and release: {len(locked)} locked instructions, at most 2: {locked}")
    wrong |= len(locked) > 2
    bare = len([one for one in code_of(program, "bare_read")[1] if not SAVING.match(one)])
    _, usual = code_of(program, "read_with_pin")
    protocol = sum(not SAVING.match(one) for one in usual) - bare
    bad = [one for one in usual if FORBIDDEN.search(one) and not SAVING.match(one)]
    print(f"pin: {protocol} instructions beyond a bare read, at most {MOST_OF_PIN}; forbidden: {bad or 'none'}")
    if bad or protocol > MOST_OF_PIN:
        print("\n".join(usual))
        wrong = 1
    sys.exit(wrong)


if __name__ == "__main__":
    main()
