"""scripts/run_mutations.py tells caught bugs from survivors."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/run_mutations.py"

SUM = """#pragma once
inline int sum(int a, int b) { return a + b; }
inline int twice(int a) { return sum(a, a); }
"""
SUITE = """#include <holdfast/base/sum.hpp>
#include <cstdio>
int main() {
  if (sum(2, 3) != 5) return std::puts("broken: hf.toy.sum: 2 and 3"), 1;
}
"""
CAUGHT = "# takes the difference\nhf.toy.sum\nholdfast/base/sum.hpp\n- return a + b;\n+ return a - b;\n"
SURVIVES = "# triples\nhf.toy.twice\nholdfast/base/sum.hpp\n- return sum(a, a);\n+ return sum(a, a) + a;\n"
REFUSED = "# gives nothing back\nhf.toy.sum\nholdfast/base/sum.hpp\ndoes not compile\n- return a + b;\n+ return nothing;\n"


class Mutations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name in ("holdfast/base", "holdfast/table", "holdfast/map", "tests/mutation/bugs"):
            (self.root / name).mkdir(parents=True)
        (self.root / "holdfast/base/sum.hpp").write_text(SUM)
        (self.root / "tests/mutation/suite_toy.cpp").write_text(SUITE)

    def run_with(self, bugs, *arguments):
        (self.root / "tests/mutation/bugs/toy.txt").write_text(bugs)
        done = subprocess.run([sys.executable, "-B", SCRIPT, "--root", self.root, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout

    def test_a_caught_bug_is_told_with_what_caught_it(self):
        status, text = self.run_with(CAUGHT + "\n" + REFUSED)
        self.assertEqual(status, 0, text)
        self.assertIn("broken: hf.toy.sum: 2 and 3", text)
        self.assertIn("2 of 2 caught", text)

    def test_a_survivor_fails_the_run_and_is_told_with_its_promise(self):
        status, text = self.run_with(CAUGHT + "\n" + SURVIVES)
        self.assertEqual(status, 1, text)
        self.assertIn("SURVIVED", text)
        self.assertIn("breaks hf.toy.twice", text)

    def test_a_later_part_of_a_suite_may_catch_it(self):
        suite = SUITE.replace("int main() {\n", "int main() {\n  if (HOLDFAST_SUITE_PART == 1) return 0;\n")
        (self.root / "tests/mutation/suite_toy.cpp").write_text(suite)
        self.assertEqual(self.run_with(CAUGHT)[0], 1)
        (self.root / "tests/mutation/suite_toy.cpp").write_text("// parts: 2\n" + suite)
        status, text = self.run_with(CAUGHT)
        self.assertEqual(status, 0, text)
        self.assertIn("broken: hf.toy.sum: 2 and 3", text)

    def test_a_suite_is_left_out_where_its_header_is_missing(self):
        suite = self.root / "tests/mutation/suite_toy.cpp"
        suite.write_text("// needs: <no/such/header.hpp>\n" + SUITE)
        status, text = self.run_with(SURVIVES)
        self.assertEqual(status, 0, text)
        self.assertIn("without toy, whose suite needs <no/such/header.hpp>", text)
        suite.write_text("// needs: <cstddef>\n" + SUITE)
        self.assertEqual(self.run_with(SURVIVES)[0], 1)

    def test_only_those_asked_for_are_tried(self):
        status, text = self.run_with(CAUGHT + "\n" + SURVIVES, "--only", "1")
        self.assertEqual((status, "triples" in text), (0, False), text)

    def test_a_bug_that_does_not_fit_the_sources_is_no_result(self):
        status, text = self.run_with(CAUGHT.replace("a + b;\n+", "a * b;\n+"))
        self.assertEqual(status, 2, text)
        self.assertIn("toy.txt:1: its text stands 0 times in holdfast/base/sum.hpp", text)

    def test_a_bug_that_does_not_compile_must_say_so(self):
        status, text = self.run_with(REFUSED.replace("does not compile\n", ""))
        self.assertEqual(status, 2, text)

    def test_a_suite_that_fails_without_a_bug_is_no_result(self):
        (self.root / "holdfast/base/sum.hpp").write_text(SUM.replace("a + b", "a | b | 8"))
        status, text = self.run_with(SURVIVES)
        self.assertEqual(status, 2, text)
        self.assertIn("fails without any bug", text)

    def test_the_checkout_stays_as_it_is(self):
        self.run_with(CAUGHT)
        self.assertEqual((self.root / "holdfast/base/sum.hpp").read_text(), SUM)


if __name__ == "__main__":
    unittest.main(verbosity=2)
