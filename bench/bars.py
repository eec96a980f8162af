"""The bars of the engine and of the maps for many threads, and what was measured against each.

A time ratio is holdfast's over that of the better of absl flat and Boost flat (by median), round by
round, median of the rounds; smaller is better. A ratio for many threads is sync_map's throughput over that
of the best peer whose results are pinned; larger is better. A row whose benchmark was not run is shown as such.
"""

import json
import pathlib
import statistics

BEST_PEERS = ("absl flat", "boost flat")
U64, STRING, WIDE = "u64->pointer", "string->pointer", "u64->64 bytes"

# question, family, {size: highest ratio}
TIME_BARS = [
    ("find hit", U64, {1_000: 1.15, 100_000: 1.15, 1_000_000: 1.00, 10_000_000: 1.00}),
    ("find hit dependent", U64, {1_000: 1.15, 100_000: 1.15, 1_000_000: 1.00, 10_000_000: 1.00}),
    ("find miss", U64, {1_000: 1.15, 100_000: 1.15, 1_000_000: 1.15, 10_000_000: 1.15}),
    ("find hit", STRING, {100_000: 1.00, 1_000_000: 1.00}),
    ("find miss", STRING, {100_000: 1.00, 1_000_000: 1.00}),
    ("insert growing", U64, {100_000: 0.90, 1_000_000: 0.90, 10_000_000: 1.10}),
    ("insert reserved", U64, {1_000: 1.10, 100_000: 1.10, 1_000_000: 1.10, 10_000_000: 1.10}),
    ("erase+insert", U64, {1_000: 1.00, 100_000: 1.00, 1_000_000: 1.00, 10_000_000: 1.00}),
    ("iterate", U64, {1_000: 1.50, 100_000: 1.50, 1_000_000: 1.50, 10_000_000: 1.50}),
]
WORST_INSERT_BARS = {10_000_000: 300, 50_000_000: 500}
# question, family, spread, threads, lowest ratio; at 1e5 and 1e6 entries
SCALE_BARS = [(question, U64, spread, threads, limit)
              for question, uniform, zipf in (("read-only", 1.35, 1.90), ("99/1", 1.35, 1.90),
                                              ("90/10", 1.35, 1.75), ("50/50", 1.35, 1.75))
              for spread, limit in (("uniform", uniform), ("zipf", zipf)) for threads in (1, 2)]
SCALE_BARS += [(question, STRING, spread, 2, limit)
               for question, limit in (("read-only", 1.15), ("99/1", 1.15), ("50/50", 1.30))
               for spread in ("uniform", "zipf")]
SCALE_BARS += [("insert growth", U64, "from empty", threads, 1.40) for threads in (2, 8)]
# Of lifetime: question, contender, first line of the question, bar; "more" in nanoseconds, "times" of the other's time.
LIFETIME_BARS = [("pin", "weak", "pin of a pointer", "more", 0.5), ("follow", "ref", "pointer", "more", 0.3),
                 ("use a C resource", "with", "pointer", "more", 1.5),
                 ("fill and release", "arena", "glibc new/delete", "times", 6.0),
                 ("fill and release", "arena", "mimalloc", "times", 2.0)]
OVERSUBSCRIBED_BAR, GROWING_READS_BAR, PIN_BAR, SHARED_POINTER_BAR = 0.85, 2.0, 1.0, 10.0
NOT_PEERS = ("sync_map", "sync_map huge", "sharded_map", "locked_map", "xenium copied")
BYTES_MEAN_BAR, BYTES_PEAK_BAR, GO_BAR, HITS_BAR = 1.00, 0.80, 2.0, -1.0


def median(values):
    return statistics.median(values)


def load(folder):
    """Every result file of `folder`, by kind."""
    results = {"micro": [], "latency": [], "memory": [], "lifetime": [], "scale": [], "pin": [], "cache": [], "go": []}
    for file in sorted(pathlib.Path(folder).glob("*.json")):
        if file.name in ("all.json", "go_turn.json"):
            continue
        found = json.loads(file.read_text())
        if found.get("kind") in results:
            results[found["kind"]].append(found)
    return results


def rows_of(results, kind):
    return [row for found in results[kind] for row in found["rows"]]


def contender(row, name):
    return next((one for one in row["contenders"] if one["name"] == name), None)


def best_peer(row):
    peers = [one for one in (contender(row, name) for name in BEST_PEERS) if one is not None]
    return min(peers, key=lambda one: one["median"]) if peers else None


def bar(what, limit, measured, met, against=""):
    return {"what": what, "bar": limit, "measured": measured, "met": met, "against": against}


def missing(what, limit):
    return bar(what, limit, "not run", None)


