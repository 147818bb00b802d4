#!/usr/bin/env python3
"""Deploys the edtech stack with boto3, to AWS or to whatever AWS_ENDPOINT_URL names: three Fargate
services behind one load balancer, PostgreSQL and Redis in two zones.

It knows nothing of Squall. Each variant flag takes away one thing that makes the stack survive.
"""
import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from common import data  # noqa: E402
from common.program import step  # noqa: E402
from stack import monitoring, network, services  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(
        description="Deploys the edtech stack (VPC, ALB, ECS on Fargate, RDS, Redis).")
    parser.add_argument("--certificate", metavar="PEM", type=pathlib.Path,
                        default=HERE / "tls" / "certificate.pem", help="the site's certificate")
    parser.add_argument("--private-key", metavar="PEM", type=pathlib.Path,
                        default=HERE / "tls" / "private-key.pem", help="and its key")
    parser.add_argument("--database-password", metavar="TEXT",
                        default=os.environ.get("EDTECH_DB_PASSWORD", "only-for-tests-3a71"),
                        help="the database's master password; on AWS give your own, here or in "
                             "EDTECH_DB_PASSWORD")
    variants = parser.add_argument_group("variants that do not survive what the stack survives")
    variants.add_argument("--one-zone", action="store_true", help="all tasks in one zone")
    variants.add_argument("--no-scaling-policies", action="store_true",
                          help="services keep their size whatever the load")
    variants.add_argument("--no-circuit-breaker", action="store_true",
                          help="a deployment that fails is never rolled back")
    return parser


def deploy(aws, out, options):
    """The data stores start early, because on AWS they take longest."""
    network.deploy(aws, out)
    with step("RDS PostgreSQL and its subnet group"):
        data.create_database(PROJECT, aws.rds, out, options.database_password)
    with step("ElastiCache Redis and its subnet group"):
        data.create_redis(PROJECT, aws.elasticache, out)
    services.deploy_load_balancer(aws, out, options)
    services.deploy_cluster(aws, out)
    data.wait_for_data(aws, out)
    services.deploy_services(aws, out, options)
    monitoring.deploy(aws, out)


if __name__ == "__main__":
    sys.exit(PROJECT.run_deploy(deploy, arguments(), lambda out: f"https://{out['dns_name']}/"))
