"""The table of orders: on demand, unless a variant provisions it, with or without auto scaling."""
from common.program import step, wait
from stack.base import PROJECT

PROVISIONED = {"ReadCapacityUnits": 100, "WriteCapacityUnits": 100}
# Per dimension: capacity between these, and the share of it in use that scaling aims at.
SCALED = {"ReadCapacityUnits": "DynamoDBReadCapacityUtilization",
          "WriteCapacityUnits": "DynamoDBWriteCapacityUtilization"}
SCALED_MAX, TARGET_PERCENT = 2000, 70


def deploy(aws, out, options):
    provisioned = options.provisioned_table or options.scaled_table
    with step("DynamoDB table, " + ("provisioned" if provisioned else "on demand")):
        dynamodb, table = aws.dynamodb, PROJECT.name("table")
        billing = ({"BillingMode": "PROVISIONED", "ProvisionedThroughput": PROVISIONED}
                   if provisioned else {"BillingMode": "PAY_PER_REQUEST"})
        dynamodb.create_table(
            TableName=table, **billing,
            AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"},
                                  {"AttributeName": "order", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"},
                       {"AttributeName": "order", "KeyType": "RANGE"}],
            Tags=PROJECT.tags("table"))
        wait(dynamodb, "table_exists", TableName=table)
        dynamodb.put_item(TableName=table, Item={
            "customer": {"S": "first"}, "order": {"S": "0001"}, "total": {"N": "12.50"}})
        out["table"] = table
    if options.scaled_table:
        with step("Auto scaling of the table's throughput"):
            scale(aws.application_autoscaling, table)


def scale(scaling, table):
    for dimension, metric in SCALED.items():
        target = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{table}",
                  "ScalableDimension": f"dynamodb:table:{dimension}"}
        scaling.register_scalable_target(
            **target, MinCapacity=PROVISIONED[dimension], MaxCapacity=SCALED_MAX)
        scaling.put_scaling_policy(
            **target, PolicyName=f"{table}-{dimension}", PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": TARGET_PERCENT,
                "PredefinedMetricSpecification": {"PredefinedMetricType": metric}})


def destroy(aws):
    with step("Auto scaling of the table"):
        scaling, table = aws.application_autoscaling, PROJECT.name("table")
        targets = scaling.describe_scalable_targets(
            ServiceNamespace="dynamodb", ResourceIds=[f"table/{table}"])["ScalableTargets"]
        for target in targets:
            scaling.deregister_scalable_target(**{
                key: target[key]
                for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")})
    with step("DynamoDB table"):
        dynamodb = aws.dynamodb
        tables = [name for page in dynamodb.get_paginator("list_tables").paginate()
                  for name in page["TableNames"]]
        if table in tables:
            dynamodb.delete_table(TableName=table)
            wait(dynamodb, "table_not_exists", TableName=table)
