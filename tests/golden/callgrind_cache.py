#!/usr/bin/env python3
"""Holds the instructions of a load from a pointer_cache against the golden counts; see callgrind_operations.py.

  callgrind_cache.py --program build/.../callgrind_cache [--update]
"""

import pathlib

from callgrind_operations import main

if __name__ == "__main__":
    main(__doc__, ("load_cache_u64", "load_bounded_cache_u64"), pathlib.Path(__file__).with_suffix(".json"))
