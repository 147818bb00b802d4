"""DynamoDB through boto3: the resource layer, numbers against Python's decimal, conditions against
a naive evaluator, and what only the wire shows."""
import decimal
import json
import random
import urllib.request
import zlib

import boto3
import botocore.exceptions
import pytest
from boto3.dynamodb.conditions import Attr, Key
from conftest import REGION

D = decimal.Decimal
EXACT = decimal.Context(prec=400)


@pytest.fixture
def table(squall):
    resource = boto3.resource(
        "dynamodb", region_name=REGION, endpoint_url=squall.endpoint,
        aws_access_key_id="000000000000", aws_secret_access_key="test")
    made = resource.create_table(
        TableName="things", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                              {"AttributeName": "sk", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"},
                   {"AttributeName": "sk", "KeyType": "RANGE"}])
    made.wait_until_exists()
    return made


def code_of(error):
    return error.value.response["Error"]["Code"]


def test_the_resource_layer(table):
    with table.batch_writer() as batch:
        for i in range(120):
            batch.put_item(Item={"pk": "p", "sk": i, "text": f"item {i}", "even": i % 2 == 0,
                                 "list": [i, "x", None], "set": {"a", str(i)}})
    got = table.query(KeyConditionExpression=Key("pk").eq("p") & Key("sk").between(10, 19),
                      FilterExpression=Attr("even").eq(True) & Attr("text").begins_with("item"))
    assert [item["sk"] for item in got["Items"]] == [10, 12, 14, 16, 18]
    assert got["ScannedCount"] == 10
    table.update_item(Key={"pk": "p", "sk": 5}, UpdateExpression="SET #t = :t ADD n :one",
                      ExpressionAttributeNames={"#t": "text"},
                      ExpressionAttributeValues={":t": "new", ":one": D("1.5")})
    item = table.get_item(Key={"pk": "p", "sk": 5})["Item"]
    assert item["text"] == "new" and item["n"] == D("1.5") and item["set"] == {"a", "5"}
    with pytest.raises(botocore.exceptions.ClientError) as error:
        table.put_item(Item={"pk": "p", "sk": 5}, ConditionExpression=Attr("pk").not_exists())
    assert code_of(error) == "ConditionalCheckFailedException"
    pages = table.meta.client.get_paginator("scan").paginate(
        TableName="things", PaginationConfig={"PageSize": 7})
    assert sum(page["Count"] for page in pages) == 120


def number(rng):
    digits = rng.choice([1, 2, 5, 17, 38])
    whole = rng.randrange(10 ** digits) * rng.choice([1, -1])
    exponent = rng.choice([0, 0, -3, 5, -20, rng.randint(-130 + digits, 125 - digits)])
    return EXACT.scaleb(D(whole), exponent)


def fits(value):
    if value == 0:
        return True
    stripped = value.normalize(EXACT)
    return len(stripped.as_tuple().digits) <= 38 and -130 <= stripped.adjusted() <= 125


def test_sums_are_those_of_pythons_decimal(table, squall):
    client = squall.client("dynamodb")
    rng = random.Random(4)
    for i in range(400):
        a, b = number(rng), number(rng)
        if not fits(a) or not fits(b):
            continue
        key = {"pk": {"S": "n"}, "sk": {"N": str(i)}}
        client.put_item(TableName="things", Item={**key, "v": {"N": str(a)}})
        sign, wanted = ("+", EXACT.add(a, b)) if i % 2 else ("-", EXACT.subtract(a, b))
        change = {"TableName": "things", "Key": key, "UpdateExpression": f"SET v = v {sign} :b",
                  "ExpressionAttributeValues": {":b": {"N": str(b)}}, "ReturnValues": "ALL_NEW"}
        if not fits(wanted):
            with pytest.raises(botocore.exceptions.ClientError):
                client.update_item(**change)
            continue
        got = client.update_item(**change)["Attributes"]["v"]["N"]
        assert D(got) == wanted and "E" not in got, (a, sign, b)


def test_number_keys_are_in_the_order_of_numbers(table):
    rng = random.Random(5)
    values = {number(rng) for _ in range(300)}
    values = {v.normalize(EXACT) for v in values
              if fits(v) and v.adjusted() < 38}  # boto3 reads no number of more digits
    with table.batch_writer() as batch:
        for value in values:
            batch.put_item(Item={"pk": "order", "sk": value})
    got = table.query(KeyConditionExpression=Key("pk").eq("order"))["Items"]
    assert [item["sk"] for item in got] == sorted(values)