def judge_time(results):
    found = {(row["question"], row["family"], row["size"]): row for row in rows_of(results, "micro")}
    for question, family, limits in TIME_BARS:
        for size, limit in limits.items():
            what = f"{question}, {family}, {size:.0e}".replace("e+0", "e")
            row = found.get((question, family, size))
            peer = best_peer(row) if row else None
            if peer is None or "ratio" not in peer:
                yield missing(what, f"<= {limit:.2f}")
                continue
            ratio = peer["ratio"]
            text = f"{ratio['median']:.3f} ({ratio['min']:.3f} .. {ratio['max']:.3f})"
            yield bar(what, f"<= {limit:.2f}", text, ratio["median"] <= limit,
                      f"{peer['name']} {peer['median']:.2f} ns")


def judge_worst_insert(results):
    found = {row["size"]: row for row in rows_of(results, "latency")}
    for size, limit in WORST_INSERT_BARS.items():
        row = found.get(size)
        for name in BEST_PEERS:
            what = f"worst insert from empty to {size:.0e}, times below {name}".replace("e+0", "e")
            ours, theirs = (contender(row, "holdfast"), contender(row, name)) if row else (None, None)
            if ours is None or theirs is None:
                yield missing(what, f">= {limit}")
                continue
            times = theirs["own_worst"] / ours["own_worst"]
            text = f"{times:.0f} ({theirs['own_worst'] / 1e3:.0f} us over {ours['own_worst'] / 1e3:.1f} us)"
            yield bar(what, f">= {limit}", text, times >= limit,
                      f"as seen, with the machine's own: {theirs['max'] / ours['max']:.0f}")


def judge_memory(results):
    rows = [row for row in rows_of(results, "memory") if row["family"] == U64]
    for what, key, limit in (("bytes per entry, mean over a doubling", "mean", BYTES_MEAN_BAR),
                             ("bytes at the peak of growth", "peak_bytes", BYTES_PEAK_BAR)):
        pairs = [(row, contender(row, "holdfast"), contender(row, "absl flat")) for row in rows]
        pairs = [(row, ours, theirs) for row, ours, theirs in pairs if ours and theirs]
        if not pairs:
            yield missing(what, f"<= {limit:.2f}")
        for row, ours, theirs in pairs:
            ratio = ours[key] / theirs[key]
            resident = "resident_peak_bytes" if key == "peak_bytes" else "resident_mean"
            where = f"{row['size']:.0e} to {2 * row['size']:.0e}".replace("e+0", "e")
            yield bar(f"{what}, {where}", f"<= {limit:.2f}", f"{ratio:.3f}", ratio <= limit,
                      f"absl flat; by resident memory {ours[resident] / theirs[resident]:.3f}")


def short(number):
    return f"{number:.0e}".replace("e+0", "e")


def judge_scale(results):
    found = {(row["question"], row["family"], row["spread"], row["size"], row["threads"]): row
             for row in rows_of(results, "scale")}
    for question, family, spread, threads, limit in SCALE_BARS:
        for size in (100_000, 1_000_000):
            what = f"{question}, {family}, {spread}, {short(size)}, {threads} thread{'s' * (threads > 1)}"
            row = found.get((question, family, spread, size, threads))
            peers = [one for one in row["contenders"] if one["name"] not in NOT_PEERS] if row else []
            best = max(peers, key=lambda one: one["median"], default=None)
            if best is None or contender(row, "sync_map") is None:
                yield missing(what, f">= {limit:.2f}")
                continue
            ratio = best["ratio"]
            yield bar(what, f">= {limit:.2f}", f"{ratio['median']:.2f} ({ratio['min']:.2f} .. {ratio['max']:.2f})",
                      ratio["median"] >= limit, f"{best['name']} {best['median']:.1f} M/s")
    yield from judge_oversubscribed(found)
    yield from judge_reads_while_growing(found)
    yield from judge_pin(results)


def judge_oversubscribed(found):
    """8 threads against 2, for every row of sync_map's that was run with both; the worst row is told."""
    kept = []
    for (question, family, spread, size, threads), row in found.items():
        two = found.get((question, family, spread, size, 2))
        ours, before = (contender(one, "sync_map") if one else None for one in (row, two))
        if threads == 8 and ours and before:
            kept.append((ours["median"] / before["median"], f"{question}, {family}, {spread}, {short(size)}"))
    what = "8 threads keep of 2 threads' throughput, worst row"
    if not kept:
        yield missing(what, f">= {OVERSUBSCRIBED_BAR:.2f}")
        return
    worst, where = min(kept)
    yield bar(what, f">= {OVERSUBSCRIBED_BAR:.2f}", f"{worst:.2f}", worst >= OVERSUBSCRIBED_BAR, where)


def judge_reads_while_growing(found):
    asked = ("reads while growing", "reads at rest, grown")
    rows = {key[0]: row for key, row in found.items() if key[0] in asked}
    ours = [contender(rows[name], "sync_map") if name in rows else None for name in asked]
    for figure, name in (("p99.99", "p99.99"), ("longest", "longest")):
        what = f"{name} of reads while growing, times that of the table at rest"
        if None in ours:
            yield missing(what, f"<= {GROWING_READS_BAR:.1f}")
            continue
        growing, rest = (one[figure] for one in ours)
        yield bar(what, f"<= {GROWING_READS_BAR:.1f}", f"{growing / rest:.2f}", growing / rest <= GROWING_READS_BAR,
                  f"{growing:.0f} ns over {rest:.0f} ns")


