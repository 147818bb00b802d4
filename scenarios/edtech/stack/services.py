"""Three Fargate services behind one load balancer by path, each scaling on its own CPU."""
from common import access, balancer, containers
from common.access import LOG_ACTIONS
from common.program import step
from stack.base import PROJECT
from stack.network import PORT

VERSION = "1.0"
# service -> (path patterns; none: everything else, rule priority)
SERVICES = {
    "web": ([], None),
    "courses": (["/courses", "/courses/*"], 10),
    "payments": (["/payments", "/payments/*"], 20),
}
TASKS, TASKS_MIN, TASKS_MAX = 4, 4, 40
CPU_TARGET_PERCENT = 75.0
PULL_ACTIONS = ["ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability",
                "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage", *LOG_ACTIONS]


def deploy_load_balancer(aws, out, options):
    with step("Certificate, load balancer, target groups, rules by path"):
        out["certificate"] = access.import_certificate(
            PROJECT, aws.acm, options.certificate, options.private_key)
        balancer.create_load_balancer(PROJECT, aws.elbv2, out)
        out["target_groups"] = {
            service: balancer.create_target_group(
                PROJECT, aws.elbv2, out, service, "ip", Port=PORT) for service in SERVICES}
        https = balancer.create_https(PROJECT, aws.elbv2, out, out["target_groups"]["web"])
        out["listeners"] = [balancer.create_redirect(PROJECT, aws.elbv2, out), https]
        for service, (paths, priority) in SERVICES.items():
            if paths:
                aws.elbv2.create_rule(
                    ListenerArn=https, Priority=priority, Tags=PROJECT.tags(service),
                    Conditions=[{"Field": "path-pattern",
                                 "PathPatternConfig": {"Values": paths}}],
                    Actions=[{"Type": "forward",
                              "TargetGroupArn": out["target_groups"][service]}])


def deploy_cluster(aws, out):
    with step("IAM roles"):
        out["roles"] = {
            "execution": access.create_role(PROJECT, aws.iam, "execution",
                                            "ecs-tasks.amazonaws.com", PULL_ACTIONS),
            "task": access.create_role(PROJECT, aws.iam, "task", "ecs-tasks.amazonaws.com",
                                       ["cloudwatch:PutMetricData"])}
    with step("ECR repositories with an image each, log groups"):
        containers.create_repositories(PROJECT, aws.ecr, out, SERVICES, VERSION)
        containers.create_log_groups(PROJECT, aws.logs, SERVICES)
    with step("ECS cluster"):
        cluster = aws.ecs.create_cluster(
            clusterName=PROJECT.project, tags=PROJECT.lower_tags("cluster"),
            settings=[{"name": "containerInsights", "value": "enabled"}],
            capacityProviders=["FARGATE", "FARGATE_SPOT"],
            defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}])
        out["cluster"] = cluster["cluster"]["clusterName"]


def register_task_definition(ecs, out, service):
    definition = ecs.register_task_definition(
        family=PROJECT.name(service), networkMode="awsvpc", requiresCompatibilities=["FARGATE"],
        cpu="1024", memory="2048", executionRoleArn=out["roles"]["execution"],
        taskRoleArn=out["roles"]["task"], tags=PROJECT.lower_tags(service),
        runtimePlatform={"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
        containerDefinitions=[{
            "name": service, "image": out["images"][service], "essential": True,
            "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
            "environment": [{"name": "DATABASE", "value": out["database_endpoint"]},
                            {"name": "REDIS", "value": out["redis_endpoint"]}],
            "logConfiguration": containers.log_configuration(PROJECT, service),
            "stopTimeout": 30}])
    return definition["taskDefinition"]["taskDefinitionArn"]


def deploy_services(aws, out, options):
    subnets = out["subnets"]["app"]
    if options.one_zone:
        subnets = subnets[:1]
    with step("ECS services on Fargate"):
        out["task_definitions"] = {service: register_task_definition(aws.ecs, out, service)
                                   for service in SERVICES}
        out["services"] = [create_service(aws.ecs, out, service, subnets, options)
                           for service in SERVICES]
    if not options.no_scaling_policies:
        with step("Scaling policies: CPU"):
            for service in SERVICES:
                create_scaling(aws.application_autoscaling, service)
    containers.wait_for_services(aws, out)


def create_service(ecs, out, service, subnets, options):
    breaker = not options.no_circuit_breaker
    made = ecs.create_service(
        cluster=out["cluster"], serviceName=PROJECT.name(service), launchType="FARGATE",
        taskDefinition=out["task_definitions"][service], desiredCount=TASKS,
        loadBalancers=[{"targetGroupArn": out["target_groups"][service],
                        "containerName": service, "containerPort": PORT}],
        networkConfiguration={"awsvpcConfiguration": {
            "subnets": subnets, "securityGroups": [out["security_groups"]["services"]],
            "assignPublicIp": "DISABLED"}},
        deploymentConfiguration={
            "minimumHealthyPercent": 100, "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": breaker, "rollback": breaker}},
        healthCheckGracePeriodSeconds=60, propagateTags="SERVICE",
        tags=PROJECT.lower_tags(service))
    return made["service"]["serviceName"]


def resource_of(service):
    return f"service/{PROJECT.project}/{PROJECT.name(service)}"


def create_scaling(autoscaling, service):
    place = {"ServiceNamespace": "ecs", "ResourceId": resource_of(service),
             "ScalableDimension": "ecs:service:DesiredCount"}
    autoscaling.register_scalable_target(
        MinCapacity=TASKS_MIN, MaxCapacity=TASKS_MAX, **place)
    autoscaling.put_scaling_policy(
        PolicyName=PROJECT.name(f"{service}-cpu"), PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": CPU_TARGET_PERCENT, "ScaleOutCooldown": 60, "ScaleInCooldown": 300,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}, **place)


# --- taking it down ----------------------------------------------------------------------------

def destroy(aws):
    with step("Scaling policies"):
        targets = aws.application_autoscaling.describe_scalable_targets(ServiceNamespace="ecs")
        for target in targets["ScalableTargets"]:
            if target["ResourceId"].startswith(f"service/{PROJECT.project}/"):
                aws.application_autoscaling.deregister_scalable_target(
                    ServiceNamespace="ecs", ResourceId=target["ResourceId"],
                    ScalableDimension=target["ScalableDimension"])
    containers.destroy_services(PROJECT, aws)
    with step("Load balancer, target groups, certificate"):
        balancer.destroy(PROJECT, aws.elbv2)
        access.delete_certificates(PROJECT, aws.acm)
    containers.destroy_cluster(PROJECT, aws)
    containers.destroy_repositories(PROJECT, aws)
    with step("IAM roles"):
        access.delete_roles(PROJECT, aws.iam)
