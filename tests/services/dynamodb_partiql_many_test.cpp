// BatchExecuteStatement and ExecuteTransaction.
#include "tests/services/dynamodb_partiql_fixture.h"

namespace squall {
namespace {

class DynamoPartiqlMany : public PartiqlTest {
 protected:
  static std::string many(std::string_view member, const std::vector<std::string>& statements,
                          std::string_view more = "") {
    return cat("{\"", member, "\":[", join(statements, ","), "]", more, "}");
  }
  std::string batch(const std::vector<std::string>& texts, std::string_view more = "") {
    std::vector<std::string> statements;
    for (const std::string& text : texts) statements.push_back(statement(text));
    return ddb_text("BatchExecuteStatement", many("Statements", statements, more));
  }
  static std::string transaction(const std::vector<std::string>& texts,
                                 std::string_view more = "") {
    std::vector<std::string> statements;
    for (const std::string& text : texts) statements.push_back(statement(text));
    return many("TransactStatements", statements, more);
  }
  std::string transact(const std::vector<std::string>& texts, std::string_view more = "") {
    return ddb_text("ExecuteTransaction", transaction(texts, more));
  }
  /// The cancellation reasons.
  std::string reasons(const std::vector<std::string>& texts, std::string_view more = "") {
    const AwsError e = ddb_error("ExecuteTransaction", transaction(texts, more));
    EXPECT_EQ(e.code, "TransactionCanceledException") << e.message;
    return e.members.empty() ? e.message : e.members[0].second;
  }
};

TEST_F(DynamoPartiqlMany, BatchesOfReads) {
  fill_range();
  EXPECT_EQ(batch({"SELECT m FROM rangeN WHERE pk = 'p' AND sk = 1",
                   "SELECT * FROM rangeN WHERE pk = 'p' AND sk = 99",
                   "SELECT * FROM rangeN WHERE pk = 'p' AND sk = 2 AND m = 21",
                   "SELECT * FROM rangeN WHERE pk = 'p'", "SELECT * FROM nowhere WHERE pk = 'p'"},
                  R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Responses":[{"TableName":"rangeN","Item":{"m":{"N":"10"}}},)"
            R"({"TableName":"rangeN"},{"TableName":"rangeN"},)"
            R"({"Error":{"Code":"ValidationError","Message":"Select statements within )"
            R"(BatchExecuteStatement must specify the primary key in the where clause."},)"
            R"("TableName":"rangeN"},)"
            R"({"Error":{"Code":"ResourceNotFound","Message":"Requested resource not found"},)"
            R"("TableName":"nowhere"}],)"
            R"("ConsumedCapacity":[{"TableName":"rangeN","CapacityUnits":1.5}]})");
}

TEST_F(DynamoPartiqlMany, BatchesOfWrites) {
  make_table();
  run("INSERT INTO ttt VALUE {'pk': 'a', 'n': 1}");
  EXPECT_EQ(batch({"INSERT INTO ttt VALUE {'pk': 'b'}", "INSERT INTO ttt VALUE {'pk': 'a'}",
                   "UPDATE ttt SET n = 2 WHERE pk = 'a' AND n = 5",
                   "UPDATE ttt SET n = 2 WHERE pk = 'a' RETURNING ALL NEW *",
                   "DELETE FROM ttt WHERE pk = 'b'", "NONSENSE"}),
            R"({"Responses":[{"TableName":"ttt"},)"
            R"({"Error":{"Code":"DuplicateItem","Message":"Duplicate primary key exists in )"
            R"(table"},"TableName":"ttt"},)"
            R"({"Error":{"Code":"ConditionalCheckFailed","Message":"The conditional request )"
            R"(failed"},"TableName":"ttt"},)"
            R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"n":{"N":"2"}}},{"TableName":"ttt"},)"
            R"({"Error":{"Code":"ValidationError","Message":"Statement wasn't well formed, can't )"
            R"(be processed: Expected data manipulation"}}]})");
  const std::string told = ddb_text("BatchExecuteStatement", many("Statements", {
      statement("UPDATE ttt SET n = 3 WHERE pk = 'a' AND n = 9", "",
                R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")")}));
  EXPECT_THAT(told, testing::HasSubstr(R"("Item":{"pk":{"S":"a"},"n":{"N":"2"}}})"));
}

TEST_F(DynamoPartiqlMany, BatchesAreRefused) {
  make_table();
  const auto bad = [&](const std::vector<std::string>& texts) {
    std::vector<std::string> statements;
    for (const std::string& text : texts) statements.push_back(statement(text));
    return refusal("BatchExecuteStatement", many("Statements", statements));
  };
  EXPECT_EQ(bad({"INSERT INTO ttt VALUE {'pk': 'b'}", "SELECT * FROM ttt WHERE pk = 'b'"}),
            "A batch must contain either all read statements or all write statements");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"b"}})"), "null");
  EXPECT_THAT(bad(std::vector<std::string>(26, "SELECT * FROM ttt WHERE pk = 'b'")),
              testing::HasSubstr("Member must have length less than or equal to 25"));
  EXPECT_THAT(bad({}), testing::HasSubstr("Member must have length greater than or equal to 1"));
}

