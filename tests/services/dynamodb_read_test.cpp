#include "tests/services/dynamodb_fixture.h"

#include <set>

namespace squall {
namespace {

class DynamoRead : public DynamoTest {
 protected:
  /// Partition "p" with sort keys 0 to n-1 in a table of numbers.
  void fill(int n) {
    make_range_table("N");
    for (int i = 0; i < n; ++i)
      put("rangeN", cat(R"({"pk":{"S":"p"},"sk":{"N":")", i, R"("},"odd":{"BOOL":)",
                        i % 2 ? "true" : "false", "}}"));
  }
  std::string keys(std::string_view condition, std::string_view values,
                   std::string_view more = "") {
    const Value page = ddb("Query", cat(R"({"TableName":"rangeN","KeyConditionExpression":")",
                                        condition, R"(","ExpressionAttributeValues":)", values,
                                        more, "}"));
    std::string out;
    for (const Value& item : page.at("Items").items())
      out += cat(out.empty() ? "" : " ", item.at("sk").at("N").text());
    return out;
  }
};

TEST_F(DynamoRead, QueriesRangesOfSortKeysInBothDirections) {
  fill(12);
  const char* p = R"({":p":{"S":"p"}})";
  EXPECT_EQ(keys("pk = :p", p), "0 1 2 3 4 5 6 7 8 9 10 11");
  EXPECT_EQ(keys("pk = :p", p, R"(,"ScanIndexForward":false,"Limit":3)"), "11 10 9");
  const char* pv = R"({":p":{"S":"p"},":v":{"N":"9.0"}})";
  EXPECT_EQ(keys("pk = :p AND sk > :v", pv), "10 11");
  EXPECT_EQ(keys("pk = :p AND sk >= :v", pv), "9 10 11");
  EXPECT_EQ(keys("sk < :v AND pk = :p", pv), "0 1 2 3 4 5 6 7 8");
  EXPECT_EQ(keys("pk = :p AND :v <= sk", pv), "9 10 11");
  EXPECT_EQ(keys("pk = :p AND sk BETWEEN :a AND :b",
                 R"({":p":{"S":"p"},":a":{"N":"3"},":b":{"N":"5"}})"), "3 4 5");
  EXPECT_EQ(keys("pk = :p", R"({":p":{"S":"other"}})"), "");
}

TEST_F(DynamoRead, PagesGoOnWhereTheyStopped) {
  fill(7);
  std::string seen, start;
  for (int page = 0; page < 5; ++page) {
    const Value got = ddb("Query", cat(R"({"TableName":"rangeN","KeyConditionExpression":"pk = :p",
        "ScanIndexForward":false,"ExpressionAttributeValues":{":p":{"S":"p"}},"Limit":3)",
                                       start, "}"));
    for (const Value& item : got.at("Items").items()) seen += item.at("sk").at("N").text();
    const Value last = got.at("LastEvaluatedKey");
    if (last.is_absent()) break;
    start = cat(R"(,"ExclusiveStartKey":)", to_json(last));
  }
  EXPECT_EQ(seen, "6543210");
  EXPECT_EQ(refusal("Query", R"({"TableName":"rangeN","KeyConditionExpression":"pk = :p",
      "ExpressionAttributeValues":{":p":{"S":"p"}},"Limit":0})").substr(0, 42),
            "1 validation error detected: Value at 'Lim");
}

TEST_F(DynamoRead, FiltersAfterReadingAndCounts) {
  fill(6);
  const Value page = ddb("Query", R"({"TableName":"rangeN","KeyConditionExpression":"pk = :p",
      "FilterExpression":"odd = :t","ExpressionAttributeValues":{":p":{"S":"p"},
      ":t":{"BOOL":true}},"Select":"COUNT","ReturnConsumedCapacity":"TOTAL"})");
  EXPECT_EQ(page.at("Count").integer(), 3);
  EXPECT_EQ(page.at("ScannedCount").integer(), 6);
  EXPECT_EQ(page.at("ConsumedCapacity").at("CapacityUnits").real(), 0.5);
  EXPECT_TRUE(page.at("Items").is_absent());
  EXPECT_EQ(refusal("Query", R"({"TableName":"rangeN","KeyConditionExpression":"pk = :p",
      "FilterExpression":"sk = :p","ExpressionAttributeValues":{":p":{"S":"p"}}})"),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: "
            "sk");
}

