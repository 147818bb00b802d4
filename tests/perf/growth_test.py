"""The growth gate: user instructions a request, counted by callgrind, must not grow with the number
of resources (PERF: DescribeInstances by id, 100 to 10,000, at most 1.1 times).

    growth_test.py BUILD_FOLDER     exit code 0 held, 1 grew, 77 no valgrind

Each figure is the difference of two runs that differ only in the number of requests, so that start
and deployment cancel out. Instructions are repeatable where seconds are not."""
import glob
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wire
from server import Tools

FEW, MANY, RATIO_MAX = 100, 10_000, 1.1
LESS, MORE = 200, 1200


def instructions(tools, resources, count):
    """All of a server's life: start, `resources` instances, `count` requests."""
    out = f"{tools.scratch}/callgrind.{resources}.{count}"
    prefix = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
    with tools.squall(prefix, patience_s=120) as server:
        ids = tools.run_instances(server.port, resources, chunk=min(resources, 500))
        step = max(1, len(ids) // 50)
        load = [wire.query(server.port, "ec2", "DescribeInstances", InstanceId_1=i)
                for i in ids[::step]]
        tools.blast(server.port, load, "-c", 1, "-n", count)
    for path in glob.glob(out + "*"):
        with open(path, encoding="ascii", errors="replace") as file:
            found = re.search(r"^(?:totals|summary): (\d+)", file.read(), re.MULTILINE)
        if found:
            return int(found.group(1))
    sys.exit("callgrind left no figures")


def per_request(tools, resources):
    less, more = (instructions(tools, resources, n) for n in (LESS, MORE))
    return (more - less) / (MORE - LESS)


def main():
    if not shutil.which("valgrind"):
        print("growth: skipped, valgrind is not installed")
        return 77
    tools = Tools(sys.argv[1])
    few, many = per_request(tools, FEW), per_request(tools, MANY)
    ratio = many / few
    verdict = "held" if ratio <= RATIO_MAX else "GREW"
    print(f"growth: DescribeInstances by id: {few:,.0f} instructions a request at {FEW}, "
          f"{many:,.0f} at {MANY:,}: {ratio:.3f}x, at most {RATIO_MAX}x: {verdict}")
    return 0 if ratio <= RATIO_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
