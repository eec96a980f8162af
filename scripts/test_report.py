#!/usr/bin/env python3
"""Reads the JUnit file of a ctest run: tells each failed test and its output, then counts.

  test_report.py FILE        last line: PASSED FAILED SKIPPED
"""

import sys
import xml.etree.ElementTree as xml

SHOWN_TESTS = 20
SHOWN_LINES = 60


def was_skipped(case):
    """A test that said so itself; one that could not be started has failed."""
    message = case.find("skipped")
    return case.get("status") == "disabled" or (
        case.get("status") == "notrun" and message is not None and message.get("message", "").startswith("SKIP_"))


def tell(case):
    output = (case.findtext("system-out") or "").rstrip().splitlines()
    failure = case.find("failure")
    if failure is None:
        failure = case.find("skipped")
    why = failure.get("message", "") if failure is not None else ""
    print(f"\nFAILED {case.get('name')} {f'({why})' if why else ''}")
    if len(output) > SHOWN_LINES:
        print(f"  … {len(output) - SHOWN_LINES} lines before")
    for line in output[-SHOWN_LINES:]:
        print("  " + line)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        cases = list(xml.parse(sys.argv[1]).getroot().iter("testcase"))
    except (OSError, xml.ParseError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")
    skipped = [case for case in cases if was_skipped(case)]
    failed = [case for case in cases if case.get("status") != "run" and case not in skipped]
    if not cases:
        sys.exit(f"{sys.argv[1]}: no test ran")
    for case in failed[:SHOWN_TESTS]:
        tell(case)
    if len(failed) > SHOWN_TESTS:
        print(f"\n… and {len(failed) - SHOWN_TESTS} more: " + " ".join(case.get("name") for case in failed[SHOWN_TESTS:]))
    print(len(cases) - len(failed) - len(skipped), len(failed), len(skipped))


if __name__ == "__main__":
    main()
