"""What the golden tests of machine code have in common: reading a function of a program, and what to look for."""

import argparse
import platform
import re
import shutil
import subprocess
import sys

FORBIDDEN = re.compile(r"\b(lock|xchg|mfence|lfence|sfence|cmpxchg\w*|xadd|call|syscall)\b")
LOCKED = re.compile(r"^(lock\b|xchg\s.*\()")
# Saving registers is not counted: a real caller has them saved already.
SAVING = re.compile(r"^(push|pop|endbr64|nop|xchg\s+%ax,%ax|(sub|add)\s+\$0x[0-9a-f]+,%rsp)")


def program_to_read(doc):
    """The program that --program names, having run once. Ends with 77 where there is nothing to be read."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    if platform.machine() != "x86_64" or not shutil.which("objdump"):
        print("skipped: no x86-64, or no objdump")
        sys.exit(77)
    subprocess.run([program], check=True)
    return program


def whole(program, function):
    """All instructions of a function."""
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
    return found


def usual_way(program, function):
    """Those from its beginning to its first return: the way that is usually taken."""
    found = whole(program, function)
    end = next((i for i, one in enumerate(found) if one.startswith("ret")), len(found))
    return found[:end + 1]


def counted(code):
    return [one for one in code if not SAVING.match(one)]


def forbidden_in(code):
    """What a path without locks, calls and jumps back may not have."""
    return [one for one in counted(code) if FORBIDDEN.search(one) or one.startswith("jmp")]


def judge(name, count, most, code, bad):
    """Prints the row; whether it is well."""
    print(f"{name}: {count} instructions, at most {most}; forbidden: {bad or 'none'}")
    if not bad and count <= most:
        return True
    print("\n".join(code))
    return False
