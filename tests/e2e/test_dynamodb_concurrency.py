"""Sixteen clients at once on shared items: the history must be serialisable. Registers are lists to
which writes append unique numbers, so every read tells which writes it saw and in what order
(list-append, as Jepsen's Elle checks it).

Serialisable by AWS's guide: transactions, and single reads and writes of one item. Query and
BatchGetItem are not, as a whole: of them only is asked that every item is one that was committed.
"""
import random
import threading
import uuid

import botocore.exceptions

CLIENTS, ROUNDS, REGISTERS = 16, 40, 6
SINGLE, SHARED = "registers", "partition"  # one item a partition, and all in one


def place(register):
    """Half of the registers are in each table: transactions span both."""
    if register % 2:
        return {"TableName": SINGLE, "Key": {"pk": {"S": f"r{register}"}}}
    return {"TableName": SHARED, "Key": {"pk": {"S": "all"}, "sk": {"N": str(register)}}}


def listed(values):
    return {"L": [{"N": str(n)} for n in values]}


def numbers(item):
    return tuple(int(v["N"]) for v in item.get("list", {}).get("L", []))


def register_of(item):
    return int(item["sk"]["N"]) if "sk" in item else int(item["pk"]["S"][1:])


def condition_on(seen):
    """The register is as it was seen."""
    if not seen:
        return {"ConditionExpression": "attribute_not_exists(#l)",
                "ExpressionAttributeNames": {"#l": "list"}}
    return {"ConditionExpression": "#l = :seen", "ExpressionAttributeNames": {"#l": "list"},
            "ExpressionAttributeValues": {":seen": listed(seen)}}


class Client:
    """One client's part: what it did, and what it saw of which registers."""

    def __init__(self, client, name):
        self.client, self.name, self.rng = client, name, random.Random(name)
        self.reads, self.loose_reads, self.writes = [], [], []
        self.refused = {"condition": 0, "conflict": 0}

    def run(self):
        for i in range(ROUNDS):
            registers = self.rng.sample(range(REGISTERS), self.rng.choice([1, 2, 3]))
            step = self.rng.choice([self.read_together, self.read_one, self.read_loosely,
                                    self.update, self.update, self.swap, self.transact,
                                    self.transact, self.check_and_append])
            step(registers, self.name * ROUNDS + i)

    # --- reading ---------------------------------------------------------------------------------

    def read_together(self, registers, number):
        while True:
            try:
                answers = self.client.transact_get_items(
                    TransactItems=[{"Get": place(r)} for r in registers])["Responses"]
                break
            except botocore.exceptions.ClientError as error:
                self.note_refusal(error)
        seen = {r: numbers(a.get("Item", {})) for r, a in zip(registers, answers)}
        self.reads.append((f"read {number}", seen))
        return seen

    def read_one(self, registers, number):
        item = self.client.get_item(**place(registers[0]), ConsistentRead=True).get("Item", {})
        seen = {registers[0]: numbers(item)}
        self.reads.append((f"read {number}", seen))
        return seen

    def read_loosely(self, registers, number):
        if number % 2:
            items = self.client.query(
                TableName=SHARED, ConsistentRead=True, KeyConditionExpression="pk = :p",
                ExpressionAttributeValues={":p": {"S": "all"}})["Items"]
        else:
            wanted = {}
            for r in registers:
                spot = place(r)
                wanted.setdefault(spot["TableName"], {"Keys": []})["Keys"].append(spot["Key"])
            answers = self.client.batch_get_item(RequestItems=wanted)["Responses"]
            items = [item for table in answers.values() for item in table]
        for item in items:
            self.loose_reads.append((number, register_of(item), numbers(item)))

    # --- writing ---------------------------------------------------------------------------------

    def update(self, registers, number):
        """A single update; half of them on a condition that is as often false as true."""
        self.attempt(registers[:1], number, {}, lambda: self.client.update_item(
            **place(registers[0]), **self.append(number, self.rng.random() < 0.5)))

    def append(self, number, conditional):
        change = {"UpdateExpression": "SET #l = list_append(if_not_exists(#l, :none), :one)",
                  "ExpressionAttributeNames": {"#l": "list"},
                  "ExpressionAttributeValues": {":none": {"L": []}, ":one": listed([number])}}
        if conditional:
            change["ConditionExpression"] = "attribute_not_exists(#l) OR size(#l) < :many"
            change["ExpressionAttributeValues"][":many"] = {"N": str(number % 60)}
        return change

    def swap(self, registers, number):
        """Reads, and puts the longer list unless another write came between: no lost update."""
        register = registers[0]
        seen = self.read_one(registers, f"before {number}")
        spot = place(register)
        item = {**spot["Key"], "list": listed(seen[register] + (number,))}
        self.attempt([register], number, seen, lambda: self.client.put_item(
            TableName=spot["TableName"], Item=item, **condition_on(seen[register])))

    def transact(self, registers, number):
        conditional = self.rng.random() < 0.5
        actions = [{"Update": {**place(r), **self.append(number, conditional)}}
                   for r in registers]
        token = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        call = lambda: self.client.transact_write_items(  # noqa: E731
            TransactItems=actions, ClientRequestToken=token)
        if self.attempt(registers, number, {}, call) and self.rng.random() < 0.3:
            call()  # the answer was lost, the client asks again: it is made once

    def check_and_append(self, registers, number):
        """Appends to one register if others are as they were seen: no write skew."""
        seen = self.read_together(registers, f"before {number}")
        target, *others = registers
        actions = [{"ConditionCheck": {**place(r), **condition_on(seen[r])}} for r in others]
        actions.append({"Update": {**place(target), **self.append(number, False)}})
        self.attempt([target], number, {r: seen[r] for r in others},
                     lambda: self.client.transact_write_items(TransactItems=actions))

    def attempt(self, registers, number, seen, call):
        """`seen`: what the write's own conditions say about registers."""
        try:
            call()
        except botocore.exceptions.ClientError as error:
            self.note_refusal(error)
            return False
        self.writes.append((number, set(registers), seen))
        return True

    def note_refusal(self, error):
        codes = [error.response["Error"]["Code"]]
        if codes == ["TransactionCanceledException"]:
            codes = [r["Code"] for r in error.response["CancellationReasons"]]
        assert set(codes) <= {"None", "ConditionalCheckFailed", "TransactionConflict",
                              "ConditionalCheckFailedException",
                              "TransactionConflictException"}, error
        conflict = any(code.startswith("TransactionConflict") for code in codes)
        self.refused["conflict" if conflict else "condition"] += 1


