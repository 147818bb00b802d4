"""Clients of a server that is killed under them: raw requests, as fast as Python sends them, and a
model of what was acknowledged."""
import http.client
import json
import random
import threading
import urllib.parse

REGION = "us-east-1"


class Lost(Exception):
    """No answer came: the request was made, or it was not."""


class Refused(Exception):
    """The server answered with an error of AWS's."""

    def __init__(self, status, text):
        super().__init__(f"{status}: {text}")
        self.text = text


class Caller:
    """One keep-alive connection."""

    def __init__(self, endpoint):
        self.connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=20)

    def send(self, service, headers, body):
        scope = f"000000000000/20260101/{REGION}/{service}/aws4_request"
        authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        try:
            self.connection.request("POST", "/", body=body,
                                    headers={"Authorization": authorization, **headers})
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as failure:
            raise Lost from failure
        if answer.status != 200:
            raise Refused(answer.status, text)
        return text

    def json(self, service, target, body, version="1.0"):
        text = self.send(service, {"X-Amz-Target": target,
                                   "Content-Type": f"application/x-amz-json-{version}"},
                         json.dumps(body))
        return json.loads(text) if text else {}

    def ddb(self, operation, **body):
        return self.json("dynamodb", f"DynamoDB_20120810.{operation}", body)

    def streams(self, operation, **body):
        return self.json("dynamodb", f"DynamoDBStreams_20120810.{operation}", body)

    def query(self, service, version, action, **parameters):
        body = urllib.parse.urlencode({"Action": action, "Version": version, **parameters})
        return self.send(service, {"Content-Type": "application/x-www-form-urlencoded"}, body)


def key(name):
    return {"pk": {"S": name}}


def number(item, name="n"):
    return int(item[name]["N"]) if name in (item or {}) else 0


class Worker:
    """A client program with things of its own. `step` makes one change: what it wants is noted
    before, what was acknowledged after; `check` compares with what is there after a restart."""

    def __init__(self, name, seed):
        self.name = name
        self.rng = random.Random(f"{seed}/{name}")
        self.acknowledged = 0
        self.failure = None

    def run(self, endpoint, stopping):
        try:
            caller = Caller(endpoint)
            while not stopping.is_set():
                self.step(caller)
                self.acknowledged += 1
        except Lost:
            pass
        except Exception as failure:  # a thread's exception would otherwise be lost
            self.failure = failure

    def step(self, caller):
        raise NotImplementedError

    def check(self, caller):
        raise NotImplementedError


class Counter(Worker):
    """Counts by conditional updates: one that was not answered was made once or not at all."""

    def __init__(self, name, seed):
        super().__init__(name, seed)
        self.count = 0

    def step(self, caller):
        caller.ddb("UpdateItem", TableName="items", Key=key(self.name),
                   UpdateExpression="SET n = :next, filler = :filler",
                   ConditionExpression="attribute_not_exists(n) OR n = :now",
                   ExpressionAttributeValues={
                       ":next": {"N": str(self.count + 1)}, ":now": {"N": str(self.count)},
                       ":filler": {"S": "x" * self.rng.randrange(600)}})
        self.count += 1

    def check(self, caller):
        item = caller.ddb("GetItem", TableName="items", Key=key(self.name)).get("Item")
        there = number(item)
        assert there in (self.count, self.count + 1), (self.name, there, self.count)
        self.count = there


class Writer(Worker):
    """Puts and deletes items; remembers the last acknowledged state of each, and the one asked."""

    def __init__(self, name, seed):
        super().__init__(name, seed)
        self.items, self.asked = {}, {}

    def step(self, caller):
        name = f"{self.name}-{self.rng.randrange(30)}"
        value = self.rng.choice([None, self.rng.randrange(10**6), self.rng.randrange(10**6)])
        self.asked = {name: value}
        if value is None:
            caller.ddb("DeleteItem", TableName="items", Key=key(name))
        else:
            caller.ddb("PutItem", TableName="items", Item={
                **key(name), "n": {"N": str(value)}, "s": {"SS": ["a", str(value)]},
                "expires": {"N": "4102444800"}})
        self.items[name] = value
        self.asked = {}

    def check(self, caller):
        for name, value in {**self.items, **{n: None for n in self.asked}}.items():
            item = caller.ddb("GetItem", TableName="items", Key=key(name)).get("Item")
            there = number(item) if item else None
            wanted = [self.items.get(name)] + [v for n, v in self.asked.items() if n == name]
            assert there in wanted, (name, there, wanted)
            self.items[name] = there
        self.asked = {}


