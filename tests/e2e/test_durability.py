"""A server with --data-dir is killed under load, again and again: what it acknowledged is there
afterwards, nothing is half there. SQUALL_KILLS sets how often (default: as many as fit into
SQUALL_KILL_SECONDS, 60), SQUALL_KILL_SEED where."""
import json
import os
import random
import signal
import subprocess
import time

import conftest
from durable_client import (Caller, Counter, Resources, StreamReader, Tables, Transactor, Writer,
                            key, load, make_table)

SEED = int(os.environ.get("SQUALL_KILL_SEED", "1"))
KILLS = int(os.environ.get("SQUALL_KILLS", "0"))
SECONDS = float(os.environ.get("SQUALL_KILL_SECONDS", "60"))


def workers_of_a_round():
    return [Counter("counter1", SEED), Counter("counter2", SEED), Writer("writer1", SEED),
            Writer("writer2", SEED), Transactor("transactor1", SEED),
            Transactor("transactor2", SEED), Tables("tables", SEED), Resources("resources", SEED)]


def check_expiry(server, caller):
    now = int(time.time())
    for i in range(20):
        caller.ddb("PutItem", TableName="items",
                   Item={**key(f"mortal{i}"), "expires": {"N": str(now + 30)}})
    server.stop(signal.SIGKILL)


