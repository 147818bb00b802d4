"""The hosts: an Auto Scaling group of one or two, led by ECS through a capacity provider."""
from common import access, hosts
from common.program import step
from stack.base import PROJECT

SIZE = {"MinSize": 1, "MaxSize": 2, "DesiredCapacity": 2}
ONE_HOST = {"MinSize": 1, "MaxSize": 1, "DesiredCapacity": 1}
SCALING = {"status": "ENABLED", "targetCapacity": 50,
           "minimumScalingStepSize": 1, "maximumScalingStepSize": 1}
TABLE_ACTIONS = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]


def deploy(aws, out, options):
    size = ONE_HOST if options.one_host else SIZE
    with step("IAM roles and instance profile"):
        out["roles"] = {
            "hosts": hosts.create_agent_role(PROJECT, aws.iam, out),
            "task": access.create_role(PROJECT, aws.iam, "task", "ecs-tasks.amazonaws.com",
                                       TABLE_ACTIONS)}
    with step("ECS cluster"):
        hosts.create_cluster(PROJECT, aws.ecs, out)
    with step("Launch template and Auto Scaling group"):
        hosts.create_launch_template(PROJECT, aws.ec2, out, "m5.large")
        group_arn = hosts.create_group(PROJECT, aws.autoscaling, out, out["subnets"]["app"], **size)
    with step("Capacity provider"):
        hosts.create_provider(PROJECT, aws.ecs, out, group_arn, SCALING)
    hosts.wait_for_hosts(PROJECT, aws.ecs, size["DesiredCapacity"])
