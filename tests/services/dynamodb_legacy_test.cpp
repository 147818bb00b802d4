#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

/// Table "ttt" with one item {pk a, n 5, s "hello", l [1, "x"], set {x, y}}.
class DynamoLegacy : public DynamoTest {
 protected:
  void fill() {
    make_table();
    put("ttt", R"({"pk":{"S":"a"},"n":{"N":"5"},"s":{"S":"hello"},"l":{"L":[{"N":"1"},{"S":"x"}]},
        "set":{"SS":["x","y"]}})");
  }
  static std::string put_expecting(std::string_view expected, std::string_view more = "") {
    return cat(R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"n":{"N":"5"},"s":{"S":"hello"},
        "l":{"L":[{"N":"1"},{"S":"x"}]},"set":{"SS":["x","y"]}},"Expected":)", expected, more, "}");
  }
  /// Whether a PutItem with that Expected is made.
  bool holds(std::string_view expected, std::string_view more = "") {
    bool made = true;
    try {
      call_quietly(put_expecting(expected, more));
    } catch (const AwsError& e) {
      EXPECT_EQ(e.code, "ConditionalCheckFailedException") << e.message;
      made = false;
    }
    return made;
  }
  bool compares(std::string_view attribute, std::string_view op, std::string_view list = "") {
    return holds(cat(R"({")", attribute, R"(":{"ComparisonOperator":")", op, "\"",
                     list.empty() ? "" : R"(,"AttributeValueList":)", list, "}}"));
  }
  std::string refused(std::string_view expected, std::string_view more = "") {
    return refusal("PutItem", put_expecting(expected, more));
  }
  std::string update(std::string_view updates, std::string_view more = "") {
    return to_json(ddb("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
        "AttributeUpdates":)", updates, R"(,"ReturnValues":"UPDATED_NEW")", more, "}"))
                       .at("Attributes"));
  }
  std::string update_refused(std::string_view updates) {
    return refusal("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
        "AttributeUpdates":)", updates, "}"));
  }

 private:
  void call_quietly(std::string_view input) {
    api::Local local(test_registry(), world(), "us-east-1");
    local.call("dynamodb", "PutItem", json(input));
  }
};

TEST_F(DynamoLegacy, ExpectedValuesAndExistence) {
  fill();
  EXPECT_TRUE(holds(R"({"n":{"Value":{"N":"5.0"}}})"));
  EXPECT_FALSE(holds(R"({"n":{"Value":{"N":"6"}}})"));
  EXPECT_TRUE(holds(R"({"n":{"Exists":true,"Value":{"N":"5"}}})"));
  EXPECT_TRUE(holds(R"({"other":{"Exists":false}})"));
  EXPECT_FALSE(holds(R"({"n":{"Exists":false}})"));
  EXPECT_TRUE(holds(R"({"n":{"ComparisonOperator":"GE","Value":{"N":"5"}}})"));
  EXPECT_TRUE(holds("{}"));
}

TEST_F(DynamoLegacy, EveryComparisonOperator) {
  fill();
  EXPECT_TRUE(compares("n", "EQ", R"([{"N":"5"}])"));
  EXPECT_FALSE(compares("n", "EQ", R"([{"S":"5"}])"));
  EXPECT_TRUE(compares("l", "EQ", R"([{"L":[{"N":"1"},{"S":"x"}]}])"));
  EXPECT_TRUE(compares("n", "NE", R"([{"S":"5"}])"));
  EXPECT_TRUE(compares("missing", "NE", R"([{"S":"5"}])"));
  EXPECT_TRUE(compares("n", "LE", R"([{"N":"5"}])"));
  EXPECT_FALSE(compares("n", "LT", R"([{"N":"5"}])"));
  EXPECT_TRUE(compares("n", "GE", R"([{"N":"5"}])"));
  EXPECT_FALSE(compares("n", "GT", R"([{"N":"5"}])"));
  EXPECT_FALSE(compares("missing", "LT", R"([{"N":"5"}])"));
  EXPECT_TRUE(compares("n", "BETWEEN", R"([{"N":"4"},{"N":"5"}])"));
  EXPECT_TRUE(compares("n", "IN", R"([{"N":"4"},{"N":"5"}])"));
  EXPECT_FALSE(compares("n", "IN", R"([{"N":"4"}])"));
  EXPECT_TRUE(compares("s", "BEGINS_WITH", R"([{"S":"he"}])"));
  EXPECT_TRUE(compares("s", "CONTAINS", R"([{"S":"ell"}])"));
  EXPECT_TRUE(compares("set", "CONTAINS", R"([{"S":"x"}])"));
  EXPECT_TRUE(compares("l", "CONTAINS", R"([{"N":"1"}])"));
  EXPECT_TRUE(compares("set", "NOT_CONTAINS", R"([{"S":"z"}])"));
  EXPECT_FALSE(compares("set", "NOT_CONTAINS", R"([{"S":"x"}])"));
  EXPECT_FALSE(compares("missing", "NOT_CONTAINS", R"([{"S":"x"}])"));
  EXPECT_TRUE(compares("missing", "NULL"));
  EXPECT_FALSE(compares("n", "NULL"));
  EXPECT_TRUE(compares("n", "NOT_NULL"));
}

