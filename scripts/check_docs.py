#!/usr/bin/env python3
"""Finds links of the documentation that lead nowhere: files, headings, and paths told in `code`.

Looks at README, CONTRIBUTING, CHANGELOG and docs/**. Addresses outside the project are not fetched.
"""

import argparse
import re
import urllib.parse

from findings import files, findings, lines, root_argument

LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\(([^()\s]+)(?:\s+\"[^\"]*\")?\)")
# `tests/golden/root_layout.cpp` in prose: a claim that the file exists.
TOLD = re.compile(r"`((?:holdfast|tests|docs|bench|cmake|scripts|examples|share)/[\w./-]+\.[a-z]+)`")

# Folders that a run makes.
MADE = ("bench/out/",)


def anchor(heading):
    """A heading's anchor as forges make it."""
    words = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(page):
    found, code = set(), False
    for line in lines(page):
        code ^= line.startswith("```")
        if not code and line.startswith("#"):
            found.add(anchor(line.lstrip("#")))
    return found


def check_link(report, root, page, place, link):
    if re.match(r"^[a-z]+:", link):
        return
    path, _, heading = urllib.parse.unquote(link).partition("#")
    target = page if not path else (root / path.lstrip("/") if path.startswith("/") else page.parent / path)
    if not target.exists():
        report.add(place, f"links to {path}, which does not exist", "mend the link")
    elif heading and target.suffix == ".md" and heading not in anchors(target):
        report.add(place, f"links to the heading #{heading} of {target.name}, which it has not", "mend the link")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root_argument(parser)
    root = parser.parse_args().root.resolve()
    report = findings("docs")
    pages = files(root, ["docs"], (".md",)) + sorted(root.glob("*.md"))
    links = 0
    for page in pages:
        code = False
        for number, line in enumerate(lines(page), 1):
            place = f"{page.relative_to(root)}:{number}"
            code ^= line.lstrip().startswith("```")
            if code:
                continue
            for match in LINK.finditer(re.sub(r"`[^`]*`", "", line)):
                links += 1
                check_link(report, root, page, place, match[1])
            for match in TOLD.finditer(line):
                links += 1
                if not (root / match[1]).exists() and not match[1].startswith(MADE):
                    report.add(place, f"tells of {match[1]}, which does not exist", "mend the path")
    report.end(f"{links} links and paths of {len(pages)} pages")


if __name__ == "__main__":
    main()
