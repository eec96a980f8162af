#!/usr/bin/env python3
"""Runs every benchmark, merges what they say and holds it against the bars.

Executables are looked for below --bin; those that are missing are compiled with plain `-O3`, as a program
built on Debian would be. Results go to bench/out: one JSON file for each benchmark, all.json, bars.md
and the picture of the insert latency.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import bars

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
MICRO = [f"{question}_{family}" for question in ("find", "insert", "erase_insert", "iterate")
         for family in ("u64_to_pointer", "string_to_pointer", "u64_to_64_bytes")]
GO_GROUPS = {"find_u64_to_pointer": "find", "insert_u64_to_pointer": "insert",
             "erase_insert_u64_to_pointer": "erase_insert", "iterate_u64_to_pointer": "iterate"}
GO_PLACES = ["/usr/lib/go-1.19/bin/go", "go"]
# The other libraries of bench/scale: source below peers/, its header, what to link.
SCALE_PEERS = [("holdfast", None, ()), ("locked", None, ()),
               ("tbb", "oneapi/tbb/concurrent_hash_map.h", ("-ltbb",)),
               ("cuckoo", "libcuckoo/cuckoohash_map.hh", ()),
               ("xenium", "xenium/vyukov_hash_map.hpp", ()),
               ("cds", "cds/container/split_list_map.h", ("-lcds",)),
               ("urcu", "urcu/urcu-memb.h", ("-lurcu-cds", "-lurcu-memb"))]
# What bench/cache reads traces with, and the libraries that unpack them.
TRACE_READERS = ("byte_source", "gzip_source", "xz_source", "share_folder", "trace_*", "csv_*", "*_parser")
UNPACKERS = [("LZMA", "lzma.h", "-llzma"), ("ZLIB", "zlib.h", "-lz")]
ABSL = ("raw_hash_set", "hash", "city", "low_level_hash", "hashtablez_sampler", "throw_delegate")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build" / "release",
                        help="where built benchmarks are (build/release)")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "out", help="where results go (bench/out)")
    parser.add_argument("--quick", action="store_true", help="a look within two minutes; says little")
    parser.add_argument("--full", action="store_true", help="every size, also 5e7")
    parser.add_argument("--rounds", type=int, help="rounds of the micro benchmarks (9; quick 3)")
    parser.add_argument("--cpu", type=int, help="pin to a processor")
    parser.add_argument("--native", action="store_true", help="compile all anew with -march=native")
    parser.add_argument("--only", choices=["micro", "latency", "memory", "lifetime", "scale", "cache", "articles", "go", "bars"], action="append",
                        help="only these parts; bars alone reads the files of earlier runs")
    return parser.parse_args()


def fail(text):
    print(f"bench: {text}", file=sys.stderr)
    sys.exit(2)


def has_header(name):
    return any((pathlib.Path(root) / name).exists()
               for root in ("/usr/include", "/usr/include/x86_64-linux-gnu", "/usr/local/include"))


class builder:
    """Finds an executable or compiles it; the library's own sources are compiled once."""

    def __init__(self, chosen):
        self.chosen = chosen
        self.folder = chosen.out / ("bin-native" if chosen.native else "bin")
        self.compiler = os.environ.get("CXX", "g++")
        self.flags = ["-std=c++20", "-O3", "-DNDEBUG", f"-I{ROOT}"] + (["-march=native"] if chosen.native else [])
        self.objects = None

    def executable(self, source):
        if not self.chosen.native:
            for found in sorted(self.chosen.bin.rglob(source.stem)) if self.chosen.bin.is_dir() else []:
                if found.is_file() and os.access(found, os.X_OK):
                    return found
        target = self.folder / source.stem
        if not target.exists() or self.newest_source() > target.stat().st_mtime:
            self.compile(source, target)
        return target

    def newest_source(self):
        folders, kinds = (ROOT / "holdfast", HERE), ("*.hpp", "*.cpp")
        files = [file for folder in folders for kind in kinds for file in folder.rglob(kind)]
        return max(f.stat().st_mtime for f in files)

    def call(self, command):
        if subprocess.run([str(word) for word in command], cwd=ROOT).returncode != 0:
            fail("the compiler failed; the command was: " + " ".join(str(word) for word in command))

    def compiled_objects(self):
        if self.objects is None:
            self.objects = []
            rooms = ("base/*", "table", "map", "lifetime", "concurrent")
            sources = [file for room in rooms for file in sorted((ROOT / "holdfast").glob(f"{room}/*.cpp"))]
            for source in sources:
                target = self.folder / ("_".join(source.relative_to(ROOT).parts) + ".o")
                target.parent.mkdir(parents=True, exist_ok=True)
                self.call([self.compiler, *self.flags, "-c", source, "-o", target])
                self.objects.append(target)
        return self.objects

    def compile(self, source, target):
        objects = self.compiled_objects()
        print(f"compiling {source.relative_to(ROOT)}", flush=True)
        peers, libraries = [], ["-pthread"]
        if has_header("absl/container/flat_hash_map.h"):
            peers.append("-DHOLDFAST_HAVE_ABSL=1")
            libraries += [f"-labsl_{name}" for name in ABSL]
        if has_header("boost/unordered/unordered_flat_map.hpp"):
            peers.append("-DHOLDFAST_HAVE_BOOST_FLAT=1")
        if has_header("tsl/robin_map.h"):
            peers.append("-DHOLDFAST_HAVE_ROBIN=1")
        sources = [source]
        if source.parent.name == "scale":
            for name, header, needed in SCALE_PEERS:
                if header is not None and not has_header(header):
                    continue
                sources += [HERE / "scale" / "peers" / f"{name}.cpp"] if source.stem == "threads_on_one_map" else []
                peers += [f"-DHOLDFAST_HAVE_{name.upper()}=1"] if header else []
                libraries += needed
        if source.parent.name == "cache":
            sources += sorted({file for name in TRACE_READERS for file in (ROOT / "holdfast" / "tools").glob(f"{name}.cpp")})
            for name, header, needed in UNPACKERS:
                peers.append(f"-DHOLDFAST_HAVE_{name}={int(has_header(header))}")
                libraries += [needed] if has_header(header) else []
            if has_header("oneapi/tbb/concurrent_lru_cache.h"):
                peers.append("-DHOLDFAST_HAVE_TBB=1")
                libraries.append("-ltbb")
        self.call([self.compiler, *self.flags, *peers, *sources, *objects, "-o", target, *libraries])


