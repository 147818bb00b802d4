#!/usr/bin/env python3
"""Deploys the fleet with boto3, to AWS or to whatever AWS_ENDPOINT_URL names: fifty container hosts
and a hundred ECS services, each at rest until somebody starts its tasks.

It knows nothing of Squall. The variant flag takes away what makes the fleet survive.
"""
import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from stack import capacity, network, services  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(
        description="Deploys the fleet (VPC, fifty ECS container hosts, a hundred services).")
    parser.add_argument("--small-hosts", action="store_true",
                        help="hosts of which half cannot carry all tasks")
    return parser


def deploy(aws, out, options):
    network.deploy(aws, out)
    capacity.deploy(aws, out, options)
    services.deploy(aws, out)


if __name__ == "__main__":
    sys.exit(PROJECT.run_deploy(deploy, arguments(), lambda out: f"cluster {out['cluster']}"))