TEST_F(DynamoRead, BadKeyConditionsAreRefused) {
  fill(1);
  const auto bad = [&](std::string_view condition) {
    return refusal("Query", cat(R"({"TableName":"rangeN","KeyConditionExpression":")", condition,
                                R"(","ExpressionAttributeValues":{":p":{"S":"p"}}})"));
  };
  EXPECT_EQ(bad("sk = :p"), "Query condition missed key schema element: pk");
  EXPECT_EQ(bad("pk > :p"), "Query key condition not supported");
  EXPECT_EQ(bad("pk = :p OR pk = :p"),
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR");
  EXPECT_EQ(bad("pk = :p AND sk = :p"),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
}

TEST_F(DynamoRead, SegmentsPartitionAScanAndItsOrderIsStable) {
  make_table();
  for (int i = 0; i < 300; ++i) put("ttt", cat(R"({"pk":{"S":"k)", i, R"("}})"));
  const std::string whole = ddb_text("Scan", R"({"TableName":"ttt"})");
  EXPECT_EQ(whole, ddb_text("Scan", R"({"TableName":"ttt"})"));
  std::set<std::string> seen;
  for (int segment = 0; segment < 4; ++segment) {
    const Value page = ddb("Scan", cat(R"({"TableName":"ttt","TotalSegments":4,"Segment":)",
                                       segment, "}"));
    EXPECT_GT(page.at("Count").integer(), 30);
    for (const Value& item : page.at("Items").items())
      EXPECT_TRUE(seen.insert(std::string(item.at("pk").at("S").text())).second);
  }
  EXPECT_EQ(seen.size(), 300U);
  EXPECT_EQ(refusal("Scan", R"({"TableName":"ttt","Segment":1})"),
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present");
}

TEST_F(DynamoRead, APageEndsAfterAMegabyte) {
  make_table();
  const std::string big(300 * 1024, 'x');
  for (int i = 0; i < 5; ++i)
    put("ttt", cat(R"({"pk":{"S":")", i, R"("},"v":{"S":")", big, R"("}})"));
  const Value page = ddb("Scan", R"({"TableName":"ttt"})");
  EXPECT_EQ(page.at("Count").integer(), 4);
  EXPECT_FALSE(page.at("LastEvaluatedKey").is_absent());
}

TEST_F(DynamoRead, IndexesHoldWhatTheyProject) {
  ddb("CreateTable", R"({"TableName":"idx","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                   {"AttributeName":"sk","KeyType":"RANGE"}],
      "LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":
        [{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"g","KeyType":"RANGE"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"}}],
      "GlobalSecondaryIndexes":[{"IndexName":"byg","KeySchema":
        [{"AttributeName":"g","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}]})");
  put("idx", R"({"pk":{"S":"a"},"sk":{"S":"1"},"g":{"N":"5"},"x":{"S":"in"},"y":{"S":"out"}})");
  put("idx", R"({"pk":{"S":"a"},"sk":{"S":"2"},"x":{"S":"in"}})");
  const char* by_g = R"({"TableName":"idx","IndexName":"byg","KeyConditionExpression":"g = :g",
      "ExpressionAttributeValues":{":g":{"N":"5"}}})";
  EXPECT_EQ(to_json(ddb("Query", by_g).at("Items")),
            R"([{"pk":{"S":"a"},"sk":{"S":"1"},"g":{"N":"5"},"x":{"S":"in"}}])");
  EXPECT_EQ(ddb("Scan", R"({"TableName":"idx","IndexName":"byg"})").at("Count").integer(), 1);
  EXPECT_EQ(to_json(ddb("Query", R"({"TableName":"idx","IndexName":"local",
      "KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"a"}},
      "Select":"ALL_ATTRIBUTES"})").at("Items")),
            R"([{"pk":{"S":"a"},"sk":{"S":"1"},"g":{"N":"5"},"x":{"S":"in"},"y":{"S":"out"}}])");
  ddb("UpdateItem", R"({"TableName":"idx","Key":{"pk":{"S":"a"},"sk":{"S":"1"}},
      "UpdateExpression":"SET g = :g","ExpressionAttributeValues":{":g":{"N":"6"}}})");
  EXPECT_EQ(ddb("Query", by_g).at("Count").integer(), 0);
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"idx","Item":{"pk":{"S":"a"},"sk":{"S":"3"},
      "g":{"S":"text"}}})"),
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: N "
            "Actual: S IndexName: local");
  EXPECT_EQ(refusal("Query", R"({"TableName":"idx","IndexName":"none",
      "KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"N":"5"}}})"),
            "The table does not have the specified index: none");
}

TEST_F(DynamoRead, BatchesReadAndWriteManyItems) {
  make_table();
  EXPECT_EQ(ddb_text("BatchWriteItem", R"({"RequestItems":{"ttt":[
      {"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"}}}}]}})"),
            R"({"UnprocessedItems":{}})");
  ddb("BatchWriteItem", R"({"RequestItems":{"ttt":[{"DeleteRequest":{"Key":{"pk":{"S":"a"}}}}]}})");
  EXPECT_EQ(ddb_text("BatchGetItem", R"({"RequestItems":{"ttt":{"Keys":[{"pk":{"S":"a"}},
      {"pk":{"S":"b"}}]}}})"),
            R"({"Responses":{"ttt":[{"pk":{"S":"b"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(refusal("BatchGetItem", R"({"RequestItems":{"ttt":{"Keys":[{"pk":{"S":"a"}},
      {"pk":{"S":"a"}}]}}})"), "Provided list of item keys contains duplicates");
  EXPECT_EQ(refusal("BatchWriteItem", R"({"RequestItems":{}})"),
            "The requestItems parameter is required for BatchWriteItem");
}

