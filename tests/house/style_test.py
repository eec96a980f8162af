"""scripts/check_style.py must fail on what the house style forbids."""
# covers hf.house.style-is-checked

import unittest

from scratch_tree import scratch_tree


class Style(scratch_tree):
    def code(self, line):
        self.write("holdfast/map/map.hpp", f"// A map.\n#pragma once\n{line}\n")

    def test_passes_a_plain_header(self):
        self.code("// TODO(perf): batch it; one at a time costs a call each")
        self.assert_passes("check_style.py")

    def test_finds_long_files_outside_tests_and_bench(self):
        long = "// Long.\n#pragma once\n" + "int x;\n" * 500
        for path in ("holdfast/map/map.hpp", "holdfast/map/map.cpp", "tests/unit/map.cpp", "bench/micro/map.cpp"):
            self.write(path, long)
        status, said = self.check("check_style.py")
        self.assertEqual(status, 1)
        self.assertIn("holdfast/map/map.hpp: 502 lines", said)
        self.assertIn("holdfast/map/map.cpp: 502 lines", said)
        self.assertIn("2 findings", said)

    def test_finds_drawers(self):
        self.write("holdfast/map/detail/map.hpp", "// A map.\n#pragma once\n")
        self.assert_finds("check_style.py", "holdfast/map/detail/map.hpp", "drawer")
        self.write("holdfast/map/utils.hpp", "// A map.\n#pragma once\n")
        self.assert_finds("check_style.py", "holdfast/map/utils.hpp", "drawer")

    def test_finds_marks_without_a_kind(self):
        self.code("// TO" + "DO: later")
        self.assert_finds("check_style.py", "holdfast/map/map.hpp:3:", "without its kind")

    def test_finds_functions_named_impl(self):
        self.code("void insert_" + "impl(int);")
        self.assert_finds("check_style.py", "holdfast/map/map.hpp:3:", "named after its being inside")

    def test_finds_paths_of_one_machine(self):
        self.code("// see /ho" + "me/ann/notes.txt")
        self.assert_finds("check_style.py", "holdfast/map/map.hpp:3:", "a path of one machine")

    def test_finds_a_header_without_its_guard(self):
        self.write("holdfast/map/map.hpp", "// A map.\nint x;\n")
        self.assert_finds("check_style.py", "holdfast/map/map.hpp", "#pragma once")


if __name__ == "__main__":
    unittest.main()
