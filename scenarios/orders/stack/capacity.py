"""The hosts: an Auto Scaling group of one or two, led by ECS through a capacity provider."""
import base64

from common import access, hosts
from common.access import LOG_ACTIONS
from common.program import step, wait_until
from stack.base import PROJECT

GROUP = PROJECT.name("hosts")
SIZE = {"MinSize": 1, "MaxSize": 2, "DesiredCapacity": 2}
IMAGE_PATTERN = "al2023-ami-ecs-hvm-2023.*-x86_64"
AGENT_ACTIONS = ["ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance", "ecs:Poll",
                 "ecs:DiscoverPollEndpoint", "ecs:Submit*", "ecs:StartTelemetrySession",
                 "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
                 "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", *LOG_ACTIONS]
TABLE_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]


def deploy(aws, out, options):
    with step("IAM roles and instance profile"):
        out["roles"] = {
            "hosts": access.create_role(PROJECT, aws.iam, "hosts", "ec2.amazonaws.com",
                                        AGENT_ACTIONS),
            "task": access.create_role(PROJECT, aws.iam, "task", "ecs-tasks.amazonaws.com",
                                       TABLE_ACTIONS)}
        out["instance_profile"] = access.create_instance_profile(PROJECT, aws.iam, "hosts")
    with step("ECS cluster"):
        aws.ecs.create_cluster(
            clusterName=PROJECT.project, tags=PROJECT.lower_tags("cluster"),
            settings=[{"name": "containerInsights", "value": "enabled"}])
        out["cluster"] = PROJECT.project
    with step("Launch template and Auto Scaling group"):
        create_launch_template(aws.ec2, out)
        group_arn = create_group(aws.autoscaling, out, options)
    with step("Capacity provider"):
        create_provider(aws.ecs, out, group_arn)
    with step("Waiting for the hosts to join the cluster"):
        count = 1 if options.one_host else SIZE["DesiredCapacity"]
        wait_until(aws.ecs, "ListContainerInstances",
                   f"length(containerInstanceArns) >= `{count}`", cluster=PROJECT.project)


def newest_image(ec2):
    images = ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": [IMAGE_PATTERN]},
        {"Name": "state", "Values": ["available"]}])["Images"]
    if not images:
        raise LookupError(f"no image of Amazon's is named {IMAGE_PATTERN}")
    return max(images, key=lambda image: (image["CreationDate"], image["ImageId"]))


def create_launch_template(ec2, out):
    user_data = f"#!/bin/bash\necho ECS_CLUSTER={PROJECT.project} >> /etc/ecs/ecs.config\n"
    template = ec2.create_launch_template(
        LaunchTemplateName=GROUP, TagSpecifications=PROJECT.tagged("launch-template", "hosts"),
        LaunchTemplateData={
            "ImageId": newest_image(ec2)["ImageId"], "InstanceType": "m5.large",
            "IamInstanceProfile": {"Arn": out["instance_profile"]},
            "SecurityGroupIds": [out["security_groups"]["hosts"]],
            "UserData": base64.b64encode(user_data.encode()).decode(),
            "MetadataOptions": {"HttpTokens": "required"},
            "TagSpecifications": PROJECT.tagged("instance", "hosts")
            + PROJECT.tagged("volume", "hosts"),
        })["LaunchTemplate"]
    out["launch_template"] = template["LaunchTemplateId"]


def create_group(autoscaling, out, options):
    size = {"MinSize": 1, "MaxSize": 1, "DesiredCapacity": 1} if options.one_host else SIZE
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=GROUP, VPCZoneIdentifier=",".join(out["subnets"]["app"]), **size,
        LaunchTemplate={"LaunchTemplateId": out["launch_template"], "Version": "$Latest"},
        HealthCheckType="EC2", DefaultInstanceWarmup=30,
        Tags=[{**tag, "PropagateAtLaunch": True}
              for tag in PROJECT.tags("hosts") + [{"Key": "AmazonECSManaged", "Value": ""}]])
    out["auto_scaling_group"] = GROUP
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
    return groups["AutoScalingGroups"][0]["AutoScalingGroupARN"]


def create_provider(ecs, out, group_arn):
    ecs.create_capacity_provider(
        name=GROUP, tags=PROJECT.lower_tags("hosts"), autoScalingGroupProvider={
            "autoScalingGroupArn": group_arn, "managedTerminationProtection": "DISABLED",
            "managedDraining": "ENABLED",
            "managedScaling": {"status": "ENABLED", "targetCapacity": 50,
                               "minimumScalingStepSize": 1, "maximumScalingStepSize": 1}})
    ecs.put_cluster_capacity_providers(
        cluster=PROJECT.project, capacityProviders=[GROUP],
        defaultCapacityProviderStrategy=[{"capacityProvider": GROUP, "weight": 1}])
    out["capacity_provider"] = GROUP


# --- taking it down ----------------------------------------------------------------------------

def destroy_hosts(aws):
    with step("Auto Scaling group, capacity provider, launch template"):
        hosts.destroy_group(aws, GROUP)
        clusters = aws.ecs.describe_clusters(clusters=[PROJECT.project])["clusters"]
        if clusters and clusters[0]["status"] == "ACTIVE":
            wait_until(aws.ecs, "ListContainerInstances",
                       "length(containerInstanceArns) == `0`", cluster=PROJECT.project)
            aws.ecs.put_cluster_capacity_providers(
                cluster=PROJECT.project, capacityProviders=[], defaultCapacityProviderStrategy=[])
        providers = aws.ecs.describe_capacity_providers()["capacityProviders"]
        if GROUP in [provider["name"] for provider in providers if provider["status"] == "ACTIVE"]:
            aws.ecs.delete_capacity_provider(capacityProvider=GROUP)
        hosts.delete_launch_templates(PROJECT, aws.ec2)


def destroy_roles(aws):
    with step("IAM roles and instance profile"):
        access.delete_instance_profiles(PROJECT, aws.iam)
        access.delete_roles(PROJECT, aws.iam)
