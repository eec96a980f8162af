#!/usr/bin/env python3
"""Holds the instructions of writes to a sync_map against the golden counts; see callgrind_operations.py.

  callgrind_sync_map.py --program build/.../callgrind_sync_map [--update]
"""

import pathlib

from callgrind_operations import main

if __name__ == "__main__":
    # covers hf.concurrent.write-short
    main(__doc__, ("overwrite_pair", "overwrite_text", "erase_store_pair", "insert_pair"),
         pathlib.Path(__file__).with_suffix(".json"))
