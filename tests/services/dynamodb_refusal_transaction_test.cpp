// What those meet who come while a transaction is at work: it is made to wait for a table that the
// test holds.
#include <thread>

#include "services/dynamodb/store.h"
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class DynamoConflicts : public DynamoTest {
 protected:
  DynamoConflicts() {
    for (const char* name : {"aaa", "bbb"}) {
      make_table(name);
      put(name, R"({"pk":{"S":"a"},"n":{"N":"1"}})");
    }
  }
  /// A transaction on both tables that has the first, and waits for the second.
  void begin(std::string operation, std::string input) {
    waited_for_ = std::unique_lock(store("bbb").mutex());
    transaction_ = std::thread([this, operation, input] {
      Arena arena;
      const Arena::Use use(arena);
      api::Local local(test_registry(), world(), "us-east-1");
      local.call("dynamodb", operation, json(input));
    });
    while (!store("aaa").held().has("1:a")) std::this_thread::yield();
  }
  ~DynamoConflicts() override {
    if (transaction_.joinable()) finish();
  }
  /// Lets the transaction have its second table.
  void finish() {
    waited_for_.unlock();
    transaction_.join();
  }
  dynamodb::TableStore& store(std::string_view table) {
    return *dynamodb::stores_of(world()).find("us-east-1", table);
  }
  /// Sets n in both tables.
  static std::string request(int n) {
    const auto put = [&](std::string_view table) {
      return cat(R"({"Put":{"TableName":")", table, R"(","Item":{"pk":{"S":"a"},"n":{"N":")", n,
                 R"("}}}})");
    };
    return cat(R"({"ClientRequestToken":"once","TransactItems":[)", put("aaa"), ",", put("bbb"),
               "]}");
  }

 private:
  std::unique_lock<std::mutex> waited_for_;
  std::thread transaction_;
};

constexpr const char* ongoing = "TransactionConflictException: Transaction is ongoing for the item";

TEST_F(DynamoConflicts, AnItemInATransactionIsWrittenByNobodyElse) {
  begin("TransactWriteItems", request(2));
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"aaa","Item":{"pk":{"S":"a"}}})"), ongoing);
  EXPECT_EQ(refusal("DeleteItem", R"({"TableName":"aaa","Key":{"pk":{"S":"a"}}})"), ongoing);
  EXPECT_EQ(refusal("UpdateItem", R"({"TableName":"aaa","Key":{"pk":{"S":"a"}},
    "UpdateExpression":"SET n = :n","ExpressionAttributeValues":{":n":{"N":"3"}}})"), ongoing);
  EXPECT_EQ(refusal("ExecuteStatement", R"({"Statement":"DELETE FROM aaa WHERE pk = 'a'"})"),
            ongoing);
  finish();
  EXPECT_EQ(get("aaa", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"n":{"N":"2"}})");
  put("aaa", R"({"pk":{"S":"a"}})");
}

TEST_F(DynamoConflicts, TransactionsOnTheSameItemAreCancelled) {
  begin("TransactWriteItems", request(2));
  const char* reasons = R"([{"Code":"None"},{"Code":"TransactionConflict",)"
                        R"("Message":"Transaction is ongoing for the item"}])";
  AwsError e = ddb_error("TransactWriteItems", R"({"TransactItems":[
    {"Put":{"TableName":"aaa","Item":{"pk":{"S":"other"}}}},
    {"Delete":{"TableName":"aaa","Key":{"pk":{"S":"a"}}}}]})");
  EXPECT_EQ(e.code, "TransactionCanceledException");
  EXPECT_EQ(e.message,
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "TransactionConflict]");
  EXPECT_EQ(e.members.at(0).second, reasons);
  e = ddb_error("TransactGetItems", R"({"TransactItems":[
    {"Get":{"TableName":"aaa","Key":{"pk":{"S":"other"}}}},
    {"Get":{"TableName":"aaa","Key":{"pk":{"S":"a"}}}}]})");
  EXPECT_EQ(e.code, "TransactionCanceledException");
  EXPECT_EQ(e.members.at(0).second, reasons);
  e = ddb_error("ExecuteTransaction", R"({"TransactStatements":[
    {"Statement":"SELECT * FROM aaa WHERE pk = 'other'"},
    {"Statement":"SELECT * FROM aaa WHERE pk = 'a'"}]})");
  EXPECT_EQ(e.members.at(0).second, reasons);
  finish();
  EXPECT_EQ(get("aaa", R"({"pk":{"S":"other"}})"), "null");
}

TEST_F(DynamoConflicts, OneTokenIsOneTransactionAtATime) {
  begin("TransactWriteItems", request(2));
  EXPECT_EQ(refusal("TransactWriteItems", request(2)),
            "TransactionInProgressException: The transaction with the given request token is "
            "already in progress.");
  EXPECT_EQ(ddb_error("TransactWriteItems", request(3)).code,
            "IdempotentParameterMismatchException");
  EXPECT_EQ(ddb_error("ExecuteTransaction", R"({"ClientRequestToken":"once",
    "TransactStatements":[{"Statement":"DELETE FROM aaa WHERE pk = 'a'"}]})").code,
            "IdempotentParameterMismatchException");
  finish();
  EXPECT_EQ(ddb_text("TransactWriteItems", request(2)), "{}");  // made once
  EXPECT_EQ(ddb_error("TransactWriteItems", request(3)).code,
            "IdempotentParameterMismatchException");
}

TEST_F(DynamoConflicts, SoItIsWithStatements) {
  const char* statements = R"({"ClientRequestToken":"once","TransactStatements":[
    {"Statement":"DELETE FROM aaa WHERE pk = 'a'"},
    {"Statement":"DELETE FROM bbb WHERE pk = 'a'"}]})";
  begin("ExecuteTransaction", statements);
  EXPECT_EQ(ddb_error("ExecuteTransaction", statements).code, "TransactionInProgressException");
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"aaa","Item":{"pk":{"S":"a"}}})"), ongoing);
  finish();
  EXPECT_EQ(get("aaa", R"({"pk":{"S":"a"}})"), "null");
}

}  // namespace
}  // namespace squall
