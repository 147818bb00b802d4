"""The alarms that a person on call would want."""
from common.program import step
from stack.base import PROJECT
from stack.services import SERVICES


def deploy(aws, out):
    balancer = {"LoadBalancer": out["load_balancer"].split(":loadbalancer/")[1]}
    with step("CloudWatch alarms"):
        out["alarms"] = [put_alarm(
            aws.cloudwatch, "alb-5xx", "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", balancer,
            "Sum", 10.0, "The load balancer answers 5xx for users")]
        for service in SERVICES:
            targets = {"TargetGroup": out["target_groups"][service].split(":")[-1], **balancer}
            out["alarms"].append(put_alarm(
                aws.cloudwatch, f"{service}-unhealthy", "AWS/ApplicationELB",
                "UnHealthyHostCount", targets, "Maximum", 0.0,
                f"A task of {service} fails its health check"))


def put_alarm(cloudwatch, suffix, namespace, metric, dimensions, statistic, threshold, words):
    cloudwatch.put_metric_alarm(
        AlarmName=PROJECT.name(suffix), Namespace=namespace, MetricName=metric, Period=60,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        Statistic=statistic, Threshold=threshold, EvaluationPeriods=2, DatapointsToAlarm=2,
        ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching",
        AlarmDescription=words, Tags=PROJECT.tags(suffix))
    return PROJECT.name(suffix)


# --- taking it down ----------------------------------------------------------------------------

def destroy(aws):
    with step("CloudWatch alarms"):
        found = aws.cloudwatch.describe_alarms(AlarmNamePrefix=PROJECT.name(""))["MetricAlarms"]
        if found:
            aws.cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in found])
