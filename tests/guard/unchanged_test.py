"""Programs do the same with the guard as without, and nothing is reported that is not wrong."""

import os
import socket
import subprocess
import sys
import time
import unittest

import guarded
from guarded import VICTIMS, guard_case, main, program, run

# As it is, and as thorough as it can be; whole programs of the system a little less so, for time's sake.
WAYS = ["", "sample=1:slots=4096:hold=20"]
WAYS_FOR_LARGE = ["", "sample=20:slots=512"]

SQL = """
create table numbers(id integer primary key, square integer, name text);
with recursive n(i) as (select 1 union all select i+1 from n where i < 20000)
  insert into numbers select i, i*i, 'number ' || i from n;
create index by_name on numbers(name);
select count(*), sum(square), max(name) from numbers;
delete from numbers where id % 3 = 0;
select a.id, b.id from numbers a join numbers b on a.square = b.id order by 1 limit 20;
select substr(name, 1, 8) as start, count(*), group_concat(id % 7) from numbers where id < 500 group by 1 order by 2, 1;
vacuum;
select length(hex(randomblob(8))), json_array(1, 'two', 3.0);
"""

PYTHON = """
import collections, json, re, threading, zlib, hashlib, decimal
table = {str(i): [i] * (i % 50) for i in range(4000)}
text = json.dumps(table)
back = json.loads(text)
print(len(text), back == table, zlib.crc32(zlib.compress(text.encode())))
print(hashlib.sha256(re.sub('[0-3]+', 'x', text).encode()).hexdigest())
counts = collections.Counter()
def work(n):
    for i in range(600):
        counts[n] += len(json.dumps({'n': n, 'list': list(range(i % 40))}))
threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(counts.items()), decimal.Decimal(2).sqrt())
"""


class Unchanged(guard_case):
    def each_way(self, command, text=None, folder=None, ways=WAYS):
        for options in ways:
            with self.subTest(options=options):
                self.same_with_guard(command, options, text, folder)

    # covers hf.guard.results-unchanged
    def test_every_way_to_allocate_from_many_threads(self):
        self.each_way([VICTIMS / "allocations"])

    # covers hf.guard.program-handler
    def test_handlers_of_sigsegv_and_what_sigaction_tells_of_them(self):
        self.each_way([VICTIMS / "handlers"])

    # covers hf.guard.fork
    def test_a_storm_of_forks_among_threads(self):
        self.each_way([VICTIMS / "forks"])

    # covers hf.guard.static-untouched
    def test_a_static_program(self):
        self.each_way([VICTIMS / "allocations_static"])
        self.assertEqual(run([VICTIMS / "allocations_static"], "status").said, "")

    # covers hf.guard.finds-real-functions
    def test_a_library_in_cxx_that_a_program_in_c_loads_for_itself(self):
        for library in ("plugin.so", "plugin_alone.so"):
            self.each_way([VICTIMS / "loader", VICTIMS / library])

    # covers hf.guard.needs-only-libc
    def test_it_brings_no_library_along(self):
        told = subprocess.run([program("readelf"), "-d", guarded.LIBRARY], capture_output=True, text=True).stdout
        needed = [line.split("[")[1].rstrip("]") for line in told.splitlines() if "NEEDED" in line]
        self.assertTrue(all(one.startswith(("libc.so", "ld-linux")) for one in needed), needed)

    # covers hf.guard.results-unchanged
    def test_git(self):
        git = program("git")
        folder = self.scratch()
        for name in ("one", "two", "three"):
            (folder / name).write_text("".join(f"line {i} of {name}\n" for i in range(3000)))
        me = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
              "GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
        for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
            self.assertEqual(run([git, *words], "", more=me, folder=folder).status, 0)
        (folder / "two").write_text("".join(f"line {i} of deux\n" for i in range(0, 3000, 2)))
        for words in (["log", "-p", "--stat"], ["diff", "--word-diff"], ["fsck", "--full"], ["status", "--short"],
                      ["grep", "-n", "line 77"], ["blame", "one"], ["archive", "HEAD"]):
            self.each_way([git, *words], folder=folder, ways=WAYS_FOR_LARGE)

    # covers hf.guard.results-unchanged
    def test_sqlite(self):
        self.each_way([program("sqlite3"), ":memory:"], SQL, ways=WAYS_FOR_LARGE)

    # covers hf.guard.results-unchanged
    def test_python(self):
        self.each_way([sys.executable, "-c", PYTHON], ways=WAYS_FOR_LARGE)

    # covers hf.guard.results-unchanged
    def test_a_shell_and_its_pipes(self):
        script = "for i in 1 2 3; do seq 1 2000 | sort -r | awk '{s += $1} END {print s}' | sed s/1/x/; done; [[ abc =~ b+ ]]; echo $?"
        self.each_way([program("bash"), "-c", script], ways=WAYS_FOR_LARGE)

    # covers hf.guard.results-unchanged
    def test_redis_under_load(self):
        server, client, load = program("redis-server"), program("redis-cli"), program("redis-benchmark")
        for options in WAYS_FOR_LARGE:
            with self.subTest(options=options):
                self.redis(server, client, load, options)

    def redis(self, server, client, load, options):
        folder = self.scratch()
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = str(one.getsockname()[1])
        environment = {**os.environ, "LD_PRELOAD": guarded.LIBRARY, "HOLDFAST_GUARD": options}
        said = folder / "said"
        with said.open("w") as to:
            running = subprocess.Popen([server, "--port", port, "--save", "", "--dir", str(folder)],
                                       stdout=subprocess.DEVNULL, stderr=to, env=environment)
        try:
            self.wait_for(client, port)
            done = run([load, "-p", port, "-n", "4000", "-c", "10", "-r", "1000", "-q",
                        "-t", "set,get,lpush,lpop,sadd,hset,spop,zadd,zpopmin,mset"])
            self.assertEqual(done.status, 0, done)
            for words, answer in ((["set", "here", "still"], "OK\n"), (["get", "here"], "still\n"),
                                  (["bgsave"], "Background saving started\n"), (["debug", "sleep", "0"], None),
                                  (["flushall"], "OK\n"), (["dbsize"], "0\n")):
                told = run([client, "-p", port, *words]).out
                if answer is not None:
                    self.assertEqual(told, answer)
            run([client, "-p", port, "shutdown", "nosave"])
            self.assertEqual(running.wait(60), 0)
        finally:
            running.kill()
            running.wait()
        self.assertEqual(said.read_text(), "")

    def wait_for(self, client, port):
        for _ in range(200):
            if run([client, "-p", port, "ping"]).out == "PONG\n":
                return
            time.sleep(0.05)
        self.fail("redis does not answer")


if __name__ == "__main__":
    main()
