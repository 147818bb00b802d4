"""The network: VPC, six subnets in two zones, gateways, routes, security groups and ACLs."""
from stack.base import PROJECT, VPC_CIDR, ZONES, by_project, name, step, tagged, wait, when_free

ANYWHERE = "0.0.0.0/0"
EPHEMERAL = (1024, 65535)
# tier -> the third octet of its /24 in each zone
TIERS = {"public": (1, 2), "app": (11, 12), "db": (21, 22)}


def cidr_of(tier, zone_index):
    return f"10.0.{TIERS[tier][zone_index]}.0/24"


def letter(zone):
    """1a for ap-south-1a: short enough for names."""
    return zone[-2:]


def deploy(aws, out):
    with step("VPC with DNS, six subnets, internet gateway"):
        create_vpc(aws.ec2, out)
        create_subnets(aws.ec2, out)
        create_internet_gateway(aws.ec2, out)
    with step("NAT gateways with Elastic IPs, one a zone"):
        create_nat_gateways(aws.ec2, out)
    with step("Route tables: one public, one private a zone"):
        create_route_tables(aws.ec2, out)
    with step("Security groups: alb, web, data"):
        create_security_groups(aws.ec2, out)
    with step("Network ACLs, one a tier"):
        create_acls(aws.ec2, out)


def create_vpc(ec2, out):
    vpc = ec2.create_vpc(CidrBlock=VPC_CIDR, TagSpecifications=tagged("vpc", "vpc"))["Vpc"]
    out["vpc"] = vpc["VpcId"]
    wait(ec2, "vpc_available", VpcIds=[out["vpc"]])
    ec2.modify_vpc_attribute(VpcId=out["vpc"], EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=out["vpc"], EnableDnsHostnames={"Value": True})


def create_subnets(ec2, out):
    out["subnets"] = {}
    for tier in TIERS:
        out["subnets"][tier] = []
        for index, zone in enumerate(ZONES):
            subnet = ec2.create_subnet(
                VpcId=out["vpc"], CidrBlock=cidr_of(tier, index), AvailabilityZone=zone,
                TagSpecifications=tagged("subnet", f"{tier}-{letter(zone)}"))["Subnet"]
            out["subnets"][tier].append(subnet["SubnetId"])
            if tier == "public":
                ec2.modify_subnet_attribute(
                    SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    every = [subnet for tier in TIERS for subnet in out["subnets"][tier]]
    wait(ec2, "subnet_available", SubnetIds=every)


def create_internet_gateway(ec2, out):
    gateway = ec2.create_internet_gateway(TagSpecifications=tagged("internet-gateway", "igw"))
    out["internet_gateway"] = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=out["internet_gateway"], VpcId=out["vpc"])


def create_nat_gateways(ec2, out):
    out["nat_gateways"] = []
    for zone, subnet in zip(ZONES, out["subnets"]["public"]):
        address = ec2.allocate_address(
            Domain="vpc", TagSpecifications=tagged("elastic-ip", f"nat-{letter(zone)}"))
        gateway = ec2.create_nat_gateway(
            SubnetId=subnet, AllocationId=address["AllocationId"], ConnectivityType="public",
            TagSpecifications=tagged("natgateway", f"nat-{letter(zone)}"))["NatGateway"]
        out["nat_gateways"].append(gateway["NatGatewayId"])
    wait(ec2, "nat_gateway_available", NatGatewayIds=out["nat_gateways"])


def create_route_table(ec2, out, suffix, subnets, **default_route):
    table = ec2.create_route_table(
        VpcId=out["vpc"], TagSpecifications=tagged("route-table", suffix))["RouteTable"]
    ec2.create_route(
        RouteTableId=table["RouteTableId"], DestinationCidrBlock=ANYWHERE, **default_route)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet)
    return table["RouteTableId"]


def create_route_tables(ec2, out):
    subnets = out["subnets"]
    out["route_tables"] = {"public": create_route_table(
        ec2, out, "public", subnets["public"], GatewayId=out["internet_gateway"])}
    # One private table a zone, so that no zone's traffic depends on another zone's gateway.
    for index, zone in enumerate(ZONES):
        suffix = f"private-{letter(zone)}"
        out["route_tables"][suffix] = create_route_table(
            ec2, out, suffix, [subnets["app"][index], subnets["db"][index]],
            NatGatewayId=out["nat_gateways"][index])


