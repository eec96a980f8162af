#!/usr/bin/env python3
"""Plants each bug of tests/mutation/bugs/ROOM.txt in a copy of the sources; tests/mutation/suite_ROOM.cpp
must fail on every one of them.

    scripts/run_mutations.py                      all bugs; five minutes on two cores
    scripts/run_mutations.py --sample 5 --seed 7  five of them, drawn by the seed
    scripts/run_mutations.py --only 3,10-12       those of that number
    scripts/run_mutations.py --list               says what there is, runs nothing

A bug is written so, with an empty line behind it:

    # what is wrong, as one would tell it
    hf.table.growth-finishes                      the promise it breaks, or: contract M33
    holdfast/table/grow.hpp
    - step(2);                                    stands exactly once in that file
    + step(1);                                    stands there instead

Several - lines are several lines of the file. A line `does not compile` after the file says that the
compiler catches it. A suite with a line `// parts: N` is compiled once for each value 1 … N of
HOLDFAST_SUITE_PART, until a part catches the bug. One with a line `// needs: <HEADER>` is left out, and its bugs with
it, where the compiler does not find that header. The checkout is never changed. Exit: 0 all caught, 1 one survived, 2
the list, the compiler or the suite itself is at fault.
"""

import argparse
import concurrent.futures
import dataclasses
import functools
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["-std=c++20", "-Og", "-w"]
LIBRARY = ["holdfast/base", "holdfast/table", "holdfast/map", "holdfast/lifetime", "holdfast/concurrent",
           "holdfast/managed"]
# Rooms whose sources are compiled again for a bug in a header beside them that they include: they hold its code.
USE_THEIR_OWN_HEADERS = ["pointer_cache", "reclaim", "resources"]
COMPILER_CATCHES_IT = "does not compile"


class trouble(Exception):
    """Not a matter of one bug: nothing can be said."""


class refusal(Exception):
    """The compiler does not take the bug, as it should."""


@dataclasses.dataclass
class bug:
    room: str
    number: int
    place: str  # in the list
    story: str
    promise: str
    file: str
    before: str
    after: str
    compiler_catches_it: bool

    def planted_in(self, text):
        if (times := text.count(self.before)) != 1:
            raise trouble(f"{self.place}: its text stands {times} times in {self.file}:\n    {self.before}\n"
                          "    do: choose a text that stands there exactly once, or mend the bug")
        return text.replace(self.before, self.after)


@dataclasses.dataclass
class verdict:
    caught: bool
    how: str
    seconds: float


def read_bugs(file, root):
    found = []
    paragraphs = re.split(r"\n\s*\n", file.read_text(encoding="utf-8"))
    line = 1
    for paragraph in paragraphs:
        place, line = f"{file.relative_to(root)}:{line}", line + paragraph.count("\n") + 2
        lines = paragraph.strip("\n").split("\n")
        story = " ".join(one[1:].strip() for one in lines if one.startswith("#"))
        rest = [one for one in lines if one.strip() and not one.startswith("#")]
        if not rest:
            continue  # a comment on the list
        before = [one[2:] for one in rest if one.startswith("-")]
        after = [one[2:] for one in rest if one.startswith("+")]
        words = [one.strip() for one in rest if not one.startswith(("-", "+"))]
        named = words[2:] in ([], [COMPILER_CATCHES_IT])
        if not story or len(words) < 2 or not named or not before or not after:
            raise trouble(f"{place}: not a bug\n    do: write a # line, the promise, the file, - lines and + lines")
        found.append(bug(file.stem, len(found) + 1, place, story, words[0], words[1], "\n".join(before),
                         "\n".join(after), len(words) == 3))
    return found


