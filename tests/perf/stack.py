"""The 52-call stack: an ordinary boto3 program against ENDPOINT. --record FILE keeps the answers
for perf_replay. Prints its times as JSON."""
import json
import struct
import sys
import time

import boto3
import botocore.httpsession
from botocore.config import Config

REGION = "us-east-1"
answers = []


def keep_answers():
    send = botocore.httpsession.URLLib3Session.send

    def recording(self, request):
        answer = send(self, request)
        head = (f"HTTP/1.1 {answer.status_code} OK\r\n"
                f"Content-Type: {answer.headers.get('Content-Type', 'text/xml')}\r\n"
                f"x-amzn-RequestId: 00000000-0000-0000-0000-000000000000\r\n"
                f"Content-Length: {len(answer.content)}\r\n\r\n")
        answers.append(head.encode() + answer.content)
        return answer

    botocore.httpsession.URLLib3Session.send = recording


def name(kind, text):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": text}]}]


def network(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=name("vpc", "main"))
    vpc = vpc["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24",
                                 AvailabilityZone=REGION + "abc"[i % 3],
                                 TagSpecifications=name("subnet", f"s{i}"))["Subnet"]["SubnetId"]
               for i in range(6)]
    for subnet in subnets[:3]:
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    nats = []
    for subnet in subnets[:2]:
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)
        nats.append(nat["NatGateway"]["NatGatewayId"])
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(3)]
    everywhere = "0.0.0.0/0"
    ec2.create_route(RouteTableId=tables[0], DestinationCidrBlock=everywhere, GatewayId=gateway)
    for table, nat in zip(tables[1:], nats):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=everywhere, NatGatewayId=nat)
    for i, subnet in enumerate(subnets):
        table = tables[0 if i < 3 else 1 + i % 2]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return vpc, subnets


def groups(ec2, vpc):
    alb, app, db = (ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"]
                    for n in ("alb", "app", "db"))
    ports = [{"IpProtocol": "tcp", "FromPort": p, "ToPort": p,
              "IpRanges": [{"CidrIp": "0.0.0.0/0"}]} for p in (80, 443)]
    ec2.authorize_security_group_ingress(GroupId=alb, IpPermissions=ports)
    for group, port, source in ((app, 8080, alb), (db, 5432, app)):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port,
             "UserIdGroupPairs": [{"GroupId": source}]}])
    return alb, app, db


def tiers(clients, vpc, subnets, security):
    ec2, elb, rds, scaling = clients
    alb, app, db = security
    balancer = elb.create_load_balancer(Name="web", Subnets=subnets[:3], SecurityGroups=[alb],
                                        Type="application")["LoadBalancers"][0]
    target = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId=vpc,
                                     HealthCheckPath="/health")["TargetGroups"][0]
    elb.create_listener(LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80,
                        DefaultActions=[{"Type": "forward",
                                         "TargetGroupArn": target["TargetGroupArn"]}])
    rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db",
                               SubnetIds=subnets[3:])
    rds.create_db_instance(DBInstanceIdentifier="db1", Engine="postgres", AllocatedStorage=20,
                           DBInstanceClass="db.t3.micro", MasterUsername="admin1",
                           MasterUserPassword="secret123", DBSubnetGroupName="db",
                           VpcSecurityGroupIds=[db])
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    ec2.create_launch_template(LaunchTemplateName="app", LaunchTemplateData={
        "ImageId": image, "InstanceType": "t3.micro", "SecurityGroupIds": [app]})
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="app", MinSize=2, MaxSize=6, DesiredCapacity=2,
        LaunchTemplate={"LaunchTemplateName": "app", "Version": "$Latest"},
        VPCZoneIdentifier=",".join(subnets[3:]), TargetGroupARNs=[target["TargetGroupArn"]])


def look(clients):
    ec2, elb, rds, scaling = clients
    for call in (ec2.describe_vpcs, ec2.describe_subnets, ec2.describe_route_tables,
                 ec2.describe_security_groups, ec2.describe_instances,
                 elb.describe_load_balancers, elb.describe_target_groups,
                 rds.describe_db_instances, scaling.describe_auto_scaling_groups):
        call()


def main():
    record = sys.argv[sys.argv.index("--record") + 1] if "--record" in sys.argv else None
    if record:
        keep_answers()
    session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "secret", region_name=REGION)
    config = Config(retries={"max_attempts": 1})
    clients = [session.client(service, endpoint_url=sys.argv[1], config=config)
               for service in ("ec2", "elbv2", "rds", "autoscaling")]
    began = time.perf_counter()
    vpc, subnets = network(clients[0])
    tiers(clients, vpc, subnets, groups(clients[0], vpc))
    look(clients)
    seconds = time.perf_counter() - began
    if record:
        with open(record, "wb") as file:
            file.write(struct.pack("<I", len(answers)))
            for answer in answers:
                file.write(struct.pack("<I", len(answer)) + answer)
    print(json.dumps({"seconds": seconds, "calls": len(answers)}))


if __name__ == "__main__":
    main()