TEST_F(DynamoLegacy, ConditionsAreJoined) {
  fill();
  const char* two = R"({"n":{"Value":{"N":"5"}},"s":{"Value":{"S":"other"}}})";
  EXPECT_FALSE(holds(two));
  EXPECT_FALSE(holds(two, R"(,"ConditionalOperator":"AND")"));
  EXPECT_TRUE(holds(two, R"(,"ConditionalOperator":"OR")"));
  EXPECT_EQ(refused("{}", R"(,"ConditionalOperator":"OR")"),
            "ConditionalOperator cannot be used without Filter or Expected");
  EXPECT_EQ(refused(R"({"n":{"Exists":false}})", R"(,"ConditionalOperator":"OR")"),
            "ConditionalOperator can only be used when Filter or Expected has two or more "
            "elements");
  EXPECT_THAT(refused(two, R"(,"ConditionalOperator":"XOR")"),
              testing::HasSubstr("Value 'XOR' at 'conditionalOperator' failed to satisfy "
                                 "constraint: Member must satisfy enum value set: "));
}

TEST_F(DynamoLegacy, BadExpectations) {
  fill();
  const auto told = [&](std::string_view what) {
    return cat("1 validation error detected: One or more parameter values were invalid: ", what,
               " for Attribute: n");
  };
  EXPECT_EQ(refused(R"({"n":{}})"), told("Value must be provided when Exists is null"));
  EXPECT_EQ(refused(R"({"n":{"Exists":true}})"),
            told("Value must be provided when Exists is true"));
  EXPECT_EQ(refused(R"({"n":{"Exists":false,"Value":{"N":"5"}}})"),
            told("Value cannot be used when Exists is false"));
  EXPECT_EQ(refused(R"({"n":{"Exists":true,"ComparisonOperator":"NULL"}})"),
            told("Exists and ComparisonOperator cannot be used together"));
  EXPECT_EQ(refused(R"({"n":{"AttributeValueList":[{"N":"5"}]}})"),
            told("AttributeValueList can only be used with a ComparisonOperator"));
  EXPECT_EQ(refused(R"({"n":{"ComparisonOperator":"EQ","Value":{"N":"5"},
                             "AttributeValueList":[{"N":"5"}]}})"),
            told("Value and AttributeValueList cannot be used together"));
  EXPECT_EQ(refused(R"({"n":{"ComparisonOperator":"EQ"}})"),
            told("Value or AttributeValueList must be used with ComparisonOperator: EQ"));
  EXPECT_EQ(
      refused(R"({"n":{"Value":{}}})"),
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

TEST_F(DynamoLegacy, OperandsOfComparisons) {
  fill();
  const auto bad = [&](std::string_view op, std::string_view list) {
    return refused(cat(R"({"n":{"ComparisonOperator":")", op, R"(","AttributeValueList":)", list,
                       "}}"));
  };
  const std::string_view all = "One or more parameter values were invalid: ";
  EXPECT_EQ(bad("EQ", R"([{"N":"1"},{"N":"2"}])"),
            cat(all, "Invalid number of argument(s) for the EQ ComparisonOperator"));
  EXPECT_EQ(bad("BETWEEN", R"([{"N":"1"}])"),
            cat(all, "Invalid number of argument(s) for the BETWEEN ComparisonOperator"));
  EXPECT_EQ(bad("NULL", R"([{"N":"1"}])"),
            cat(all, "Invalid number of argument(s) for the NULL ComparisonOperator"));
  EXPECT_EQ(bad("IN", "[]"),
            cat(all, "Invalid number of argument(s) for the IN ComparisonOperator"));
  EXPECT_EQ(bad("GT", R"([{"SS":["a"]}])"),
            cat(all, "ComparisonOperator GT is not valid for SS AttributeValue type"));
  EXPECT_EQ(bad("BEGINS_WITH", R"([{"N":"1"}])"),
            cat(all, "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type"));
  EXPECT_EQ(bad("CONTAINS", R"([{"L":[]}])"),
            cat(all, "ComparisonOperator CONTAINS is not valid for L AttributeValue type"));
  EXPECT_EQ(bad("IN", R"([{"N":"1"},{"S":"2"}])"),
            cat(all, "AttributeValues inside AttributeValueList must be of same type"));
  EXPECT_EQ(bad("BETWEEN", R"([{"N":"2"},{"N":"1"}])"),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
  EXPECT_THAT(bad("LIKE", R"([{"S":"2"}])"),
              testing::HasSubstr("Value 'LIKE' at 'expected.n.member.comparisonOperator' failed"));
}

TEST_F(DynamoLegacy, AttributeUpdates) {
  fill();
  EXPECT_EQ(update(R"({"n":{"Value":{"N":"7"}}})"), R"({"n":{"N":"7"}})");
  EXPECT_EQ(update(R"({"n":{"Action":"ADD","Value":{"N":"-2"}}})"), R"({"n":{"N":"5"}})");
  EXPECT_EQ(update(R"({"new":{"Action":"ADD","Value":{"N":"3"}}})"), R"({"new":{"N":"3"}})");
  EXPECT_EQ(update(R"({"set":{"Action":"ADD","Value":{"SS":["z","x"]}}})"),
            R"({"set":{"SS":["x","y","z"]}})");
  EXPECT_EQ(update(R"({"l":{"Action":"ADD","Value":{"L":[{"S":"more"}]}}})"),
            R"({"l":{"L":[{"N":"1"},{"S":"x"},{"S":"more"}]}})");
  EXPECT_EQ(update(R"({"set":{"Action":"DELETE","Value":{"SS":["x","q"]}}})"),
            R"({"set":{"SS":["y","z"]}})");
  update(R"({"s":{"Action":"DELETE"},"set":{"Action":"DELETE","Value":{"SS":["y","z"]}},
             "l":{"Action":"DELETE"},"a.b":{"Value":{"BOOL":true}}})");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"),
            R"({"pk":{"S":"a"},"n":{"N":"5"},"new":{"N":"3"},"a.b":{"BOOL":true}})");
}

