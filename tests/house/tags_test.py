"""scripts/check_tags.py must fail on a promise without a test and on a test without a promise."""
# covers hf.house.promise-has-test

import unittest

from scratch_tree import scratch_tree

# Put together here, so that the words below are no citations of this file.
COVERS = "// cov" + "ers "


class Tags(scratch_tree):
    def setUp(self):
        super().setUp()
        self.write("docs/design/table.md", "# Table\n\n## Promise\nhf.table.sound   It is sound.\n\n## How\nhf.table.not-one\n")
        self.write("tests/unit/table.cpp", COVERS + "hf.table.sound\n")

    def test_passes_when_each_promise_has_its_test(self):
        self.assert_passes("check_tags.py")

    def test_finds_a_promise_without_a_test(self):
        self.write("docs/design/map.md", "# Map\n\n## Promise\nhf.map.kept   It is kept.\n")
        self.assert_finds("check_tags.py", "docs/design/map.md:4:", "hf.map.kept", "no test")

    def test_finds_a_test_of_nothing(self):
        self.write("tests/death/table.cpp", "\n" + COVERS + "hf.table.unheard-of\n")
        self.assert_finds("check_tags.py", "tests/death/table.cpp:2:", "hf.table.unheard-of")

    def test_a_tag_outside_the_promise_is_none(self):
        self.write("tests/death/table.cpp", COVERS + "hf.table.not-one\n")
        self.assert_finds("check_tags.py", "tests/death/table.cpp:1:", "hf.table.not-one")

    def test_finds_a_promise_made_twice(self):
        self.write("docs/design/zoo.md", "## Promise\nhf.table.sound   Again.\n")
        self.assert_finds("check_tags.py", "docs/design/zoo.md:2:", "again", "docs/design/table.md:4")

    def test_finds_an_invariant_of_a_source_that_no_page_has(self):
        self.write("holdfast/table/top.hpp", "// inv hf.table.lost: it was.\n")
        self.assert_finds("check_tags.py", "holdfast/table/top.hpp:1:", "hf.table.lost")


if __name__ == "__main__":
    unittest.main()
