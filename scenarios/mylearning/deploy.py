#!/usr/bin/env python3
"""Deploys MyLearning's production stack with boto3, to AWS or to whatever AWS_ENDPOINT_URL names.

It knows nothing of Squall. Each variant flag takes away one thing that makes the stack survive:
the fragile twins of the drills are deployed with them, and must fail for it.
"""
import argparse
import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from stack import access, data, monitoring, network, web  # noqa: E402
from stack.base import REGION, Clients, run_steps  # noqa: E402


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Deploys MyLearning's production stack (VPC, ALB, Auto Scaling, RDS, Redis).")
    parser.add_argument("--out", metavar="FILE", type=pathlib.Path,
                        help="write the ids of what was made to FILE as JSON")
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
    return parser.parse_args()


def deploy(aws, out, options):
    """The data stores start early, because on AWS they take longest."""
    network.deploy(aws, out)
    access.deploy(aws, out)
    monitoring.deploy_flow_logs(aws, out)
    data.deploy(aws, out, options)
    access.deploy_certificate(aws, out, options.certificate, options.private_key)
    web.deploy_load_balancer(aws, out)
    data.wait_for_data(aws, out)
    web.deploy_group(aws, out, options)
    monitoring.deploy_alarms(aws, out)
    monitoring.deploy_dashboard(aws, out)


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
    print(f"\nMyLearning is up: https://{out['dns_name']}/")


def main():
    options = parse_arguments()
    out = {}
    print(f"Deploying MyLearning to {REGION}")
    code = run_steps(lambda: deploy(Clients(), out, options))
    if options.out:  # also after a failure: what was made is there and costs money
        options.out.write_text(json.dumps(out, indent=2) + "\n", encoding="utf-8")
    if code == 0:
        print_summary(out)
    return code


if __name__ == "__main__":
    sys.exit(main())