TEST_F(DynamoLegacy, UpdatesOfWhatIsNotThere) {
  make_table();
  const auto on = [&](std::string_view key, std::string_view updates) {
    ddb("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":")", key, R"("}},
        "AttributeUpdates":)", updates, "}"));
    return get("ttt", cat(R"({"pk":{"S":")", key, R"("}})"));
  };
  EXPECT_EQ(on("gone", R"({"x":{"Action":"DELETE"}})"), "null");
  EXPECT_EQ(on("one", R"({"x":{"Action":"ADD","Value":{"N":"1"}}})"),
            R"({"pk":{"S":"one"},"x":{"N":"1"}})");
  EXPECT_EQ(on("two", "{}"), R"({"pk":{"S":"two"}})");
}

TEST_F(DynamoLegacy, BadUpdates) {
  fill();
  const std::string_view all = "One or more parameter values were invalid: ";
  EXPECT_EQ(update_refused(R"({"x":{"Action":"PUT"}})"),
            cat(all, "Only DELETE action is allowed when no attribute value is specified"));
  EXPECT_EQ(update_refused(R"({"x":{"Action":"ADD","Value":{"S":"a"}}})"),
            cat(all, "ADD action is not supported for the type S"));
  EXPECT_EQ(update_refused(R"({"x":{"Action":"DELETE","Value":{"N":"1"}}})"),
            cat(all, "DELETE action with value is not supported for the type N"));
  for (const char* action : {"PUT", "DELETE"})
    EXPECT_EQ(update_refused(cat(R"({"pk":{"Action":")", action, "\"",
                                 *action == 'P' ? R"(,"Value":{"S":"b"}}})" : "}}")),
              cat(all, "Cannot update attribute pk. This attribute is part of the key"));
  EXPECT_EQ(update_refused(R"({"s":{"Action":"ADD","Value":{"N":"1"}}})"),
            "Type mismatch for attribute to update");
  EXPECT_EQ(update_refused(R"({"set":{"Action":"DELETE","Value":{"NS":["1"]}}})"),
            "Type mismatch for attribute to update");
  EXPECT_THAT(update_refused(R"({"x":{"Action":"SET","Value":{"N":"1"}}})"),
              testing::HasSubstr("Member must satisfy enum value set: "));
}

