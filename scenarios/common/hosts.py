"""Auto Scaling groups and their launch templates: how every stack takes them down."""
from common.program import wait, wait_until


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
