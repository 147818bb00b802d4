"""The network: public subnets for the load balancer and NAT, private ones for services and data."""
from common import network
from common.network import ANYWHERE, permission
from common.program import step
from stack.base import PROJECT

PORT = 8080  # of every container
TIERS = {tier: [f"10.20.{octet}.0/24" for octet in octets] for tier, octets in
         {"public": (1, 2), "app": (11, 12), "db": (21, 22)}.items()}


def deploy(aws, out):
    ec2 = aws.ec2
    with step("VPC with DNS, six subnets, internet gateway"):
        network.create_vpc(PROJECT, ec2, out)
        network.create_subnets(PROJECT, ec2, out, TIERS)
        network.create_internet_gateway(PROJECT, ec2, out)
    with step("NAT gateways with Elastic IPs, one a zone"):
        network.create_nat_gateways(PROJECT, ec2, out)
    with step("Route tables: one public, one private a zone"):
        network.create_route_tables(PROJECT, ec2, out, ("app", "db"))
    with step("Security groups: alb, services, data"):
        create_security_groups(ec2, out)


def create_security_groups(ec2, out):
    alb = network.create_security_group(
        PROJECT, ec2, out, "alb", "Load balancer: the internet on 80 and 443",
        [permission(80, cidr=ANYWHERE), permission(443, cidr=ANYWHERE)])
    services = network.create_security_group(
        PROJECT, ec2, out, "services", "Tasks: the load balancer only",
        [permission(PORT, group=alb)])
    network.create_security_group(
        PROJECT, ec2, out, "data", "PostgreSQL and Redis: the tasks only",
        [permission(5432, group=services), permission(6379, group=services)])
