#!/usr/bin/env python3
"""Every promise has a test, and every test cites a promise that exists.

A promise is a line `hf.ROOM.NAME   what is promised` under `## Promise` of a page in docs/design. A test
cites it with `covers hf.ROOM.NAME` in a comment, anywhere below tests/. Mutation lists
(tests/mutation/bugs/*.txt) and `inv hf.…` comments in the sources may name promises only.
"""

import argparse
import re

from findings import files, findings, lines, root_argument

TAG = r"hf\.[a-z0-9_]+(?:\.[a-z0-9_-]+)+"
DEFINED = re.compile(rf"^[\s*|`-]*({TAG})\b")
COVERS = re.compile(rf"\bcovers:?\s+({TAG}(?:\s*,\s*{TAG})*)")
INVARIANT = re.compile(rf"\binv\s+({TAG})")


def promises(report, root):
    """tag → FILE:LINE of its definition."""
    defined = {}
    for page in files(root, ["docs/design"], (".md",)):
        in_promise = False
        for number, line in enumerate(lines(page), 1):
            if line.startswith("#"):
                in_promise = re.match(r"^#+\s+Promises?\b", line) is not None
                continue
            match = DEFINED.match(line) if in_promise else None
            if not match:
                continue
            place = f"{page.relative_to(root)}:{number}"
            if match[1] in defined:
                report.add(place, f"promises {match[1]} again; first at {defined[match[1]]}", "keep one of them")
            defined.setdefault(match[1], place)
    return defined


def cited(root, folders, endings, pattern):
    """(FILE:LINE, tag) of each citation."""
    for file in files(root, folders, endings):
        for number, line in enumerate(lines(file), 1):
            for match in pattern.finditer(line):
                for tag in re.findall(TAG, match[1]):
                    yield f"{file.relative_to(root)}:{number}", tag.rstrip(".")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root_argument(parser)
    root = parser.parse_args().root.resolve()
    report = findings("tags")
    defined = promises(report, root)
    covered = set()
    for place, tag in cited(root, ["tests"], (".cpp", ".hpp", ".py", ".sh", ".go"), COVERS):
        covered.add(tag)
        if tag not in defined:
            report.add(place, f"covers {tag}, which no page of docs/design promises",
                       "mend the tag, or promise it under '## Promise' of the room's page")
    for place, tag in cited(root, ["holdfast", "guard"], (".cpp", ".hpp"), INVARIANT):
        if tag not in defined:
            report.add(place, f"names {tag}, which no page of docs/design promises",
                       "mend the tag, or promise it under '## Promise' of the room's page")
    mutated = re.compile(rf"^({TAG})\s*$")
    for place, tag in cited(root, ["tests/mutation"], (".txt",), mutated):
        if tag not in defined:
            report.add(place, f"breaks {tag}, which no page of docs/design promises", "mend the tag")
    for tag, place in defined.items():
        if tag not in covered:
            report.add(place, f"promises {tag}, but no test covers it",
                       f"write a test with the comment '// covers {tag}'")
    report.end(f"{len(defined)} promises")


if __name__ == "__main__":
    main()