# --- the history ---------------------------------------------------------------------------------

def observations(clients):
    """Who saw which prefix of which register."""
    for client in clients:
        for name, seen in client.reads:
            yield from ((name, register, prefix) for register, prefix in seen.items())
        for number, _, seen in client.writes:
            yield from ((number, register, prefix) for register, prefix in seen.items())


def edges(final, clients):
    """Who must come before whom."""
    found = set()
    for order in final.values():
        found.update(zip(order, order[1:]))
    for name, register, prefix in observations(clients):
        order = final[register]
        assert prefix == order[:len(prefix)], f"{name} saw {prefix}, never a state of {order}"
        if prefix:
            found.add((prefix[-1], name))
        if len(prefix) < len(order) and order[len(prefix)] != name:
            found.add((name, order[len(prefix)]))
    return found


def check_acyclic(found):
    after = {}
    for a, b in found:
        after.setdefault(a, []).append(b)
    state = {}
    for start in list(after):
        stack = [(start, iter(after.get(start, ())))]
        if state.get(start):
            continue
        state[start] = 1
        while stack:
            node, rest = stack[-1]
            for following in rest:
                assert state.get(following) != 1, f"a cycle through {node} and {following}"
                if following not in state:
                    state[following] = 1
                    stack.append((following, iter(after.get(following, ()))))
                    break
            else:
                state[node] = 2
                stack.pop()


def check(final, clients):
    made = {number: registers for c in clients for number, registers, _ in c.writes}
    there = {}
    for register, order in final.items():
        assert len(set(order)) == len(order), "an append was made twice"
        for number in order:
            there.setdefault(number, set()).add(register)
    assert there == made, "an append was lost, torn or made though it failed"
    for client in clients:
        for number, register, seen in client.loose_reads:
            order = final[register]
            assert seen == order[:len(seen)], f"{number} read what was never committed: {seen}"
    check_acyclic(edges(final, clients))


def make_tables(client):
    for name, keys in ((SINGLE, [("pk", "S", "HASH")]),
                       (SHARED, [("pk", "S", "HASH"), ("sk", "N", "RANGE")])):
        client.create_table(
            TableName=name, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t, _ in keys],
            KeySchema=[{"AttributeName": n, "KeyType": k} for n, _, k in keys])


def run(client, failures):
    try:
        client.run()
    except Exception as failure:  # a thread's exception would otherwise be lost
        failures.append(failure)


def test_the_history_of_sixteen_clients_is_serialisable(start_squall):
    squall = start_squall("--threads", "4")
    clients = [Client(squall.client("dynamodb"), i + 1) for i in range(CLIENTS)]
    make_tables(clients[0].client)
    failures = []
    threads = [threading.Thread(target=run, args=(c, failures)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    final = Client(clients[0].client, 0).read_together(range(REGISTERS), "last")
    assert sum(len(c.writes) for c in clients) > 100
    assert sum(c.refused["condition"] for c in clients) > 20
    check(final, clients)


def test_the_check_finds_what_it_is_for():
    """Histories that no order explains: a lost update, a torn transaction, write skew, a read of
    half a transaction, a dirty read."""
    def history(final, writes, reads=(), loose=()):
        client = Client(None, 1)
        client.writes, client.reads, client.loose_reads = list(writes), list(reads), list(loose)
        try:
            check(final, [client])
        except AssertionError as error:
            return str(error)
        return "serialisable"
    both = (1, {0, 1}, {})
    assert history({0: (1,), 1: (1,)}, [both]) == "serialisable"
    assert "lost" in history({0: (), 1: (1,)}, [both])
    assert "lost" in history({0: (2,)}, [(1, {0}, {}), (2, {0}, {0: ()})])
    assert "twice" in history({0: (1, 1)}, [(1, {0}, {})])
    assert "cycle" in history({0: (1,), 1: (1,)}, [both], [("r", {0: (1,), 1: ()})])
    assert "cycle" in history({0: (1,), 1: (2,)}, [(1, {0}, {1: ()}), (2, {1}, {0: ()})])
    assert "committed" in history({0: (1,)}, [(1, {0}, {})], loose=[(5, 0, (7,))])
    assert "never a state" in history({0: (1, 2)}, [(1, {0}, {}), (2, {0}, {})],
                                      [("r", {0: (2,)})])
