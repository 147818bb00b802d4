// AWS's words, a row a refusal (dynamodb_messages.txt), and those whose requests are too long to
// write down.
#include <fstream>

#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class DynamoMessages : public DynamoTest {
 protected:
  DynamoMessages() {
    make_table();
    make_range_table("S");
    make_range_table("N");
    ddb("CreateTable", R"({"TableName":"iii","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
        {"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"},
        {"AttributeName":"l","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                   {"AttributeName":"sk","KeyType":"RANGE"}],
      "LocalSecondaryIndexes":[{"IndexName":"loc","Projection":{"ProjectionType":"KEYS_ONLY"},
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},
                     {"AttributeName":"l","KeyType":"RANGE"}]}],
      "GlobalSecondaryIndexes":[{"IndexName":"glo","Projection":{"ProjectionType":"KEYS_ONLY"},
        "KeySchema":[{"AttributeName":"g","KeyType":"HASH"}]}]})");
  }
  static std::string repeated(int count, std::string_view between, std::string_view each) {
    std::string text;
    for (int i = 0; i < count; ++i) text += cat(i ? between : "", each);
    return text;
  }
};

TEST_F(DynamoMessages, AreAwss) {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/services/dynamodb_messages.txt");
  int rows = 0;
  std::string request;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (!line.starts_with("-> ")) {
      request = line;
      continue;
    }
    const size_t space = request.find(' ');
    EXPECT_EQ(refusal(request.substr(0, space), request.substr(space + 1)), line.substr(3))
        << request;
    ++rows;
  }
  EXPECT_GT(rows, 100);
}

TEST_F(DynamoMessages, OfKeysThatAreTooLong) {
  EXPECT_EQ(refusal("PutItem", cat(R"({"TableName":"ttt","Item":{"pk":{"S":")",
                                   std::string(2049, 'k'), R"("}}})")),
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum "
            "size limit of2048 bytes");
  EXPECT_EQ(refusal("PutItem", cat(R"({"TableName":"rangeS","Item":{"pk":{"S":"a"},"sk":{"S":")",
                                   std::string(1025, 'k'), R"("}}})")),
            "One or more parameter values were invalid: Aggregated size of all range keys has "
            "exceeded the size limit of 1024 bytes");
}

TEST_F(DynamoMessages, OfValuesTooDeep) {
  std::string nested = R"({"S":"x"})";
  for (int i = 0; i < 31; ++i) nested = cat(R"({"L":[)", nested, "]}");
  put("ttt", cat(R"({"pk":{"S":"a"},"x":)", nested, "}"));
  nested = cat(R"({"L":[{"L":[)", nested, "]}]}");
  EXPECT_EQ(refusal("PutItem", cat(R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"x":)", nested,
                                   "}}")),
            "Nesting Levels have exceeded supported limits");
}

TEST_F(DynamoMessages, EmptyValuesAreAllowedWhereTheyAreNoKeys) {
  put("ttt", R"({"pk":{"S":"a"},"b":{"B":""},"l":{"L":[]},"m":{"M":{}},"s":{"S":""},
    "t":{"SS":["","a"]}})");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"),
            R"({"pk":{"S":"a"},"b":{"B":""},"l":{"L":[]},"m":{"M":{}},"s":{"S":""},)"
            R"("t":{"SS":["","a"]}})");
}

TEST_F(DynamoMessages, OfExpressionsThatAreTooLong) {
  const auto filter = [](std::string_view text) {
    return cat(R"({"TableName":"ttt","ExpressionAttributeValues":{":n":{"N":"1"}},)",
               R"("FilterExpression":")", text, R"("})");
  };
  EXPECT_EQ(refusal("Scan", filter(cat("a IN (", repeated(101, ",", ":n"), ")"))),
            "Invalid FilterExpression: The IN operator is provided with too many operands; number "
            "of operands: 101");
  ddb("Scan", filter(cat("a IN (", repeated(100, ",", ":n"), ")")));
  ddb("Scan", filter(repeated(150, " OR ", "a=:n")));
  EXPECT_THAT(refusal("Scan", filter(repeated(151, " OR ", "a=:n"))),
              testing::HasSubstr("operators"));
  EXPECT_EQ(refusal("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
    "UpdateExpression":"REMOVE )", std::string(4096, 'a'), R"("})")),
            "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; "
            "expression size: 4103");
}

