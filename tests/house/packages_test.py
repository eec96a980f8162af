"""The table of packages that ./dev installs must be a table: an apostrophe in it ends it halfway."""

import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Packages(unittest.TestCase):
    def setUp(self):
        self.run_script = subprocess.run(
            ["bash", "-c", 'source scripts/dev/packages.sh && printf "%s" "$package_table"'],
            cwd=ROOT, capture_output=True, text=True, check=False)

    def test_is_read_without_a_complaint(self):
        self.assertEqual(self.run_script.returncode, 0)
        self.assertEqual(self.run_script.stderr, "")

    def test_has_four_columns_in_each_row(self):
        rows = self.run_script.stdout.strip().splitlines()
        self.assertGreater(len(rows), 20)
        for row in rows:
            self.assertEqual(row.count("|"), 3, row)


if __name__ == "__main__":
    unittest.main()
