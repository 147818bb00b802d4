"""The network: hosts in public subnets that take nothing in."""
from common import network
from common.program import step
from stack.base import PROJECT

TIERS = {"public": ["10.40.0.0/22", "10.40.4.0/22"]}


def deploy(aws, out):
    ec2 = aws.ec2
    with step("VPC with DNS, two subnets, internet gateway, route table"):
        network.create_vpc(PROJECT, ec2, out)
        network.create_subnets(PROJECT, ec2, out, TIERS)
        network.create_internet_gateway(PROJECT, ec2, out)
        network.create_route_table(PROJECT, ec2, out, "public", out["subnets"]["public"],
                                   GatewayId=out["internet_gateway"])
    with step("Security group: hosts"):
        network.create_security_group(PROJECT, ec2, out, "hosts", "Hosts: nobody connects", [])
