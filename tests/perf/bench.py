"""Prints the rows of the performance bar as ratios against TB, the textbook Beast server, run
interleaved: bench.py BUILD_FOLDER. Wall time drifts between machines and minutes, ratios hardly."""
import json
import os
import random
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import wire
from server import Server, Tools, free_port, pinned

HERE = os.path.dirname(os.path.abspath(__file__))
REPEATS = int(os.environ.get("PERF_REPEATS", "5"))
SECONDS = float(os.environ.get("PERF_SECONDS", "1"))


def report(row, measured, goal, reached):
    sign = "reached" if reached else "MISSED "
    print(f"{row:44s} {measured:>48s}   goal {goal:24s} {sign}", flush=True)


def load(tools, server, requests, connections=8, count=None):
    """One run: requests a second and CPU microseconds a request. With one connection the server
    falls asleep after each request, and waking it costs more than a small request does."""
    before = server.cpu_us()
    limit = ("-n", count) if count else ("-d", SECONDS)
    figures = tools.blast(server.port, requests, "-c", connections, *limit)
    return figures["rps"], (server.cpu_us() - before) / figures["n"]


def interleaved(tools, squall, textbook, make, connections=8, count=None):
    """Medians over REPEATS pairs of runs, each pair seconds apart."""
    ratios, costs, yardsticks = [], [], []
    for _ in range(REPEATS):
        requests = make(squall.port)
        tb_rate, tb_cost = load(tools, textbook, requests, connections)
        rate, cost = load(tools, squall, requests, connections, count)
        ratios.append(rate / tb_rate)
        costs.append(cost)
        yardsticks.append(tb_cost)
    return (statistics.median(values) for values in (ratios, costs, yardsticks))


def simple_calls(tools, squall, textbook):
    made = tools.call(squall.port, wire.query(
        squall.port, "rds", "CreateDBInstance", DBInstanceIdentifier="db1", Engine="postgres",
        DBInstanceClass="db.t3.micro", AllocatedStorage=20, MasterUsername="admin1",
        MasterUserPassword="secret123"))
    if "<DBInstanceIdentifier>db1<" not in made:
        sys.exit("CreateDBInstance failed: " + made[:400])
    for service, action in (("sts", "GetCallerIdentity"), ("ec2", "DescribeVpcs"),
                            ("rds", "DescribeDBInstances")):
        ratio, cost, tb = interleaved(tools, squall, textbook,
                                      lambda port: [wire.query(port, service, action)])
        report(f"{action}, 8 connections", f"{ratio:.2f}x TB ({cost:.1f} us CPU, TB {tb:.1f})",
               ">= 0.75x TB", ratio >= 0.75)


def run_one(port, image):
    return wire.query(port, "ec2", "RunInstances", ImageId=image, InstanceType="t3.micro",
                      MinCount=1, MaxCount=1)


def image_of(tools, port):
    images = tools.call(port, wire.query(port, "ec2", "DescribeImages", Owner_1="amazon"))
    return images.split("<imageId>")[1].split("<")[0]


def mutations(tools, server, label):
    """Cost of a creation with what is there already; each group has its own name."""
    image = image_of(tools, server.port)
    _, cost = load(tools, server, [run_one(server.port, image)], count=400)
    report(f"RunInstances(1), {label}", f"{cost:.1f} us CPU", "<= 25 us", cost <= 25)
    groups = [wire.query(server.port, "ec2", "CreateSecurityGroup", GroupDescription="d",
                         GroupName=f"{label}-{i}") for i in range(400)]
    _, cost = load(tools, server, groups, count=len(groups))
    report(f"CreateSecurityGroup, {label}", f"{cost:.1f} us CPU", "<= 25 us", cost <= 25)


def growth(tools):
    costs, ids = {}, []
    with tools.squall() as server:
        port = server.port
        for size in (100, 1000, 10_000):
            ids += tools.run_instances(port, size - len(ids))
            some = random.Random(2).sample(ids, 100)
            by_id = [wire.query(port, "ec2", "DescribeInstances", InstanceId_1=i) for i in some]
            costs[size] = statistics.median(load(tools, server, by_id)[1] for _ in range(REPEATS))
            if size == 1000:
                whole = [wire.query(port, "ec2", "DescribeInstances")]
                cost = statistics.median(load(tools, server, whole, 1)[1] for _ in range(REPEATS))
                report("DescribeInstances of 1,000", f"{cost / 1e3:.2f} ms CPU", "<= 2 ms",
                       cost <= 2000)
            none = [wire.query(port, "ec2", "DescribeInstances", Filter_1_Name="tag:Name",
                               Filter_1_Value_1="nope")]
            _, cost = load(tools, server, none)
            report(f"tag filter without match, {size:,} instances", f"{cost:.1f} us CPU",
                   "<= 60 us at 10,000", cost <= 60)
            mutations(tools, server, f"{size:,} instances")
    ratio = costs[10_000] / costs[100]
    report("DescribeInstances by id, 100 to 10,000",
           f"{ratio:.2f}x ({costs[100]:.1f} to {costs[10_000]:.1f} us CPU)", "<= 1.1x",
           ratio <= 1.1)


def cold_start(tools):
    port = free_port()
    first = tools.file([wire.query(port, "sts", "GetCallerIdentity")])
    done = subprocess.run(
        [tools.path("perf_coldstart"), str(port), first, "11", tools.path("squall"), "serve",
         "--port", str(port), "--quiet"], capture_output=True, text=True, timeout=120, check=True)
    figures = json.loads(done.stdout)
    report("start to first answer", f"{figures['ready_ms']:.1f} ms (least "
           f"{figures['least_ms']:.1f})", "<= 5 ms", figures["ready_ms"] <= 5)
    report("idle resident memory", f"{figures['rss_mb']:.1f} MB", "<= 8 MB",
           figures["rss_mb"] <= 8)


def run_stack(port, *flags):
    command = pinned(1) + [sys.executable, "-B", HERE + "/stack.py", f"http://127.0.0.1:{port}"]
    done = subprocess.run(command + list(flags), capture_output=True, text=True, timeout=120,
                          check=False)
    if done.returncode != 0:
        print("the boto3 stack: not measured: " + done.stderr.strip().splitlines()[-1][:200])
        return None
    return json.loads(done.stdout)


def boto3_stack(tools):
    """Against the same answers, recorded: what is left is the server's own time."""
    recorded = os.path.join(tools.scratch, "answers.bin")
    with tools.squall() as server:
        first = run_stack(server.port, "--record", recorded)
    if not first:
        return
    ratios = []
    for _ in range(REPEATS):
        with Server([tools.path("perf_replay"), "{port}", recorded]) as canned:
            least = run_stack(canned.port)
        with tools.squall() as server:
            time.sleep(0.1)
            full = run_stack(server.port)
        ratios.append(full["seconds"] / least["seconds"])
    ratio = statistics.median(ratios)
    report(f"a {first['calls']}-call boto3 stack", f"{ratio:.2f}x canned answers", "<= 1.10x",
           ratio <= 1.10)


def main():
    tools = Tools(sys.argv[1])
    cold_start(tools)
    with tools.squall() as squall, tools.textbook() as textbook:
        simple_calls(tools, squall, textbook)
    growth(tools)
    boto3_stack(tools)


if __name__ == "__main__":
    main()
