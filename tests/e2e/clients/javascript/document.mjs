// The JavaScript document client against a DynamoDB: native types in, native types out.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  CreateTableCommand, DynamoDBClient, DeleteTableCommand, waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient,
  ExecuteStatementCommand, GetCommand, PutCommand, QueryCommand, TransactGetCommand,
  TransactWriteCommand, UpdateCommand, paginateQuery, paginateScan,
} from "@aws-sdk/lib-dynamodb";

const TableName = "javascript-things";
const client = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(client, {
  marshallOptions: { removeUndefinedValues: true, convertEmptyValues: false },
});
const send = (command) => documents.send(command);

await client.send(new CreateTableCommand({
  TableName, BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" }, { AttributeName: "n", AttributeType: "N" },
    { AttributeName: "kind", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }, { AttributeName: "n", KeyType: "RANGE" }],
  GlobalSecondaryIndexes: [{
    IndexName: "by-kind", KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
    Projection: { ProjectionType: "ALL" } }],
}));
await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });

// Every type that JavaScript has a form for comes back as it went in.
const thing = {
  id: "a", n: 1, kind: "fruit", name: "apple", ripe: true, nothing: null, weight: 0.1,
  large: 9007199254740991, tags: new Set(["red", "round"]), sizes: new Set([1, 2.5]),
  bytes: new Uint8Array([0, 1, 255]), list: [1, "two", [3]], map: { deep: { er: "yes" } },
  empty: "",
};
await send(new PutCommand({ TableName, Item: thing }));
const got = await send(new GetCommand({ TableName, Key: { id: "a", n: 1 }, ConsistentRead: true }));
assert.deepEqual(got.Item, thing);

const updated = await send(new UpdateCommand({
  TableName, Key: { id: "a", n: 1 }, ReturnValues: "ALL_NEW",
  UpdateExpression: "SET #w = #w + :more, #l = list_append(#l, :tail) REMOVE #e ADD tags :tag",
  ConditionExpression: "attribute_exists(#w) AND ripe = :yes",
  ExpressionAttributeNames: { "#w": "weight", "#l": "list", "#e": "empty" },
  ExpressionAttributeValues: {
    ":more": 0.2, ":tail": ["end"], ":tag": new Set(["sweet"]), ":yes": true },
}));
assert.equal(updated.Attributes.weight, 0.3);  // decimal, not binary, arithmetic
assert.deepEqual(updated.Attributes.list, [1, "two", [3], "end"]);
assert.deepEqual(updated.Attributes.tags, new Set(["red", "round", "sweet"]));
assert.ok(!("empty" in updated.Attributes));

await assert.rejects(
  send(new PutCommand({
    TableName, Item: { id: "a", n: 1 }, ConditionExpression: "attribute_not_exists(id)" })),
  { name: "ConditionalCheckFailedException", message: "The conditional request failed" });

const many = Array.from({ length: 60 }, (_, n) => ({
  id: "b", n, kind: n % 2 ? "odd" : "even", hash: createHash("sha256").update(`${n}`).digest("hex"),
}));
for (let i = 0; i < many.length; i += 25) {
  const wrote = await send(new BatchWriteCommand({ RequestItems: {
    [TableName]: many.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } })) } }));
  assert.deepEqual(wrote.UnprocessedItems, {});
}
const read = await send(new BatchGetCommand({ RequestItems: {
  [TableName]: { Keys: [{ id: "b", n: 3 }, { id: "b", n: 99 }, { id: "a", n: 1 }] } } }));
assert.equal(read.Responses[TableName].length, 2);

const walked = [];
for await (const page of paginateQuery({ client: documents, pageSize: 7 }, {
  TableName, KeyConditionExpression: "id = :id AND n BETWEEN :from AND :to",
  ExpressionAttributeValues: { ":id": "b", ":from": 10, ":to": 49 }, ScanIndexForward: false }))
  walked.push(...page.Items.map((item) => item.n));
assert.deepEqual(walked, Array.from({ length: 40 }, (_, i) => 49 - i));

const odd = await send(new QueryCommand({
  TableName, IndexName: "by-kind", KeyConditionExpression: "kind = :kind", Select: "COUNT",
  ExpressionAttributeValues: { ":kind": "odd" } }));
assert.equal(odd.Count, 30);

let scanned = 0;
for await (const page of paginateScan({ client: documents, pageSize: 10 }, { TableName }))
  scanned += page.Items.length;
assert.equal(scanned, 61);

await send(new TransactWriteCommand({ TransactItems: [
  { Put: { TableName, Item: { id: "t", n: 1, balance: 5 } } },
  { Update: { TableName, Key: { id: "a", n: 1 }, UpdateExpression: "SET seen = :now",
              ExpressionAttributeValues: { ":now": 1 } } }] }));
await assert.rejects(
  send(new TransactWriteCommand({ TransactItems: [
    { ConditionCheck: { TableName, Key: { id: "t", n: 1 }, ConditionExpression: "balance > :b",
                        ExpressionAttributeValues: { ":b": 10 } } },
    { Delete: { TableName, Key: { id: "a", n: 1 } } }] })),
  (error) => error.name === "TransactionCanceledException"
    && error.CancellationReasons[0].Code === "ConditionalCheckFailed"
    && error.CancellationReasons[1].Code === "None");
const both = await send(new TransactGetCommand({ TransactItems: [
  { Get: { TableName, Key: { id: "a", n: 1 } } },
  { Get: { TableName, Key: { id: "none", n: 0 } } }] }));
assert.equal(both.Responses[0].Item.seen, 1);
assert.equal(both.Responses[1].Item, undefined);

const said = await send(new ExecuteStatementCommand({
  Statement: `SELECT n FROM "${TableName}" WHERE id = ? AND n > ?`, Parameters: ["b", 57] }));
assert.deepEqual(said.Items.map((item) => item.n), [58, 59]);

const gone = await send(new DeleteCommand({
  TableName, Key: { id: "t", n: 1 }, ReturnValues: "ALL_OLD" }));
assert.equal(gone.Attributes.balance, 5);

await client.send(new DeleteTableCommand({ TableName }));
await waitUntilTableNotExists({ client, maxWaitTime: 30 }, { TableName });
console.log("ok");
