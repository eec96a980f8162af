#!/usr/bin/env python3
"""What of the house style a script can see: sizes of files, names, marks left behind.

Limits: a header 400 lines, a source 500; files of tests/ and bench/ may be longer.
"""

import argparse
import re

from findings import files, findings, lines, root_argument

LIMITS = {".hpp": 400, ".cpp": 500}
DRAWERS = {"detail", "utils", "util", "helpers", "helper", "common", "misc"}
TODO_KINDS = "perf|test|port|docs|release"

# (pattern, what is wrong, what to do); looked for in each line of code.
IN_CODE = [
    (re.compile(rf"\bTODO\b(?!\((?:{TODO_KINDS})\):)"), "a TODO without its kind",
     f"write TODO({TODO_KINDS}): and the reason"),
    (re.compile(r"\b(?:FIXME|XXX|HACK)\b"), "a mark that says nothing", "write TODO(kind): and the reason, or mend it"),
    (re.compile(r"\b\w+_(?:impl|internal)\s*\("), "a function named after its being inside",
     "name it after what it does"),
    (re.compile(r"^\s*#\s*include\s*<bits/"), "includes a header of the standard library's inside",
     "include the standard header"),
    (re.compile(r"[ \t]+$"), "blanks at the end of the line", "run ./dev format"),
    (re.compile(r"\t"), "a tab", "run ./dev format"),
]
# Absolute paths of one person's machine (/home/me stands for anybody's). Put together here, so that this
# file does not match itself.
HOME = re.compile(r"(?<![\w.$}/~-])/(?:wor" + r"k|home/(?!me/)\w+|roo" + r"t)/[\w.]+")
CODE = (".hpp", ".cpp", ".h", ".c")
TEXT = CODE + (".md", ".py", ".sh", ".txt", ".cmake", ".json", ".in")
OURS = ("holdfast/", "guard/")
EVERYWHERE = ["holdfast", "guard", "tests", "bench", "examples", "docs", "cmake", "scripts"]


def check_size(report, name, text):
    ending = "." + name.rsplit(".", 1)[-1]
    if name.startswith(OURS) and ending in LIMITS and len(text) > LIMITS[ending]:
        report.add(name, f"{len(text)} lines; a {'header' if ending == '.hpp' else 'source'} ends at {LIMITS[ending]}",
                   "cut it by operation; one idea a file")


def check_name(report, name):
    parts = name.split("/")
    stem = parts[-1].split(".")[0]
    if drawers := (DRAWERS & {*parts[:-1], stem}):
        report.add(name, f"'{drawers.pop()}' is a drawer, not an idea", "name it after the one idea it holds")
    if re.search(r"[A-Z-]", stem) and name.endswith(CODE):
        report.add(name, "file names are snake_case", "rename it")


def check_pragma(report, name, text):
    if name.endswith(".hpp") and "#pragma once" not in text:
        report.add(name, "has no #pragma once", "add it below the head comment")
    if name.endswith(CODE) and name.startswith(OURS) and text and not text[0].startswith(("//", "/*", "#include")):
        report.add(f"{name}:1", "does not begin with a comment that says its idea", "add one sentence")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root_argument(parser)
    root = parser.parse_args().root.resolve()
    report = findings("style")
    found = files(root, EVERYWHERE, TEXT)
    found += [file for name in ("dev", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CMakeLists.txt")
              if (file := root / name).is_file()]
    for file in found:
        name, text = str(file.relative_to(root)), lines(file)
        if name.startswith("tests/fuzz/corpus/"):
            continue
        check_size(report, name, text)
        check_name(report, name)
        check_pragma(report, name, text)
        for number, line in enumerate(text, 1):
            place = f"{name}:{number}"
            if HOME.search(line):
                report.add(place, "a path of one machine", "use a path below the project, or a variable")
            for pattern, what, cure in IN_CODE if name.endswith(CODE) else []:
                if pattern.search(line):
                    report.add(place, what, cure)
    report.end(f"{len(found)} files")


if __name__ == "__main__":
    main()
