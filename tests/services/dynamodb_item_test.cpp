#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

class DynamoItem : public DynamoTest {
 protected:
  DynamoItem() { make_table(); }
  std::string update(std::string_view expression, std::string_view values = "") {
    ddb("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},"UpdateExpression":")",
                          expression, '"',
                          values.empty() ? "" : cat(R"(,"ExpressionAttributeValues":)", values),
                          "}"));
    return get("ttt", R"({"pk":{"S":"a"}})");
  }
  std::string update_refusal(std::string_view expression, std::string_view values = "") {
    return refusal("UpdateItem",
                   cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},"UpdateExpression":")",
                       expression, '"',
                       values.empty() ? "" : cat(R"(,"ExpressionAttributeValues":)", values), "}"));
  }
};

TEST_F(DynamoItem, ComesBackAsItWentInNormalForm) {
  put("ttt", R"({"n":{"N":"00042"},"pk":{"S":"a"},"z":{"N":"-0"},"e":{"N":"1.5E2"},
      "b":{"B":"AAE="},"t":{"BOOL":true},"u":{"NULL":true},"l":{"L":[{"S":"x"},{"N":"1.0"}]},
      "m":{"M":{"k":{"S":""}}},"ss":{"SS":["b","a"]},"ns":{"NS":["10","9"]}})");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"),
            R"({"pk":{"S":"a"},"n":{"N":"42"},"z":{"N":"0"},"e":{"N":"150"},"b":{"B":"AAE="},)"
            R"("t":{"BOOL":true},"u":{"NULL":true},"l":{"L":[{"S":"x"},{"N":"1"}]},)"
            R"("m":{"M":{"k":{"S":""}}},"ss":{"SS":["a","b"]},"ns":{"NS":["9","10"]}})");
}

TEST_F(DynamoItem, RefusesWhatIsNoAttributeValue) {
  const auto bad = [&](std::string_view value) {
    return refusal("PutItem",
                   cat(R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"x":)", value, "}}"));
  };
  EXPECT_EQ(
      bad("{}"),
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  EXPECT_EQ(bad(R"({"SS":[]})"),
            "One or more parameter values were invalid: An string set  may not be empty");
  EXPECT_EQ(bad(R"({"SS":["a","a"]})"),
            "One or more parameter values were invalid: Input collection [a, a] contains "
            "duplicates.");
  EXPECT_EQ(bad(R"({"NULL":false})"),
            "One or more parameter values were invalid: Null attribute value types must have the "
            "value of true");
  EXPECT_EQ(bad(R"({"N":"1E126"})"),
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range");
  EXPECT_EQ(bad(R"({"N":"123456789012345678901234567890123456789"})"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(bad(R"({"S":5})"),
            "SerializationException: NUMBER_VALUE cannot be converted to String");
}

TEST_F(DynamoItem, KeysMustFitTheSchema) {
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"ttt","Item":{"x":{"S":"a"}}})"),
            "One or more parameter values were invalid: Missing the key pk in the item");
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"ttt","Item":{"pk":{"N":"1"}}})"),
            "One or more parameter values were invalid: Type mismatch for key pk expected: S "
            "actual: N");
  EXPECT_EQ(refusal("GetItem", R"({"TableName":"ttt","Key":{"nope":{"S":"1"}}})"),
            "The provided key element does not match the schema");
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"ttt","Item":{"pk":{"S":""}}})"),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk");
}

TEST_F(DynamoItem, ConditionsHoldOrNothingHappens) {
  const auto put_if = [](std::string_view condition) {
    return cat(R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"v":{"N":"2"}},)",
               R"("ConditionExpression":")", condition, R"("})");
  };
  put("ttt", R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  EXPECT_EQ(refusal("PutItem", put_if("attribute_not_exists(pk)")),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"},"v":{"N":"1"}})");
  ddb("PutItem", put_if("attribute_exists(pk)"));
  const AwsError error = ddb_error("DeleteItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
      "ConditionExpression":"v = :v","ExpressionAttributeValues":{":v":{"N":"7"}},
      "ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
  ASSERT_EQ(error.members.size(), 1U);
  EXPECT_EQ(error.members[0].second, R"({"pk":{"S":"a"},"v":{"N":"2"}})");
}

TEST_F(DynamoItem, UpdatesDoWhatTheirSectionsSay) {
  EXPECT_EQ(update("SET a = :x, l = :l", R"({":x":{"N":"1"},":l":{"L":[{"S":"p"},{"S":"q"}]}})"),
            R"({"pk":{"S":"a"},"a":{"N":"1"},"l":{"L":[{"S":"p"},{"S":"q"}]}})");
  EXPECT_EQ(update("SET a = a + :one, l[7] = :r REMOVE l[0]", R"({":one":{"N":"2.5"},
      ":r":{"S":"r"}})"),
            R"({"pk":{"S":"a"},"a":{"N":"3.5"},"l":{"L":[{"S":"q"},{"S":"r"}]}})");
  EXPECT_EQ(update("ADD a :one, s :set DELETE t :set", R"({":one":{"N":"-3.5"},
      ":set":{"SS":["x"]}})"),
            R"({"pk":{"S":"a"},"a":{"N":"0"},"l":{"L":[{"S":"q"},{"S":"r"}]},"s":{"SS":["x"]}})");
  EXPECT_EQ(update("DELETE s :set REMOVE l", R"({":set":{"SS":["x"]}})"),
            R"({"pk":{"S":"a"},"a":{"N":"0"}})");
  EXPECT_EQ(update("SET m = :m, a = if_not_exists(b, :m)", R"({":m":{"M":{"k":{"S":"v"}}}})"),
            R"({"pk":{"S":"a"},"a":{"M":{"k":{"S":"v"}}},"m":{"M":{"k":{"S":"v"}}}})");
  EXPECT_EQ(update("SET m.k = list_append(:l, :l) REMOVE a.k", R"({":l":{"L":[{"N":"1"}]}})"),
            R"({"pk":{"S":"a"},"a":{"M":{}},"m":{"M":{"k":{"L":[{"N":"1"},{"N":"1"}]}}}})");
}