TEST_F(DynamoMessages, OfRequestsThatAskTooMuch) {
  std::string keys, writes, actions, puts;
  const std::string big(350 * 1024, 'x');
  for (int i = 0; i < 101; ++i) {
    const char* comma = i ? "," : "";
    const std::string key = cat(R"({"pk":{"S":")", i, R"("}})");
    keys += cat(comma, key);
    if (i < 26) writes += cat(comma, R"({"PutRequest":{"Item":)", key, "}}");
    actions += cat(comma, R"({"Put":{"TableName":"ttt","Item":)", key, "}}");
    if (i < 12)
      puts += cat(comma, R"({"Put":{"TableName":"ttt","Item":{"pk":{"S":")", i, R"("},"v":{"S":")",
                  big, R"("}}}})");
  }
  EXPECT_EQ(
      refusal("BatchGetItem", cat(R"({"RequestItems":{"ttt":{"Keys":[)", keys, "]}}}")),
      "1 validation error detected: Value at 'RequestItems.ttt.member.Keys' failed to satisfy "
      "constraint: Member must have length less than or equal to 100");
  EXPECT_THAT(refusal("BatchWriteItem", cat(R"({"RequestItems":{"ttt":[)", writes, "]}}")),
              testing::EndsWith(
                  "failed to satisfy constraint: Map value must satisfy constraint: [Member must "
                  "have length less than or equal to 25, Member must have length greater than or "
                  "equal to 1]"));
  EXPECT_THAT(refusal("TransactWriteItems", cat(R"({"TransactItems":[)", actions, "]}")),
              testing::EndsWith("at 'transactItems' failed to satisfy constraint: Member must have "
                                "length less than or equal to 100"));
  EXPECT_EQ(refusal("TransactWriteItems", cat(R"({"TransactItems":[)", puts, "]}")),
            "Transaction request cannot be larger than 4 MB in aggregate size of items");
}

std::string member_names(const Value& map) {
  std::string names;
  for (const Member& m : map.members())
    if (!m.value.is_absent()) names += cat(names.empty() ? "" : " ", m.key.text);
  return names;
}

TEST_F(DynamoMessages, WhatIsAbsentIsAbsent) {
  const auto table = [&](std::string_view name) {
    return call("dynamodb", "DescribeTable", {{"TableName", name}}).at("Table");
  };
  EXPECT_EQ(member_names(table("ttt")),
            "AttributeDefinitions TableName KeySchema TableStatus CreationDateTime "
            "ProvisionedThroughput TableSizeBytes ItemCount TableArn TableId BillingModeSummary "
            "DeletionProtectionEnabled WarmThroughput");
  EXPECT_EQ(member_names(table("iii").at("GlobalSecondaryIndexes")[0]),
            "IndexName KeySchema Projection IndexStatus ProvisionedThroughput IndexSizeBytes "
            "ItemCount IndexArn WarmThroughput");
  EXPECT_EQ(ddb_text("PutItem", R"({"TableName":"iii","Item":{"pk":{"S":"a"},"sk":{"S":"b"}}})"),
            "{}");
  EXPECT_EQ(ddb_text("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"none"}}})"), "{}");
  EXPECT_EQ(ddb_text("Scan", R"({"TableName":"ttt"})"),
            R"({"Items":[],"Count":0,"ScannedCount":0})");
}

TEST_F(DynamoMessages, ABatchAnswersSixteenMegabytesAtMost) {
  const std::string big(390 * 1024, 'x');
  std::string keys;
  for (int i = 0; i < 50; ++i) {
    put("ttt", cat(R"({"pk":{"S":"k)", i, R"("},"v":{"S":")", big, R"("}})"));
    keys += cat(i ? "," : "", R"({"pk":{"S":"k)", i, R"("}})");
  }
  const Value answer =
      ddb("BatchGetItem", cat(R"({"RequestItems":{"ttt":{"Keys":[)", keys, "]}}}"));
  const size_t got = answer.at("Responses").at("ttt").size();
  EXPECT_EQ(got, 42u);  // 42 times 390 KB, and a few bytes
  const Value left = answer.at("UnprocessedKeys");
  EXPECT_EQ(left.at("ttt").at("Keys").size(), 50 - got);
  const Value rest = call("dynamodb", "BatchGetItem", {{"RequestItems", left}});
  EXPECT_EQ(rest.at("Responses").at("ttt").size(), 50 - got);
  EXPECT_TRUE(rest.at("UnprocessedKeys").empty());
}

}  // namespace
}  // namespace squall
