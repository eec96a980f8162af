"""Registered tables: memory freed while a table shows it."""

import signal

from guarded import guard_case, main, victim


class Tables(guard_case):
    def played(self, what, options="sample=0"):
        return victim("tables", what, options=options)

    # covers hf.guard.table-dangling
    def test_an_entry_that_stays_is_reported_with_the_stack_of_the_free(self):
        done = self.played("stay")
        self.assertEqual(done.reports(), ["memory freed while a table shows it"], done)
        for part in ('table "sessions", entry 5', "freed by thread", "release", "tables.cpp:", "cure:"):
            self.assertIn(part, done.said)
        self.assertEqual((done.status, done.out), (0, "shown 0\nend\n"))

    # covers hf.guard.table-dangling
    def test_a_pointer_into_the_block_counts(self):
        done = self.played("inside")
        self.assertEqual(done.reports(), ["memory freed while a table shows it"])
        self.assertIn("entry 7", done.said)

    # covers hf.guard.table-grace
    def test_an_entry_that_is_taken_out_just_after_the_free_is_well(self):
        for what in ("leave", "grow"):
            done = self.played(what)
            self.assertEqual((done.status, done.said, done.out), (0, "", "shown 0\nend\n"))

    # covers hf.guard.table-grace
    def test_without_grace_it_is_not(self):
        self.assertGreater(len(self.played("leave", "sample=0:grace=0:reports=100").reports()), 0)

    def test_tables_end_with_their_memory_and_when_told(self):
        self.assertEqual(self.played("table-freed").said, "")
        done = self.played("hidden")
        self.assertEqual((done.said, done.out), ("", "shown 0\nhidden 0\nagain -1\nend\n"))

    def test_numbers_that_make_no_table_are_refused(self):
        self.assertEqual(self.played("wrong").out, "shown 0\n-1 -1 -1 -1\nend\n")

    # covers hf.guard.answers
    def test_answers(self):
        self.assertEqual(self.played("stay", "tables=abort").status, -signal.SIGABRT)
        self.assertEqual(self.played("stay", "tables=off").said, "")
        self.assertEqual(self.played("stay", "reports=0").said, "")


if __name__ == "__main__":
    main()