def judge_pin(results):
    rows = {row["threads"]: row for row in rows_of(results, "pin")}
    pin, bare = (contender(rows[1], name) if 1 in rows else None for name in ("holdfast pin", "unprotected"))
    both, shared = (contender(rows[2], name) if 2 in rows else None for name in ("holdfast pin", "atomic<shared_ptr>"))
    dearer = f"<= +{PIN_BAR:.1f} ns"
    if pin is None or bare is None:
        yield missing("protect + load + release", dearer)
    else:
        more = pin["median"] - bare["median"]
        yield bar("protect + load + release", dearer, f"+{more:.2f} ns", more <= PIN_BAR,
                  f"unprotected {bare['median']:.2f} ns")
    what = "atomic<shared_ptr> on two threads, times a pin"
    if both is None or shared is None:
        yield missing(what, f">= {SHARED_POINTER_BAR:.0f}")
        return
    times = shared["median"] / both["median"]
    yield bar(what, f">= {SHARED_POINTER_BAR:.0f}", f"{times:.1f}", times >= SHARED_POINTER_BAR,
              f"{shared['median']:.2f} ns over {both['median']:.2f} ns")


def judge_lifetime(results):
    rows = {row["question"]: row for row in rows_of(results, "lifetime")}
    for question, ours, theirs, kind, limit in LIFETIME_BARS:
        one, other = ((contender(rows[question], name) if question in rows else None) for name in (ours, theirs))
        what = f"{question}: {ours}, " + (f"more than {theirs}" if kind == "more" else f"times faster than {theirs}")
        text = f"<= +{limit:.1f} ns" if kind == "more" else f">= {limit:.0f}"
        if one is None or other is None:
            yield missing(what, text)
            continue
        pairs = list(zip(one["ns"], other["ns"]))
        against = f"{theirs} {other['median']:.2f} ns"
        if kind == "more":
            more = [mine - its for mine, its in pairs]
            yield bar(what, text, f"{median(more):+.2f} ns ({min(more):+.2f} .. {max(more):+.2f})", median(more) <= limit, against)
        else:
            times = [its / mine for mine, its in pairs]
            yield bar(what, text, f"{median(times):.2f} ({min(times):.2f} .. {max(times):.2f})", median(times) >= limit, against)


def judge_cache(results):
    """The trace and size where pointer_cache lacks most to the better of LRU and SIEVE."""
    what, rows = "hits of pointer_cache, points above the better of LRU and SIEVE", rows_of(results, "cache")
    if not rows:
        yield missing(what, f">= {HITS_BAR:.1f}")
        return
    worst = min(rows, key=lambda row: row["lead"])
    yield bar(what, f">= {HITS_BAR:.1f}", f"{worst['lead']:+.2f}", worst["lead"] >= HITS_BAR,
              f"{worst['trace']}, {worst['entries']} entries; best {max(row['lead'] for row in rows):+.2f}")


def judge_go(results):
    rows = rows_of(results, "go")
    if not rows:
        yield missing("Go's map, every row", f">= {GO_BAR:.0f}")
    for row in rows:
        ratios = [go / ours for go, ours in zip(row["go"], row["holdfast"])]
        what = f"times faster than Go: {row['question']}, {row['size']:.0e}".replace("e+0", "e")
        text = f"{median(ratios):.2f} ({min(ratios):.2f} .. {max(ratios):.2f})"
        yield bar(what, f">= {GO_BAR:.1f}", text, median(ratios) >= GO_BAR, f"Go {median(row['go']):.2f} ns")


def judge(results):
    return [*judge_time(results), *judge_worst_insert(results), *judge_memory(results), *judge_lifetime(results),
            *judge_scale(results), *judge_cache(results), *judge_go(results)]


def table(judged, results):
    machine = next((found for found in results["micro"] + results["latency"] + results["memory"] + results["scale"]), {})
    lines = [f"Bars: {machine.get('cpu', 'unknown machine')}, gcc {machine.get('compiler', '?')}, "
             f"-O3, {machine.get('vectors', '?')}, {machine.get('heap', 'fresh')} heap", ""]
    header = ("what", "bar", "measured", "", "against")
    verdicts = {True: "met", False: "MISSED", None: "-"}
    cells = [(one["what"], one["bar"], one["measured"], verdicts[one["met"]], one["against"]) for one in judged]
    widths = [max(len(line[column]) for line in [header, *cells]) for column in range(len(header))]
    for line in [header, tuple("-" * width for width in widths), *cells]:
        lines.append("| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |")
    met = sum(one["met"] is True for one in judged)
    missed = sum(one["met"] is False for one in judged)
    lines += ["", f"{met} met, {missed} missed, {len(judged) - met - missed} not run. That a write moves and touches "
              "a fixed number of buckets and pages is counted by a test, not timed here.", ""]
    return "\n".join(lines)
