"""What every tier shares: clients, names, tags, steps that say what failed, and waiting."""
import contextlib
import os
import sys
import time

import boto3
import botocore.exceptions
import botocore.waiter

REGION = "ap-south-1"
ZONES = ("ap-south-1a", "ap-south-1b")
PROJECT = "mylearning"
VPC_CIDR = "10.0.0.0/16"

# Poll every 5 s; a Multi-AZ database may take half an hour to come up on AWS.
POLL_SECONDS = 5
POLLS_MAX = 360


def name(suffix):
    """The Name tag, or the name where a service has names: mylearning-vpc, mylearning-web..."""
    return f"{PROJECT}-{suffix}"


def tags(suffix):
    return [{"Key": "Name", "Value": name(suffix)}, {"Key": "project", "Value": PROJECT}]


def tagged(resource_type, suffix):
    """EC2's way to tag on creation."""
    return [{"ResourceType": resource_type, "Tags": tags(suffix)}]


def by_project(**more):
    """EC2 filters that find this project's resources and nobody else's."""
    filters = {"tag:project": PROJECT, **more}
    return [{"Name": key.replace("_", "-"), "Values": [value]} for key, value in filters.items()]


class Clients:
    """boto3 clients by name, each made on first use.

    The endpoint comes from the environment. Newer versions of boto3 read AWS_ENDPOINT_URL by
    themselves, older ones need it passed.
    """

    def __init__(self):
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL") or None

    def __getattr__(self, service):
        client = boto3.client(service, region_name=REGION, endpoint_url=self._endpoint)
        setattr(self, service, client)
        return client


class StepFailed(Exception):
    """Carries which step failed; its cause says why."""


@contextlib.contextmanager
def step(title):
    began = time.monotonic()
    print(f"  {title} ...", end="", flush=True)
    try:
        yield
    except Exception as error:
        print(" failed", flush=True)
        raise StepFailed(title) from error
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def run_steps(work):
    """Runs a program made of steps and turns a failed one into a message and an exit code."""
    try:
        work()
    except StepFailed as failure:
        print(f"\nFailed at: {failure}\n"
              f"  {type(failure.__cause__).__name__}: {failure.__cause__}", file=sys.stderr)
        return 1
    return 0


def wait(client, waiter_name, **arguments):
    client.get_waiter(waiter_name).wait(
        WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": POLLS_MAX}, **arguments)


def wait_until(client, operation, condition, **arguments):
    """A boto3 waiter for what botocore brings none for: `condition` is JMESPath, true when done."""
    model = botocore.waiter.WaiterModel({"version": 2, "waiters": {"Until": {
        "operation": operation, "delay": POLL_SECONDS, "maxAttempts": POLLS_MAX,
        "acceptors": [{"matcher": "path", "argument": condition, "expected": True,
                       "state": "success"}]}}})
    botocore.waiter.create_waiter_with_client("Until", model, client).wait(**arguments)


def when_free(call, **arguments):
    """Deletes what others may still hold for a moment (a load balancer's interfaces, say)."""
    for attempt in range(POLLS_MAX):
        try:
            return call(**arguments)
        except botocore.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            held = code in ("DependencyViolation", "ResourceInUse", "ResourceInUseException")
            if not held or attempt == POLLS_MAX - 1:
                raise
            time.sleep(POLL_SECONDS)
    return None
