"""Auto Scaling groups and their launch templates: container hosts that a capacity provider leads,
and how every stack takes its groups down."""
import base64

from common import access
from common.access import LOG_ACTIONS
from common.program import step, wait, wait_until

IMAGE_PATTERN = "al2023-ami-ecs-hvm-2023.*-x86_64"
AGENT_ACTIONS = ["ecs:RegisterContainerInstance", "ecs:DeregisterContainerInstance", "ecs:Poll",
                 "ecs:DiscoverPollEndpoint", "ecs:Submit*", "ecs:StartTelemetrySession",
                 "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
                 "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", *LOG_ACTIONS]


def group_name(project):
    """Of the group, its launch template and its capacity provider."""
    return project.name("hosts")


def create_cluster(project, ecs, out):
    ecs.create_cluster(
        clusterName=project.project, tags=project.lower_tags("cluster"),
        settings=[{"name": "containerInsights", "value": "enabled"}])
    out["cluster"] = project.project


def create_agent_role(project, iam, out):
    role = access.create_role(project, iam, "hosts", "ec2.amazonaws.com", AGENT_ACTIONS)
    out["instance_profile"] = access.create_instance_profile(project, iam, "hosts")
    return role


def newest_image(ec2):
    images = ec2.describe_images(Owners=["amazon"], Filters=[
        {"Name": "name", "Values": [IMAGE_PATTERN]},
        {"Name": "state", "Values": ["available"]}])["Images"]
    if not images:
        raise LookupError(f"no image of Amazon's is named {IMAGE_PATTERN}")
    return max(images, key=lambda image: (image["CreationDate"], image["ImageId"]))


def create_launch_template(project, ec2, out, instance_type):
    user_data = f"#!/bin/bash\necho ECS_CLUSTER={project.project} >> /etc/ecs/ecs.config\n"
    template = ec2.create_launch_template(
        LaunchTemplateName=group_name(project),
        TagSpecifications=project.tagged("launch-template", "hosts"),
        LaunchTemplateData={
            "ImageId": newest_image(ec2)["ImageId"], "InstanceType": instance_type,
            "IamInstanceProfile": {"Arn": out["instance_profile"]},
            "SecurityGroupIds": [out["security_groups"]["hosts"]],
            "UserData": base64.b64encode(user_data.encode()).decode(),
            "MetadataOptions": {"HttpTokens": "required"},
            "TagSpecifications": project.tagged("instance", "hosts")
            + project.tagged("volume", "hosts"),
        })["LaunchTemplate"]
    out["launch_template"] = template["LaunchTemplateId"]


def create_group(project, autoscaling, out, subnets, **size):
    """`size`: MinSize, MaxSize, DesiredCapacity. Returns the group's ARN."""
    name = group_name(project)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name, VPCZoneIdentifier=",".join(subnets), **size,
        LaunchTemplate={"LaunchTemplateId": out["launch_template"], "Version": "$Latest"},
        HealthCheckType="EC2", DefaultInstanceWarmup=30,
        Tags=[{**tag, "PropagateAtLaunch": True}
              for tag in project.tags("hosts") + [{"Key": "AmazonECSManaged", "Value": ""}]])
    out["auto_scaling_group"] = name
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return groups["AutoScalingGroups"][0]["AutoScalingGroupARN"]


def create_provider(project, ecs, out, group_arn, scaling):
    name = group_name(project)
    ecs.create_capacity_provider(
        name=name, tags=project.lower_tags("hosts"), autoScalingGroupProvider={
            "autoScalingGroupArn": group_arn, "managedTerminationProtection": "DISABLED",
            "managedDraining": "ENABLED", "managedScaling": scaling})
    ecs.put_cluster_capacity_providers(
        cluster=project.project, capacityProviders=[name],
        defaultCapacityProviderStrategy=[{"capacityProvider": name, "weight": 1}])
    out["capacity_provider"] = name


def wait_for_hosts(project, ecs, count):
    with step("Waiting for the hosts to join the cluster"):
        wait_until(ecs, "ListContainerInstances",
                   f"length(containerInstanceArns) >= `{count}`", cluster=project.project)


# --- taking it down ----------------------------------------------------------------------------

def destroy_hosts(project, aws):
    """The group, its capacity provider and its launch template."""
    name = group_name(project)
    with step("Auto Scaling group, capacity provider, launch template"):
        destroy_group(aws, name)
        clusters = aws.ecs.describe_clusters(clusters=[project.project])["clusters"]
        if clusters and clusters[0]["status"] == "ACTIVE":
            wait_until(aws.ecs, "ListContainerInstances",
                       "length(containerInstanceArns) == `0`", cluster=project.project)
            aws.ecs.put_cluster_capacity_providers(
                cluster=project.project, capacityProviders=[], defaultCapacityProviderStrategy=[])
        providers = aws.ecs.describe_capacity_providers()["capacityProviders"]
        if name in [provider["name"] for provider in providers if provider["status"] == "ACTIVE"]:
            aws.ecs.delete_capacity_provider(capacityProvider=name)
        delete_launch_templates(project, aws.ec2)


def destroy_roles(project, aws):
    with step("IAM roles and instance profile"):
        access.delete_instance_profiles(project, aws.iam)
        access.delete_roles(project, aws.iam)


def destroy_group(aws, name):
    """The group if it is there, and waits until its instances have gone."""
    groups = aws.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    for group in groups["AutoScalingGroups"]:
        aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
        instances = [instance["InstanceId"] for instance in group["Instances"]]
        wait_until(aws.autoscaling, "DescribeAutoScalingGroups",
                   "length(AutoScalingGroups) == `0`", AutoScalingGroupNames=[name])
        if instances:
            wait(aws.ec2, "instance_terminated", InstanceIds=instances)


def delete_launch_templates(project, ec2):
    templates = ec2.describe_launch_templates(Filters=project.by_project())
    for template in templates["LaunchTemplates"]:
        ec2.delete_launch_template(LaunchTemplateId=template["LaunchTemplateId"])
