"""Sixteen clients at once on shared items: the history must be serialisable. Registers are lists to
which transactions append unique numbers, so every read tells which writes it saw and in what order
(list-append, as Jepsen's Elle checks it)."""
import random
import threading

import botocore.exceptions

CLIENTS, ROUNDS, REGISTERS = 16, 40, 6
TABLE = "registers"


def key(register):
    return {"pk": {"S": f"r{register}"}}


def numbers(item):
    return tuple(int(v["N"]) for v in item.get("list", {}).get("L", []))


def append(client, registers, number, conditional):
    """One transaction, or a single conditional update; whether it was made."""
    change = {"UpdateExpression": "SET #l = list_append(if_not_exists(#l, :none), :one)",
              "ExpressionAttributeNames": {"#l": "list"},
              "ExpressionAttributeValues": {":none": {"L": []},
                                            ":one": {"L": [{"N": str(number)}]}}}
    if conditional:  # odd lists only: fails half of the time, and must then leave no trace
        change["ConditionExpression"] = "attribute_not_exists(#l) OR size(#l) < :many"
        change["ExpressionAttributeValues"][":many"] = {"N": str(number % 60)}
    try:
        if len(registers) == 1:
            client.update_item(TableName=TABLE, Key=key(registers[0]), **change)
        else:
            client.transact_write_items(TransactItems=[
                {"Update": {"TableName": TABLE, "Key": key(r), **change}} for r in registers])
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] in (
            "ConditionalCheckFailedException", "TransactionCanceledException"), error
        return False
    return True


def read(client, registers):
    answers = client.transact_get_items(TransactItems=[
        {"Get": {"TableName": TABLE, "Key": key(r)}} for r in registers])["Responses"]
    return {r: numbers(a.get("Item", {})) for r, a in zip(registers, answers)}


def work(client, name, history, failures):
    rng = random.Random(name)
    try:
        for i in range(ROUNDS):
            registers = rng.sample(range(REGISTERS), rng.choice([1, 2, 3]))
            if rng.random() < 0.5:
                history.append(("read", f"r{name}.{i}", read(client, registers)))
                continue
            number = name * ROUNDS + i
            made = append(client, registers, number, conditional=rng.random() < 0.5)
            history.append(("write" if made else "failed", number, registers))
    except Exception as failure:  # a thread's exception would otherwise be lost
        failures.append(failure)


def edges(final, history):
    """Who must come before whom."""
    found = set()
    for register, order in final.items():
        found.update(zip(order, order[1:]))
        for kind, name, seen in history:
            if kind != "read" or register not in seen:
                continue
            prefix = seen[register]
            assert prefix == order[:len(prefix)], f"{name} saw {prefix}, never a state of {order}"
            if prefix:
                found.add((prefix[-1], name))
            if len(prefix) < len(order):
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


def test_the_history_of_sixteen_clients_is_serialisable(start_squall):
    squall = start_squall("--threads", "4")
    clients = [squall.client("dynamodb") for _ in range(CLIENTS)]
    clients[0].create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
    history, failures = [], []
    threads = [threading.Thread(target=work, args=(client, i + 1, history, failures))
               for i, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
    final = read(clients[0], range(REGISTERS))
    made = {number: set(registers) for kind, number, registers in history if kind == "write"}
    there = {}
    for register, order in final.items():
        assert len(set(order)) == len(order), "an append was made twice"
        for number in order:
            there.setdefault(number, set()).add(register)
    assert there == made, "an append was lost, torn or made though it failed"
    assert len(made) > 50
    check_acyclic(edges(final, history))