class Transactor(Worker):
    """Adds to an item of each of two tables at once; what was not answered is sent again with its
    token, and must count once."""

    def __init__(self, name, seed):
        super().__init__(name, seed)
        self.made, self.pending, self.tokens = 0, None, 0

    def send(self, caller, token):
        add = {"Key": key(self.name), "UpdateExpression": "ADD n :one",
               "ExpressionAttributeValues": {":one": {"N": "1"}}}
        caller.ddb("TransactWriteItems", ClientRequestToken=token, TransactItems=[
            {"Update": {"TableName": "items", **add}}, {"Update": {"TableName": "others", **add}}])
        self.made += 1
        self.pending = None

    def step(self, caller):
        self.tokens += 1
        self.pending = f"{self.name}-{self.tokens}"
        self.send(caller, self.pending)

    def check(self, caller):
        def counts():
            return [number(caller.ddb("GetItem", TableName=t, Key=key(self.name)).get("Item"))
                    for t in ("items", "others")]

        first, second = counts()
        assert first == second, (self.name, first, second, "half of a transaction")
        assert first - self.made in ((0, 1) if self.pending else (0,)), (first, self.made)
        if self.pending:
            self.send(caller, self.pending)
        assert counts() == [self.made, self.made], (counts(), self.made, "a token did not hold")


class Tables(Worker):
    """Makes tables, writes into them, deletes them."""

    def __init__(self, name, seed):
        super().__init__(name, seed)
        self.tables, self.asked, self.made = {}, None, 0

    def step(self, caller):
        if len(self.tables) > 3:
            name = self.rng.choice(sorted(self.tables))
            self.asked = name
            caller.ddb("DeleteTable", TableName=name)
            del self.tables[name]
        else:
            self.made += 1
            name = f"{self.name}-{self.made}"
            self.asked = name
            make_table(caller, name)
            self.tables[name] = False
            caller.ddb("PutItem", TableName=name, Item=key("a"))
            self.tables[name] = True
        self.asked = None

    def check(self, caller):
        there = set()
        for name in caller.ddb("ListTables")["TableNames"]:
            if not name.startswith(self.name + "-"):
                continue
            status = caller.ddb("DescribeTable", TableName=name)["Table"]["TableStatus"]
            assert status == "ACTIVE", (name, status)
            there.add(name)
        assert there ^ set(self.tables) <= {self.asked}, (there, self.tables, self.asked)
        for name in there:
            item = caller.ddb("GetItem", TableName=name, Key=key("a")).get("Item")
            assert item or not self.tables.get(name, False), (name, "lost its item")
        self.tables = {name: self.tables.get(name, False) for name in there}
        self.asked = None