TEST_F(DynamoLegacy, NotBesideExpressions) {
  fill();
  const auto mixed = [](std::string_view old_ones, std::string_view new_ones) {
    return cat("Can not use both expression and non-expression parameters in the same request: "
               "Non-expression parameters: {",
               old_ones, "} Expression parameters: {", new_ones, "}");
  };
  EXPECT_EQ(refused(R"({"n":{"Exists":false}})",
                    R"(,"ConditionExpression":"n = n")"),
            mixed("Expected", "ConditionExpression"));
  EXPECT_EQ(refusal("UpdateItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
                "AttributeUpdates":{"x":{"Value":{"N":"1"}}},"UpdateExpression":"REMOVE n"})"),
            mixed("AttributeUpdates", "UpdateExpression"));
  EXPECT_EQ(refusal("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
                "AttributesToGet":["n"],"ProjectionExpression":"n"})"),
            mixed("AttributesToGet", "ProjectionExpression"));
}

TEST_F(DynamoLegacy, DeletesWhatIsAsExpected) {
  fill();
  const AwsError e = ddb_error("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
      "Expected":{"n":{"Value":{"N":"6"}}},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
  EXPECT_EQ(e.code, "ConditionalCheckFailedException");
  ASSERT_EQ(e.members.size(), 1U);
  EXPECT_THAT(e.members[0].second, testing::HasSubstr(R"("n":{"N":"5"})"));
  ddb("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
      "Expected":{"n":{"Value":{"N":"5"}}}})");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"), "null");
}

TEST_F(DynamoLegacy, AttributesToGet) {
  fill();
  EXPECT_EQ(ddb_text("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
                "AttributesToGet":["n","pk","missing"]})"),
            R"({"Item":{"pk":{"S":"a"},"n":{"N":"5"}}})");
  EXPECT_THAT(ddb_text("BatchGetItem", R"({"RequestItems":{"ttt":{"Keys":[{"pk":{"S":"a"}}],
                "AttributesToGet":["s"]}}})"),
              testing::HasSubstr(R"({"ttt":[{"s":{"S":"hello"}}]})"));
  EXPECT_EQ(refusal("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
                "AttributesToGet":["n","n"]})"),
            "One or more parameter values were invalid: Duplicate value in attribute name: n");
  EXPECT_THAT(refusal("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
                "AttributesToGet":[]})"),
              testing::HasSubstr("at 'attributesToGet' failed to satisfy constraint: Member must "
                                 "have length greater than or equal to 1"));
}

class DynamoLegacyRead : public DynamoLegacy {
 protected:
  void fill_range() {
    make_range_table("N");
    for (int i = 0; i < 6; ++i)
      put("rangeN", cat(R"({"pk":{"S":"p"},"sk":{"N":")", i, R"("},"odd":{"BOOL":)",
                        i % 2 ? "true" : "false", R"(},"m":{"N":")", i * 10, R"("}})"));
  }
  std::string keys(std::string_view operation, std::string_view members) {
    const Value page = ddb(operation, cat(R"({"TableName":"rangeN",)", members, "}"));
    std::string out;
    for (const Value& item : page.at("Items").items())
      out += cat(out.empty() ? "" : " ", item.at("sk").at("N").text());
    return out;
  }
  std::string query_refused(std::string_view members) {
    return refusal("Query", cat(R"({"TableName":"rangeN",)", members, "}"));
  }
  static constexpr std::string_view p =
      R"("pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"p"}]})";
  static std::string conditions(std::string_view sort = "") {
    return cat(R"("KeyConditions":{)", p, sort.empty() ? "" : ",", sort, "}");
  }
  static std::string sort(std::string_view op, std::string_view list) {
    return cat(R"("sk":{"ComparisonOperator":")", op, R"(","AttributeValueList":)", list, "}");
  }
};

