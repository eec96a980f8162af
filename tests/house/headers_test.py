"""scripts/check_headers.py must fail on a header that leans on its includer."""
# covers hf.house.header-alone

import shutil
import unittest

from scratch_tree import scratch_tree


@unittest.skipUnless(shutil.which("g++"), "no g++")
class Headers(scratch_tree):
    def test_passes_headers_that_stand_alone(self):
        self.header("holdfast/map/map.hpp", "vector")
        self.assert_passes("check_headers.py", "--compiler", "g++")

    def test_finds_a_header_that_does_not(self):
        self.write("holdfast/map/map.hpp", "// A map.\n#pragma once\ninline std::string name;\n")
        self.assert_finds("check_headers.py", "holdfast/map/map.hpp", "does not compile alone with g++", "std",
                          arguments=("--compiler", "g++"))


if __name__ == "__main__":
    unittest.main()
