"""MyLearning's stack, deployed, listed by the AWS CLI, destroyed: afterwards nothing is left."""
import difflib
import json
import sys

import conftest
import pytest

STACK = conftest.ROOT / "scenarios" / "mylearning"
# Terminated instances stay visible for an hour, deleted NAT gateways too; events of RDS and
# ElastiCache for 14 days, scaling activities for six weeks. After that AWS itself has forgotten.
FORGOTTEN_AFTER_S = 43 * 24 * 3600


def deploy(squall, out, *flags):
    squall.run(sys.executable, STACK / "deploy.py", "--out", out, *flags)
    return json.loads(out.read_text(encoding="utf-8"))


def touch_every_service(squall):
    """Worlds are made on first touch (default VPC and so on), so touch before the first dump."""
    for service, operation in (
            ("ec2", "describe_vpcs"), ("elbv2", "describe_load_balancers"),
            ("rds", "describe_db_instances"), ("elasticache", "describe_replication_groups"),
            ("autoscaling", "describe_auto_scaling_groups"), ("cloudwatch", "describe_alarms"),
            ("logs", "describe_log_groups"), ("iam", "list_roles"), ("acm", "list_certificates"),
            ("sts", "get_caller_identity")):
        getattr(squall.client(service), operation)()


def comparable(dump):
    """The dump a line a value, so that a difference can be read."""
    return json.dumps(json.loads(dump), indent=1, sort_keys=True).splitlines()


@pytest.mark.debian
@pytest.mark.parametrize("flags", [
    (), ("--single-az-database", "--ec2-health-checks-one-zone", "--no-scaling-policies")])
def test_destroy_leaves_what_was_there_before(squall, tmp_path, flags):
    touch_every_service(squall)
    before = comparable(squall.dump())
    out = deploy(squall, tmp_path / "out.json", *flags)
    assert out["vpc"] in squall.dump()
    squall.run(sys.executable, STACK / "destroy.py")
    squall.advance(FORGOTTEN_AFTER_S)
    after = comparable(squall.dump())
    assert after == before, "\n".join(list(difflib.unified_diff(before, after, lineterm=""))[:200])


@pytest.mark.debian
def test_a_second_deployment_fails_and_says_where(squall, tmp_path):
    deploy(squall, tmp_path / "out.json")
    done = squall.run(sys.executable, STACK / "deploy.py", check=False)
    assert done.returncode == 1
    assert "Failed at: IAM roles and instance profile" in done.stdout
    assert "EntityAlreadyExists" in done.stdout


def test_destroy_of_nothing_does_nothing(squall):
    touch_every_service(squall)
    before = squall.dump()
    squall.run(sys.executable, STACK / "destroy.py")
    assert squall.dump() == before


def test_aws_cli_lists_the_network(squall, tmp_path):
    out = deploy(squall, tmp_path / "out.json")
    vpcs = squall.aws("ec2", "describe-vpcs", "--filters", "Name=tag:Name,Values=mylearning-*")
    assert [vpc["VpcId"] for vpc in vpcs["Vpcs"]] == [out["vpc"]]
    assert vpcs["Vpcs"][0]["CidrBlock"] == "10.0.0.0/16"
    in_vpc = ("--filters", f"Name=vpc-id,Values={out['vpc']}")
    subnets = squall.aws("ec2", "describe-subnets", *in_vpc)["Subnets"]
    assert sorted(subnet["CidrBlock"] for subnet in subnets) == sorted(
        f"10.0.{octet}.0/24" for octet in (1, 2, 11, 12, 21, 22))
    assert {subnet["AvailabilityZone"] for subnet in subnets} == {"ap-south-1a", "ap-south-1b"}
    public = {subnet["SubnetId"] for subnet in subnets if subnet["MapPublicIpOnLaunch"]}
    assert public == set(out["subnets"]["public"])
    groups = squall.aws("ec2", "describe-security-groups", *in_vpc)["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {
        "default", "mylearning-alb", "mylearning-web", "mylearning-data"}
    gateways = squall.aws("ec2", "describe-nat-gateways", "--filter",
                          f"Name=vpc-id,Values={out['vpc']}")["NatGateways"]
    assert {gateway["State"] for gateway in gateways} == {"available"}
    assert len({gateway["NatGatewayAddresses"][0]["PublicIp"] for gateway in gateways}) == 2
    tables = squall.aws("ec2", "describe-route-tables", *in_vpc)["RouteTables"]
    assert len(tables) == 4  # the main one, which nobody uses, and our three
    acls = squall.aws("ec2", "describe-network-acls", *in_vpc)["NetworkAcls"]
    assert sorted(len(acl["Associations"]) for acl in acls) == [0, 2, 2, 2]


def test_aws_cli_lists_the_tiers(squall, tmp_path):
    out = deploy(squall, tmp_path / "out.json")
    instances = squall.aws(
        "ec2", "describe-instances", "--filters", "Name=tag:project,Values=mylearning",
        "--query", "Reservations[].Instances[]")
    assert {instance["InstanceId"] for instance in instances} == set(out["instances"])
    assert {instance["State"]["Name"] for instance in instances} == {"running"}
    assert sorted(instance["Placement"]["AvailabilityZone"] for instance in instances) == [
        "ap-south-1a", "ap-south-1a", "ap-south-1b", "ap-south-1b"]
    database = squall.aws("rds", "describe-db-instances")["DBInstances"][0]
    assert database["MultiAZ"] and database["StorageEncrypted"] and database["DeletionProtection"]
    assert {database["AvailabilityZone"], database["SecondaryAvailabilityZone"]} == {
        "ap-south-1a", "ap-south-1b"}
    redis = squall.aws("elasticache", "describe-replication-groups")["ReplicationGroups"][0]
    assert redis["AutomaticFailover"] == "enabled" and redis["TransitEncryptionEnabled"]
    health = squall.aws("elbv2", "describe-target-health", "--target-group-arn",
                        out["target_group"])["TargetHealthDescriptions"]
    assert [target["TargetHealth"]["State"] for target in health] == ["healthy"] * 4
    listeners = squall.aws("elbv2", "describe-listeners", "--load-balancer-arn",
                           out["load_balancer"])["Listeners"]
    assert {listener["Port"]: listener["DefaultActions"][0]["Type"] for listener in listeners} == {
        80: "redirect", 443: "forward"}
    group = squall.aws("autoscaling", "describe-auto-scaling-groups")["AutoScalingGroups"][0]
    assert (group["MinSize"], group["DesiredCapacity"], group["MaxSize"]) == (2, 4, 12)
    assert group["HealthCheckType"] == "ELB"


def test_aws_cli_lists_what_watches(squall, tmp_path):
    out = deploy(squall, tmp_path / "out.json")
    alarms = squall.aws("cloudwatch", "describe-alarms")["MetricAlarms"]
    names = {alarm["AlarmName"] for alarm in alarms}
    assert set(out["alarms"]) <= names
    # A target tracking policy owns its two alarms.
    assert len([name for name in names if name.startswith("TargetTracking-mylearning-web")]) == 4
    dashboard = squall.aws("cloudwatch", "get-dashboard", "--dashboard-name", "mylearning")
    assert len(json.loads(dashboard["DashboardBody"])["widgets"]) == 9
    groups = squall.aws("logs", "describe-log-groups")["logGroups"]
    assert {group["logGroupName"]: group.get("retentionInDays") for group in groups} == {
        "/mylearning/vpc/flow-logs": 30}
    certificates = squall.aws("acm", "list-certificates")["CertificateSummaryList"]
    assert [certificate["CertificateArn"] for certificate in certificates] == [out["certificate"]]