def shared_flags(chosen):
    flags = [flag for flag, wanted in (("--quick", chosen.quick), ("--full", chosen.full)) if wanted]
    return flags + (["--cpu", str(chosen.cpu)] if chosen.cpu is not None else [])


def run_json(command, file):
    found = dict(os.environ, HOLDFAST_SHARE=str(ROOT / "share"))
    result = subprocess.run([str(word) for word in command] + ["--json", str(file)], env=found)
    if result.returncode != 0:
        fail(f"{command[0]} ended with {result.returncode}")
    return json.loads(file.read_text())


def run_micro(chosen, build):
    rounds = ["--rounds", str(chosen.rounds)] if chosen.rounds else []
    for name in MICRO:
        program = build.executable(HERE / "micro" / f"{name}.cpp")
        run_json([program, *shared_flags(chosen), *rounds], chosen.out / f"micro_{name}.json")


def run_latency(chosen, build):
    program = build.executable(HERE / "latency" / "worst_insert_while_growing.cpp")
    data = chosen.out / "latency"
    found = run_json([program, *shared_flags(chosen), "--data", data], chosen.out / "latency.json")
    for row in found["rows"]:
        draw(chosen, data / str(row["size"]), row["size"])


def draw(chosen, folder, size):
    if shutil.which("gnuplot") is None:
        print("no gnuplot: no picture; the data are in", folder)
        return
    picture = chosen.out / f"insert_latency_{size}.png"
    values = f"folder='{folder}'; entries='{size}'; picture='{picture}'"
    if subprocess.run(["gnuplot", "-e", values, str(HERE / "plot_insert_latency.gp")]).returncode == 0:
        print("picture:", picture)


def run_memory(chosen, build):
    program = build.executable(HERE / "memory" / "bytes_per_entry.cpp")
    run_json([program, *shared_flags(chosen)], chosen.out / "memory.json")


def run_lifetime(chosen, build):
    program = build.executable(HERE / "lifetime" / "cost_of_knowing.cpp")
    run_json([program, *shared_flags(chosen)], chosen.out / "lifetime.json")


def run_scale(chosen, build):
    for name in ("pin_cost", "garbage_under_a_sleeping_reader", "threads_on_one_map"):
        program = build.executable(HERE / "scale" / f"{name}.cpp")
        flags = [flag for flag in shared_flags(chosen) if flag != "--cpu" and flag != str(chosen.cpu)]
        run_json([program, *flags], chosen.out / f"scale_{name}.json")


def run_cache(chosen, build):
    """Hit ratios: the shipped trace, and those that HOLDFAST_CACHE_TRACES names. And what a bound costs."""
    quick = ["--quick"] if chosen.quick else []
    run_json([build.executable(HERE / "cache" / "hit_ratio.cpp"), *quick], chosen.out / "cache.json")
    run_json([build.executable(HERE / "cache" / "bounded_stores.cpp"), *quick], chosen.out / "cache_stores.json")


def run_articles(chosen, build):
    """The articles' tables, and the questions of Go's own benchmarks of sync.Map, in C++, and in Go where it is."""
    program = build.executable(HERE / "articles" / "tables_re_measured.cpp")
    theirs, _ = go_program(chosen, "articles")
    run_json([program, *shared_flags(chosen), *(["--go", theirs] if theirs else [])], chosen.out / "articles.json")
    program = build.executable(HERE / "articles" / "go_map_bench.cpp")
    theirs, _ = go_program(chosen, "map_bench")
    run_json([program, *shared_flags(chosen), *(["--go", theirs] if theirs else [])], chosen.out / "go_map_bench.json")


