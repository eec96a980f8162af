"""A few bugs of the real lists are caught.

The sample is another one each day; HOLDFAST_MUTATION_SEED=N repeats one. All bugs: scripts/run_mutations.py.
"""

import os
import pathlib
import subprocess
import sys
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/run_mutations.py"


class Sample(unittest.TestCase):
    def test_some_bugs_of_the_lists_are_caught(self):
        seed = os.environ.get("HOLDFAST_MUTATION_SEED", str(int(time.time()) // 86400))
        done = subprocess.run([sys.executable, "-B", SCRIPT, "--sample", "3", "--seed", seed], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
