"""Two threads in one container of the standard library."""

import signal

from guarded import guard_case, main, victim

FOUND = "two threads modify one container at once"


class Containers(guard_case):
    # covers hf.guard.containers-met
    def test_two_threads_that_fill_one_container_are_both_shown(self):
        for kind, name in (("tree", "std::map"), ("set", "std::map, set"), ("hash", "std::unordered_map")):
            for _ in range(30):  # each catches nearly always; docs/design/guard.md has the figures
                done = victim("containers", kind, "unlocked", "300000", options="sample=0:hold=20")
                # Who was inside may be off its processor for longer than it is waited for.
                if done.said.count("inserted into by thread") == 2:
                    break
            self.assertEqual(done.reports()[:1], [FOUND], (kind, done))
            self.assertEqual(done.said.count(FOUND), 1)
            self.assertIn(name, done.said)
            self.assertEqual(done.said.count("inserted into by thread"), 2, done)
            self.assertGreaterEqual(done.said.count("containers.cpp:"), 2, done)
            self.assertIn("cure: hold one lock", done.said)

    # covers hf.guard.containers-no-false-report
    def test_one_lock_around_every_use_is_well(self):
        for kind in ("tree", "set", "hash"):
            for how in ("locked", "apart", "alone"):
                done = victim("containers", kind, how, "30000", options="sample=0:hold=50")
                self.assertEqual((done.status, done.out, done.said), (0, f"{how}\n", ""), kind)

    def changes(self, how, options):
        done = victim("containers", "tree", how, "20000", options=f"sample=0:status:{options}")
        told = done.said.split("changes of containers watched ")[1]
        return int(told.split(",")[0]), int(told.split("waits ")[1].split(",")[0])

    # covers hf.guard.containers-one-thread
    def test_a_program_of_one_thread_is_not_watched(self):
        self.assertEqual(self.changes("alone", ""), (0, 0))

    # covers hf.guard.containers-hold
    def test_waits_can_be_switched_off_and_happen_in_shared_containers_only(self):
        self.assertEqual(self.changes("locked", "hold=0")[1], 0)
        self.assertEqual(self.changes("apart", "hold=50")[1], 0)
        self.assertGreater(self.changes("locked", "hold=50")[1], 0)

    # covers hf.guard.answers
    def test_answers(self):
        for _ in range(30):
            done = victim("containers", "tree", "unlocked", "300000", options="sample=0:hold=20:containers=abort")
            if done.reports():
                break
        self.assertEqual(done.status, -signal.SIGABRT)
        done = victim("containers", "tree", "locked", "1000", options="sample=0:status:containers=off")
        self.assertIn("changes of containers watched 0", done.said)


if __name__ == "__main__":
    main()
