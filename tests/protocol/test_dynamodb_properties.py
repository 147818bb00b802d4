"""DynamoDB's numbers, conditions, key order and item sizes against an independent oracle
(dynamodb_oracle.py): thousands of random cases, the same ones each run.

Needs the squall_caller executable: $SQUALL_CALLER, else build/dev/tests/squall_caller.
"""
import base64
import decimal
import json
import os
import pathlib
import subprocess

import dynamodb_oracle as oracle
import pytest
from dynamodb_oracle import EXACT

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLER = os.environ.get("SQUALL_CALLER", str(ROOT / "build/dev/tests/squall_caller"))
D = decimal.Decimal


class Dynamo:
    """Calls are collected, run in one go, and then looked at."""

    def __init__(self):
        self.calls, self.checks = [], []

    def call(self, operation, check=None, **named):
        """`check(answer)`: a text that says what is wrong, or None."""
        self.calls.append({"service": "dynamodb", "operation": operation, "input": named})
        self.checks.append(check or (lambda answer: None if "output" in answer else str(answer)))

    def create(self, name, range_type=None):
        keys = [("pk", "S", "HASH")] + ([("sk", range_type, "RANGE")] if range_type else [])
        self.call("CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST",
                  AttributeDefinitions=[{"AttributeName": k, "AttributeType": t}
                                        for k, t, _ in keys],
                  KeySchema=[{"AttributeName": k, "KeyType": role} for k, _, role in keys])

    def run(self):
        lines = "".join(json.dumps(call) + "\n" for call in self.calls)
        out = subprocess.run([CALLER], input=lines.encode(), stdout=subprocess.PIPE, check=True,
                             timeout=300).stdout
        answers = [json.loads(line) for line in out.splitlines()]
        assert len(answers) == len(self.calls)
        wrong = []
        for call, check, answer in zip(self.calls, self.checks, answers):
            said = check(answer)
            if said:
                wrong.append(f"{said}\n   {json.dumps(call)[:500]}\n   {json.dumps(answer)[:500]}")
        if wrong:
            shown = "\n".join(wrong[:5])
            pytest.fail(f"{len(wrong)} of {len(answers)} are wrong:\n{shown}", pytrace=False)
        return answers


def expect(wanted, got_of):
    def check(answer):
        got = got_of(answer["output"]) if "output" in answer else answer
        return None if got == wanted else f"wanted {wanted}, got {got}"
    return check


def expect_refusal(words):
    def check(answer):
        if answer.get("code") == "ValidationException" and answer["message"] in words:
            return None
        return f"wanted one of {words}"
    return check


def test_numbers_come_back_in_normal_form_or_not_at_all():
    dynamo, rng = Dynamo(), oracle.seeded("numbers")
    dynamo.create("ttt")
    for i in range(4000):
        text = oracle.number_text(rng)
        value = EXACT.create_decimal(text)
        refusals = oracle.fits(value)
        item = {"pk": {"S": str(i)}, "n": {"N": text}}
        if refusals:
            dynamo.call("PutItem", expect_refusal(refusals), TableName="ttt", Item=item)
            continue
        dynamo.call("PutItem", TableName="ttt", Item=item)
        dynamo.call("GetItem", expect(oracle.normal_form(value), lambda o: o["Item"]["n"]["N"]),
                    TableName="ttt", Key={"pk": {"S": str(i)}})
    dynamo.run()


def test_sums_and_differences_are_exact():
    dynamo, rng = Dynamo(), oracle.seeded("sums")
    dynamo.create("ttt")
    made = 0
    while made < 3000:
        texts = [oracle.number_text(rng) for _ in range(2)]
        if rng.random() < 0.3:  # of one magnitude, so that digits meet and cancel
            texts[1] = rng.choice(["-", ""]) + texts[0].lstrip("+-")
        a, b = (EXACT.create_decimal(t) for t in texts)
        if oracle.fits(a) or oracle.fits(b):
            continue
        made += 1
        key = {"pk": {"S": str(made)}}
        dynamo.call("PutItem", TableName="ttt", Item={**key, "n": {"N": texts[0]}})
        expression, wanted = rng.choice([("SET n = n + :b", EXACT.add(a, b)),
                                         ("SET n = n - :b", EXACT.subtract(a, b)),
                                         ("SET n = :b - n", EXACT.subtract(b, a)),
                                         ("ADD n :b", EXACT.add(a, b))])
        refusals = oracle.fits(wanted)
        check = expect_refusal(refusals) if refusals else expect(
            oracle.normal_form(wanted), lambda o: o["Attributes"]["n"]["N"])
        dynamo.call("UpdateItem", check, TableName="ttt", Key=key, UpdateExpression=expression,
                    ExpressionAttributeValues={":b": {"N": texts[1]}}, ReturnValues="ALL_NEW")
    dynamo.run()


@pytest.mark.parametrize("member", ["FilterExpression", "ConditionExpression"])
def test_conditions_hold_as_a_naive_evaluator_says(member):
    dynamo, rng = Dynamo(), oracle.seeded(member)
    dynamo.create("ttt")
    tally = {"refused": 0, True: 0, False: 0}
    for _ in range(300):
        item = oracle.random_item(rng)
        dynamo.call("PutItem", TableName="ttt", Item=item)
        for _ in range(12):
            condition = oracle.random_condition(rng, item)
            text = oracle.Text(condition, rng).members(member)
            refused = oracle.is_refused(condition)
            wanted = "refused" if refused else oracle.holds(condition, item)
            tally[wanted] += 1
            if member == "FilterExpression":
                dynamo.call("Scan", expect_truth(wanted, lambda o: o["Count"] == 1),
                            TableName="ttt", **text)
            else:
                dynamo.call("UpdateItem", expect_truth(wanted, lambda o: True), TableName="ttt",
                            Key={"pk": {"S": "k"}}, **text)
    assert min(tally.values()) > 150, tally  # all three kinds were met
    dynamo.run()


