#!/usr/bin/env python3
"""Compiles every header alone, so that none leans on what its includer included before.

  check_headers.py --compiler g++ --compiler clang++-14 --flag=-fno-exceptions
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys

from findings import files, findings, root_argument

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Wno-sign-conversion", "-Werror"]
# What a public header may not need; the rooms of the command may.
PUBLIC = ["holdfast/base", "holdfast/table", "holdfast/map", "holdfast/lifetime", "holdfast/concurrent",
          "holdfast/managed"]
ALL = ["holdfast", "guard"]


def compiles(compiler, flags, root, header):
    """None when it compiles, else what the compiler said."""
    source = f"#include <{header}>\n"
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{root}", *WARNINGS, *flags, "-x", "c++", "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, cwd=root)
    return None if result.returncode == 0 else result.stderr


def first_error(said):
    return next((line for line in said.splitlines() if "error:" in line), said.strip()[:300])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root_argument(parser)
    parser.add_argument("--compiler", action="append", help="may be given several times (g++)")
    parser.add_argument("--flag", action="append", default=[], help="a further flag for each compiler")
    parser.add_argument("--public", action="store_true", help="only the headers that are installed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    root = chosen.root.resolve()
    compilers = chosen.compiler or ["g++"]
    for compiler in compilers:
        if shutil.which(compiler) is None:
            sys.exit(f"headers: {compiler} is not installed; ./dev setup installs it")

    report = findings("headers")
    headers = [str(file.relative_to(root)) for file in files(root, PUBLIC if chosen.public else ALL, (".hpp",))]
    work = [(compiler, header) for compiler in compilers for header in headers]
    with concurrent.futures.ThreadPoolExecutor(chosen.jobs) as pool:
        said = pool.map(lambda each: compiles(each[0], chosen.flag, root, each[1]), work)
    for (compiler, header), errors in zip(work, said):
        if errors is not None:
            report.add(header, f"does not compile alone with {compiler}: {first_error(errors)}",
                       "include what it uses, or mend what the compiler names")
    report.end(f"{len(headers)} headers, {', '.join(compilers)}{' ' + ' '.join(chosen.flag) if chosen.flag else ''}")


if __name__ == "__main__":
    main()
