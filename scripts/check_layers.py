#!/usr/bin/env python3
"""Proves that includes point down only.

A room may include itself and the rooms named beside it in ROOMS, nothing else. No include may close a
cycle, anywhere. A file that lies in no room is a finding too: a new room is entered here first.
"""

import argparse
import re

from findings import files, findings, lines, root_argument

GROUND = ["base/lang", "base/observe", "base/hash", "base/memory", "base/sync"]

# room: the rooms it may include. Lowest first; a room can only name rooms above it in this list.
ROOMS = {
    "base/lang": [],
    "base/observe": ["base/lang"],
    "base/hash": ["base/lang"],
    "base/memory": ["base/lang", "base/observe"],
    "base/sync": ["base/lang", "base/observe"],
    "base/reclaim": ["base/lang", "base/observe", "base/memory", "base/sync"],
    "table": GROUND,
    "lifetime": GROUND + ["base/reclaim"],
    "map": GROUND + ["table"],
    "concurrent": GROUND + ["base/reclaim", "table", "map", "lifetime"],
    "managed": GROUND + ["base/reclaim", "table", "map", "lifetime"],
    "hazard": GROUND + ["base/reclaim", "table", "map", "lifetime", "concurrent", "managed"],
    "tools": GROUND + ["base/reclaim", "table", "map", "lifetime", "concurrent", "managed", "hazard"],
}

# Not rooms: they may include every room, and no room may include them.
OUTSIDE = ["tests", "bench", "examples", "guard"]

# Beside the library, but not of it: what it may include besides itself. It is loaded into foreign programs.
APART = {"guard": ["guard/", "holdfast/lifetime/guard_abi.h", "holdfast/base/lang/config.hpp",
                   "holdfast/base/observe/libbacktrace.hpp"]}

CODE = (".hpp", ".cpp", ".h", ".c")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def check_table():
    """The table itself must point down."""
    below = set()
    for room, allowed in ROOMS.items():
        assert set(allowed) <= below, f"ROOMS: {room} names a room that is not below it"
        below.add(room)


def room_of(path):
    """The room of `holdfast/base/lang/x.hpp` is `base/lang`, of `holdfast/map/x.hpp` it is `map`."""
    parts = path.split("/")[1:-1]
    return "/".join(parts[:2]) if parts[:1] == ["base"] else "/".join(parts)


def includes_of(root, file):
    """(line number, path below the root, was it in quotes) of each include of our own."""
    for number, line in enumerate(lines(file), 1):
        match = INCLUDE.match(line)
        if match and (match[2].startswith("holdfast/") or match[1] == '"' or match[2].split("/")[0] in OUTSIDE):
            yield number, match[2]


def check_include(report, root, source, number, target):
    place = f"{source}:{number}"
    in_a_room = source.startswith("holdfast/")
    if not (root / target).is_file():
        beside = (root / source).parent / target
        cure = (f'write "{beside.relative_to(root)}"' if beside.is_file() else "mend the name")
        if in_a_room or not beside.is_file():
            report.add(place, f"includes {target}, which is not a path below the project's root", cure)
        return
    if not in_a_room:
        allowed = APART.get(source.split("/")[0], [""])
        if not target.startswith(tuple(allowed)):
            report.add(place, f"includes {target}; it may include {', '.join(allowed)}", "do without it, or copy the idea")
        return
    if not target.startswith("holdfast/"):
        report.add(place, f"a room includes {target}", "move what is needed into a room")
        return
    here, there = room_of(source), room_of(target)
    if here not in ROOMS or there not in ROOMS or here == there or there in ROOMS[here]:
        return
    order = list(ROOMS)
    where = "above it" if order.index(there) > order.index(here) else "on its own floor"
    may = ", ".join(ROOMS[here]) or "no other room"
    report.add(place, f"room {here} includes {target}; room {there} is {where}",
               f"move the shared part down; {here} may include {may}")


def find_cycles(graph):
    """Each cycle once, as a list of (file, line of the include that leads on)."""
    done, cycles = set(), []
    for start in graph:
        if start in done:
            continue
        path, on_path, stack = [], {}, [(start, iter(graph[start]))]
        on_path[start] = 0
        path.append([start, 0])
        while stack:
            node, following = stack[-1]
            step = next(following, None)
            if step is None:
                stack.pop()
                path.pop()
                del on_path[node]
                done.add(node)
                continue
            number, target = step
            path[-1][1] = number
            if target in on_path:
                cycles.append([tuple(each) for each in path[on_path[target]:]])
            elif target not in done and target in graph:
                on_path[target] = len(path)
                path.append([target, 0])
                stack.append((target, iter(graph[target])))
    return cycles


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root_argument(parser)
    root = parser.parse_args().root.resolve()
    check_table()
    report = findings("layers")
    graph = {}
    sources = files(root, ["holdfast", *OUTSIDE], CODE)
    for file in sources:
        source = str(file.relative_to(root))
        graph[source] = list(includes_of(root, file))
        if source.startswith("holdfast/") and room_of(source) not in ROOMS:
            report.add(source, f"lies in '{room_of(source) or 'no room'}', which is not a room",
                       "move it, or enter the room in ROOMS of scripts/check_layers.py")
        for number, target in graph[source]:
            check_include(report, root, source, number, target)
    for cycle in find_cycles(graph):
        file, number = cycle[-1]
        way = " -> ".join([each for each, _ in cycle] + [cycle[0][0]])
        report.add(f"{file}:{number}", f"closes an include cycle: {way}",
                   "let one of them be included by the others only: split off what both need")
    includes = sum(len(each) for each in graph.values())
    report.end(f"{includes} includes of {len(sources)} files, {len(ROOMS)} rooms")


if __name__ == "__main__":
    main()
