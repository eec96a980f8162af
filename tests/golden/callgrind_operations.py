#!/usr/bin/env python3
"""Holds the instructions of the operations that matter most against the golden counts.

The program runs twice for each kind of operation, with one pass and with two; the difference is what a
pass executes, and a pass is 100000 operations. Seeds are fixed, so the count repeats to the digit; the
tolerance is for differences of the C library. Counts hold for one compiler and one set of flags, which
the golden file names: with any other the test is skipped (77), as it is without valgrind.

  callgrind_operations.py --program build/.../callgrind_operations [--update]
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
OPERATIONS = 100_000
KINDS = ("find_u64", "insert_u64", "erase_insert_u64", "walk_u64", "find_string", "insert_string")
GOLDEN = pathlib.Path(__file__).with_suffix(".json")


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def compiler_of(program):
    """The version strings that compilers leave in `.comment`; the C library's are among them."""
    found = subprocess.run(["readelf", "-p", ".comment", program], capture_output=True, text=True).stdout
    return sorted(set(re.findall(r"(GCC: .*|.*clang version .*)", found)))


def instructions(program, kind, passes, folder):
    file = pathlib.Path(folder) / f"{kind}.{passes}"
    environment = dict(os.environ, HOLDFAST_OPTIONS="seed=1")
    run = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={file}", program, kind, str(passes)],
                         env=environment, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"valgrind {program} {kind} {passes} ended with {run.returncode}:\n{run.stderr[-2000:]}")
    return int(re.search(r"^(?:summary|totals): (\d+)", file.read_text(), re.MULTILINE).group(1))


def measured(program, kinds):
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in kinds:
            once, twice = (instructions(program, kind, passes, folder) for passes in (1, 2))
            counts[kind] = round((twice - once) / OPERATIONS, 2)
    return counts


def main(about=__doc__, kinds=KINDS, golden_file=GOLDEN):
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--golden", type=pathlib.Path, default=golden_file)
    parser.add_argument("--flags", default="-O3 -DNDEBUG", help="what the program was compiled with")
    parser.add_argument("--update", action="store_true", help="write the golden file anew")
    chosen = parser.parse_args()
    if shutil.which("valgrind") is None:
        skip("no valgrind")
    built = {"compiler": compiler_of(chosen.program), "flags": chosen.flags}
    golden = json.loads(chosen.golden.read_text()) if chosen.golden.exists() else None
    if not chosen.update and golden is None:
        skip(f"no {chosen.golden}; write it with --update")
    if not chosen.update and built != golden["built"]:
        skip(f"the golden counts are of {golden['built']}, this program is of {built}")
    counts = measured(chosen.program, kinds)
    if chosen.update:
        tolerance = golden["tolerance"] if golden else 0.02
        new = {"built": built, "tolerance": tolerance, "instructions": counts}
        chosen.golden.write_text(json.dumps(new, indent=2) + "\n")
        print("wrote", chosen.golden, counts)
        return
    failed = False
    for kind, now in counts.items():
        was = golden["instructions"][kind]
        change = now / was - 1
        verdict = "ok" if abs(change) <= golden["tolerance"] else "CHANGED"
        failed |= verdict != "ok"
        print(f"{kind:22} {now:8.2f} instructions an operation, golden {was:8.2f}  {change:+7.2%}  {verdict}")
    if failed:
        print("more: find out why. fewer: keep it, and run this with --update")
        sys.exit(1)


if __name__ == "__main__":
    main()
