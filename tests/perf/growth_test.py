"""The growth gate: user instructions a request, counted by callgrind, must not grow with the number
of resources (PERF: look-ups by id and creations are flat from 100 to 10,000).

    growth_test.py BUILD_FOLDER     exit code 0 held, 1 grew, 77 no valgrind

Counting is switched on when everything is deployed and warm, and virtual time is held: start,
deployment and the World's own loops do not count. Instructions repeat where seconds do not."""
import glob
import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wire
from server import Tools

FEW, MANY = 100, 10_000
REQUESTS, WARM = 200, 50
# Look-ups may not notice how much there is. What creates is entered into ordered maps, whose depth
# is the logarithm of their size: 100 to 10,000 doubles it, and that much growth is flat.
LOOK_UP_MAX, CREATE_MAX = 1.1, 1.15


def control(server, *arguments):
    subprocess.run(["callgrind_control", *arguments, str(server.process.pid)], check=True,
                   capture_output=True, timeout=120)


def groups(port, label, count):
    return [wire.query(port, "ec2", "CreateSecurityGroup", GroupDescription="growth",
                       GroupName=f"{label}-{i}") for i in range(count)]


def id_of(tools, port, action, tag):
    return re.search(f"<{tag}>([^<]+)<", tools.call(port, wire.query(port, "ec2", action))).group(1)


def loads(tools, port, instances):
    """(row, greatest ratio, requests), the first WARM of which are not counted; creations last."""
    image = re.search(r"<imageId>(ami-\w+)<", tools.call(
        port, wire.query(port, "ec2", "DescribeImages", Owner_1="amazon"))).group(1)
    vpc = id_of(tools, port, "DescribeVpcs", "vpcId")
    group = id_of(tools, port, "DescribeSecurityGroups", "groupId")
    some = instances[::len(instances) // WARM][:WARM]

    def query(action, **parameters):
        return [wire.query(port, "ec2", action, **parameters)]

    return [
        ("DescribeInstances by id", LOOK_UP_MAX,
         [one for i in some for one in query("DescribeInstances", InstanceId_1=i)]),
        ("DescribeInstances by tag, no match", LOOK_UP_MAX,
         query("DescribeInstances", Filter_1_Name="tag:Name", Filter_1_Value_1="nope")),
        ("DescribeVpcs by id", LOOK_UP_MAX, query("DescribeVpcs", VpcId_1=vpc)),
        ("DescribeSecurityGroups by id", LOOK_UP_MAX,
         query("DescribeSecurityGroups", GroupId_1=group)),
        ("CreateSecurityGroup", CREATE_MAX, groups(port, "counted", WARM + REQUESTS)),
        ("RunInstances", CREATE_MAX,
         query("RunInstances", ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)),
    ]


def dumped(out, number):
    """Instructions since the dump before."""
    path = f"{out}.{number}"
    for _ in range(100):
        if os.path.exists(path):
            with open(path, encoding="ascii", errors="replace") as file:
                totals = re.findall(r"^totals: (\d+)", file.read(), re.MULTILINE)
            if totals:
                return int(totals[0])
        time.sleep(0.1)
    sys.exit(f"callgrind left no figures: {glob.glob(out + '*')}")


def per_request(tools, resources):
    """Instructions a request by row, with so many instances and as many security groups."""
    out = f"{tools.scratch}/callgrind.{resources}"
    prefix = ["valgrind", "--tool=callgrind", "--instr-atstart=no",
              f"--callgrind-out-file={out}"]
    counts = {}
    with tools.squall(prefix, patience_s=120, flags=["--pace", "held"]) as server:
        port = server.port
        instances = tools.run_instances(port, resources, chunk=100)
        there = groups(port, "there", resources)
        tools.blast(port, there, "-c", 1, "-n", len(there))
        for number, (row, ratio_max, load) in enumerate(loads(tools, port, instances), 1):
            counted = load[WARM:] or load  # whatever is created needs a name of its own
            tools.blast(port, load[:WARM], "-c", 1, "-n", WARM)
            control(server, "--instr=on")
            tools.blast(port, counted, "-c", 1, "-n", REQUESTS)
            control(server, "--instr=off")
            control(server, f"--dump={row}")
            counts[row] = dumped(out, number) / REQUESTS, ratio_max
    return counts


def main():
    if not shutil.which("callgrind_control"):
        print("growth: skipped, valgrind is not installed")
        return 77
    tools = Tools(sys.argv[1])
    few, many = per_request(tools, FEW), per_request(tools, MANY)
    code = 0
    for row, (before, ratio_max) in few.items():
        after = many[row][0]
        held = after / before <= ratio_max
        print(f"growth: {row:36s} {before:9,.0f} instructions a request at {FEW}, {after:9,.0f} at "
              f"{MANY:,}: {after / before:.3f}x, at most {ratio_max}x: "
              f"{'held' if held else 'GREW'}", flush=True)
        code = code if held else 1
    return code


if __name__ == "__main__":
    sys.exit(main())
