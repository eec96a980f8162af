#!/usr/bin/env python3
"""The Spin models of tests/model/spin: each holds as it stands, and fails without each of its ingredients.

A model that still held with an ingredient taken away would prove nothing, or the ingredient would be needless.
Skipped where spin, or a C compiler, is not installed.
"""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

MODELS = pathlib.Path(__file__).resolve().parent / "spin"
COMPILER = shutil.which("cc") or shutil.which("gcc")


def errors(model, switches):
    """(how many errors an exhaustive search finds, stopping at the first; whether it was an assertion)"""
    with tempfile.TemporaryDirectory() as folder:
        flags = [f"-D{switch}" for switch in switches]
        subprocess.run(["spin", "-a", *flags, str(MODELS / model)], cwd=folder, check=True, capture_output=True)
        subprocess.run([COMPILER, "-O1", "-w", "-DSAFETY", "-o", "pan", "pan.c"], cwd=folder, check=True,
                       capture_output=True)
        done = subprocess.run(["./pan", "-m100000"], cwd=folder, check=True, capture_output=True, text=True)
    for line in done.stdout.splitlines():
        if "errors:" in line:
            if "search not completed" in done.stdout.lower() and "errors: 0" in line:
                raise AssertionError(f"{model}: the search was cut off\n{done.stdout}")
            return int(line.rsplit("errors:", 1)[1]), "assertion violated" in done.stdout
    raise AssertionError(done.stdout)


@unittest.skipUnless(shutil.which("spin") and COMPILER, "spin is not installed")
class Protocol(unittest.TestCase):
    def holds(self, model, *switches):
        self.assertEqual(errors(model, switches), (0, False), f"{model} {' '.join(switches)}")

    def fails(self, model, *switches):
        self.assertEqual(errors(model, switches), (1, True), f"{model} {' '.join(switches)}: a needless ingredient?")

    # covers hf.reclaim.scan-after-grace, hf.reclaim.pin-holds
    def test_section_and_hand_off(self):
        self.holds("section.pml")
        for without in ("NO_FENCE", "SLOTS_FIRST", "LEAVE_FIRST", "NO_SLOTS"):
            self.fails("section.pml", without)

    # covers hf.reclaim.fenced-fallback
    def test_readers_that_fence(self):
        self.holds("section.pml", "NO_FENCE", "READER_FENCE")

    # covers hf.reclaim.scan-whole
    def test_copies_of_pins(self):
        self.holds("copy.pml")
        for without in ("NO_COUNT", "COUNT_EACH"):
            self.fails("copy.pml", without)

    # covers hf.reclaim.grace-covers
    def test_tickets(self):
        self.holds("period.pml")
        for without in ("SHORT_TICKET", "NOTE_FIRST"):
            self.fails("period.pml", without)

    # covers hf.reclaim.scan-after-grace, hf.reclaim.drain-complete
    def test_collecting_in_parts(self):
        self.holds("collect.pml")
        for without in ("ONE_SCAN", "NO_GUARD", "DROP_HELD", "SPLICE_RIPE"):
            self.fails("collect.pml", without)

    # covers hf.reclaim.drain-complete
    def test_draining_while_others_destroy(self):
        self.holds("drain.pml")
        for without in ("MARK_LATE", "NO_WAIT"):
            self.fails("drain.pml", without)

    # covers hf.reclaim.garbage-bounded, hf.reclaim.limits-kept
    def test_turns_of_writers(self):
        self.holds("turns.pml")
        self.fails("turns.pml", "NO_PATIENCE")
        self.holds("turns.pml", "PILED_UP")
        for without in ("NO_TURNS", "EQUAL_SHARE"):
            self.fails("turns.pml", "PILED_UP", without)

    # covers hf.reclaim.signal-safe
    def test_sections_of_signal_handlers(self):
        self.holds("handler.pml")
        self.fails("handler.pml", "EVEN_ONLY")


if __name__ == "__main__":
    unittest.main()
