"""Guarded allocations: what is found, and what the report says."""

import signal

from guarded import VICTIMS, guard_case, main, victim

EVERY = "sample=1:slots=512:seed=7"


class Memory(guard_case):
    def report(self, what, options=EVERY):
        done = victim("plain", what, options=options)
        self.assertEqual(len(done.reports()), 1, done)
        return done

    def assert_parts(self, done, *parts):
        at = 0
        for part in parts:
            at = done.said.find(part, at)
            self.assertGreaterEqual(at, 0, f"no '{part}' in\n{done.said}")

    # covers hf.guard.use-after-free
    def test_a_read_of_freed_memory_is_reported_with_three_stacks(self):
        done = self.report("read-freed")
        self.assertEqual(done.reports(), ["use after free"])
        self.assert_parts(done, "8 bytes into a block of 40 bytes", "read by thread", "read_at", "plain.cpp:",
                          "freed by thread", "drop_block", "allocated by thread", "make_block", "cure:")
        self.assertEqual(done.status, -signal.SIGSEGV)
        self.assertEqual(done.out, "")

    # covers hf.guard.use-after-free
    def test_a_write_to_freed_memory_is_told_as_one(self):
        self.assert_parts(self.report("write-freed"), "written by thread", "write_at", "freed by", "allocated by")

    # covers hf.guard.aligned
    def test_aligned_blocks_are_guarded_too(self):
        for how, size in (("aligned_alloc", 128), ("memalign", 40), ("posix_memalign", 40)):
            done = victim("plain", "read-freed-aligned", how, options=EVERY)
            self.assertEqual(done.reports(), ["use after free"], (how, done))
            self.assert_parts(done, f"8 bytes into a block of {size} bytes", "read_at", "drop_block", "make_aligned")
        self.assert_parts(self.report("write-gap-aligned"), "written outside a block", "make_aligned")

    # covers hf.guard.aligned, hf.guard.results-unchanged
    def test_what_cannot_be_aligned_is_refused_as_ever(self):
        for options in (EVERY, "sample=0"):
            done = self.same_with_guard([VICTIMS / "plain", "refused"], options)
            self.assertEqual((done.status, done.out), (0, "1 1 1 1 1\nend\n"))

    # covers hf.guard.program-handler
    def test_the_handler_of_the_program_gets_the_fault_after_the_report(self):
        done = self.report("read-freed-handled")
        self.assertEqual((done.status, done.out), (0, "came back\nend\n"))

    # covers hf.guard.report-on-own-stack
    def test_a_report_needs_little_of_the_stack_it_was_found_on(self):
        self.assert_parts(self.report("read-freed-tiny-stack"), "use after free", "read_at", "cure:")

    # covers hf.guard.overflow, hf.guard.slot-alone
    def test_what_is_read_behind_a_block_is_found(self):
        found = 0
        for seed in range(1, 9):  # a block at the left end of its page has the page behind it
            done = victim("plain", "read-behind", options=f"sample=1:seed={seed}")
            if done.reports():
                found += 1
                self.assert_parts(done, "use beyond the end of a block", "8 bytes behind the end of a block of 40 bytes",
                                  "read by", "allocated by")
        self.assertGreater(found, 0)

    # covers hf.guard.overflow
    def test_what_is_read_before_a_block_is_found(self):
        found = 0
        for seed in range(1, 9):
            done = victim("plain", "read-before", options=f"sample=1:seed={seed}")
            if done.reports():
                found += 1
                self.assert_parts(done, "use before the beginning of a block", "1 bytes before a block of 40 bytes")
        self.assertGreater(found, 0)

    # covers hf.guard.overflow
    def test_a_write_just_behind_a_block_is_found_when_it_is_freed(self):
        done = self.report("write-gap")
        self.assert_parts(done, "written outside a block", "a block of 40 bytes", "freed by", "drop_block", "make_block")
        self.assertEqual(done.status, -signal.SIGABRT)

    # covers hf.guard.bad-free
    def test_a_second_free_shows_the_first(self):
        done = self.report("free-twice")
        self.assert_parts(done, "freed twice", "freed again by", "freed by", "allocated by", "cure:")
        self.assertEqual(done.status, -signal.SIGABRT)

    # covers hf.guard.bad-free
    def test_a_free_inside_a_block_says_where(self):
        done = self.report("free-inside")
        self.assert_parts(done, "freed at an address where no block begins", "16 bytes into a block of 40 bytes")
        self.assertEqual(done.status, -signal.SIGABRT)

    def test_what_the_allocator_finds_itself_still_ends_the_program(self):
        done = victim("plain", "free-twice", options="sample=0")
        self.assertEqual(done.status, -signal.SIGABRT)
        self.assertEqual(done.reports(), [])

    # covers hf.guard.samples-run-dry
    def test_without_a_slot_left_allocations_go_on_as_usual(self):
        for slots in (1, 2, 7):
            done = victim("allocations", options=f"sample=1:slots={slots}")
            self.assertEqual((done.status, done.reports()), (0, []), done)

    def test_blocks_of_no_bytes_are_blocks(self):
        done = victim("plain", "zero", options="sample=1:slots=64")
        self.assertEqual((done.status, done.said), (0, ""), done)

    # covers hf.guard.sampling-rate
    def test_about_one_allocation_in_n_is_guarded(self):
        done = victim("allocations", options="sample=40:slots=4096:status:seed=3")
        guarded = int(done.said.split("guarded allocations ")[1].split(",")[0])
        # 32,000 blocks, some above a page, and what realloc and the vectors take.
        self.assertTrue(400 < guarded < 1600, done)

    # covers hf.guard.reports-to-file
    def test_reports_go_to_a_file_if_asked(self):
        log = self.scratch() / "reports"
        for _ in range(2):
            done = victim("plain", "read-freed", options=f"{EVERY}:log={log}")
            self.assertEqual(done.said, "")
        self.assertEqual(log.read_text().count("use after free"), 2)


if __name__ == "__main__":
    main()