def run(command, seconds, **more):
    """(exit status or None when it took too long, what it printed)."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=seconds, **more)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        return None, ""


class workshop:
    """A copy of what is needed, with the library compiled."""

    def __init__(self, root, place, compiler, limit):
        self.place, self.compiler, self.limit = place, compiler, limit
        self.tree = place / "tree"
        for folder in filter(lambda one: (root / one).is_dir(), [*LIBRARY, "tests/model", "tests/mutation"]):
            shutil.copytree(root / folder, self.tree / folder)
        self.objects = {}  # source → object
        self.standard = []  # what makes the compiler use the standard headers compiled

    def compile(self, source, target, *more):
        return run([self.compiler, *FLAGS, *self.standard, *more, f"-I{self.tree}", "-c", str(source), "-o", str(target)], 600)

    def compile_standard_headers(self):
        """Once for all, since no bug is in them: a tenth of the time of each suite."""
        texts = [file.read_text(encoding="utf-8") for file in self.tree.rglob("*.?pp")]
        names = {name for text in texts for name in re.findall(r"^#include <([a-z_]+)>$", text, re.MULTILINE)}
        header = self.place / "standard.hpp"
        header.write_text("".join(f"#include <{name}>\n" for name in sorted(names)), encoding="utf-8")
        status, text = run([self.compiler, *FLAGS, "-x", "c++-header", str(header), "-o", f"{header}.gch"], 600)
        if status != 0:
            raise trouble(f"the standard headers do not compile:\n{text}")
        self.standard = ["-include", str(header)]

    def compile_library(self, pool):
        self.compile_standard_headers()
        sources = sorted(file for folder in LIBRARY for file in (self.tree / folder).rglob("*.cpp"))
        for source in sources:
            name = str(source.relative_to(self.tree))
            self.objects[name] = self.place / (name.replace("/", "_") + ".o")
        jobs = {name: pool.submit(self.compile, self.tree / name, target) for name, target in self.objects.items()}
        for name, job in jobs.items():
            status, text = job.result()
            if status != 0:
                raise trouble(f"{name} does not compile:\n{text}")

    def try_suite(self, room, planted=None):
        """Whether the suite fails with that bug in; without one, whether it fails at all."""
        began = time.monotonic()
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.place))
        suite = self.tree / f"tests/mutation/suite_{room}.cpp"
        parts = re.search(r"^// parts: (\d+)$", suite.read_text(encoding="utf-8"), re.MULTILINE)
        try:
            objects = self.objects_with(folder, planted)
            for part in range(1, int(parts[1]) + 1 if parts else 2):
                caught, how = self.build_and_run(folder, suite, part, objects, planted)
                if caught:
                    break
        except refusal as what:
            caught, how = True, str(what)
        finally:
            shutil.rmtree(folder)
        return verdict(caught, how, time.monotonic() - began)

    def compile_with(self, planted, source, target, *more):
        status, text = self.compile(source, target, *more)
        if status == 0:
            return
        first = next((line for line in text.splitlines() if "error" in line), "the compiler gave no reason")
        if planted and planted.compiler_catches_it:
            raise refusal(first)
        raise trouble(f"{planted.place if planted else source.name}: does not compile: {first}\n"
                      f"    do: mend it; if that is how it is caught, say '{COMPILER_CATCHES_IT}'")

    def objects_with(self, folder, planted):
        """The library's, with the bug in. A bug in a header is in the suite, and, of some rooms, in what is beside it."""
        objects = dict(self.objects)
        if planted:
            mutated = folder / planted.file
            mutated.parent.mkdir(parents=True)
            mutated.write_text(planted.planted_in((self.tree / planted.file).read_text(encoding="utf-8")), encoding="utf-8")
            if planted.file in objects:
                objects[planted.file] = folder / "mutated.o"
                self.compile_with(planted, mutated, objects[planted.file], f"-I{folder}")
            elif planted.room in USE_THEIR_OWN_HEADERS:
                beside = [one for one in objects if pathlib.Path(one).parent == pathlib.Path(planted.file).parent]
                for name in [one for one in beside if planted.file in self.included_by(one)]:
                    objects[name] = folder / (pathlib.Path(name).name + ".o")
                    self.compile_with(planted, self.tree / name, objects[name], f"-I{folder}")
        return objects

    @functools.cache
    def included_by(self, name):
        """The library's headers that a file of it includes, directly or not."""
        text = (self.tree / name).read_text(encoding="utf-8")
        direct = [one for one in re.findall(r"^#include <(holdfast/[^>]+)>", text, re.MULTILINE) if (self.tree / one).exists()]
        return frozenset(direct).union(*(self.included_by(one) for one in direct))

    def build_and_run(self, folder, suite, part, objects, planted):
        self.compile_with(planted, suite, folder / "suite.o", f"-I{folder}", f"-DHOLDFAST_SUITE_PART={part}")
        program = folder / "suite"
        status, text = run([self.compiler, str(folder / "suite.o"), *map(str, objects.values()), "-o", str(program), "-pthread"], 600)
        if status != 0:
            raise trouble(f"{suite.name} cannot be linked:\n{text}")
        status, text = run([str(program)], self.limit, cwd=folder)
        lines = text.strip().splitlines()
        if status is None:
            return True, f"does not end within {self.limit} seconds"
        if status < 0:
            return True, f"killed by signal {-status}"
        return status != 0, next((line for line in lines if line.startswith("broken: ")), lines[0] if lines else "")


