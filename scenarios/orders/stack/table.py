"""The table of orders: on demand, with point-in-time recovery."""
from common.program import step, wait
from stack.base import PROJECT


def deploy(aws, out):
    with step("DynamoDB table"):
        dynamodb, table = aws.dynamodb, PROJECT.name("table")
        dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "customer", "AttributeType": "S"},
                                  {"AttributeName": "order", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "customer", "KeyType": "HASH"},
                       {"AttributeName": "order", "KeyType": "RANGE"}],
            Tags=PROJECT.tags("table"))
        wait(dynamodb, "table_exists", TableName=table)
        dynamodb.put_item(TableName=table, Item={
            "customer": {"S": "first"}, "order": {"S": "0001"}, "total": {"N": "12.50"}})
        out["table"] = table


def destroy(aws):
    with step("DynamoDB table"):
        dynamodb, table = aws.dynamodb, PROJECT.name("table")
        tables = [name for page in dynamodb.get_paginator("list_tables").paginate()
                  for name in page["TableNames"]]
        if table in tables:
            dynamodb.delete_table(TableName=table)
            wait(dynamodb, "table_not_exists", TableName=table)
