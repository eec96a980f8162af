"""A small tree in a temporary folder, and a check of scripts/ run on it."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


class scratch_tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def header(self, path, *includes):
        self.write(path, "// A header.\n#pragma once\n" + "".join(f"#include <{each}>\n" for each in includes))

    def check(self, script, *arguments):
        """(exit status, what it printed)"""
        result = subprocess.run([sys.executable, "-B", str(SCRIPTS / script), "--root", str(self.root), *arguments],
                                capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr

    def assert_passes(self, script, *arguments):
        status, said = self.check(script, *arguments)
        self.assertEqual(status, 0, said)

    def assert_finds(self, script, *parts, arguments=()):
        """The check fails, and one line of what it says has all the parts."""
        status, said = self.check(script, *arguments)
        self.assertEqual(status, 1, said)
        self.assertTrue(any(all(part in line for part in parts) for line in said.splitlines()),
                        f"no line with {parts} in:\n{said}")