def go_program(chosen, folder="."):
    """Of the sources in bench/go/FOLDER, and Go's version; (None, None) without Go."""
    for place in GO_PLACES:
        go = shutil.which(place)
        if go is None:
            continue
        target = (chosen.out / ("go_map" if folder == "." else f"go_{folder}")).resolve()
        offline = dict(os.environ, GO111MODULE="off", GOFLAGS="-mod=mod", GOPROXY="off")
        offline.setdefault("GOCACHE", str((chosen.out / "gocache").resolve()))
        if subprocess.run([go, "build", "-o", str(target), "main.go"], cwd=HERE / "go" / folder, env=offline).returncode == 0:
            version = subprocess.run([go, "version"], capture_output=True, text=True, check=True).stdout.strip()
            return target, version
    return None, None


def run_go(chosen, build):
    """Go and holdfast in turn, a round of each at a time; the ratio is taken within each turn."""
    program, version = go_program(chosen)
    if program is None:
        print("no Go: its rows are left out")
        return
    sizes = "1e3,1e5" if chosen.quick else "1e3,1e5,1e6,1e7"
    operations, turns = ("5e5", 1) if chosen.quick else ("2e6", 5)
    rows = {}
    for turn in range(turns):
        for name, group in GO_GROUPS.items():
            ours = build.executable(HERE / "micro" / f"{name}.cpp")
            pin = ["--cpu", str(chosen.cpu)] if chosen.cpu is not None else []
            scratch = chosen.out / "go_turn.json"
            silent = subprocess.run([str(ours), "--sizes", sizes, "--ops", operations, "--rounds", "1",
                                     "--only", "holdfast", "--json", str(scratch), *pin], stdout=subprocess.DEVNULL)
            if silent.returncode != 0:
                fail(f"{ours} ended with {silent.returncode}")
            theirs = subprocess.run([str(program), "-sizes", sizes, "-ops", operations, "-ask", group],
                                    capture_output=True, text=True, check=True).stdout
            mine = json.loads(scratch.read_text())["rows"]
            merge_turn(rows, mine, [json.loads(line) for line in theirs.splitlines()])
            scratch.unlink()
    worst = subprocess.run([str(program), "-sizes", "1e6" if chosen.quick else "1e7", "-ask", "worst",
                            "-rounds", "2" if chosen.quick else "5"], capture_output=True, text=True, check=True).stdout
    found = {"kind": "go", "version": version, "rows": list(rows.values()),
             "worst": [json.loads(line) for line in worst.splitlines()]}
    (chosen.out / "go.json").write_text(json.dumps(found, indent=1))
    print_go(found)


def merge_turn(rows, ours, theirs):
    for mine in ours:
        for go in theirs:
            if (go["question"], go["size"]) != (mine["question"], mine["size"]):
                continue
            if mine["question"] in ("find hit", "find hit dependent", "find miss", "iterate") and \
                    go["checksum"] != mine["checksum"]:
                fail(f"Go and holdfast disagree: {mine['question']}, {mine['size']} entries")
            row = rows.setdefault((mine["question"], mine["size"]),
                                  {"question": mine["question"], "size": mine["size"], "holdfast": [], "go": []})
            row["holdfast"] += mine["contenders"][0]["ns"]
            row["go"] += go["ns"]


def print_go(found):
    print(f"\n{found['version']}, u64->pointer (ns an operation, medians; Go's time over holdfast's, turn by turn)")
    for row in found["rows"]:
        ratio = [go / ours for go, ours in zip(row["go"], row["holdfast"])]
        print(f"  {row['question']:20} {row['size']:>9}  holdfast {bars.median(row['holdfast']):8.2f}  "
              f"Go {bars.median(row['go']):8.2f}   {min(ratio):6.2f} {bars.median(ratio):6.2f} {max(ratio):6.2f}")
    for row in found["worst"]:
        print(f"  longest insert up to {row['size']}: Go {row['own_worst'] / 1e3:.1f} us in every round, "
              f"{row['max'] / 1e3:.1f} us seen")


def main():
    chosen = arguments()
    chosen.out.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    parts = {"micro": run_micro, "latency": run_latency, "memory": run_memory, "lifetime": run_lifetime, "scale": run_scale,
             "cache": run_cache, "articles": run_articles, "go": run_go}
    build = builder(chosen)
    for name, part in parts.items():
        if chosen.only is None or name in chosen.only:
            part(chosen, build)
    results = bars.load(chosen.out)
    (chosen.out / "all.json").write_text(json.dumps(results, indent=1))
    text = bars.table(bars.judge(results), results)
    (chosen.out / "bars.md").write_text(text)
    print("\n" + text)
    print(f"{time.monotonic() - start:.0f} s; results in {chosen.out}")


if __name__ == "__main__":
    main()
