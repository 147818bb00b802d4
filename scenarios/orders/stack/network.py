"""The network: no NAT gateway, no way out but the endpoints, no open egress in any group."""
from common import network
from common.network import ANYWHERE, permission
from common.program import step, wait_until
from stack.base import PROJECT

EPHEMERAL = (32768, 65535)  # the host ports that bridge networking gives containers
TIERS = {"public": ["10.30.1.0/24", "10.30.2.0/24"], "app": ["10.30.11.0/24", "10.30.12.0/24"]}
GATEWAYS = ("s3", "dynamodb")
INTERFACES = ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs",
              "servicediscovery")


def deploy(aws, out):
    ec2 = aws.ec2
    with step("VPC with DNS, four subnets, internet gateway"):
        network.create_vpc(PROJECT, ec2, out)
        network.create_subnets(PROJECT, ec2, out, TIERS)
        network.create_internet_gateway(PROJECT, ec2, out)
    with step("Route tables: the private one leads nowhere"):
        network.create_route_table(PROJECT, ec2, out, "public", out["subnets"]["public"],
                                   GatewayId=out["internet_gateway"])
        network.create_route_table(PROJECT, ec2, out, "private", out["subnets"]["app"])
    with step("Gateway endpoints: S3, DynamoDB"):
        create_gateway_endpoints(ec2, out)
    with step("Security groups: alb, hosts, endpoints"):
        create_security_groups(ec2, out)
    with step("Interface endpoints"):
        create_interface_endpoints(ec2, out)


def service_name(service):
    return f"com.amazonaws.{PROJECT.region}.{service}"


def create_gateway_endpoints(ec2, out):
    out["endpoints"], out["prefix_lists"] = {}, {}
    for service in GATEWAYS:
        endpoint = ec2.create_vpc_endpoint(
            VpcId=out["vpc"], ServiceName=service_name(service), VpcEndpointType="Gateway",
            RouteTableIds=[out["route_tables"]["private"]],
            TagSpecifications=PROJECT.tagged("vpc-endpoint", service))["VpcEndpoint"]
        out["endpoints"][service] = endpoint["VpcEndpointId"]
        lists = ec2.describe_prefix_lists(
            Filters=[{"Name": "prefix-list-name", "Values": [service_name(service)]}])
        out["prefix_lists"][service] = lists["PrefixLists"][0]["PrefixListId"]


def create_security_groups(ec2, out):
    """Every group is born with a rule that lets everything out: each loses it first."""
    alb = closed_group(ec2, out, "alb", "Load balancer: the internet on 80")
    hosts = closed_group(ec2, out, "hosts", "Container hosts: the load balancer and each other")
    endpoints = closed_group(ec2, out, "endpoints", "Interface endpoints: the hosts only")
    ports = {"port": EPHEMERAL[0], "to_port": EPHEMERAL[1]}
    rules_in = {alb: [permission(80, cidr=ANYWHERE)],
                hosts: [permission(**ports, group=alb), permission(**ports, group=hosts)],
                endpoints: [permission(443, group=hosts)]}
    rules_out = {alb: [permission(**ports, group=hosts)],
                 hosts: [permission(**ports, group=hosts), permission(443, group=endpoints),
                         *(permission(443, prefix_list=each)
                           for each in out["prefix_lists"].values())]}
    for group, rules in rules_in.items():
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    for group, rules in rules_out.items():
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=rules)


def closed_group(ec2, out, suffix, description):
    group = network.create_security_group(PROJECT, ec2, out, suffix, description, [])
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}])
    return group


def create_interface_endpoints(ec2, out):
    for service in INTERFACES:
        endpoint = ec2.create_vpc_endpoint(
            VpcId=out["vpc"], ServiceName=service_name(service), VpcEndpointType="Interface",
            SubnetIds=out["subnets"]["app"], PrivateDnsEnabled=True,
            SecurityGroupIds=[out["security_groups"]["endpoints"]],
            TagSpecifications=PROJECT.tagged("vpc-endpoint", service))["VpcEndpoint"]
        out["endpoints"][service] = endpoint["VpcEndpointId"]
    wait_until(ec2, "DescribeVpcEndpoints",
               "length(VpcEndpoints[?State!='available']) == `0`",
               VpcEndpointIds=list(out["endpoints"].values()))
