"""How the checks of this folder speak: one finding a line, then one line that counts them.

    holdfast/map/map.hpp:12: includes holdfast/tools/trace.hpp, which is above it
        do: move what you need down, or this file up
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


class findings:
    def __init__(self, check):
        self.check = check
        self.count = 0

    def add(self, place, what, cure):
        """`place` is FILE:LINE or FILE; `what` is wrong there; `cure` says what to do."""
        self.count += 1
        print(f"{place}: {what}\n    do: {cure}")

    def end(self, looked_at):
        """Says how it ended and leaves the program: 0 without findings, 1 with."""
        if self.count:
            print(f"{self.check}: {self.count} finding{'s' if self.count != 1 else ''} in {looked_at}")
        else:
            print(f"{self.check}: ok, {looked_at}")
        sys.exit(1 if self.count else 0)


def files(root, folders, endings):
    """Every file below the folders that ends so, in the order of names."""
    found = [file for folder in folders for file in (root / folder).rglob("*")
             if file.is_file() and file.name.endswith(endings) and "__pycache__" not in file.parts]
    return sorted(found)


def lines(file):
    return file.read_text(encoding="utf-8", errors="replace").splitlines()


def root_argument(parser):
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the tree to check (this one)")
