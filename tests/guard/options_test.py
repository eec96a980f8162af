"""HOLDFAST_GUARD, and what the guard tells of itself."""

from guarded import guard_case, main, victim


class Options(guard_case):
    # covers hf.guard.bad-options-told
    def test_what_is_not_understood_is_named_in_one_line(self):
        done = victim("plain", options="sampel=1:sample=many:slots=0")
        self.assertEqual(done.said.count("\n"), 1)
        self.assertIn('"sampel=1" (unknown), "sample=many" (not a number), "slots=0" (out of range)', done.said)
        self.assertEqual((done.status, done.out), (0, "end\n"))

    # covers hf.guard.help
    def test_help_names_every_key_and_the_program_runs(self):
        done = victim("plain", options="help")
        for key in ("sample", "slots", "seed", "containers", "hold", "tables", "grace", "reports", "log", "status"):
            self.assertIn(f"\n  {key}", done.said)
        self.assertEqual((done.status, done.out), (0, "end\n"))

    # covers hf.guard.status
    def test_status_is_told_at_the_end(self):
        done = victim("plain", options="status:sample=1")
        self.assertIn("guarded allocations", done.said)
        self.assertIn("reports 0", done.said)

    # covers hf.guard.sampling-rate
    def test_a_seed_makes_what_is_guarded_repeat_itself(self):
        told = {victim("plain", "zero", options="status:sample=7:seed=99").said.split("\n")[1] for _ in range(4)}
        self.assertEqual(len(told), 1, told)
        self.assertNotIn("allocations 0,", told.pop())


if __name__ == "__main__":
    main()
