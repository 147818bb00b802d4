"""The growth gate: user instructions a request, counted by callgrind, must not grow with the number
of resources (PERF: DescribeInstances by id, 100 to 10,000, at most 1.1 times).

    growth_test.py BUILD_FOLDER     exit code 0 held, 1 grew, 77 no valgrind

Counting is switched on when everything is deployed and warm, and virtual time is held: start,
deployment and the World's own loops do not count. Instructions repeat where seconds do not."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wire
from server import Tools

FEW, MANY, RATIO_MAX = 100, 10_000, 1.1
REQUESTS, WARM = 400, 50


def count(server, state):
    subprocess.run(["callgrind_control", "-i", state, str(server.process.pid)], check=True,
                   capture_output=True, timeout=120)


def per_request(tools, resources):
    out = f"{tools.scratch}/callgrind.{resources}"
    prefix = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
              f"--callgrind-out-file={out}"]
    with tools.squall(prefix, patience_s=120, flags=["--pace", "held"]) as server:
        ids = tools.run_instances(server.port, resources, chunk=100)
        load = [wire.query(server.port, "ec2", "DescribeInstances", InstanceId_1=i)
                for i in ids[::len(ids) // WARM]]
        tools.blast(server.port, load, "-c", 1, "-n", WARM)
        count(server, "on")
        tools.blast(server.port, load, "-c", 1, "-n", REQUESTS)
        count(server, "off")
    with open(out, encoding="ascii", errors="replace") as file:
        totals = re.findall(r"^totals: (\d+)", file.read(), re.MULTILINE)
    if not totals:
        sys.exit("callgrind left no figures")
    return sum(map(int, totals)) / REQUESTS


def main():
    if not shutil.which("callgrind_control"):
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
