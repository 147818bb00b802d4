"""Starts what is measured and puts load on it: server on one core, load on another; loopback."""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import wire

CORES = sorted(os.sched_getaffinity(0))


def pinned(core):
    """Server on core 0, load on core 1, where there are two."""
    return ["taskset", "-c", str(CORES[core])] if len(CORES) > 1 else []


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process that listens on `port`; `{port}` in the command becomes that."""

    def __init__(self, command, prefix=None, patience_s=30):
        self.port = free_port()
        words = [word.replace("{port}", str(self.port)) for word in command]
        start = pinned(0) if prefix is None else prefix
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(start + words, stdout=self.log, stderr=self.log)
        self._await(patience_s)

    def _await(self, patience_s):
        ends = time.monotonic() + patience_s
        while time.monotonic() < ends:
            if self.process.poll() is not None:
                self.log.seek(0)
                raise SystemExit("the server died: " + self.log.read().decode()[-800:])
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        self.stop()
        raise SystemExit("the server does not listen")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def cpu_us(self):
        """All threads: user and system."""
        total = 0
        for task in os.listdir(f"/proc/{self.process.pid}/task"):
            with open(f"/proc/{self.process.pid}/task/{task}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e3

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Tools:
    """The programs of one build folder."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.scratch = tempfile.mkdtemp(prefix="squall-perf-")

    def path(self, name):
        for folder in (self.build, self.build + "/tests/perf"):
            if os.path.exists(f"{folder}/{name}"):
                return f"{folder}/{name}"
        sys.exit(f"{name} is not built: run tests/perf/run")

    def squall(self, prefix=None, patience_s=30, flags=()):
        return Server([self.path("squall"), "serve", "--port", "{port}", "--quiet", *flags], prefix,
                      patience_s)

    def textbook(self):
        return Server([self.path("perf_textbook"), "{port}"])

    def file(self, requests):
        return wire.save(os.path.join(self.scratch, "load.bin"), requests)

    def blast(self, port, requests, *flags):
        command = pinned(1) + [self.path("perf_blast"), str(port), self.file(requests)]
        done = subprocess.run(command + [str(flag) for flag in flags], capture_output=True,
                              text=True, timeout=600, check=False)
        if not done.stdout.strip():
            sys.exit("blast: " + done.stderr)
        figures = json.loads(done.stdout.strip().splitlines()[-1])
        if set(figures["codes"]) - {"200"}:
            sys.exit("a request failed: " + done.stderr[-900:])
        return figures

    def call(self, port, request):
        """The body of one answer."""
        command = [self.path("perf_blast"), str(port), self.file([request]), "-n", "1", "--show"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
        return done.stdout.rsplit("\n{", 1)[0]

    def run_instances(self, port, count, chunk=100):
        """Ids of `count` new instances, spread over the default subnets (each holds 4,091)."""
        subnets = re.findall(r"<subnetId>(subnet-\w+)<",
                             self.call(port, wire.query(port, "ec2", "DescribeSubnets")))
        images = self.call(port, wire.query(port, "ec2", "DescribeImages", Owner_1="amazon"))
        image = re.search(r"<imageId>(ami-\w+)<", images).group(1)
        ids = []
        while len(ids) < count:
            n = min(chunk, count - len(ids))
            answer = self.call(port, wire.query(
                port, "ec2", "RunInstances", ImageId=image, InstanceType="t3.micro", MinCount=n,
                MaxCount=n, SubnetId=subnets[len(ids) // chunk % len(subnets)],
                TagSpecification_1_ResourceType="instance",
                TagSpecification_1_Tag_1_Key="Name", TagSpecification_1_Tag_1_Value="bench"))
            made = re.findall(r"<instanceId>(i-[0-9a-f]+)</instanceId>", answer)
            if not made:
                sys.exit("RunInstances failed: " + answer[:600])
            ids += dict.fromkeys(made)
        return ids
