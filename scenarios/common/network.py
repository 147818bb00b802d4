"""The parts every stack's network is made of, and how a whole one is taken down again."""
from common.program import step, wait, when_free

ANYWHERE = "0.0.0.0/0"


def letter(zone):
    """1a for ap-south-1a: short enough for names."""
    return zone[-2:]


def create_vpc(project, ec2, out):
    vpc = ec2.create_vpc(CidrBlock=project.vpc_cidr,
                         TagSpecifications=project.tagged("vpc", "vpc"))["Vpc"]
    out["vpc"] = vpc["VpcId"]
    wait(ec2, "vpc_available", VpcIds=[out["vpc"]])
    ec2.modify_vpc_attribute(VpcId=out["vpc"], EnableDnsSupport={"Value": True})
    ec2.modify_vpc_attribute(VpcId=out["vpc"], EnableDnsHostnames={"Value": True})


def create_subnets(project, ec2, out, tiers):
    """`tiers`: tier -> the CIDR of its subnet in each zone. The tier `public` gives addresses."""
    out["subnets"] = {}
    for tier, cidrs in tiers.items():
        out["subnets"][tier] = []
        for zone, cidr in zip(project.zones, cidrs):
            subnet = ec2.create_subnet(
                VpcId=out["vpc"], CidrBlock=cidr, AvailabilityZone=zone,
                TagSpecifications=project.tagged("subnet", f"{tier}-{letter(zone)}"))["Subnet"]
            out["subnets"][tier].append(subnet["SubnetId"])
            if tier == "public":
                ec2.modify_subnet_attribute(
                    SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    every = [subnet for subnets in out["subnets"].values() for subnet in subnets]
    wait(ec2, "subnet_available", SubnetIds=every)


def create_internet_gateway(project, ec2, out):
    gateway = ec2.create_internet_gateway(
        TagSpecifications=project.tagged("internet-gateway", "igw"))
    out["internet_gateway"] = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=out["internet_gateway"], VpcId=out["vpc"])


def create_nat_gateways(project, ec2, out):
    out["nat_gateways"] = []
    for zone, subnet in zip(project.zones, out["subnets"]["public"]):
        address = ec2.allocate_address(
            Domain="vpc", TagSpecifications=project.tagged("elastic-ip", f"nat-{letter(zone)}"))
        gateway = ec2.create_nat_gateway(
            SubnetId=subnet, AllocationId=address["AllocationId"], ConnectivityType="public",
            TagSpecifications=project.tagged("natgateway", f"nat-{letter(zone)}"))["NatGateway"]
        out["nat_gateways"].append(gateway["NatGatewayId"])
    wait(ec2, "nat_gateway_available", NatGatewayIds=out["nat_gateways"])


def create_route_table(project, ec2, out, suffix, subnets, **default_route):
    """With a default route, if one is given."""
    table = ec2.create_route_table(
        VpcId=out["vpc"], TagSpecifications=project.tagged("route-table", suffix))["RouteTable"]
    if default_route:
        ec2.create_route(
            RouteTableId=table["RouteTableId"], DestinationCidrBlock=ANYWHERE, **default_route)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=subnet)
    out.setdefault("route_tables", {})[suffix] = table["RouteTableId"]


def create_route_tables(project, ec2, out, private_tiers):
    subnets = out["subnets"]
    create_route_table(project, ec2, out, "public", subnets["public"],
                       GatewayId=out["internet_gateway"])
    # One private table a zone, so that no zone's traffic depends on another zone's gateway.
    for index, zone in enumerate(project.zones):
        create_route_table(project, ec2, out, f"private-{letter(zone)}",
                           [subnets[tier][index] for tier in private_tiers],
                           NatGatewayId=out["nat_gateways"][index])


def permission(port, cidr=None, group=None, prefix_list=None, to_port=None):
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": to_port or port}
    if cidr:
        rule["IpRanges"] = [{"CidrIp": cidr}]
    if group:
        rule["UserIdGroupPairs"] = [{"GroupId": group}]
    if prefix_list:
        rule["PrefixListIds"] = [{"PrefixListId": prefix_list}]
    return rule


def create_security_group(project, ec2, out, suffix, description, permissions):
    group = ec2.create_security_group(
        GroupName=project.name(suffix), Description=description, VpcId=out["vpc"],
        TagSpecifications=project.tagged("security-group", suffix))["GroupId"]
    if permissions:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=permissions)
    out.setdefault("security_groups", {})[suffix] = group
    return group


# --- taking it down ----------------------------------------------------------------------------

def destroy_gateways(project, ec2):
    with step("NAT gateways and Elastic IPs"):
        found = ec2.describe_nat_gateways(Filter=project.by_project())["NatGateways"]
        gateways = [nat["NatGatewayId"] for nat in found if nat["State"] != "deleted"]
        for gateway in gateways:
            ec2.delete_nat_gateway(NatGatewayId=gateway)
        if gateways:
            wait(ec2, "nat_gateway_deleted", NatGatewayIds=gateways)
        for address in ec2.describe_addresses(Filters=project.by_project())["Addresses"]:
            ec2.release_address(AllocationId=address["AllocationId"])


def destroy_endpoints(project, ec2):
    with step("VPC endpoints"):
        found = ec2.describe_vpc_endpoints(Filters=project.by_project())["VpcEndpoints"]
        endpoints = [endpoint["VpcEndpointId"] for endpoint in found]
        if endpoints:
            ec2.delete_vpc_endpoints(VpcEndpointIds=endpoints)


def destroy_security_groups(project, ec2):
    with step("Security groups"):
        groups = ec2.describe_security_groups(Filters=project.by_project())["SecurityGroups"]
        # They name each other, in both directions: first the rules go, then the groups.
        for group in groups:
            if group["IpPermissions"]:
                ec2.revoke_security_group_ingress(
                    GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
            if group["IpPermissionsEgress"]:
                ec2.revoke_security_group_egress(
                    GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
        for group in groups:
            when_free(ec2.delete_security_group, GroupId=group["GroupId"])


def destroy(project, aws):
    ec2, ours = aws.ec2, project.by_project()
    destroy_endpoints(project, ec2)
    destroy_gateways(project, ec2)
    with step("Internet gateway"):
        for gateway in ec2.describe_internet_gateways(Filters=ours)["InternetGateways"]:
            gateway_id = gateway["InternetGatewayId"]
            for attachment in gateway["Attachments"]:
                when_free(ec2.detach_internet_gateway, InternetGatewayId=gateway_id,
                          VpcId=attachment["VpcId"])
            ec2.delete_internet_gateway(InternetGatewayId=gateway_id)
    with step("Subnets, route tables and network ACLs"):
        for subnet in ec2.describe_subnets(Filters=ours)["Subnets"]:
            when_free(ec2.delete_subnet, SubnetId=subnet["SubnetId"])
        for table in ec2.describe_route_tables(Filters=ours)["RouteTables"]:
            when_free(ec2.delete_route_table, RouteTableId=table["RouteTableId"])
        for acl in ec2.describe_network_acls(Filters=ours)["NetworkAcls"]:
            when_free(ec2.delete_network_acl, NetworkAclId=acl["NetworkAclId"])
    destroy_security_groups(project, ec2)
    with step(f"VPC of {project.project}"):
        for vpc in ec2.describe_vpcs(Filters=ours)["Vpcs"]:
            when_free(ec2.delete_vpc, VpcId=vpc["VpcId"])