def expect_truth(wanted, truth_of):
    def check(answer):
        if answer.get("code") == "ValidationException":
            got = "refused"
        elif answer.get("code") == "ConditionalCheckFailedException":
            got = False
        else:
            got = truth_of(answer["output"])
        return None if got == wanted else f"wanted {wanted}, got {got}"
    return check


# --- key order -----------------------------------------------------------------------------------

def random_keys(rng, kind, count):
    keys = {}
    while len(keys) < count:
        if kind == "N":
            text = oracle.number_text(rng)
            if oracle.fits(EXACT.create_decimal(text)):
                continue
            value = {"N": oracle.normal_form(EXACT.create_decimal(text))}
        elif kind == "S":
            value = {"S": "".join(rng.choice("ab\u00e9\u4e2d\U0001f600\x00~")
                                  for _ in range(rng.randint(1, 4)))}
        else:
            value = {"B": oracle.blob(bytes(rng.choice([0, 1, 127, 128, 255])
                                            for _ in range(rng.randint(1, 4))))}
        keys[oracle.order(value)] = value
    return [keys[k] for k in sorted(keys)]


def key_condition(rng, kind, keys):
    """A condition on the sort key, and whether a key meets it."""
    word = rng.choice(["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"])
    bounds = sorted((rng.choice(keys) for _ in range(2)), key=oracle.order)
    low, high = map(oracle.order, bounds)
    if word == "BETWEEN":
        return ("sk BETWEEN :a AND :b", {":a": bounds[0], ":b": bounds[1]},
                lambda k: low <= k <= high)
    if word == "begins_with" and kind != "N":
        start = rng.choice(keys)[kind]
        start = start[:2] if kind == "S" else oracle.blob(base64.b64decode(start)[:2])
        raw = oracle.order({kind: start})
        return "begins_with(sk, :a)", {":a": {kind: start}}, lambda k: k.startswith(raw)
    word = "=" if word == "begins_with" else word
    meets = {"=": lambda k: k == low, "<": lambda k: k < low, "<=": lambda k: k <= low,
             ">": lambda k: k > low, ">=": lambda k: k >= low}[word]
    return f"sk {word} :a", {":a": bounds[0]}, meets


@pytest.mark.parametrize("kind", ["N", "S", "B"])
def test_queries_walk_sort_keys_in_their_order(kind):
    dynamo, rng = Dynamo(), oracle.seeded(f"order {kind}")
    dynamo.create("ttt", kind)
    keys = random_keys(rng, kind, 250)
    for key in rng.sample(keys, len(keys)):
        dynamo.call("PutItem", TableName="ttt", Item={"pk": {"S": "p"}, "sk": key})
    for _ in range(300):
        text, values, meets = key_condition(rng, kind, keys)
        wanted = [k for k in keys if meets(oracle.order(k))]
        forward, limit, start = rng.random() < 0.5, rng.choice([1000, 1, 7]), {}
        if not forward:
            wanted.reverse()
        if wanted and rng.random() < 0.5:  # a page that goes on behind one of them
            last = rng.randrange(len(wanted))
            start = {"ExclusiveStartKey": {"pk": {"S": "p"}, "sk": wanted[last]}}
            wanted = wanted[last + 1:]
        dynamo.call("Query", expect(wanted[:limit], lambda o: [i["sk"] for i in o["Items"]]),
                    TableName="ttt", KeyConditionExpression=f"pk = :p AND {text}",
                    ExpressionAttributeValues={":p": {"S": "p"}, **values},
                    ScanIndexForward=forward, Limit=limit, **start)
    dynamo.run()


# --- sizes ---------------------------------------------------------------------------------------

def test_items_have_the_size_that_the_guide_says():
    dynamo, rng = Dynamo(), oracle.seeded("sizes")
    dynamo.create("ttt")
    for _ in range(1500):
        item = {"pk": {"S": "k"}}
        for name in rng.sample(["a", "bb", "\u00e9", "long name"], rng.randint(1, 4)):
            item[name] = oracle.random_value(rng, 3)
            if rng.random() < 0.3:
                text = oracle.number_text(rng)
                if not oracle.fits(EXACT.create_decimal(text)):
                    item[name] = {"N": text}
        dynamo.call("PutItem", TableName="ttt", Item=item)
        dynamo.call("DescribeTable",
                    expect(oracle.item_bytes(item), lambda o: o["Table"]["TableSizeBytes"]),
                    TableName="ttt")
    dynamo.run()


def test_an_item_is_at_most_400_kilobytes_however_it_grows():
    dynamo, rng = Dynamo(), oracle.seeded("limit")
    dynamo.create("ttt")
    for i in range(60):
        filler = oracle.random_value(rng, 3)
        key = {"pk": {"S": f"k{i}"}}
        rest = 400 * 1024 - oracle.item_bytes({**key, "f": filler, "v": {"S": ""}})
        over = rng.choice([0, 0, 1, 5])
        value = {"S": "x" * (rest + over)}
        put_refusal = expect_refusal(["Item size has exceeded the maximum allowed size"])
        update_refusal = expect_refusal(["Item size to update has exceeded the maximum allowed "
                                         "size"])
        item = {**key, "f": filler}
        if i % 2:
            dynamo.call("PutItem", put_refusal if over else None, TableName="ttt",
                        Item={**item, "v": value})
            continue
        dynamo.call("PutItem", TableName="ttt", Item=item)
        dynamo.call("UpdateItem", update_refusal if over else None, TableName="ttt", Key=key,
                    UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": value})
    dynamo.run()
