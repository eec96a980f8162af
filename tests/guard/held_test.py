"""Registries of holdfast under the real guard: C frees what they hold, and they report, abort or heal."""

import signal
import unittest

from guarded import guard_case, main, victim, VICTIMS

WAYS = ("free", "realloc", "delete", "munmap")
SAMPLES = ("sample=0", "sample=1:slots=64")
DOORS = {
    "free": "is freeing it with free",
    "realloc": "is moving it with realloc",
    "delete": "is freeing it with operator delete",
    "munmap": "is unmapping it with munmap",
}
REFUSED = "refused: C freed the memory while it was held: release the handle instead of freeing\n"
USED = "used: a sunset\n"


@unittest.skipUnless((VICTIMS / "held").exists(), "it is built where the library is")
class Held(guard_case):
    def held(self, *words, options="sample=0"):
        return victim("held", *words, options=options)

    def assert_parts(self, done, *parts):
        at = 0
        for part in parts:
            at = done.said.find(part, at)
            self.assertGreaterEqual(at, 0, f"no '{part}' in\n{done.said}")

    # covers hf.resources.leave-marks, hf.resources.leave-told
    def test_what_c_frees_is_reported_with_both_stacks_and_refused(self):
        for way in WAYS:
            for options in SAMPLES:
                done = self.held("registry", "report", way, options=options)
                moved = "moved: a sunset\n" if way == "realloc" else ""
                self.assertEqual((done.status, done.out),
                                 (0, USED + moved + 2 * REFUSED + USED +
                                  "live 1 freed by C 1 kept 0 callbacks 0 closed 0\n"), (way, options, done))
                self.assert_parts(done, "holdfast: C memory was freed while it is held", 'registry "pictures"',
                                  'resource "sunset" (handle 0#1', "48 bytes", "shares: 1", "adopted by thread",
                                  "stack of the adoption:", "adopt_picture", DOORS[way],
                                  "its handle is refused from now on", "stack of this thread",
                                  "picture_cache_flush", "from_registry", "cure:")
                self.assertEqual(done.said.count("C memory was freed while it is held"), 1, done)
                self.assertEqual(done.reports(), [], "the guard itself has found nothing")
                self.assertNotIn("capture_own", done.said, "stacks begin with the caller")

    # covers hf.resources.leave-marks
    def test_who_wants_no_report_gets_none(self):
        for way in WAYS:
            done = self.held("registry", "mark", way)
            self.assertEqual((done.status, done.said), (0, ""), done)
            self.assertIn(2 * REFUSED, done.out)

    # covers hf.resources.leave-told
    def test_it_ends_the_program_where_that_is_wanted(self):
        for where, adopter in (("registry", "adopt_picture"), ("map", "from_map")):
            for way in WAYS:
                done = self.held(where, "abort", way)
                self.assertEqual(done.status, -signal.SIGABRT, done)
                self.assert_parts(done, "holdfast: fatal: C memory was freed while it is held", "adopted by thread",
                                  "stack of the adoption:", adopter, DOORS[way], "picture_cache_flush", "cure:")

    # covers hf.resources.heal, hf.guard.kept-stays
    def test_what_is_healed_stays_and_is_freed_once(self):
        for way in ("free", "realloc", "delete"):
            for options in SAMPLES:
                done = self.held("registry", "heal", way, options=options)
                moved = "moved: a sunset\n" if way == "realloc" else ""
                self.assertEqual((done.status, done.out),
                                 (0, USED + moved + 3 * USED + "live 1 freed by C 1 kept 1 callbacks 1 closed 1\n"),
                                 (way, options, done))
                self.assert_parts(done, "C memory was freed while it is held", DOORS[way],
                                  "it is kept, and goes at the last release")

    # covers hf.resources.heal
    def test_what_is_unmapped_cannot_be_healed_and_is_refused(self):
        done = self.held("registry", "heal", "munmap")
        self.assertEqual(done.out, USED + 2 * REFUSED + USED + "live 1 freed by C 1 kept 0 callbacks 0 closed 0\n")

    # covers hf.resources.map-owns, hf.resources.leave-marks
    def test_a_map_does_not_hand_out_what_c_has_freed(self):
        for way in WAYS:
            done = self.held("map", "report", way)
            self.assertEqual((done.status, done.out),
                             (0, "used 0, swept out 1, left 0\nlive 0 freed by C 1 kept 0 callbacks 0 closed 0\n"), done)
            self.assert_parts(done, 'registry "album"', "adopted by thread", "from_map", DOORS[way])

    # covers hf.resources.heal, hf.resources.map-owns
    def test_a_map_keeps_what_is_healed(self):
        for way in ("free", "realloc", "delete"):
            done = self.held("map", "heal", way)
            self.assertEqual((done.status, done.out),
                             (0, USED + "used 1, swept out 0, left 1\nlive 0 freed by C 1 kept 1 callbacks 1 closed 1\n"),
                             done)

    # covers hf.resources.heal
    def test_what_is_in_use_stays_what_it_is_while_another_thread_frees_it(self):
        for options in SAMPLES:
            done = self.held("uses", options=options)
            self.assertEqual((done.status, done.out), (0, "wrong 0 closed 200\n"), done)

    # covers hf.guard.disconnect-waits
    def test_a_registry_that_has_ended_is_not_asked(self):
        done = self.held("over")
        self.assertEqual((done.status, done.out, done.said), (0, "nobody asked\n", ""), done)

    def test_without_the_guard_only_an_address_that_comes_back_shows_it(self):
        done = victim("held", "registry", "report", "free")
        self.assertTrue(done.out.startswith("no guard\n" + USED), done)
        self.assertIn("adopts the same address again", done.said)
        self.assertNotIn("picture_cache_flush", done.said)


if __name__ == "__main__":
    main()
