#!/usr/bin/env python3
"""Which documented refusals did the C++ tests provoke? Model against record, a row an operation.

The record is what ServiceTest::error() appended to SQUALL_REFUSALS: `service operation code` a
line. tests/refusals.json says which services are held to it and which errors nobody can provoke,
each with its reason. Writes the table to --out and exits 1 if a documented refusal is missing or
a reason given for nothing.
"""
import argparse
import collections
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def documented(service):
    """operation -> the errors its model lists; faults of the server are not the caller's."""
    model = json.loads((ROOT / "services" / service / "model.json").read_text(encoding="utf-8"))
    shapes = model["shapes"]
    faults = {name for name, shape in shapes.items() if shape.get("fault")}
    return {operation: [error for error in facts.get("errors", []) if error not in faults]
            for operation, facts in model["operations"].items()}


def provoked(record):
    seen = collections.defaultdict(set)
    for line in record.read_text(encoding="utf-8").splitlines():
        service, operation, code = line.split(" ")
        seen[service.replace("-", "_"), operation].add(code)  # folders have no hyphens
    return seen


def reason_for(rules, operation, error):
    """Why the error cannot be provoked: by `Operation.Error`, by `Error`, or by `Operation`."""
    for key in (f"{operation}.{error}", error, operation):
        if key in rules:
            return rules[key]
    return None


def stale(service, rules, seen):
    """Reasons that no longer hold: the refusal was provoked after all, or is not documented."""
    pairs = {f"{operation}.{error}" for operation, errors in documented(service).items()
             for error in errors}
    return [f"{service} {key}" for key in rules if "." in key and
            (key not in pairs or key.split(".")[1] in seen[service, key.split(".")[0]])]


def table(service, rules, seen):
    """The rows of a service, how many refusals are provoked, and the missing ones."""
    rows, missing, good = [], [], 0
    for operation, errors in sorted(documented(service).items()):
        cells = []
        for error in errors:
            if error in seen[service, operation]:
                good += 1
                cells.append(error)
            elif reason := reason_for(rules, operation, error):
                cells.append(f"({error}: {reason})")
            else:
                missing.append(f"{service} {operation} {error}")
                cells.append(f"**{error} missing**")
        rows.append(f"| {operation} | {', '.join(cells)} |")
    return rows, good, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("record", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the table, as Markdown")
    options = parser.parse_args()
    seen, text, missing, outdated, total = provoked(options.record), [], [], [], 0
    held = json.loads((ROOT / "tests" / "refusals.json").read_text(encoding="utf-8"))
    for service, rules in held.items():
        rows, good, gaps = table(service, rules, seen)
        text += [f"\n## {service}: {good} provoked, {len(gaps)} missing\n",
                 "| operation | documented refusals (in brackets: cannot be provoked, and why) |",
                 "|---|---|", *rows]
        missing += gaps
        outdated += stale(service, rules, seen)
        total += good
    options.out.write_text("# Documented refusals\n" + "\n".join(text) + "\n", encoding="utf-8")
    for gap in missing:
        print(f"  not provoked: {gap}")
    for row in outdated:
        print(f"  has a reason but needs none: {row}")
    print(f"{total} documented refusals provoked, {len(missing)} missing: {options.out}")
    return 1 if missing or outdated else 0


if __name__ == "__main__":
    sys.exit(main())
