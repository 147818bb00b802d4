"""The hosts: an Auto Scaling group of fifty, drained by ECS before one of them goes."""
from common import hosts
from common.program import step
from stack.base import HOSTS, PROJECT

SIZE = {"MinSize": 0, "MaxSize": HOSTS, "DesiredCapacity": HOSTS}


def deploy(aws, out, options):
    with step("IAM role and instance profile"):
        out["roles"] = {"hosts": hosts.create_agent_role(PROJECT, aws.iam, out)}
    with step("ECS cluster"):
        hosts.create_cluster(PROJECT, aws.ecs, out)
    with step("Launch template and Auto Scaling group"):
        # 2,560 CPU units of tasks a host once half of the hosts are gone: m5.large has 2,048.
        hosts.create_launch_template(PROJECT, aws.ec2, out,
                                     "m5.large" if options.small_hosts else "m5.xlarge")
        group_arn = hosts.create_group(PROJECT, aws.autoscaling, out, out["subnets"]["public"],
                                       **SIZE)
    with step("Capacity provider"):
        hosts.create_provider(PROJECT, aws.ecs, out, group_arn, {"status": "DISABLED"})
    hosts.wait_for_hosts(PROJECT, aws.ecs, HOSTS)