class Resources(Worker):
    """Things of other services, each by name."""

    def __init__(self, name, seed):
        super().__init__(name, seed)
        self.users, self.clusters, self.groups, self.vpcs = set(), set(), set(), set()
        self.revision, self.made, self.asked, self.unsure = 0, 0, False, False

    def step(self, caller):
        what = self.rng.choice(["definition", "user", "cluster", "group", "vpc"])
        name = f"{self.name}-{self.made}"
        self.made += 1
        if what == "definition":
            self.register(caller)
        elif what == "user":
            caller.query("iam", "2010-05-08", "CreateUser", UserName=name)
            self.users.add(name)
        elif what == "cluster":
            caller.json("ecs", "AmazonEC2ContainerServiceV20141113.CreateCluster",
                        {"clusterName": name}, "1.1")
            self.clusters.add(name)
        elif what == "group":
            caller.json("logs", "Logs_20140328.CreateLogGroup", {"logGroupName": name}, "1.1")
            self.groups.add(name)
        else:
            text = caller.query("ec2", "2016-11-15", "CreateVpc", CidrBlock="10.0.0.0/16")
            self.vpcs.add(text.split("<vpcId>")[1].split("<")[0])

    def list_users(self, caller):
        """All pages' text: thousands are made where the machine is quick."""
        text, marker = "", {}
        while True:
            page = caller.query("iam", "2010-05-08", "ListUsers", MaxItems=1000, **marker)
            text += page
            if "<Marker>" not in page:
                return text
            marker = {"Marker": page.split("<Marker>")[1].split("<")[0]}

    def register(self, caller):
        """Revisions are counted: none is given twice or left out, but the one not answered."""
        self.asked = True
        revision = caller.json(
            "ecs", "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition",
            {"family": self.name, "containerDefinitions": [
                {"name": "c", "image": "i", "memory": 64}]}, "1.1")["taskDefinition"]["revision"]
        assert revision - self.revision in ((1, 2) if self.unsure else (1,)), (
            revision, self.revision)
        self.revision, self.asked, self.unsure = revision, False, False

    def check(self, caller):
        self.unsure = self.unsure or self.asked
        self.register(caller)
        users = self.list_users(caller)
        for name in self.users:
            assert f"<UserName>{name}</UserName>" in users, name
        arns = caller.json("ecs", "AmazonEC2ContainerServiceV20141113.DescribeClusters",
                           {"clusters": sorted(self.clusters)[-100:]}, "1.1")
        assert not arns["failures"], arns
        vpcs = caller.query("ec2", "2016-11-15", "DescribeVpcs")
        for vpc in self.vpcs:
            assert vpc in vpcs, vpc
        for name in sorted(self.groups)[-3:]:
            found = caller.json("logs", "Logs_20140328.DescribeLogGroups",
                                {"logGroupNamePrefix": name}, "1.1")
            assert found["logGroups"], name


def make_table(caller, name, **more):
    caller.ddb("CreateTable", TableName=name, BillingMode="PAY_PER_REQUEST",
               AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
               KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}], **more)


class StreamReader:
    """Follows the stream of `items`: numbers without a gap, and each counter's every step."""

    def __init__(self):
        self.last, self.counts = {}, {}

    def check(self, caller):
        arn = caller.ddb("DescribeTable", TableName="items")["Table"]["LatestStreamArn"]
        shards = caller.streams("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]
        assert len(shards) == 1
        shard = shards[0]["ShardId"]
        at = {"ShardIteratorType": "TRIM_HORIZON"}
        if shard in self.last:
            at = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                  "SequenceNumber": str(self.last[shard])}
        iterator = caller.streams("GetShardIterator", StreamArn=arn, ShardId=shard,
                                  **at)["ShardIterator"]
        while True:
            answer = caller.streams("GetRecords", ShardIterator=iterator)
            for record in answer["Records"]:
                self.take(shard, record["dynamodb"])
            if not answer["Records"]:
                return
            iterator = answer["NextShardIterator"]

    def take(self, shard, record):
        sequence = int(record["SequenceNumber"])
        if shard in self.last:
            assert sequence == self.last[shard] + 1, (sequence, self.last[shard])
        self.last[shard] = sequence
        name = record["Keys"]["pk"]["S"]
        if name.startswith(("counter", "transactor")):
            count = number(record["NewImage"])
            assert count == self.counts.get(name, 0) + 1, (name, count, self.counts.get(name))
            self.counts[name] = count


def load(endpoint, workers, kill_after, kill):
    """All workers at once until the server is killed."""
    stopping = threading.Event()
    threads = [threading.Thread(target=w.run, args=(endpoint, stopping)) for w in workers]
    for thread in threads:
        thread.start()
    stopping.wait(kill_after)
    kill()
    stopping.set()
    for thread in threads:
        thread.join()
    for worker in workers:
        if worker.failure:
            raise worker.failure