TEST_F(DynamoRead, TransactionsAreMadeWhollyOrNotAtAll) {
  make_table();
  put("ttt", R"({"pk":{"S":"a"},"n":{"N":"1"}})");
  const AwsError error = ddb_error("TransactWriteItems", R"j({"TransactItems":[
      {"ConditionCheck":{"TableName":"ttt","Key":{"pk":{"S":"a"}},
        "ConditionExpression":"attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}},
      {"Put":{"TableName":"ttt","Item":{"pk":{"S":"b"}}}}]})j");
  EXPECT_EQ(error.message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[ConditionalCheckFailed, None]");
  EXPECT_EQ(error.members[0].second,
            R"([{"Code":"ConditionalCheckFailed","Message":"The conditional request failed",)"
            R"("Item":{"pk":{"S":"a"},"n":{"N":"1"}}},{"Code":"None"}])");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"b"}})"), "null");
  const std::string add = R"({"ClientRequestToken":"tok","TransactItems":[{"Update":{
      "TableName":"ttt","Key":{"pk":{"S":"a"}},"UpdateExpression":"ADD n :one",
      "ExpressionAttributeValues":{":one":{"N":"1"}}}}]})";
  ddb("TransactWriteItems", add);
  ddb("TransactWriteItems", add);
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"n":{"N":"2"}})");
  EXPECT_EQ(ddb_error("TransactWriteItems", R"({"ClientRequestToken":"tok","TransactItems":[
      {"Delete":{"TableName":"ttt","Key":{"pk":{"S":"a"}}}}]})").code,
            "IdempotentParameterMismatchException");
  advance(11min);
  ddb("TransactWriteItems", add);
  EXPECT_EQ(ddb_text("TransactGetItems", R"({"ReturnConsumedCapacity":"TOTAL","TransactItems":[
      {"Get":{"TableName":"ttt","Key":{"pk":{"S":"a"}}}},
      {"Get":{"TableName":"ttt","Key":{"pk":{"S":"zz"}}}}]})"),
            R"({"Responses":[{"Item":{"pk":{"S":"a"},"n":{"N":"3"}}},{}],"ConsumedCapacity":)"
            R"([{"TableName":"ttt","CapacityUnits":4.0,"ReadCapacityUnits":4.0}]})");
  EXPECT_EQ(refusal("TransactWriteItems", R"({"TransactItems":[
      {"Delete":{"TableName":"ttt","Key":{"pk":{"S":"a"}}}},
      {"Put":{"TableName":"ttt","Item":{"pk":{"S":"a"}}}}]})"),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(ddb_error("TransactGetItems",
                      R"({"TransactItems":[{"Get":{"TableName":"ttt","Key":{}}}]})").message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[ValidationError]");
}

}  // namespace
}  // namespace squall
