"""Load balancers: what every stack does alike."""
from common.program import wait, when_free

SSL_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


def create_load_balancer(project, elbv2, out):
    """Internet-facing, in the public subnets."""
    balancer = elbv2.create_load_balancer(
        Name=project.name("alb"), Type="application", Scheme="internet-facing",
        IpAddressType="ipv4", Subnets=out["subnets"]["public"],
        SecurityGroups=[out["security_groups"]["alb"]],
        Tags=project.tags("alb"))["LoadBalancers"][0]
    out["load_balancer"] = balancer["LoadBalancerArn"]
    out["dns_name"] = balancer["DNSName"]
    wait(elbv2, "load_balancer_available", LoadBalancerArns=[out["load_balancer"]])


def create_target_group(project, elbv2, out, suffix, target_type, **more):
    """Answers the ARN. 10 s and two failures: a dead target is out after 15 to 25 s, not the
    default's 35 to 65."""
    group = elbv2.create_target_group(
        Name=project.name(suffix), Protocol="HTTP", VpcId=out["vpc"], TargetType=target_type,
        HealthCheckProtocol="HTTP", HealthCheckPath="/health", HealthCheckIntervalSeconds=10,
        HealthCheckTimeoutSeconds=5, HealthyThresholdCount=2, UnhealthyThresholdCount=2,
        Matcher={"HttpCode": "200"}, Tags=project.tags(suffix), **more)["TargetGroups"][0]
    arn = group["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=arn,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}])
    return arn


def create_redirect(project, elbv2, out):
    """Port 80 sends everybody to 443."""
    redirect = {"Type": "redirect", "RedirectConfig": {
        "Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    made = elbv2.create_listener(
        LoadBalancerArn=out["load_balancer"], Protocol="HTTP", Port=80,
        DefaultActions=[redirect], Tags=project.tags("http"))
    return made["Listeners"][0]["ListenerArn"]


def create_https(project, elbv2, out, target_group):
    made = elbv2.create_listener(
        LoadBalancerArn=out["load_balancer"], Protocol="HTTPS", Port=443,
        Certificates=[{"CertificateArn": out["certificate"]}], SslPolicy=SSL_POLICY,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        Tags=project.tags("https"))
    return made["Listeners"][0]["ListenerArn"]


# --- taking it down ----------------------------------------------------------------------------

def destroy(project, elbv2):
    balancers = [balancer["LoadBalancerArn"]
                 for page in elbv2.get_paginator("describe_load_balancers").paginate()
                 for balancer in page["LoadBalancers"]
                 if balancer["LoadBalancerName"] == project.name("alb")]
    for arn in balancers:
        for listener in elbv2.describe_listeners(LoadBalancerArn=arn)["Listeners"]:
            elbv2.delete_listener(ListenerArn=listener["ListenerArn"])
        elbv2.delete_load_balancer(LoadBalancerArn=arn)
    if balancers:
        wait(elbv2, "load_balancers_deleted", LoadBalancerArns=balancers)
    for page in elbv2.get_paginator("describe_target_groups").paginate():
        for group in page["TargetGroups"]:
            if group["TargetGroupName"].startswith(project.name("")):
                when_free(elbv2.delete_target_group, TargetGroupArn=group["TargetGroupArn"])