TEST_F(DynamoItem, UpdatesAreRefusedInAwssWords) {
  EXPECT_EQ(update_refusal("INVALID SYNTAX"),
            "Invalid UpdateExpression: Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"");
  EXPECT_EQ(update_refusal("SET a = :v"),
            "Invalid UpdateExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :v");
  EXPECT_EQ(update_refusal("SET a = :v", R"({":v":{"S":"x"},":unused":{"S":"y"}})"),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}");
  EXPECT_EQ(update_refusal("SET pk = :v", R"({":v":{"S":"x"}})"),
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute "
            "is part of the key");
  EXPECT_EQ(update_refusal("SET a = :v, a.b = :v", R"({":v":{"S":"x"}})"),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these paths; path one: [a], path two: [a, b]");
  EXPECT_EQ(update_refusal("SET status = :v", R"({":v":{"S":"x"}})"),
            "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: "
            "status");
  EXPECT_EQ(update_refusal("SET a.b = :v", R"({":v":{"S":"x"}})"),
            "The document path provided in the update expression is invalid for update");
  EXPECT_EQ(update_refusal("SET a = b + :v", R"({":v":{"N":"1"}})"),
            "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(update_refusal("ADD a :v", R"({":v":{"S":"x"}})"),
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: "
            "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND");
  EXPECT_EQ(update_refusal("SET a = ((:v))", R"({":v":{"N":"1"}})"),
            "Invalid UpdateExpression: The expression has redundant parentheses;");
}

TEST_F(DynamoItem, ReturnsWhatIsAskedFor) {
  put("ttt", R"({"pk":{"S":"a"},"n":{"N":"1"},"o":{"S":"k"}})");
  const auto returned = [&](std::string_view which) {
    return to_json(ddb("UpdateItem", cat(R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
        "UpdateExpression":"SET n = n + :i","ExpressionAttributeValues":{":i":{"N":"1"}},
        "ReturnValues":")", which, R"("})")).at("Attributes"));
  };
  EXPECT_EQ(returned("UPDATED_OLD"), R"({"n":{"N":"1"}})");
  EXPECT_EQ(returned("UPDATED_NEW"), R"({"n":{"N":"3"}})");
  EXPECT_EQ(returned("ALL_OLD"), R"({"pk":{"S":"a"},"n":{"N":"3"},"o":{"S":"k"}})");
  EXPECT_EQ(returned("ALL_NEW"), R"({"pk":{"S":"a"},"n":{"N":"5"},"o":{"S":"k"}})");
  EXPECT_EQ(refusal("PutItem", R"({"TableName":"ttt","Item":{"pk":{"S":"a"}},
      "ReturnValues":"ALL_NEW"})"), "ReturnValues can only be ALL_OLD or NONE");
}

TEST_F(DynamoItem, CountsCapacity) {
  EXPECT_EQ(ddb_text("PutItem", R"({"TableName":"ttt","Item":{"pk":{"S":"a"}},
      "ReturnConsumedCapacity":"TOTAL"})"),
            R"({"ConsumedCapacity":{"TableName":"ttt","CapacityUnits":1.0}})");
  EXPECT_EQ(ddb_text("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"b"}},
      "ReturnConsumedCapacity":"INDEXES"})"),
            R"({"ConsumedCapacity":{"TableName":"ttt","CapacityUnits":0.5,)"
            R"("Table":{"CapacityUnits":0.5}}})");
  const std::string big(5000, 'x');
  EXPECT_EQ(ddb_text("PutItem", cat(R"({"TableName":"ttt","Item":{"pk":{"S":"a"},"v":{"S":")", big,
                                    R"("}},"ReturnConsumedCapacity":"TOTAL"})")),
            R"({"ConsumedCapacity":{"TableName":"ttt","CapacityUnits":5.0}})");
}

TEST_F(DynamoItem, ProjectsPaths) {
  put("ttt", R"({"pk":{"S":"a"},"m":{"M":{"x":{"N":"1"},"y":{"N":"2"}}},
      "l":{"L":[{"S":"0"},{"S":"1"},{"S":"2"}]}})");
  EXPECT_EQ(to_json(ddb("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
      "ProjectionExpression":"m.#y, l[2], l[0], nothing","ExpressionAttributeNames":{"#y":"y"}})")
                        .at("Item")),
            R"({"m":{"M":{"y":{"N":"2"}}},"l":{"L":[{"S":"0"},{"S":"2"}]}})");
  EXPECT_EQ(refusal("GetItem", R"({"TableName":"ttt","Key":{"pk":{"S":"a"}},
      "ProjectionExpression":"!!"})"),
            "Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\"");
}

TEST_F(DynamoItem, ExpressionsAndLegacyParametersDoNotMix) {
  EXPECT_EQ(refusal("PutItem", R"j({"TableName":"ttt","Item":{"pk":{"S":"a"}},
      "Expected":{"pk":{"Exists":false}},"ConditionExpression":"attribute_exists(pk)"})j"),
            "Can not use both expression and non-expression parameters in the same request: "
            "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}");
}

}  // namespace
}  // namespace squall
