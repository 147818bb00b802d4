"""Starts the real binary for a test and keeps every client on loopback."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUARD = pathlib.Path(__file__).resolve().parent / "guard"
sys.path.insert(0, str(GUARD))

import loopback_only  # noqa: E402

BINARY = pathlib.Path(os.environ.get("SQUALL_BIN", ROOT / "build/release/squall"))
REGION = "ap-south-1"
READY_TIMEOUT_S = 20
REFUSING_PROXY = "http://127.0.0.1:9"  # the discard port: nobody listens


def client_environment(endpoint, guard_log, account):
    """What a client gets: our endpoint, dummy credentials, and no way to AWS by mistake."""
    kept = {key: value for key, value in os.environ.items()
            if not key.upper().startswith("AWS_") and not key.upper().endswith("_PROXY")}
    proxies = {name: REFUSING_PROXY for name in
               ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")}
    return {
        **kept, **proxies, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
        "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1",
        "PYTHONPATH": str(GUARD), "PYTHONDONTWRITEBYTECODE": "1",
        "SQUALL_GUARD_LOG": str(guard_log),
    }


class Squall:
    """A server under test, and the ways in which tests talk to it."""

    def __init__(self, arguments, guard_log):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, bufsize=1)
        self.lines = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.endpoint = f"http://127.0.0.1:{self._wait_until_ready()}"
        self.environment = client_environment(self.endpoint, guard_log, account="000000000000")

    def _read(self):
        """Keeps the pipe empty, so that a talkative server never blocks on it."""
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Ready."):
                self._ready.set()
        self._ready.set()  # it ended: whoever waits shall look

    def _wait_until_ready(self):
        self._ready.wait(READY_TIMEOUT_S)
        said = "\n".join(self.lines)
        ports = re.findall(r":(\d{2,5})\b", said)
        if "Ready." not in said or not ports:
            self.process.kill()
            raise AssertionError(f"the server did not get ready: {said}")
        return int(ports[-1])

    def stop(self, signal_number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        try:
            code = self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(timeout=5)
        return code

    def http(self, method, path, body=None):
        """The control API. Returns the status and the text."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.endpoint + path, method=method, data=data,
            headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def dump(self):
        status, text = self.http("GET", "/_squall/dump")
        assert status == 200, text
        return text

    def advance(self, seconds):
        status, text = self.http("POST", "/_squall/clock", {"advance": seconds})
        assert status == 200, text

    def run(self, *command, check=True):
        """A client program in its own process, under the guard."""
        done = subprocess.run(
            [str(word) for word in command], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600, check=False)
        if check:
            assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
        return done

    def aws(self, *words):
        """The AWS CLI of the virtual environment; its answer as a document."""
        program = pathlib.Path(sys.executable).parent / "aws"
        text = self.run(program, *words, "--output", "json").stdout
        return json.loads(text) if text.strip() else {}

    def client(self, service, **named):
        import boto3  # here, so that suites without boto3 can use the rest

        return boto3.client(
            service, region_name=REGION, endpoint_url=self.endpoint,
            aws_access_key_id="000000000000", aws_secret_access_key="test", **named)


@pytest.fixture(autouse=True)
def guard_log(tmp_path, monkeypatch):
    """Any attempt to leave loopback, here or in a child, fails the test that made it."""
    log = tmp_path / "left-loopback.txt"
    monkeypatch.setenv("SQUALL_GUARD_LOG", str(log))
    loopback_only.install()
    yield log
    attempts = log.read_text(encoding="utf-8") if log.exists() else ""
    assert not attempts, f"a client tried to leave loopback:\n{attempts}"


@pytest.fixture
def start_squall(guard_log):
    """Starts servers with flags of the test's choice; all are stopped afterwards."""
    started = []

    def start(*arguments):
        started.append(Squall(arguments, guard_log))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture
def squall(start_squall):
    """A server whose clock moves only when told."""
    return start_squall("--pace", "held")
