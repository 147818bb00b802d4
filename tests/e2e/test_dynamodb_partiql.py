"""PartiQL through boto3 and the AWS CLI: pages by token, batches, transactions, refusals."""
import decimal
import random

import botocore.exceptions
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

TO, FROM = TypeSerializer().serialize, TypeDeserializer().deserialize


@pytest.fixture
def dynamodb(squall):
    client = squall.client("dynamodb")
    client.create_table(
        TableName="orders-2026", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                              {"AttributeName": "sk", "AttributeType": "N"},
                              {"AttributeName": "owner", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"},
                   {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[{"IndexName": "by-owner",
                                 "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                                 "Projection": {"ProjectionType": "ALL"}}])
    client.get_waiter("table_exists").wait(TableName="orders-2026")
    return client


def fill(dynamodb, count):
    for start in range(0, count, 25):
        dynamodb.batch_execute_statement(Statements=[
            {"Statement": "INSERT INTO \"orders-2026\" VALUE {'pk': ?, 'sk': ?, 'owner': ?}",
             "Parameters": [TO(f"p{n % 3}"), TO(n), TO("even" if n % 2 == 0 else "odd")]}
            for n in range(start, min(start + 25, count))])


def all_pages(dynamodb, **request):
    items, pages = [], 0
    while True:
        page = dynamodb.execute_statement(**request)
        items += [{k: FROM(v) for k, v in item.items()} for item in page["Items"]]
        pages += 1
        if "NextToken" not in page:
            return items, pages
        request["NextToken"] = page["NextToken"]


def test_pages_by_token(dynamodb):
    fill(dynamodb, 60)
    items, pages = all_pages(dynamodb, Statement='SELECT * FROM "orders-2026"', Limit=7)
    assert sorted(item["sk"] for item in items) == list(range(60)) and pages == 9
    items, pages = all_pages(
        dynamodb, Limit=6, Parameters=[TO("p2"), TO("p0")],
        Statement='SELECT sk FROM "orders-2026" WHERE pk IN [?, ?] ORDER BY pk, sk DESC')
    assert [int(item["sk"]) for item in items] == [*range(57, -1, -3), *range(59, 1, -3)]
    items, _ = all_pages(dynamodb, Limit=10, Parameters=[TO("odd"), TO(50)],
                         Statement='SELECT * FROM "orders-2026"."by-owner" '
                                   "WHERE owner = ? AND sk > ?")
    assert sorted(item["sk"] for item in items) == [51, 53, 55, 57, 59]


def test_every_type_comes_back(dynamodb):
    item = {"pk": "all", "sk": decimal.Decimal("-1.5"), "b": b"\x00\xff", "t": True, "none": None,
            "list": [1, "it's", {"deep": []}], "map": {"a b": {"c": "ü"}}, "ss": {"x", "y"},
            "ns": {1, 2}, "bs": {b"1"}}
    names = ", ".join(f"'{name}': ?" for name in item)
    dynamodb.execute_statement(Statement=f'INSERT INTO "orders-2026" VALUE {{{names}}}',
                               Parameters=[TO(value) for value in item.values()])
    got = dynamodb.execute_statement(Statement='SELECT * FROM "orders-2026" WHERE pk = \'all\'',
                                     ConsistentRead=True)["Items"]
    assert [{k: FROM(v) for k, v in one.items()} for one in got] == [item]


def test_errors_are_the_clients_own(dynamodb):
    fill(dynamodb, 3)
    with pytest.raises(dynamodb.exceptions.DuplicateItemException):
        dynamodb.execute_statement(Statement="INSERT INTO \"orders-2026\" VALUE {'pk':'p0','sk':0}")
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refused:
        dynamodb.execute_statement(
            Statement="UPDATE \"orders-2026\" SET x = 1 WHERE pk = 'p0' AND sk = 0 "
                      "AND owner = 'me'",
            ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert refused.value.response["Item"]["owner"] == {"S": "even"}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as refused:
        dynamodb.execute_transaction(TransactStatements=[
            {"Statement": "DELETE FROM \"orders-2026\" WHERE pk = 'p0' AND sk = 0"},
            {"Statement": "INSERT INTO \"orders-2026\" VALUE {'pk': 'p1', 'sk': 1}"}])
    assert [r["Code"] for r in refused.value.response["CancellationReasons"]] == [
        "None", "DuplicateItem"]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        dynamodb.execute_statement(Statement="SELECT * FROM orders-2026")
    assert refused.value.response["Error"]["Message"].startswith(
        "Statement wasn't well formed, can't be processed: ")
    answers = dynamodb.batch_execute_statement(Statements=[
        {"Statement": "SELECT * FROM \"orders-2026\" WHERE pk = 'p0' AND sk = 0"},
        {"Statement": "SELECT * FROM \"orders-2026\" WHERE pk = 'p0'"}])["Responses"]
    assert answers[0]["Item"]["sk"] == {"N": "0"}
    assert answers[1]["Error"]["Code"] == "ValidationError"


def test_legacy_parameters_of_boto3(dynamodb):
    fill(dynamodb, 9)
    key = {"pk": TO("p0"), "sk": TO(0)}
    dynamodb.update_item(TableName="orders-2026", Key=key, AttributeUpdates={
        "n": {"Action": "ADD", "Value": TO(5)}, "owner": {"Action": "DELETE"}})
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.delete_item(TableName="orders-2026", Key=key,
                             Expected={"n": {"Value": TO(4), "Exists": True}})
    found = dynamodb.query(
        TableName="orders-2026", AttributesToGet=["n"],
        KeyConditions={"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [TO("p0")]}},
        QueryFilter={"owner": {"ComparisonOperator": "NULL"}})
    assert found["Items"] == [{"n": {"N": "5"}}]
    pages = dynamodb.get_paginator("scan").paginate(
        TableName="orders-2026", PaginationConfig={"PageSize": 2},
        ScanFilter={"owner": {"ComparisonOperator": "EQ", "AttributeValueList": [TO("odd")]}})
    assert sorted(int(item["sk"]["N"]) for page in pages for item in page["Items"]) == [1, 3, 5, 7]


def test_the_aws_cli(dynamodb, squall):
    fill(dynamodb, 3)
    said = squall.aws("dynamodb", "execute-statement", "--statement",
                      'SELECT sk FROM "orders-2026" WHERE pk = ?', "--parameters", '[{"S": "p1"}]')
    assert said["Items"] == [{"sk": {"N": "1"}}]


# --- clauses against a naive evaluator -----------------------------------------------------------

def literal(rng, value, parameters):
    """As text in the statement, or as a parameter."""
    if rng.random() < 0.5:
        parameters.append(TO(value))
        return "?"
    return f"'{value}'" if isinstance(value, str) else str(value)


def leaf(rng, parameters):
    """A condition's text, and a function from an item to its truth."""
    def said(value):
        return literal(rng, value, parameters)

    kind = rng.randrange(8)
    if kind <= 1:
        pk = f"p{rng.randrange(6)}"
        return f"pk = {said(pk)}", lambda item: item["pk"] == pk
    if kind == 2:
        pks = [f"p{rng.randrange(6)}" for _ in range(rng.randrange(1, 4))]
        return f"pk IN [{', '.join([said(pk) for pk in pks])}]", lambda item: item["pk"] in pks
    n, m = rng.randrange(-1, 12), rng.randrange(-1, 12)
    if kind == 3:
        low, high = min(n, m), max(n, m)
        return (f"sk BETWEEN {said(low)} AND {said(high)}",
                lambda item: low <= item["sk"] <= high)
    if kind == 4:
        return f"m <> {said(n)}", lambda item: item.get("m") != n
    if kind == 5:
        return "m IS MISSING", lambda item: "m" not in item
    word = rng.choice(["=", "<", "<=", ">", ">="])
    name = rng.choice(["sk", "sk", "m"])
    compare = {"=": lambda a: a == n, "<": lambda a: a < n, "<=": lambda a: a <= n,
               ">": lambda a: a > n, ">=": lambda a: a >= n}[word]
    mirrored = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}[word]
    text = f"{name} {word} {said(n)}" if rng.random() < 0.7 else f"{said(n)} {mirrored} {name}"
    return text, lambda item: name in item and compare(item[name])


def clause(rng, depth, parameters):
    if not depth or rng.random() < 0.3:
        return leaf(rng, parameters)
    if rng.random() < 0.15:
        text, truth = clause(rng, depth - 1, parameters)
        return f"NOT ({text})", lambda item: not truth(item)
    word = rng.choice(["AND", "AND", "OR"])
    left, is_left = clause(rng, depth - 1, parameters)
    right, is_right = clause(rng, depth - 1, parameters)
    if word == "AND":
        return f"({left}) AND ({right})", lambda item: is_left(item) and is_right(item)
    return f"({left}) OR ({right})", lambda item: is_left(item) or is_right(item)


def test_clauses_select_what_a_naive_evaluator_says(dynamodb):
    """Whether a statement queries partitions or scans must not show in what it finds."""
    items = [{"pk": f"p{n % 5}", "sk": n // 5, **({"m": n % 7} if n % 3 else {})}
             for n in range(50)]
    for item in items:
        dynamodb.put_item(TableName="orders-2026", Item={k: TO(v) for k, v in item.items()})
    rng = random.Random(7)
    for turn in range(300):
        parameters = []
        text, truth = clause(rng, 3, parameters)
        request = {"Statement": f'SELECT * FROM "orders-2026" WHERE {text}'}
        if parameters:
            request["Parameters"] = parameters
        if turn % 2:
            request["Limit"] = rng.randrange(1, 20)
        found, _ = all_pages(dynamodb, **request)
        wanted = [item for item in items if truth(item)]

        def order(item):
            return item["pk"], item["sk"]
        assert sorted(found, key=order) == sorted(wanted, key=order), request
