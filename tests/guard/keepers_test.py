"""Keepers of C memory: they are asked at every door, they may keep, and they may go at any time."""

from guarded import guard_case, main, victim

LET_GO = """connected 0
again 0
size known 1
free: free 1 realloc 0 delete 0 munmap 0
realloc: free 0 realloc 1 delete 0 munmap 0
moved along
delete[]: free 0 realloc 0 delete 1 munmap 0
delete: free 0 realloc 0 delete 1 munmap 0
munmap 0
munmap: free 0 realloc 0 delete 0 munmap 1
disconnected 0
again -1
"""

KEEP = """connected 0
again 0
size known 1
free: free 1 realloc 0 delete 0 munmap 0
still there: what stands in it
realloc: free 0 realloc 1 delete 0 munmap 0
moved along
still there: moved along, elsewhere 1
delete[]: free 0 realloc 0 delete 1 munmap 0
delete: free 0 realloc 0 delete 1 munmap 0
still there: 5
munmap 0
munmap: free 0 realloc 0 delete 0 munmap 1
disconnected 0
again -1
"""

TWO = """one: free 1 realloc 0 delete 0 munmap 0
other: free 1 realloc 0 delete 0 munmap 0
kept by the other
other: free 1 realloc 0 delete 0 munmap 0
"""


class Keepers(guard_case):
    # covers hf.guard.keepers-asked
    def test_each_door_asks_once(self):
        for options in ("sample=0", "sample=1:slots=64"):
            done = victim("keepers", "let-go", options=options)
            self.assertEqual((done.status, done.out, done.said), (0, LET_GO, ""), options)

    # covers hf.guard.kept-stays
    def test_what_is_kept_stays_as_it_was(self):
        for options in ("sample=0", "sample=1:slots=64"):
            done = victim("keepers", "keep", options=options)
            self.assertEqual((done.status, done.out, done.said), (0, KEEP, ""), options)

    # covers hf.guard.keepers-asked
    def test_two_keepers_have_each_their_own(self):
        done = victim("keepers", "two", options="sample=0")
        self.assertEqual((done.status, done.out), (0, TWO), done)

    # covers hf.guard.disconnect-waits
    def test_a_keeper_may_go_with_its_filter_while_threads_free(self):
        done = victim("keepers", "come-and-go", options="")
        self.assertEqual((done.status, done.out, done.said), (0, "late 0\n", ""), done)

    # covers hf.guard.disconnect-waits
    def test_disconnecting_waits_for_who_is_being_asked(self):
        done = victim("keepers", "go-while-asked", options="")
        self.assertEqual((done.status, done.out), (0, "over when disconnected: 1\n"), done)

    # covers hf.guard.abi-checked
    def test_a_keeper_that_is_not_understood_is_refused(self):
        done = victim("keepers", "wrong-abi", options="")
        self.assertEqual(done.out, "abi 0: -1\nshort: -1\nnull: -1\nnever connected: -1\n")

    def test_without_a_guard_there_is_none_to_be_found(self):
        self.assertEqual(victim("keepers").out, "no guard\n")


if __name__ == "__main__":
    main()
