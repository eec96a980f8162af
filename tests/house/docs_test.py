"""scripts/check_docs.py must fail on links that lead nowhere."""
# covers hf.house.links-alive

import unittest

from scratch_tree import scratch_tree


class Docs(scratch_tree):
    def setUp(self):
        super().setUp()
        self.write("docs/limits.md", "# Limits\n\n## What it `cannot` do\n")

    def test_passes_links_that_are_alive(self):
        self.write("README.md", "See [limits](docs/limits.md#what-it-cannot-do) and `docs/limits.md`.\n")
        self.assert_passes("check_docs.py")

    def test_finds_a_link_to_no_file(self):
        self.write("README.md", "\nSee [limits](docs/limit.md).\n")
        self.assert_finds("check_docs.py", "README.md:2:", "docs/limit.md")

    def test_finds_a_link_to_no_heading(self):
        self.write("README.md", "See [limits](docs/limits.md#speed).\n")
        self.assert_finds("check_docs.py", "README.md:1:", "#speed")

    def test_finds_a_path_told_in_prose(self):
        self.write("README.md", "Tested by `tests/unit/nothing.cpp`.\n")
        self.assert_finds("check_docs.py", "README.md:1:", "tests/unit/nothing.cpp")


if __name__ == "__main__":
    unittest.main()
