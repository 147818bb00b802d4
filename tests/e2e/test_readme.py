"""The README says what the binary says."""
import subprocess

import conftest


def test_the_coverage_table_is_the_binarys():
    readme = (conftest.ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- coverage -->\n")[1].split("<!-- /coverage -->")[0]
    printed = subprocess.run([conftest.BINARY, "coverage"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout
    assert shown == printed, "paste the output of `squall coverage` between the marks"