def chosen(bugs, wanted):
    """`wanted`: 3,10-12"""
    numbers = set()
    for part in wanted.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if not match:
            raise trouble(f"--only {wanted}: write numbers and ranges, as 3,10-12")
        numbers.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    if missing := numbers - {one.number for one in bugs}:
        raise trouble(f"--only {wanted}: there is no bug {min(missing)}; --list shows them")
    return [one for one in bugs if one.number in numbers]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", help="the bugs of this room only")
    parser.add_argument("--only", metavar="N", help="these bugs only: 3,10-12")
    parser.add_argument("--sample", type=int, metavar="K", help="K bugs drawn by --seed")
    parser.add_argument("--seed", type=int, help="for --sample; without it, another one each time")
    parser.add_argument("--list", action="store_true", help="print the bugs and run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="at once (as many as there are processors)")
    parser.add_argument("--limit", type=int, default=60, help="seconds a suite may run (60); a bug that makes it run longer is caught")
    parser.add_argument("--cxx", default=os.environ.get("CXX", "g++"), help="the compiler ($CXX, g++)")
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="the tree to copy (this one)")
    return parser.parse_args()


def check_texts(bugs, root):
    """Each bug must fit the sources; all that do not are told at once."""
    wrong = []
    for one in bugs:
        try:
            one.planted_in((root / one.file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            wrong.append(f"{one.place}: there is no {one.file}")
        except trouble as what:
            wrong.append(str(what))
    if wrong:
        raise trouble("\n".join(wrong))


def can_be_tried(room, given, root):
    """Whether what its suite needs is installed."""
    suite = root / f"tests/mutation/suite_{room}.cpp"
    needs = re.search(r"^// needs: (<.*>)$", suite.read_text(encoding="utf-8"), re.MULTILINE) if suite.exists() else None
    if needs is None:
        return True
    found, _ = run([given.cxx, "-E", "-x", "c++", "-include", needs[1].strip("<>"), "/dev/null", "-o", "/dev/null"], 60)
    if found != 0:
        print(f"mutations: without {room}, whose suite needs {needs[1]}")
    return found == 0


def wanted_bugs(given, root):
    lists = sorted((root / "tests/mutation/bugs").glob(f"{given.room or '*'}.txt"))
    if not lists:
        raise trouble(f"there is no list tests/mutation/bugs/{given.room or '*'}.txt")
    lists = [file for file in lists if can_be_tried(file.stem, given, root)]
    bugs = [one for file in lists for one in read_bugs(file, root)]
    check_texts(bugs, root)
    if given.only:
        bugs = chosen(bugs, given.only)
    if given.sample is not None:
        seed = given.seed if given.seed is not None else random.randrange(1 << 32)
        print(f"mutations: --sample {given.sample} --seed {seed}")
        bugs = sorted(random.Random(seed).sample(bugs, min(given.sample, len(bugs))), key=lambda one: (one.room, one.number))
    return bugs


def try_all(bugs, given, root):
    """Prints each verdict; how many survived."""
    survived = done = 0
    with tempfile.TemporaryDirectory(prefix="holdfast-mutations-") as place, \
            concurrent.futures.ThreadPoolExecutor(max(1, given.jobs)) as pool:
        try:
            shop = workshop(root, pathlib.Path(place), given.cxx, given.limit)
            shop.compile_library(pool)
            sound = {room: pool.submit(shop.try_suite, room) for room in sorted({one.room for one in bugs})}
            jobs = [(one, pool.submit(shop.try_suite, one.room, one)) for one in bugs]
            for room, job in sound.items():
                if (unplanted := job.result()).caught:
                    raise trouble(f"suite_{room} fails without any bug: {unplanted.how}")
            for one, job in jobs:
                found = job.result()
                done += 1
                survived += not found.caught
                print(f"{done:3}/{len(jobs)}  {one.room} {one.number:3}  {'caught  ' if found.caught else 'SURVIVED'} {found.seconds:5.1f} s  {one.story}\n"
                      f"{'':34}{found.how if found.caught else 'breaks ' + one.promise + ', and no case of the suite noticed'}", flush=True)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return survived


def main():
    given = options()
    root = given.root.resolve()
    try:
        bugs = wanted_bugs(given, root)
        if given.list:
            for one in bugs:
                print(f"{one.room} {one.number:3}  {one.promise:35} {one.story}")
            return 0
        began = time.monotonic()
        survived = try_all(bugs, given, root)
    except trouble as what:
        print(f"mutations: {what}", file=sys.stderr)
        return 2
    print(f"mutations: {len(bugs) - survived} of {len(bugs)} caught, {survived} survived, {time.monotonic() - began:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
