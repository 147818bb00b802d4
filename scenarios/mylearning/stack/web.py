"""The web tier: load balancer, launch template, Auto Scaling group and its policies."""
import base64

from common import balancer, hosts
from common.program import step, wait, wait_until
from stack.base import PROJECT

name, tags, tagged = PROJECT.name, PROJECT.tags, PROJECT.tagged

IMAGE_PATTERN = "al2023-ami-2023.*-x86_64"  # Amazon Linux 2023, neither minimal nor ECS
GROUP = name("web")
SIZE = {"MinSize": 2, "DesiredCapacity": 4, "MaxSize": 12}
CPU_TARGET_PERCENT = 50.0
# 100 requests a second: an m5.large answers twice that, so a zone's targets can carry the other's.
REQUESTS_PER_TARGET_AND_MINUTE = 6000.0

USER_DATA = """#!/bin/bash
set -e
dnf install -y nginx
mkdir -p /usr/share/nginx/html
echo ok > /usr/share/nginx/html/health
systemctl enable --now nginx
"""


def deploy_load_balancer(aws, out):
    with step("Load balancer, target group, listeners"):
        balancer.create_load_balancer(PROJECT, aws.elbv2, out)
        out["target_group"] = balancer.create_target_group(
            PROJECT, aws.elbv2, out, "web", "instance", Port=80)
        out["listeners"] = [
            balancer.create_redirect(PROJECT, aws.elbv2, out),
            balancer.create_https(PROJECT, aws.elbv2, out, out["target_group"])]


def newest_image(ec2):
    images = ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": [IMAGE_PATTERN]},
        {"Name": "architecture", "Values": ["x86_64"]},
        {"Name": "state", "Values": ["available"]}])["Images"]
    if not images:
        raise LookupError(f"no image of Amazon's is named {IMAGE_PATTERN}")
    return max(images, key=lambda image: (image["CreationDate"], image["ImageId"]))


def deploy_group(aws, out, options):
    with step("Launch template"):
        create_launch_template(aws.ec2, out)
    with step("Auto Scaling group"):
        create_group(aws.autoscaling, out, options)
    if not options.no_scaling_policies:
        with step("Scaling policies: CPU, and requests per target"):
            create_policies(aws.autoscaling, out)
    with step(f"Waiting for {SIZE['DesiredCapacity']} web servers in service"):
        wait_for_group(aws, out)


def create_launch_template(ec2, out):
    image = newest_image(ec2)
    out["image"] = image["ImageId"]
    template = ec2.create_launch_template(
        LaunchTemplateName=name("web"), TagSpecifications=tagged("launch-template", "web"),
        LaunchTemplateData={
            "ImageId": image["ImageId"], "InstanceType": "m5.large",
            "IamInstanceProfile": {"Arn": out["instance_profile"]},
            "SecurityGroupIds": [out["security_groups"]["web"]],
            "UserData": base64.b64encode(USER_DATA.encode()).decode(),
            "Monitoring": {"Enabled": True},
            "MetadataOptions": {"HttpTokens": "required"},
            "BlockDeviceMappings": [{"DeviceName": image["RootDeviceName"], "Ebs": {
                "VolumeSize": 30, "VolumeType": "gp3", "Encrypted": True,
                "DeleteOnTermination": True}}],
            "TagSpecifications": tagged("instance", "web") + tagged("volume", "web"),
        })["LaunchTemplate"]
    out["launch_template"] = template["LaunchTemplateId"]


def create_group(autoscaling, out, options):
    subnets, health = out["subnets"]["app"], "ELB"
    if options.ec2_health_checks_one_zone:
        subnets, health = subnets[:1], "EC2"
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=GROUP, VPCZoneIdentifier=",".join(subnets), **SIZE,
        LaunchTemplate={"LaunchTemplateId": out["launch_template"], "Version": "$Latest"},
        TargetGroupARNs=[out["target_group"]], HealthCheckType=health,
        HealthCheckGracePeriod=90, DefaultInstanceWarmup=60,
        Tags=[{**tag, "PropagateAtLaunch": True} for tag in tags("web")])
    autoscaling.enable_metrics_collection(AutoScalingGroupName=GROUP, Granularity="1Minute")
    out["auto_scaling_group"] = GROUP


def create_policies(autoscaling, out):
    # app/NAME/ID and targetgroup/NAME/ID, as the metric's label wants them.
    balancer = out["load_balancer"].split(":loadbalancer/")[1]
    target_group = out["target_group"].split(":")[-1]
    policies = {
        "cpu": ({"PredefinedMetricType": "ASGAverageCPUUtilization"}, CPU_TARGET_PERCENT),
        "requests": ({"PredefinedMetricType": "ALBRequestCountPerTarget",
                      "ResourceLabel": f"{balancer}/{target_group}"},
                     REQUESTS_PER_TARGET_AND_MINUTE),
    }
    for suffix, (metric, target) in policies.items():
        autoscaling.put_scaling_policy(
            AutoScalingGroupName=GROUP, PolicyName=name(suffix),
            PolicyType="TargetTrackingScaling", TargetTrackingConfiguration={
                "PredefinedMetricSpecification": metric, "TargetValue": target})
    out["scaling_policies"] = [name(suffix) for suffix in policies]


def wait_for_group(aws, out):
    in_service = "AutoScalingGroups[0].Instances[?LifecycleState=='InService']"
    wait_until(aws.autoscaling, "DescribeAutoScalingGroups",
               f"length({in_service}) == `{SIZE['DesiredCapacity']}`",
               AutoScalingGroupNames=[GROUP])
    wait(aws.elbv2, "target_in_service", TargetGroupArn=out["target_group"])
    group = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
    out["instances"] = [instance["InstanceId"]
                        for instance in group["AutoScalingGroups"][0]["Instances"]]


# --- taking it down ----------------------------------------------------------------------------

def destroy_group(aws):
    with step("Auto Scaling group and launch template"):
        hosts.destroy_group(aws, GROUP)
        hosts.delete_launch_templates(PROJECT, aws.ec2)


def destroy_load_balancer(aws):
    with step("Load balancer and target group"):
        balancer.destroy(PROJECT, aws.elbv2)
