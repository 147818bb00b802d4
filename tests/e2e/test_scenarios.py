"""Every scenario's stack, deployed and taken down by its own programs: nothing is left."""
import difflib
import json
import sys

import boto3
import conftest
import pytest

SCENARIOS = conftest.ROOT / "scenarios"
# Terminated instances stay visible for an hour, deleted NAT gateways too, events of RDS and
# ElastiCache for 14 days, scaling activities for six weeks, operations and inactive services
# and clusters for less. After that AWS itself has forgotten.
FORGOTTEN_AFTER_S = 43 * 24 * 3600
TOUCHED = (
    ("ec2", "describe_vpcs"), ("elbv2", "describe_load_balancers"), ("ecs", "list_clusters"),
    ("rds", "describe_db_instances"), ("elasticache", "describe_replication_groups"),
    ("autoscaling", "describe_auto_scaling_groups"), ("cloudwatch", "describe_alarms"),
    ("logs", "describe_log_groups"), ("iam", "list_roles"), ("acm", "list_certificates"),
    ("sts", "get_caller_identity"), ("dynamodb", "list_tables"), ("ecr", "describe_repositories"),
    ("servicediscovery", "list_namespaces"))


def touch_every_service(squall, region):
    """Worlds are made on first touch (default VPC and so on), so touch before the first dump."""
    for service, operation in TOUCHED:
        client = boto3.client(service, region_name=region, endpoint_url=squall.endpoint,
                              aws_access_key_id="000000000000", aws_secret_access_key="test")
        getattr(client, operation)()


def comparable(dump):
    """The dump a line a value, so that a difference can be read."""
    return json.dumps(json.loads(dump), indent=1, sort_keys=True).splitlines()


@pytest.mark.parametrize("scenario, region, flags", [
    ("edtech", "eu-west-1", ()),
    ("edtech", "eu-west-1", ("--one-zone", "--no-scaling-policies", "--no-circuit-breaker")),
    ("orders", "eu-central-1", ()),
    ("orders", "eu-central-1", ("--one-host", "--no-grace-period")),
    ("orders", "eu-central-1", ("--scaled-table",)),
    ("fleet", "us-west-2", ())])
def test_destroy_leaves_what_was_there_before(squall, tmp_path, scenario, region, flags):
    touch_every_service(squall, region)
    before = comparable(squall.dump())
    out = tmp_path / "out.json"
    squall.run(sys.executable, SCENARIOS / scenario / "deploy.py", "--out", out, *flags)
    assert json.loads(out.read_text(encoding="utf-8"))["vpc"] in squall.dump()
    squall.run(sys.executable, SCENARIOS / scenario / "destroy.py")
    squall.advance(FORGOTTEN_AFTER_S)
    after = comparable(squall.dump())
    assert after == before, "\n".join(list(difflib.unified_diff(before, after, lineterm=""))[:200])


@pytest.mark.parametrize("scenario, region", [
    ("edtech", "eu-west-1"), ("orders", "eu-central-1"), ("fleet", "us-west-2")])
def test_destroy_of_nothing_does_nothing(squall, scenario, region):
    touch_every_service(squall, region)
    before = squall.dump()
    squall.run(sys.executable, SCENARIOS / scenario / "destroy.py")
    assert squall.dump() == before
