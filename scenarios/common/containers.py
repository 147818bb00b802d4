"""ECS: what the stacks' services have in common, and how they are taken down."""
from common import image
from common.program import step, wait

SERVER = """#!/bin/sh
exec /usr/bin/env python3 -m http.server --directory /srv 8080
"""


def create_repositories(project, ecr, out, services, tag):
    """A repository and an image a service; `out["images"]`: service -> URI."""
    out["images"] = {}
    for service in services:
        repository = ecr.create_repository(
            repositoryName=f"{project.project}/{service}", tags=project.tags(service),
            imageScanningConfiguration={"scanOnPush": True})["repository"]
        image.push_image(ecr, repository["repositoryName"], tag,
                         {"srv/health": "ok\n", "bin/serve": SERVER}, ["/bin/serve"])
        out["images"][service] = f"{repository['repositoryUri']}:{tag}"


def log_group_of(project, service):
    return f"/{project.project}/{service}"


def create_log_groups(project, logs, services):
    for service in services:
        group = log_group_of(project, service)
        logs.create_log_group(logGroupName=group, tags={
            tag["Key"]: tag["Value"] for tag in project.tags(service)})
        logs.put_retention_policy(logGroupName=group, retentionInDays=30)


def log_configuration(project, service):
    return {"logDriver": "awslogs", "options": {
        "awslogs-group": log_group_of(project, service), "awslogs-region": project.region,
        "awslogs-stream-prefix": service}}


def wait_for_services(aws, out):
    with step("Waiting for the services to be stable"):
        wait(aws.ecs, "services_stable", cluster=out["cluster"], services=out["services"])


# --- taking it down ----------------------------------------------------------------------------

def destroy_services(project, aws):
    ecs, cluster = aws.ecs, project.project
    if not is_active(ecs, cluster):
        return
    with step("ECS services"):
        services = [arn for page in ecs.get_paginator("list_services").paginate(cluster=cluster)
                    for arn in page["serviceArns"]]
        for service in services:
            ecs.delete_service(cluster=cluster, service=service, force=True)
        for start in range(0, len(services), 10):
            wait(ecs, "services_inactive", cluster=cluster, services=services[start:start + 10])
        tasks = [arn for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster)
                 for arn in page["taskArns"]]
        for start in range(0, len(tasks), 100):
            wait(ecs, "tasks_stopped", cluster=cluster, tasks=tasks[start:start + 100])


def is_active(ecs, cluster):
    found = ecs.describe_clusters(clusters=[cluster])["clusters"]
    return bool(found) and found[0]["status"] == "ACTIVE"


def destroy_cluster(project, aws):
    ecs, cluster = aws.ecs, project.project
    with step("ECS cluster and task definitions"):
        if is_active(ecs, cluster):
            ecs.delete_cluster(cluster=cluster)
        definitions = [arn for family in families(project, ecs)
                       for page in ecs.get_paginator("list_task_definitions").paginate(
                           familyPrefix=family)
                       for arn in page["taskDefinitionArns"]]
        for definition in definitions:
            ecs.deregister_task_definition(taskDefinition=definition)
        for start in range(0, len(definitions), 10):
            ecs.delete_task_definitions(taskDefinitions=definitions[start:start + 10])


def families(project, ecs):
    return [family for page in ecs.get_paginator("list_task_definition_families").paginate(
                familyPrefix=project.name(""), status="ACTIVE")
            for family in page["families"]]


def destroy_repositories(project, aws):
    with step("ECR repositories and log groups"):
        for page in aws.ecr.get_paginator("describe_repositories").paginate():
            for repository in page["repositories"]:
                if repository["repositoryName"].startswith(f"{project.project}/"):
                    aws.ecr.delete_repository(
                        repositoryName=repository["repositoryName"], force=True)
        for prefix in (f"/{project.project}/", f"/aws/ecs/containerinsights/{project.project}/"):
            groups = aws.logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
            for group in groups:
                aws.logs.delete_log_group(logGroupName=group["logGroupName"])
