"""Runs programs with and without the guard. The build says where things are, by two variables."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

LIBRARY = os.environ.get("HOLDFAST_GUARD_LIBRARY", "")
VICTIMS = pathlib.Path(os.environ.get("HOLDFAST_GUARD_VICTIMS", "."))
SECONDS = 120


class outcome:
    def __init__(self, status, out, said):
        self.status, self.out, self.said = status, out, said

    def __repr__(self):
        return f"status {self.status}\n{self.out}{self.said}"

    def reports(self):
        """The first line of each report."""
        known = ("ignored", "HOLDFAST_GUARD=key", "status")
        return [line[16:] for line in self.said.splitlines()
                if line.startswith("holdfast-guard: ") and not any(word in line for word in known)]


def run(command, options=None, text=None, more=None, folder=None):
    """`options` None: without the guard."""
    environment = {**os.environ, **(more or {})}
    for name in ("LD_PRELOAD", "HOLDFAST_GUARD"):
        environment.pop(name, None)
    if options is not None:
        environment["LD_PRELOAD"] = LIBRARY
        environment["HOLDFAST_GUARD"] = options
    done = subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True,
                          errors="replace", timeout=SECONDS, env=environment, cwd=folder)
    return outcome(done.returncode, done.stdout, done.stderr)


def victim(name, *arguments, options=None):
    return run([VICTIMS / name, *arguments], options)


def program(name):
    """Where it is; skips the test where it is not."""
    found = shutil.which(name, path="/usr/bin:/bin:/usr/local/bin") or shutil.which(name)
    if found is None:
        raise unittest.SkipTest(f"{name} is not installed")
    return found


@unittest.skipUnless(LIBRARY, "HOLDFAST_GUARD_LIBRARY says where the guard is; ctest sets it")
class guard_case(unittest.TestCase):
    def same_with_guard(self, command, options, text=None, folder=None):
        """Same status, same output, nothing else on stderr."""
        plain, guarded = run(command, None, text, folder=folder), run(command, options, text, folder=folder)
        self.assertEqual((plain.status, plain.out, plain.said), (guarded.status, guarded.out, guarded.said), options)
        return guarded

    def scratch(self):
        folder = tempfile.TemporaryDirectory(prefix="holdfast-guard-")
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)


main = unittest.main
