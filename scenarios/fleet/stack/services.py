"""A hundred services of one task definition, each at rest: a drill starts them."""
from common import containers
from common.program import step
from stack.base import PROJECT, SERVICES

WORKER, VERSION = "worker", "1.0"


def deploy(aws, out):
    with step("ECR repository with an image, log group"):
        containers.create_repositories(PROJECT, aws.ecr, out, (WORKER,), VERSION)
        containers.create_log_groups(PROJECT, aws.logs, (WORKER,))
    with step("Task definition"):
        definition = register_task_definition(aws.ecs, out)
    with step(f"{SERVICES} ECS services"):
        out["services"] = [create_service(aws.ecs, definition, PROJECT.name(f"worker-{n}"))
                           for n in range(1, SERVICES + 1)]
    with step("Waiting for the services to be stable"):
        for start in range(0, SERVICES, 10):
            aws.ecs.get_waiter("services_stable").wait(
                cluster=out["cluster"], services=out["services"][start:start + 10])


def register_task_definition(ecs, out):
    definition = ecs.register_task_definition(
        family=PROJECT.name(WORKER), networkMode="bridge", requiresCompatibilities=["EC2"],
        tags=PROJECT.lower_tags(WORKER), containerDefinitions=[{
            "name": WORKER, "image": out["images"][WORKER], "essential": True,
            "cpu": 64, "memory": 128,
            "logConfiguration": containers.log_configuration(PROJECT, WORKER)}])
    return definition["taskDefinition"]["taskDefinitionArn"]


def create_service(ecs, definition, name):
    made = ecs.create_service(
        cluster=PROJECT.project, serviceName=name, desiredCount=0, taskDefinition=definition,
        launchType="EC2",
        placementStrategy=[{"type": "spread", "field": "attribute:ecs.availability-zone"},
                           {"type": "spread", "field": "instanceId"}],
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 200},
        tags=PROJECT.lower_tags(name), propagateTags="SERVICE")
    return made["service"]["serviceName"]
