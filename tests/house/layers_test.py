"""scripts/check_layers.py must fail on every include that does not point down, and say where."""
# covers hf.house.includes-point-down
# covers hf.house.no-include-cycle

import unittest

from scratch_tree import scratch_tree


class Layers(scratch_tree):
    def setUp(self):
        super().setUp()
        self.header("holdfast/base/lang/config.hpp")
        self.header("holdfast/base/observe/live_set.hpp", "holdfast/base/lang/config.hpp")
        self.header("holdfast/table/table.hpp", "holdfast/base/observe/live_set.hpp")
        self.header("holdfast/map/map.hpp", "vector", "holdfast/table/table.hpp")

    def test_passes_when_includes_point_down(self):
        self.assert_passes("check_layers.py")

    def test_finds_a_planted_upward_include(self):
        self.header("holdfast/table/find.hpp", "holdfast/table/table.hpp", "holdfast/map/map.hpp")
        self.assert_finds("check_layers.py", "holdfast/table/find.hpp:4:", "room table includes holdfast/map/map.hpp",
                          "above it")

    def test_the_guard_may_include_little(self):
        self.header("guard/lock.hpp")
        self.header("guard/slots.hpp", "guard/lock.hpp", "holdfast/base/lang/config.hpp")
        self.assert_passes("check_layers.py")
        self.header("guard/report.hpp", "holdfast/base/observe/live_set.hpp")
        self.assert_finds("check_layers.py", "guard/report.hpp:3:", "it may include guard/")

    def test_finds_an_upward_include_between_the_rooms_of_the_ground(self):
        self.header("holdfast/base/lang/failure.hpp", "holdfast/base/observe/live_set.hpp")
        self.assert_finds("check_layers.py", "holdfast/base/lang/failure.hpp:3:", "room base/observe is above it")

    def test_finds_an_include_of_the_same_floor(self):
        self.header("holdfast/base/hash/hash.hpp")
        self.header("holdfast/base/sync/lock.hpp", "holdfast/base/hash/hash.hpp")
        self.header("holdfast/base/memory/arena.hpp", "holdfast/base/hash/hash.hpp")
        self.assert_finds("check_layers.py", "holdfast/base/memory/arena.hpp:3:", "room base/hash is on its own floor")

    def test_finds_an_upward_include_in_a_source(self):
        self.write("holdfast/table/table.cpp", '// A source.\n#include "holdfast/map/map.hpp"\n')
        self.assert_finds("check_layers.py", "holdfast/table/table.cpp:2:", "above it")

    def test_finds_a_planted_cycle_inside_one_room(self):
        self.header("holdfast/table/grow.hpp", "vector", "holdfast/table/move.hpp")
        self.header("holdfast/table/move.hpp", "holdfast/table/step.hpp")
        self.header("holdfast/table/step.hpp", "holdfast/table/grow.hpp")
        self.assert_finds("check_layers.py", "holdfast/table/step.hpp:3:", "closes an include cycle",
                          "grow.hpp -> holdfast/table/move.hpp -> holdfast/table/step.hpp -> holdfast/table/grow.hpp")

    def test_finds_a_header_that_includes_itself(self):
        self.header("holdfast/map/set.hpp", "holdfast/map/set.hpp")
        self.assert_finds("check_layers.py", "holdfast/map/set.hpp:3:", "closes an include cycle")

    def test_finds_each_of_two_cycles(self):
        for name in ("a", "b"):
            self.header(f"holdfast/map/{name}_one.hpp", f"holdfast/map/{name}_two.hpp")
            self.header(f"holdfast/map/{name}_two.hpp", f"holdfast/map/{name}_one.hpp")
        _, said = self.check("check_layers.py")
        self.assertEqual(said.count("closes an include cycle"), 2, said)

    def test_a_file_included_twice_is_no_cycle(self):
        self.header("holdfast/map/set.hpp", "holdfast/map/map.hpp", "holdfast/table/table.hpp")
        self.assert_passes("check_layers.py")

    def test_finds_a_file_in_no_room(self):
        self.header("holdfast/attic/box.hpp")
        self.header("holdfast/all.hpp")
        self.assert_finds("check_layers.py", "holdfast/attic/box.hpp:", "'attic', which is not a room")
        self.assert_finds("check_layers.py", "holdfast/all.hpp:", "'no room', which is not a room")

    def test_finds_a_folder_below_a_room(self):
        self.header("holdfast/map/detail/box.hpp")
        self.assert_finds("check_layers.py", "'map/detail', which is not a room")

    def test_finds_a_room_that_includes_a_test(self):
        self.header("tests/support/box.hpp")
        self.header("holdfast/map/set.hpp", "tests/support/box.hpp")
        self.assert_finds("check_layers.py", "holdfast/map/set.hpp:3:", "a room includes tests/support/box.hpp")

    def test_finds_a_path_that_is_not_from_the_root(self):
        self.write("holdfast/map/set.hpp", '// A header.\n#pragma once\n#include "map.hpp"\n')
        self.assert_finds("check_layers.py", "holdfast/map/set.hpp:3:", "not a path below the project's root")


if __name__ == "__main__":
    unittest.main()