TEST_F(DynamoLegacyRead, KeyConditions) {
  fill_range();
  EXPECT_EQ(keys("Query", conditions()), "0 1 2 3 4 5");
  EXPECT_EQ(keys("Query", conditions(sort("EQ", R"([{"N":"3"}])"))), "3");
  EXPECT_EQ(keys("Query", conditions(sort("LT", R"([{"N":"3"}])"))), "0 1 2");
  EXPECT_EQ(keys("Query", conditions(sort("GE", R"([{"N":"4"}])"))), "4 5");
  EXPECT_EQ(keys("Query", conditions(sort("BETWEEN", R"([{"N":"1"},{"N":"3"}])"))), "1 2 3");
  EXPECT_EQ(keys("Query", cat(conditions(), R"(,"ScanIndexForward":false,"Limit":2)")), "5 4");
}

TEST_F(DynamoLegacyRead, BadKeyConditions) {
  fill_range();
  EXPECT_EQ(query_refused(R"("KeyConditions":{})"), "Conditions can be of length 1 or 2 only");
  EXPECT_EQ(query_refused(conditions(sort("NE", R"([{"N":"3"}])"))),
            "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(query_refused(cat(R"("KeyConditions":{)", sort("EQ", R"([{"N":"3"}])"), "}")),
            "Query condition missed key schema element: pk");
  EXPECT_EQ(query_refused(conditions(R"("m":{"ComparisonOperator":"EQ",
                "AttributeValueList":[{"N":"1"}]})")),
            "Query condition missed key schema element: sk");
  EXPECT_EQ(query_refused(R"("KeyConditions":{"pk":{"ComparisonOperator":"GT",
                "AttributeValueList":[{"S":"p"}]}})"),
            "Query key condition not supported");
  EXPECT_EQ(query_refused(conditions(sort("EQ", R"([{"S":"3"}])"))),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
  EXPECT_EQ(query_refused(R"("ConsistentRead":true)"),
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request.");
  EXPECT_EQ(query_refused(cat(conditions(), R"(,"FilterExpression":"m = :m",
                "ExpressionAttributeValues":{":m":{"N":"1"}})")),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {KeyConditions} Expression parameters: "
            "{FilterExpression}");
}

TEST_F(DynamoLegacyRead, Filters) {
  fill_range();
  const std::string odd =
      R"({"odd":{"ComparisonOperator":"EQ","AttributeValueList":[{"BOOL":true}]}})";
  EXPECT_EQ(keys("Query", cat(conditions(), R"(,"QueryFilter":)", odd)), "1 3 5");
  EXPECT_EQ(keys("Scan", cat(R"("ScanFilter":)", odd)), "1 3 5");
  const std::string either = R"({"odd":{"ComparisonOperator":"EQ",
      "AttributeValueList":[{"BOOL":true}]},"m":{"ComparisonOperator":"EQ",
      "AttributeValueList":[{"N":"40"}]}})";
  EXPECT_EQ(keys("Scan", cat(R"("ConditionalOperator":"OR","ScanFilter":)", either)), "1 3 4 5");
  EXPECT_EQ(keys("Scan", R"("ScanFilter":{"sk":{"ComparisonOperator":"GT",
                "AttributeValueList":[{"N":"4"}]}})"), "5");
  EXPECT_EQ(query_refused(cat(conditions(), R"(,"QueryFilter":{)", sort("EQ", R"([{"N":"3"}])"),
                              "}")),
            "QueryFilter can only contain non-primary key attributes: Primary key attribute: sk");
  EXPECT_EQ(query_refused(cat(conditions(), R"(,"ConditionalOperator":"OR")")),
            "ConditionalOperator cannot be used without Filter or Expected");
}

TEST_F(DynamoLegacyRead, SelectAndAttributesToGet) {
  fill_range();
  EXPECT_THAT(ddb_text("Query", cat(R"({"TableName":"rangeN","Limit":1,"AttributesToGet":["m"],)",
                                    conditions(), "}")),
              testing::HasSubstr(R"("Items":[{"m":{"N":"0"}}])"));
  EXPECT_EQ(query_refused(cat(conditions(), R"(,"AttributesToGet":["m"],"Select":"COUNT")")),
            "Cannot specify the AttributesToGet when choosing to get only the Count");
  EXPECT_EQ(query_refused(cat(conditions(), R"(,"Select":"SPECIFIC_ATTRIBUTES")")),
            "Must specify the AttributesToGet when choosing to get SPECIFIC_ATTRIBUTES");
  EXPECT_THAT(ddb_text("Scan", R"({"TableName":"rangeN","Limit":1,"AttributesToGet":["m"],
                "Select":"SPECIFIC_ATTRIBUTES"})"),
              testing::HasSubstr(R"("Items":[{"m":{"N":"0"}}])"));
}

}  // namespace
}  // namespace squall