def test_killed_under_load_it_keeps_what_it_acknowledged(start_squall, tmp_path):
    rng = random.Random(SEED)
    data = tmp_path / "data"
    server = start_squall("--data-dir", data, "--threads", "2")
    caller = Caller(server.endpoint)
    make_table(caller, "items", StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    make_table(caller, "others")
    caller.ddb("UpdateTimeToLive", TableName="items", TimeToLiveSpecification={
        "Enabled": True, "AttributeName": "expires"})
    workers, reader = workers_of_a_round(), StreamReader()
    kills, deadline = 0, time.monotonic() + SECONDS
    flags = "--data-dir", data, "--threads", "2"
    while kills < KILLS if KILLS else time.monotonic() < deadline:
        load(server.endpoint, workers, rng.uniform(0.02, 0.3), lambda: server.stop(signal.SIGKILL))
        kills += 1
        # Half of the time the log is begun anew as often as can be, and killed in between.
        server = start_squall(*flags, "--log-mb", rng.choice(["0", "64"]))
        caller = Caller(server.endpoint)
        try:
            for worker in workers:
                worker.check(caller)
            reader.check(caller)
        except AssertionError:
            print(f"seed {SEED}, kill {kills}, state in {data}")
            raise
    made = {w.name: w.acknowledged for w in workers}
    print(f"\n{kills} kills; acknowledged: {made}")
    assert all(made.values()), made

    check_expiry(server, caller)
    server = start_squall("--data-dir", data)
    server.advance(120)
    caller = Caller(server.endpoint)
    for i in range(20):
        assert "Item" not in caller.ddb("GetItem", TableName="items", Key=key(f"mortal{i}"))
    for worker in workers:
        worker.check(caller)
    reader.check(caller)


def test_the_clock_and_what_is_scheduled_go_on(start_squall, tmp_path):
    data = tmp_path / "data"
    flags = ("--data-dir", data, "--pace", "held", "--latency", "measured")
    server = start_squall(*flags)
    rds = server.client("rds")
    rds.create_db_instance(DBInstanceIdentifier="db", Engine="postgres", AllocatedStorage=20,
                           DBInstanceClass="db.t3.micro", MasterUsername="u",
                           MasterUserPassword="password")
    server.advance(1)
    before = server.http("GET", "/_squall/clock")
    server.stop(signal.SIGKILL)
    server = start_squall(*flags)
    assert server.http("GET", "/_squall/clock") == before
    rds = server.client("rds")
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "creating"
    server.advance(3600)
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"


def test_an_image_in_the_registry_is_kept(start_squall, tmp_path):
    server = start_squall("--data-dir", tmp_path)
    ecr = server.client("ecr")
    ecr.create_repository(repositoryName="repo")
    upload = ecr.initiate_layer_upload(repositoryName="repo")["uploadId"]
    blob = os.urandom(200_000)
    ecr.upload_layer_part(repositoryName="repo", uploadId=upload, partFirstByte=0,
                          partLastByte=len(blob) - 1, layerPartBlob=blob)
    server.stop(signal.SIGKILL)
    ecr = start_squall("--data-dir", tmp_path).client("ecr")
    import hashlib

    digest = "sha256:" + hashlib.sha256(blob).hexdigest()
    done = ecr.complete_layer_upload(repositoryName="repo", uploadId=upload, layerDigests=[digest])
    assert done["layerDigest"] == digest


def test_snapshots_by_the_command_line(start_squall, tmp_path):
    server = start_squall("--data-dir", tmp_path)
    iam = server.client("iam")

    def snapshot(*words, check=True):
        return server.run(conftest.BINARY, "snapshot", *words, check=check).stdout

    iam.create_user(UserName="one")
    assert "saved: clean" in snapshot("save", "clean")
    iam.create_user(UserName="two")
    assert snapshot("list").startswith("clean")
    server.stop(signal.SIGKILL)
    server = start_squall("--data-dir", tmp_path)
    iam = server.client("iam")
    assert len(iam.list_users()["Users"]) == 2
    assert "restored: clean" in snapshot("restore", "clean")
    assert [u["UserName"] for u in iam.list_users()["Users"]] == ["one"]
    assert "There are: clean" in snapshot("restore", "other", check=False)
    assert "deleted" in snapshot("delete", "clean")
    assert snapshot("list") == ""


def refusal(*arguments):
    done = subprocess.run([conftest.BINARY, "serve", "--port", "0", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20,
                          check=False)
    assert done.returncode != 0 and "Ready." not in done.stdout, done.stdout
    return done.stdout


def test_a_directory_that_cannot_be_served_is_refused(start_squall, tmp_path):
    data = tmp_path / "data"
    start_squall("--data-dir", data)
    assert "is served by another squall" in refusal("--data-dir", data)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "choose another --data-dir" in refusal("--data-dir", tmp_path / "file" / "below")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "squall.sqlite").write_bytes(b"no database at all" * 1000)
    assert "damaged" in refusal("--data-dir", broken)
    assert "--data-dir" in refusal("--fsync")


def test_a_full_disk_holds_answers_and_says_so(tmp_path, guard_log):
    """The file may not grow beyond a limit: what does not fit is not acknowledged."""
    import resource

    limit = 1 << 20
    process = subprocess.Popen(
        [conftest.BINARY, "serve", "--port", "0", "--data-dir", tmp_path / "data"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
                            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))))
    try:
        endpoint = process.stdout.readline().split()[-1]
        assert process.stdout.readline().startswith("Ready.")
        caller = Caller(endpoint)
        caller.connection.timeout = 2
        make_table(caller, "items")
        acknowledged = 0
        try:
            while acknowledged < 10_000:
                caller.ddb("PutItem", TableName="items", Item={
                    **key(f"k{acknowledged}"), "x": {"S": "x" * 5000}})
                acknowledged += 1
        except Exception:
            pass
        assert 0 < acknowledged < 10_000
        said = process.stderr.readline()
        assert "full" in said and "tried again" in said, said
    finally:
        process.kill()
        process.wait()


def test_snapshots_by_the_control_api(start_squall):
    """In memory as well; what is wrong is told, and changes nothing."""
    server = start_squall("--pace", "held")
    for name in ("", "a/b", "x" * 101, 7):
        status, text = server.http("POST", "/_squall/snapshots", {"name": name})
        assert status == 400 and "name" in text, text
    iam = server.client("iam")
    iam.create_user(UserName="one")
    before = server.dump()
    assert server.http("POST", "/_squall/snapshots", {"name": "s.1"})[0] == 200
    iam.create_user(UserName="two")
    server.advance(60)
    listed = json.loads(server.http("GET", "/_squall/snapshots")[1])["snapshots"]
    assert [s["name"] for s in listed] == ["s.1"]
    assert server.http("POST", "/_squall/snapshots/s.1/restore")[0] == 200
    assert server.dump() == before
    assert server.http("POST", "/_squall/snapshots/none/restore")[0] == 404
    assert server.http("DELETE", "/_squall/snapshots/none")[0] == 404
    assert server.http("POST", "/_squall/snapshots/s.1")[0] == 405
    assert server.http("DELETE", "/_squall/snapshots/s.1")[0] == 200
    assert server.http("POST", "/_squall/snapshots/s.1/restore")[0] == 404
