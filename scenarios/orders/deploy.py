#!/usr/bin/env python3
"""Deploys the orders stack with boto3, to AWS or to whatever AWS_ENDPOINT_URL names: ECS on EC2, an
order API behind a load balancer, an order processor found by Cloud Map, a DynamoDB table, and no
way out of the VPC but its endpoints.

It knows nothing of Squall. Each variant flag takes away one thing that makes the stack survive.
"""
import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from stack import capacity, network, services, table  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(
        description="Deploys the orders stack (VPC with endpoints, ECS on EC2, DynamoDB).")
    variants = parser.add_argument_group("variants that do not survive what the stack survives")
    variants.add_argument("--one-host", action="store_true",
                          help="one container host, one task a service")
    variants.add_argument("--no-grace-period", action="store_true",
                          help="health checks count from a task's first second")
    variants.add_argument("--provisioned-table", action="store_true",
                          help="the table has 100 read and 100 write units, whatever comes")
    parser.add_argument("--scaled-table", action="store_true",
                        help="the table is provisioned, and scaled to 70 %% of its use")
    return parser


def deploy(aws, out, options):
    network.deploy(aws, out)
    table.deploy(aws, out, options)
    capacity.deploy(aws, out, options)
    services.deploy(aws, out, options)


if __name__ == "__main__":
    sys.exit(PROJECT.run_deploy(deploy, arguments(), lambda out: f"http://{out['dns_name']}/"))
