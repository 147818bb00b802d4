"""Prints `passed failed skipped` of a JUnit file, as ctest and pytest write them."""
import sys
import xml.etree.ElementTree


def counts(path):
    root = xml.etree.ElementTree.parse(path).getroot()
    passed = failed = skipped = 0
    for case in root.iter("testcase"):
        kinds = {child.tag for child in case}
        if "failure" in kinds or "error" in kinds or case.get("status") == "fail":
            failed += 1
        elif "skipped" in kinds or case.get("status") in ("notrun", "disabled"):
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


if __name__ == "__main__":
    print(*counts(sys.argv[1]))
