"""What README shows in C++ compiles as it stands there, beside the few things it takes for granted."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = shutil.which("g++") or shutil.which("c++")

# What a reader supplies: his own types, a C library, variables that the text speaks of.
GIVEN = """
#include <cstdio>
#include <iterator>
#include <string>
struct session { void report() const {} };
extern "C" unsigned char* stbi_load(const char*, int*, int*, int*, int);
extern "C" void stbi_image_free(void*);
struct given {
  const char* path = "";
  std::string name;
  int w = 0, h = 0, n = 0;
};
"""


class Readme(unittest.TestCase):
    def blocks(self):
        return re.findall(r"^```cpp\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)

    def test_shows_some(self):
        self.assertGreaterEqual(len(self.blocks()), 3)

    @unittest.skipUnless(COMPILER, "no compiler")
    def test_compiles_as_it_stands(self):
        for block in self.blocks():
            includes = [line for line in block.splitlines() if line.startswith("#include")]
            rest = [line for line in block.splitlines() if not line.startswith("#include")]
            handle = "holdfast::resource_handle" if "adopt(" in block else "int"
            source = "\n".join([GIVEN, *includes, "#include <holdfast/concurrent/sync_map.hpp>",
                                f"using pictures_map = holdfast::sync_map<std::string, {handle}>;",
                                "void shown(given& it, pictures_map& pictures) {",
                                "[[maybe_unused]] auto& [path, name, w, h, n] = it; (void)pictures;", *rest, "}"])
            with self.subTest(includes[0] if includes else "?"), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "shown.cpp"
                file.write_text(source, encoding="utf-8")
                result = subprocess.run([COMPILER, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", f"-I{ROOT}", str(file)],
                                        capture_output=True, text=True, check=False)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(result.stderr, "")


if __name__ == "__main__":
    unittest.main()