def create_security_group(ec2, out, suffix, description, permissions):
    group = ec2.create_security_group(
        GroupName=name(suffix), Description=description, VpcId=out["vpc"],
        TagSpecifications=tagged("security-group", suffix))["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    return group


def permission(port, cidr=None, group=None):
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if cidr:
        rule["IpRanges"] = [{"CidrIp": cidr}]
    if group:
        rule["UserIdGroupPairs"] = [{"GroupId": group}]
    return rule


def create_security_groups(ec2, out):
    alb = create_security_group(
        ec2, out, "alb", "Load balancer: the internet on 80 and 443",
        [permission(80, cidr=ANYWHERE), permission(443, cidr=ANYWHERE)])
    web = create_security_group(
        ec2, out, "web", "Web servers: the load balancer on 80, SSH from the VPC",
        [permission(80, group=alb), permission(22, cidr=VPC_CIDR)])
    data = create_security_group(
        ec2, out, "data", "PostgreSQL and Redis: the web servers only",
        [permission(5432, group=web), permission(6379, group=web)])
    out["security_groups"] = {"alb": alb, "web": web, "data": data}


def acl_rules():
    """tier -> (inbound, outbound), each a list of (protocol, ports or None, CIDR).

    ACLs are stateless: answers need a rule of their own, hence the ephemeral ports.
    """
    everything = ("-1", None, ANYWHERE)
    public = [("tcp", (80, 80), ANYWHERE), ("tcp", (443, 443), ANYWHERE),
              ("tcp", EPHEMERAL, ANYWHERE), ("-1", None, VPC_CIDR)]
    app = [("tcp", (80, 80), cidr_of("public", 0)), ("tcp", (80, 80), cidr_of("public", 1)),
           ("tcp", (22, 22), VPC_CIDR), ("tcp", EPHEMERAL, ANYWHERE)]
    app_cidrs = [cidr_of("app", 0), cidr_of("app", 1)]
    db = [("tcp", (port, port), cidr) for port in (5432, 6379) for cidr in app_cidrs]
    db_answers = [("tcp", EPHEMERAL, cidr) for cidr in app_cidrs]
    return {"public": (public, [everything]), "app": (app, [everything]), "db": (db, db_answers)}


def create_acls(ec2, out):
    out["network_acls"] = {}
    for tier, (inbound, outbound) in acl_rules().items():
        acl = ec2.create_network_acl(
            VpcId=out["vpc"], TagSpecifications=tagged("network-acl", tier))
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


# --- taking it down ----------------------------------------------------------------------------

def destroy_gateways(aws):
    ec2 = aws.ec2
    with step("NAT gateways and Elastic IPs"):
        found = ec2.describe_nat_gateways(Filter=by_project())["NatGateways"]
        gateways = [nat["NatGatewayId"] for nat in found if nat["State"] != "deleted"]
        for gateway in gateways:
            ec2.delete_nat_gateway(NatGatewayId=gateway)
        if gateways:
            wait(ec2, "nat_gateway_deleted", NatGatewayIds=gateways)
        for address in ec2.describe_addresses(Filters=by_project())["Addresses"]:
            ec2.release_address(AllocationId=address["AllocationId"])


def destroy(aws):
    ec2 = aws.ec2
    destroy_gateways(aws)
    with step("Internet gateway"):
        for gateway in ec2.describe_internet_gateways(Filters=by_project())["InternetGateways"]:
            gateway_id = gateway["InternetGatewayId"]
            for attachment in gateway["Attachments"]:
                when_free(ec2.detach_internet_gateway, InternetGatewayId=gateway_id,
                          VpcId=attachment["VpcId"])
            ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    with step("Subnets, route tables and network ACLs"):
        for subnet in ec2.describe_subnets(Filters=by_project())["Subnets"]:
            when_free(ec2.delete_subnet, SubnetId=subnet["SubnetId"])
        for table in ec2.describe_route_tables(Filters=by_project())["RouteTables"]:
            when_free(ec2.delete_route_table, RouteTableId=table["RouteTableId"])
        for acl in ec2.describe_network_acls(Filters=by_project())["NetworkAcls"]:
            when_free(ec2.delete_network_acl, NetworkAclId=acl["NetworkAclId"])
    with step("Security groups"):
        # Each names the one before it, so the last made goes first.
        for suffix in ("data", "web", "alb"):
            groups = ec2.describe_security_groups(
                Filters=by_project(group_name=name(suffix)))["SecurityGroups"]
            for group in groups:
                when_free(ec2.delete_security_group, GroupId=group["GroupId"])
    with step(f"VPC of {PROJECT}"):
        for vpc in ec2.describe_vpcs(Filters=by_project())["Vpcs"]:
            when_free(ec2.delete_vpc, VpcId=vpc["VpcId"])