# --- conditions against a naive evaluator --------------------------------------------------------

ITEM = {"pk": "c", "sk": D(1), "a": D(5), "b": "hello", "c": {"x", "y"}, "d": [D(1), "two"],
        "e": {"k": D(9)}, "f": True, "g": None, "h": "hell"}


def random_condition(rng, depth):
    """A condition's text, its values, and whether it holds."""
    if depth and rng.random() < 0.6:
        left = random_condition(rng, depth - 1)
        if rng.random() < 0.3:
            return f"NOT ({left[0]})", left[1], not left[2]
        right = random_condition(rng, depth - 1)
        word = rng.choice(["AND", "OR"])
        truth = (left[2] and right[2]) if word == "AND" else (left[2] or right[2])
        return f"({left[0]}) {word} ({right[0]})", {**left[1], **right[1]}, truth
    name = f":v{rng.randrange(10 ** 9)}"
    attribute = rng.choice(["a", "b", "h", "nowhere"])
    there = ITEM.get(attribute)
    value = rng.choice([D(4), D(5), D(6), "hell", "hello", "help"])
    same_type = there is not None and isinstance(there, str) == isinstance(value, str)
    kind = rng.randrange(5)
    if kind == 0:
        word = rng.choice(["=", "<>"])
        equal = there == value
        return f"{attribute} {word} {name}", {name: value}, equal == (word == "=")
    if kind == 1:
        word = rng.choice(["<", "<=", ">", ">="])
        truth = same_type and {"<": there < value, "<=": there <= value,
                               ">": there > value, ">=": there >= value}[word]
        return f"{attribute} {word} {name}", {name: value}, truth
    if kind == 2:
        return f"attribute_exists({attribute})", {}, there is not None
    if kind == 3:
        truth = isinstance(there, str) and there.startswith("hel")
        return f"begins_with({attribute}, {name})", {name: "hel"}, truth
    choices = rng.sample([D(4), D(5), "hell", "hello"], 2)
    names = {f"{name}{i}": choice for i, choice in enumerate(choices)}
    return f"{attribute} IN ({', '.join(names)})", names, there in choices


def test_conditions_hold_as_a_naive_evaluator_says(table):
    table.put_item(Item=ITEM)
    rng = random.Random(6)
    for _ in range(400):
        text, values, wanted = random_condition(rng, 3)
        named = {"ExpressionAttributeValues": values} if values else {}
        got = table.query(KeyConditionExpression=Key("pk").eq("c"), FilterExpression=text,
                          **named) if not values else table.scan(FilterExpression=text, **named)
        assert (got["Count"] == 1) == wanted, (text, values)


# --- the wire ------------------------------------------------------------------------------------

def post(squall, operation, body, **headers):
    request = urllib.request.Request(
        squall.endpoint + "/", data=body.encode(), method="POST",
        headers={"X-Amz-Target": f"DynamoDB_20120810.{operation}",
                 "Content-Type": "application/x-amz-json-1.0",
                 "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/"
                                  "aws4_request, SignedHeaders=host, Signature=0", **headers})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def test_headers_and_namespaces(squall):
    status, headers, text = post(squall, "ListTables", "{}")
    assert (status, text) == (200, '{"TableNames":[]}')
    assert headers["Content-Type"] == "application/x-amz-json-1.0"
    assert int(headers["x-amz-crc32"]) == zlib.crc32(text.encode())
    assert len(headers["x-amzn-requestid"]) == 52
    answers = {
        ("GetItem", '{"TableName":"none","Key":{"a":{"S":"b"}}}'):
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        ("GetItem", '{"TableName":5}'): "com.amazon.coral.service#SerializationException",
        ("GetItem", "{}"): "com.amazon.coral.validate#ValidationException",
        ("Nothing", "{}"): "com.amazon.coral.service#UnknownOperationException",
    }
    for (operation, body), wanted in answers.items():
        status, _, text = post(squall, operation, body)
        assert status == 400 and json.loads(text)["__type"] == wanted


def test_says_that_it_is_healthy(squall):
    request = urllib.request.Request(
        squall.endpoint + "/", headers={"Host": "dynamodb.eu-west-1.amazonaws.com"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        assert answer.read() == b"healthy: dynamodb.eu-west-1.amazonaws.com "
