"""The network: VPC, six subnets in two zones, gateways, routes, security groups and ACLs."""
from common import network
from common.network import ANYWHERE, permission
from common.program import step
from stack.base import PROJECT

EPHEMERAL = (1024, 65535)
# tier -> the third octet of its /24 in each zone
TIERS = {"public": (1, 2), "app": (11, 12), "db": (21, 22)}


def cidrs_of(tier):
    return [f"10.0.{octet}.0/24" for octet in TIERS[tier]]


def deploy(aws, out):
    ec2 = aws.ec2
    with step("VPC with DNS, six subnets, internet gateway"):
        network.create_vpc(PROJECT, ec2, out)
        network.create_subnets(PROJECT, ec2, out, {tier: cidrs_of(tier) for tier in TIERS})
        network.create_internet_gateway(PROJECT, ec2, out)
    with step("NAT gateways with Elastic IPs, one a zone"):
        network.create_nat_gateways(PROJECT, ec2, out)
    with step("Route tables: one public, one private a zone"):
        network.create_route_tables(PROJECT, ec2, out, ("app", "db"))
    with step("Security groups: alb, web, data"):
        create_security_groups(ec2, out)
    with step("Network ACLs, one a tier"):
        create_acls(ec2, out)


def create_security_groups(ec2, out):
    alb = network.create_security_group(
        PROJECT, ec2, out, "alb", "Load balancer: the internet on 80 and 443",
        [permission(80, cidr=ANYWHERE), permission(443, cidr=ANYWHERE)])
    web = network.create_security_group(
        PROJECT, ec2, out, "web", "Web servers: the load balancer on 80, SSH from the VPC",
        [permission(80, group=alb), permission(22, cidr=PROJECT.vpc_cidr)])
    network.create_security_group(
        PROJECT, ec2, out, "data", "PostgreSQL and Redis: the web servers only",
        [permission(5432, group=web), permission(6379, group=web)])


def acl_rules():
    """tier -> (inbound, outbound), each a list of (protocol, ports or None, CIDR).

    ACLs are stateless: answers need a rule of their own, hence the ephemeral ports.
    """
    everything = ("-1", None, ANYWHERE)
    public = [("tcp", (80, 80), ANYWHERE), ("tcp", (443, 443), ANYWHERE),
              ("tcp", EPHEMERAL, ANYWHERE), ("-1", None, PROJECT.vpc_cidr)]
    app = [*(("tcp", (80, 80), cidr) for cidr in cidrs_of("public")),
           ("tcp", (22, 22), PROJECT.vpc_cidr), ("tcp", EPHEMERAL, ANYWHERE)]
    db = [("tcp", (port, port), cidr) for port in (5432, 6379) for cidr in cidrs_of("app")]
    db_answers = [("tcp", EPHEMERAL, cidr) for cidr in cidrs_of("app")]
    return {"public": (public, [everything]), "app": (app, [everything]), "db": (db, db_answers)}


def create_acls(ec2, out):
    out["network_acls"] = {}
    for tier, (inbound, outbound) in acl_rules().items():
        acl = ec2.create_network_acl(
            VpcId=out["vpc"], TagSpecifications=PROJECT.tagged("network-acl", tier))
        acl_id = out["network_acls"][tier] = acl["NetworkAcl"]["NetworkAclId"]
        for egress, rules in ((False, inbound), (True, outbound)):
            for number, (protocol, ports, cidr) in enumerate(rules, start=1):
                entry = {"NetworkAclId": acl_id, "RuleNumber": number * 100, "Egress": egress,
                         "Protocol": "6" if protocol == "tcp" else protocol,
                         "RuleAction": "allow", "CidrBlock": cidr}
                if ports:
                    entry["PortRange"] = {"From": ports[0], "To": ports[1]}
                ec2.create_network_acl_entry(**entry)
        for subnet in out["subnets"][tier]:
            ec2.replace_network_acl_association(
                AssociationId=acl_association(ec2, subnet), NetworkAclId=acl_id)


def acl_association(ec2, subnet):
    acls = ec2.describe_network_acls(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}])["NetworkAcls"]
    return next(association["NetworkAclAssociationId"] for acl in acls
                for association in acl["Associations"] if association["SubnetId"] == subnet)