TEST_F(DynamoPartiqlMany, TransactionsAreMadeWhole) {
  make_table();
  run("INSERT INTO ttt VALUE {'pk': 'a', 'n': 1}");
  run("INSERT INTO ttt VALUE {'pk': 'check', 'ok': true}");
  const std::vector<std::string> texts = {
      "INSERT INTO ttt VALUE {'pk': 'b'}", "UPDATE ttt SET n = n + 1 WHERE pk = 'a'",
      "EXISTS(SELECT * FROM ttt WHERE pk = 'check' AND ok = true AND other IS MISSING)"};
  const std::string token = R"(,"ClientRequestToken":"t1")";
  EXPECT_EQ(transact(texts, token + R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Responses":[{},{},{}],"ConsumedCapacity":[{"TableName":"ttt",)"
            R"("CapacityUnits":6.0,"WriteCapacityUnits":6.0}]})");
  EXPECT_EQ(transact(texts, token), R"({"Responses":[{},{},{}]})") << "made once";
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"n":{"N":"2"}})");
  EXPECT_EQ(ddb_error("ExecuteTransaction", transaction({texts[1]}, token)).code,
            "IdempotentParameterMismatchException");
}

TEST_F(DynamoPartiqlMany, CancelledTransactionsTellWhy) {
  make_table();
  run("INSERT INTO ttt VALUE {'pk': 'a', 'n': 1}");
  EXPECT_EQ(reasons({"INSERT INTO ttt VALUE {'pk': 'new'}", "INSERT INTO ttt VALUE {'pk': 'a'}",
                     "UPDATE ttt SET n = 1 WHERE pk = 'none'"}),
            R"([{"Code":"None"},{"Code":"DuplicateItem","Message":"Duplicate primary key exists )"
            R"(in table"},{"Code":"ConditionalCheckFailed","Message":"The conditional request )"
            R"(failed"}])");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"new"}})"), "null");
  EXPECT_EQ(reasons({"INSERT INTO ttt VALUE {'pk': 'new'}",
                     "EXISTS(SELECT * FROM ttt WHERE pk = 'a' AND n = 2)"}),
            R"([{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional )"
            R"(request failed"}])");
  EXPECT_EQ(reasons({"INSERT INTO ttt VALUE {'pk': 'new'}", "HELLO"}),
            R"([{"Code":"None"},{"Code":"ValidationError","Message":"Statement wasn't well )"
            R"(formed, can't be processed: Expected data manipulation"}])");
  EXPECT_EQ(reasons({"SELECT * FROM ttt WHERE n = 1"}),
            R"([{"Code":"ValidationError","Message":"Where clause does not contain a mandatory )"
            R"(equality on all key attributes"}])");
  EXPECT_EQ(reasons({"DELETE FROM ttt WHERE pk = 'a' RETURNING ALL OLD *"}),
            R"([{"Code":"ValidationError","Message":"RETURNING clause is not supported in )"
            R"(transactions"}])");
}

TEST_F(DynamoPartiqlMany, TransactionsRead) {
  fill_range();
  EXPECT_EQ(transact({"SELECT m FROM rangeN WHERE pk = 'p' AND sk = 2",
                      "SELECT * FROM rangeN WHERE pk = 'p' AND sk = 99",
                      "SELECT * FROM rangeN WHERE pk = 'p' AND sk = 3 AND m = 31"},
                     R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Responses":[{"Item":{"m":{"N":"20"}}},{},{}],"ConsumedCapacity":[{"TableName":)"
            R"("rangeN","CapacityUnits":6.0,"ReadCapacityUnits":6.0}]})");
}

TEST_F(DynamoPartiqlMany, TransactionsAreRefused) {
  make_table();
  const auto bad = [&](const std::vector<std::string>& texts) {
    return refusal("ExecuteTransaction", transaction(texts));
  };
  EXPECT_EQ(bad({"SELECT * FROM ttt WHERE pk = 'a'", "INSERT INTO ttt VALUE {'pk': 'a'}"}),
            "A transaction must contain either all read statements or all write statements");
  EXPECT_EQ(bad({"INSERT INTO ttt VALUE {'pk': 'a'}", "DELETE FROM ttt WHERE pk = 'a'"}),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(bad({"SELECT * FROM nowhere WHERE pk = 'a'"}),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_THAT(bad(std::vector<std::string>(101, "SELECT * FROM ttt WHERE pk = 'b'")),
              testing::HasSubstr("Member must have length less than or equal to 100"));
}

}  // namespace
}  // namespace squall
