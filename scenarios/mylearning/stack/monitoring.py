"""What is watched: VPC flow logs, alarms, and a dashboard of every tier."""
import json

from common.program import step
from stack.base import PROJECT

name, tags, tagged = PROJECT.name, PROJECT.tags, PROJECT.tagged
FLOW_LOG_GROUP = f"/{PROJECT.project}/vpc/flow-logs"
RETENTION_DAYS = 30
ALARMS = (name("alb-5xx"), name("unhealthy-hosts"), name("db-cpu"))
DASHBOARD = PROJECT.project


def deploy_flow_logs(aws, out):
    with step("VPC flow logs"):
        aws.logs.create_log_group(
            logGroupName=FLOW_LOG_GROUP,
            tags={"project": PROJECT.project, "Name": name("flow-logs")})
        aws.logs.put_retention_policy(
            logGroupName=FLOW_LOG_GROUP, retentionInDays=RETENTION_DAYS)
        made = aws.ec2.create_flow_logs(
            ResourceType="VPC", ResourceIds=[out["vpc"]], TrafficType="ALL",
            LogDestinationType="cloud-watch-logs", LogGroupName=FLOW_LOG_GROUP,
            DeliverLogsPermissionArn=out["roles"]["flow-logs"], MaxAggregationInterval=60,
            TagSpecifications=tagged("vpc-flow-log", "flow-logs"))
        if made.get("Unsuccessful"):  # the call itself succeeds
            raise_unsuccessful(aws.ec2, made["Unsuccessful"][0]["Error"])
        out["flow_logs"] = made["FlowLogIds"]
        out["log_groups"] = [FLOW_LOG_GROUP]


def raise_unsuccessful(client, error):
    raise client.exceptions.ClientError(
        {"Error": {"Code": error["Code"], "Message": error["Message"]}}, "CreateFlowLogs")


def dimensions(out):
    """The dimensions that the tiers' metrics go by."""
    balancer = {"LoadBalancer": out["load_balancer"].split(":loadbalancer/")[1]}
    targets = {"TargetGroup": out["target_group"].split(":")[-1], **balancer}
    return balancer, targets


def put_alarm(cloudwatch, alarm, namespace, metric, metric_dimensions, **rule):
    cloudwatch.put_metric_alarm(
        AlarmName=alarm, Namespace=namespace, MetricName=metric, Period=60,
        Dimensions=[{"Name": key, "Value": value} for key, value in metric_dimensions.items()],
        Tags=tags(alarm), **rule)


def deploy_alarms(aws, out):
    balancer, targets = dimensions(out)
    above = {"ComparisonOperator": "GreaterThanThreshold"}
    with step("CloudWatch alarms"):
        # No data point means no such answer, so missing is fine.
        put_alarm(aws.cloudwatch, ALARMS[0], "AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count",
                  balancer, Statistic="Sum", Threshold=10.0, EvaluationPeriods=2,
                  DatapointsToAlarm=2, TreatMissingData="notBreaching",
                  AlarmDescription="The load balancer answers 5xx for users", **above)
        put_alarm(aws.cloudwatch, ALARMS[1], "AWS/ApplicationELB", "UnHealthyHostCount",
                  targets, Statistic="Maximum", Threshold=0.0, EvaluationPeriods=2,
                  DatapointsToAlarm=2, TreatMissingData="notBreaching",
                  AlarmDescription="A web server fails its health check", **above)
        put_alarm(aws.cloudwatch, ALARMS[2], "AWS/RDS", "CPUUtilization",
                  {"DBInstanceIdentifier": out["database"]}, Statistic="Average",
                  Threshold=80.0, EvaluationPeriods=3, DatapointsToAlarm=3,
                  TreatMissingData="missing",
                  AlarmDescription="The database is short of CPU", **above)
        out["alarms"] = list(ALARMS)


def widget(x, y, title, metrics, stat="Average"):
    return {"type": "metric", "x": x, "y": y, "width": 12, "height": 6, "properties": {
        "title": title, "region": PROJECT.region, "view": "timeSeries", "stat": stat, "period": 60,
        "metrics": metrics}}


def dashboard_body(out):
    balancer, targets = dimensions(out)
    alb = ["LoadBalancer", balancer["LoadBalancer"]]
    hosts = ["TargetGroup", targets["TargetGroup"], *alb]
    group = ["AutoScalingGroupName", out["auto_scaling_group"]]
    database = ["DBInstanceIdentifier", out["database"]]
    redis = ["CacheClusterId", f"{out['redis']}-001"]
    elb, asg = "AWS/ApplicationELB", "AWS/AutoScaling"
    return {"widgets": [
        widget(0, 0, "Requests", [[elb, "RequestCount", *alb]], "Sum"),
        widget(12, 0, "Response time", [[elb, "TargetResponseTime", *alb]], "p99"),
        widget(0, 6, "Targets", [[elb, "HealthyHostCount", *hosts],
                                 [elb, "UnHealthyHostCount", *hosts]], "Maximum"),
        widget(12, 6, "Web servers", [[asg, "GroupDesiredCapacity", *group],
                                      [asg, "GroupInServiceInstances", *group]]),
        widget(0, 12, "Web CPU", [["AWS/EC2", "CPUUtilization", *group]]),
        widget(12, 12, "Database CPU and connections", [
            ["AWS/RDS", "CPUUtilization", *database],
            ["AWS/RDS", "DatabaseConnections", *database, {"yAxis": "right"}]]),
        widget(0, 18, "Database latency", [["AWS/RDS", "ReadLatency", *database],
                                           ["AWS/RDS", "WriteLatency", *database]]),
        widget(12, 18, "Redis", [["AWS/ElastiCache", "CPUUtilization", *redis],
                                 ["AWS/ElastiCache", "CurrConnections", *redis]]),
        widget(0, 24, "NAT gateways", [
            ["AWS/NATGateway", "ActiveConnectionCount", "NatGatewayId", gateway]
            for gateway in out["nat_gateways"]], "Maximum"),
    ]}


def deploy_dashboard(aws, out):
    with step("CloudWatch dashboard"):
        aws.cloudwatch.put_dashboard(
            DashboardName=DASHBOARD, DashboardBody=json.dumps(dashboard_body(out)))
        out["dashboard"] = DASHBOARD


# --- taking it down ----------------------------------------------------------------------------

def destroy_watchers(aws):
    with step("CloudWatch dashboard and alarms"):
        dashboards = aws.cloudwatch.list_dashboards(DashboardNamePrefix=DASHBOARD)
        if DASHBOARD in [entry["DashboardName"] for entry in dashboards["DashboardEntries"]]:
            aws.cloudwatch.delete_dashboards(DashboardNames=[DASHBOARD])
        alarms = aws.cloudwatch.describe_alarms(AlarmNames=list(ALARMS))["MetricAlarms"]
        if alarms:
            aws.cloudwatch.delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])


def destroy_flow_logs(aws):
    with step("VPC flow logs and log groups"):
        flow_logs = aws.ec2.describe_flow_logs(Filter=PROJECT.by_project())["FlowLogs"]
        if flow_logs:
            aws.ec2.delete_flow_logs(FlowLogIds=[log["FlowLogId"] for log in flow_logs])
        groups = aws.logs.describe_log_groups(logGroupNamePrefix=f"/{PROJECT.project}/")
        for group in groups["logGroups"]:
            aws.logs.delete_log_group(logGroupName=group["logGroupName"])
