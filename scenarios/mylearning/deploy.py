#!/usr/bin/env python3
"""Deploys MyLearning's production stack with boto3, to AWS or to whatever AWS_ENDPOINT_URL names.

It knows nothing of Squall. Each variant flag takes away one thing that makes the stack survive:
the fragile twins of the drills are deployed with them, and must fail for it.
"""
import argparse
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from common import data  # noqa: E402
from common.program import step  # noqa: E402
from stack import access, monitoring, network, web  # noqa: E402
from stack.base import PROJECT  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(
        description="Deploys MyLearning's production stack (VPC, ALB, Auto Scaling, RDS, Redis).")
    parser.add_argument("--certificate", metavar="PEM", type=pathlib.Path,
                        default=HERE / "tls" / "certificate.pem", help="the site's certificate")
    parser.add_argument("--private-key", metavar="PEM", type=pathlib.Path,
                        default=HERE / "tls" / "private-key.pem", help="and its key")
    parser.add_argument("--database-password", metavar="TEXT",
                        default=os.environ.get("MYLEARNING_DB_PASSWORD", "only-for-tests-8f2c"),
                        help="the database's master password; on AWS give your own, here or in "
                             "MYLEARNING_DB_PASSWORD")
    variants = parser.add_argument_group("variants that do not survive what the stack survives")
    variants.add_argument("--single-az-database", action="store_true",
                          help="the database has no standby in another zone")
    variants.add_argument("--ec2-health-checks-one-zone", action="store_true",
                          help="web servers in one zone only, and nobody asks if they answer")
    variants.add_argument("--no-scaling-policies", action="store_true",
                          help="the group keeps its size whatever the load")
    return parser


def deploy(aws, out, options):
    """The data stores start early, because on AWS they take longest."""
    network.deploy(aws, out)
    access.deploy(aws, out)
    monitoring.deploy_flow_logs(aws, out)
    deploy_data(aws, out, options)
    access.deploy_certificate(aws, out, options.certificate, options.private_key)
    web.deploy_load_balancer(aws, out)
    data.wait_for_data(aws, out)
    web.deploy_group(aws, out, options)
    monitoring.deploy_alarms(aws, out)
    monitoring.deploy_dashboard(aws, out)


def deploy_data(aws, out, options):
    with step("RDS PostgreSQL and its subnet group"):
        # AWS chooses the primary's zone of a Multi-AZ instance; of a single one we may.
        placement = {}
        if options.single_az_database:
            placement = {"MultiAZ": False, "AvailabilityZone": PROJECT.zones[0]}
        data.create_database(PROJECT, aws.rds, out, options.database_password, **placement)
    with step("ElastiCache Redis and its subnet group"):
        data.create_redis(PROJECT, aws.elasticache, out)


if __name__ == "__main__":
    sys.exit(PROJECT.run_deploy(deploy, arguments(), lambda out: f"https://{out['dns_name']}/"))
