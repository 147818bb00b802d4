"""Steps that say what failed, boto3 clients, waiting, names and tags of a project."""
import argparse
import contextlib
import json
import os
import pathlib
import sys
import time

import boto3
import botocore.exceptions
import botocore.waiter

# Poll every 5 s; a Multi-AZ database may take half an hour to come up on AWS.
POLL_SECONDS = 5
POLLS_MAX = 360


class Project:
    """A stack's name, place and tags. Everything it makes is found again by them."""

    def __init__(self, title, project, region, zones, vpc_cidr):
        self.title, self.project, self.region = title, project, region
        self.zones, self.vpc_cidr = zones, vpc_cidr

    def name(self, suffix):
        """The Name tag, or the name where a service has names: mylearning-vpc, ..."""
        return f"{self.project}-{suffix}"

    def tags(self, suffix):
        return [{"Key": "Name", "Value": self.name(suffix)},
                {"Key": "project", "Value": self.project}]

    def lower_tags(self, suffix):
        """ECS writes its tags in lower case."""
        return [{"key": tag["Key"], "value": tag["Value"]} for tag in self.tags(suffix)]

    def tagged(self, resource_type, suffix):
        """EC2's way to tag on creation."""
        return [{"ResourceType": resource_type, "Tags": self.tags(suffix)}]

    def by_project(self, **more):
        """EC2 filters that find this project's resources and nobody else's."""
        filters = {"tag:project": self.project, **more}
        return [{"Name": key.replace("_", "-"), "Values": [value]}
                for key, value in filters.items()]

    def is_ours(self, tag_list):
        return {"Key": "project", "Value": self.project} in tag_list

    def clients(self):
        return Clients(self.region)

    def run_deploy(self, deploy, parser, url):
        """The main program of a deploy.py: `deploy(aws, out, options)` fills `out` with ids."""
        parser.add_argument("--out", metavar="FILE", type=pathlib.Path,
                            help="write the ids of what was made to FILE as JSON")
        options = parser.parse_args()
        out = {}
        print(f"Deploying {self.title} to {self.region}")
        code = run_steps(lambda: deploy(self.clients(), out, options))
        if options.out:  # also after a failure: what was made is there and costs money
            options.out.write_text(json.dumps(out, indent=2) + "\n", encoding="utf-8")
        if code == 0:
            print_summary(out)
            print(f"\n{self.title} is up: {url(out)}")
        return code

    def run_destroy(self, destroy, description):
        argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0]).parse_args()
        print(f"Destroying {self.title} in {self.region}")
        code = run_steps(lambda: destroy(self.clients()))
        if code == 0:
            print(f"\n{self.title} is gone.")
        return code


class Clients:
    """boto3 clients by name (application_autoscaling for application-autoscaling), each made on
    first use.

    The endpoint comes from the environment. Newer versions of boto3 read AWS_ENDPOINT_URL by
    themselves, older ones need it passed.
    """

    def __init__(self, region):
        self._region = region
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL") or None

    def __getattr__(self, service):
        client = boto3.client(service.replace("_", "-"), region_name=self._region,
                              endpoint_url=self._endpoint)
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


def flattened(value, prefix=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flattened(inner, f"{prefix} {key}".strip())
    elif isinstance(value, list):
        yield prefix, ", ".join(value)
    else:
        yield prefix, value


def print_summary(out):
    rows = [(key.replace("_", " "), value) for key, value in flattened(out)]
    width = max(len(key) for key, _ in rows)
    print()
    for key, value in rows:
        print(f"  {key:<{width}}  {value}")


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


def listed(client, operation, member, key):
    """The names of all there are, so that what is not there is simply not deleted."""
    return [item[key] for page in client.get_paginator(operation).paginate()
            for item in page[member]]
