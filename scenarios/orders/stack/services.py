"""The order API behind the load balancer, and the order processor, found by Cloud Map."""
from common import balancer, containers
from common.program import step, wait_until
from stack.base import PROJECT

PORT = 8080  # of every container; hosts give theirs from the ephemeral range
VERSION = "1.0"
API, PROCESSOR = "order-api", "order-processor"
TASKS = 2
NAMESPACE = f"{PROJECT.project}.local"


def deploy(aws, out, options):
    with step("ECR repositories with an image each, log groups"):
        containers.create_repositories(PROJECT, aws.ecr, out, (API, PROCESSOR), VERSION)
        containers.create_log_groups(PROJECT, aws.logs, (API, PROCESSOR))
    with step("Cloud Map: namespace and service"):
        create_registry(aws.servicediscovery, out)
    with step("Load balancer, target group, listener"):
        balancer.create_load_balancer(PROJECT, aws.elbv2, out)
        out["target_group"] = balancer.create_target_group(
            PROJECT, aws.elbv2, out, "api", "instance", Port=80)
        listener = aws.elbv2.create_listener(
            LoadBalancerArn=out["load_balancer"], Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": out["target_group"]}],
            Tags=PROJECT.tags("http"))
        out["listeners"] = [listener["Listeners"][0]["ListenerArn"]]
    with step("ECS services on the hosts"):
        grace = {} if options.no_grace_period else {"healthCheckGracePeriodSeconds": 60}
        tasks = 1 if options.one_host else TASKS
        out["services"] = [
            create_service(aws.ecs, out, PROCESSOR, tasks, serviceRegistries=[
                {"registryArn": out["registry"], "containerName": PROCESSOR,
                 "containerPort": PORT}]),
            create_service(aws.ecs, out, API, tasks, **grace, loadBalancers=[
                {"targetGroupArn": out["target_group"], "containerName": API,
                 "containerPort": PORT}])]
    containers.wait_for_services(aws, out)


def create_registry(cloudmap, out):
    operation = cloudmap.create_private_dns_namespace(
        Name=NAMESPACE, Vpc=out["vpc"], Tags=PROJECT.tags("namespace"))["OperationId"]
    wait_until(cloudmap, "GetOperation", "Operation.Status == 'SUCCESS'", OperationId=operation)
    done = cloudmap.get_operation(OperationId=operation)["Operation"]
    out["namespace"] = done["Targets"]["NAMESPACE"]
    service = cloudmap.create_service(
        Name=PROCESSOR, NamespaceId=out["namespace"], Tags=PROJECT.tags(PROCESSOR),
        DnsConfig={"DnsRecords": [{"Type": "SRV", "TTL": 10}], "RoutingPolicy": "MULTIVALUE"},
        HealthCheckCustomConfig={"FailureThreshold": 1})["Service"]
    out["registry"] = service["Arn"]


def register_task_definition(ecs, out, service):
    definition = ecs.register_task_definition(
        family=PROJECT.name(service), networkMode="bridge", requiresCompatibilities=["EC2"],
        taskRoleArn=out["roles"]["task"], tags=PROJECT.lower_tags(service),
        containerDefinitions=[{
            "name": service, "image": out["images"][service], "essential": True,
            "cpu": 512, "memory": 1024,
            "portMappings": [{"containerPort": PORT, "hostPort": 0, "protocol": "tcp"}],
            "environment": [{"name": "TABLE", "value": out["table"]},
                            {"name": "PROCESSOR", "value": f"{PROCESSOR}.{NAMESPACE}"}],
            "logConfiguration": containers.log_configuration(PROJECT, service)}])
    return definition["taskDefinition"]["taskDefinitionArn"]


def create_service(ecs, out, service, tasks, **more):
    made = ecs.create_service(
        cluster=out["cluster"], serviceName=PROJECT.name(service), desiredCount=tasks,
        taskDefinition=register_task_definition(ecs, out, service),
        capacityProviderStrategy=[{"capacityProvider": out["capacity_provider"], "weight": 1}],
        placementStrategy=[{"type": "spread", "field": "attribute:ecs.availability-zone"},
                           {"type": "spread", "field": "instanceId"}],
        deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 200},
        tags=PROJECT.lower_tags(service), propagateTags="SERVICE", **more)
    return made["service"]["serviceName"]


# --- taking it down ----------------------------------------------------------------------------

def destroy(aws):
    containers.destroy_services(PROJECT, aws)
    with step("Load balancer and target group"):
        balancer.destroy(PROJECT, aws.elbv2)
    with step("Cloud Map"):
        destroy_registry(aws.servicediscovery)


def destroy_registry(cloudmap):
    namespaces = [namespace["Id"]
                  for page in cloudmap.get_paginator("list_namespaces").paginate()
                  for namespace in page["Namespaces"] if namespace["Name"] == NAMESPACE]
    for namespace in namespaces:
        for page in cloudmap.get_paginator("list_services").paginate(
                Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace]}]):
            for service in page["Services"]:
                cloudmap.delete_service(Id=service["Id"])
        operation = cloudmap.delete_namespace(Id=namespace)["OperationId"]
        wait_until(cloudmap, "GetOperation", "Operation.Status == 'SUCCESS'",
                   OperationId=operation)
