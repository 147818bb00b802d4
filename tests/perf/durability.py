"""What --data-dir costs, and how long snapshots take: durability.py BUILD_FOLDER. A report."""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import dynamodb
import wire
from bench import REPEATS, report
from server import Server, Tools

ITEMS, RESOURCES = 100_000, 1_000


def rate(tools, server, requests, connections, seconds):
    return tools.blast(server.port, requests, "-c", connections, "-d", seconds)


def everywhere(tools, flags):
    """Server and load share the cores: the log's writer is a thread of the server's."""
    return Server([tools.path("squall"), "serve", "--port", "{port}", "--quiet", *flags], [])


def writes(tools):
    seconds = float(os.environ.get("PERF_SECONDS", "2"))
    folder = tempfile.mkdtemp(prefix="squall-durable-")
    with everywhere(tools, []) as memory, everywhere(tools, ["--data-dir", folder]) as disk:
        loads = [(server, dynamodb.prepared(tools, server)) for server in (memory, disk)]
        for row in ("PutItem", "UpdateItem", "GetItem"):
            for connections in (1, 8, 32):
                found = {0: [], 1: []}
                for _ in range(REPEATS):
                    for which, (server, requests) in enumerate(loads):
                        found[which].append(rate(tools, server, requests[row], connections,
                                                 seconds))
                best = [max(f["rps"] for f in found[which]) for which in (0, 1)]
                p99 = min(f["p99_us"] for f in found[1])
                report(f"{row}, {connections} connections, --data-dir",
                       f"{best[1]:,.0f}/s of {best[0]:,.0f}/s = {best[1] / best[0]:.2f}, p99 "
                       f"{p99:,.0f} us", ">= 0.33 at 8" if row == "PutItem" else "-",
                       row != "PutItem" or connections != 8 or best[1] * 3 >= best[0])
    shutil.rmtree(folder)


def control(port, method, path, body=None):
    """Milliseconds of one request to the control API."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    text = json.dumps(body) if body else None
    began = time.perf_counter()
    connection.request(method, path, text, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = answer.read()
    spent = (time.perf_counter() - began) * 1e3
    if answer.status != 200:
        sys.exit(f"{path}: {said.decode()}")
    return spent


def snapshots(tools, flags, what):
    with everywhere(tools, flags) as server:
        dynamodb.make_table(tools, server.port, "bench")
        dynamodb.fill(tools, server.port, "bench",
                      [(u, o) for u in range(ITEMS // 25) for o in range(25)])
        users = [wire.query(server.port, "ec2", "CreateSecurityGroup", GroupName=f"g{i}",
                            GroupDescription="bench") for i in range(RESOURCES)]
        tools.blast(server.port, users, "-c", 1, "-n", len(users))
        change = [dynamodb.call(server.port, "PutItem", {
            "TableName": "bench", "Item": dynamodb.item(u, 0)}) for u in range(1000)]
        saves, restores = [], []
        for i in range(7):
            saves.append(control(server.port, "POST", "/_squall/snapshots", {"name": f"s{i}"}))
            tools.blast(server.port, change, "-c", 8, "-n", len(change))
            restores.append(control(server.port, "POST", f"/_squall/snapshots/s{i}/restore"))
        report(f"Snapshot of {ITEMS:,} items and {RESOURCES:,} resources{what}",
               f"save {statistics.median(saves):.1f} ms, restore "
               f"{statistics.median(restores):.1f} ms", "milliseconds", True)


def starts(tools):
    folder = tempfile.mkdtemp(prefix="squall-durable-")
    flags = ["--data-dir", folder]

    def start_ms():
        began = time.perf_counter()
        process = subprocess.Popen([tools.path("squall"), "serve", "--port", "0", *flags],
                                   stdout=subprocess.PIPE, text=True)
        while not process.stdout.readline().startswith("Ready."):
            pass
        spent = (time.perf_counter() - began) * 1e3
        process.kill()
        process.wait()
        return spent

    empty = min(start_ms() for _ in range(5))
    with everywhere(tools, flags) as server:
        dynamodb.make_table(tools, server.port, "bench")
        dynamodb.fill(tools, server.port, "bench", [(u, o) for u in range(40) for o in range(25)])
    small = min(start_ms() for _ in range(5))
    with everywhere(tools, flags) as server:
        dynamodb.fill(tools, server.port, "bench",
                      [(u, o) for u in range(ITEMS // 25) for o in range(25)])
    report("Start from a data directory", f"empty {empty:.0f} ms, 1,000 items {small:.0f} ms, "
           f"{ITEMS:,} items {min(start_ms() for _ in range(3)):.0f} ms", "-", True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    built = Tools(sys.argv[1])
    writes(built)
    snapshots(built, [], "")
    kept = tempfile.mkdtemp(prefix="squall-durable-")
    snapshots(built, ["--data-dir", kept], ", --data-dir")
    shutil.rmtree(kept)
    starts(built)
