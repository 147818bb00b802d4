#include "tests/services/dynamodb_partiql_fixture.h"

namespace squall {
namespace {

using DynamoPartiql = PartiqlTest;

TEST_F(DynamoPartiql, InsertsEveryTypeOfValue) {
  make_table();
  EXPECT_EQ(items(R"(INSERT INTO "ttt" VALUE {'pk': 'a', 'n': -1.50e2, 't': true, 'f': FALSE,
      'none': null, 'list': [1, 'x', {'deep': [ ]}], 'map': {'it''s': 1}, 'ss': <<'b', 'a'>>,
      'ns': <<2, 1.0>>})"), "[]");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"),
            R"({"pk":{"S":"a"},"n":{"N":"-150"},"t":{"BOOL":true},"f":{"BOOL":false},)"
            R"("none":{"NULL":true},"list":{"L":[{"N":"1"},{"S":"x"},{"M":{"deep":{"L":[]}}}]},)"
            R"("map":{"M":{"it's":{"N":"1"}}},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]}})");
  items("insert into ttt value {'pk': ?, 'b': ?, 'list': [?, 2]}",
        R"([{"S":"b"},{"B":"AQI="},{"M":{"x":{"N":"1"}}}])");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"b"}})"),
            R"({"pk":{"S":"b"},"b":{"B":"AQI="},"list":{"L":[{"M":{"x":{"N":"1"}}},{"N":"2"}]}})");
}

TEST_F(DynamoPartiql, InsertsAreRefused) {
  make_table();
  run("INSERT INTO ttt VALUE {'pk': 'a'}");
  EXPECT_EQ(refused("INSERT INTO ttt VALUE {'pk': 'a', 'x': 1}"),
            "DuplicateItemException: Duplicate primary key exists in table");
  EXPECT_EQ(refused("INSERT INTO ttt VALUE {'x': 1}"),
            "One or more parameter values were invalid: Missing the key pk in the item");
  EXPECT_EQ(refused("INSERT INTO ttt VALUE {'pk': 1}"),
            "One or more parameter values were invalid: Type mismatch for key pk expected: S "
            "actual: N");
  EXPECT_EQ(refused("INSERT INTO ttt VALUE {'pk': 'b', 's': <<>>}"),
            "One or more parameter values were invalid: An string set  may not be empty");
  EXPECT_EQ(refused("INSERT INTO ttt (pk) VALUES ('b')"), malformed("Unexpected term"));
  EXPECT_EQ(refused("INSERT INTO ttt VALUES {'pk': 'b'}"), malformed("Unexpected keyword"));
  EXPECT_EQ(refused("INSERT INTO nowhere VALUE {'pk': 'b'}"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"), R"({"pk":{"S":"a"}})");
}

TEST_F(DynamoPartiql, SelectsByKey) {
  fill_range();
  EXPECT_EQ(found(R"(SELECT * FROM "rangeN" WHERE pk = 'p')"), "0 1 2 3 4 5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = ? AND sk > ?", R"([{"S":"p"},{"N":"3"}])"),
            "4 5");
  EXPECT_EQ(found("select sk from rangeN where 2 >= sk and pk = 'p'"), "0 1 2");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = 'p' AND sk BETWEEN 1 AND 2"), "1 2");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = 'p' AND sk IN [1, 5, 9]"), "1 5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk IN ['q', 'p', 'q'] AND sk >= 5"), "10 11 5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk IN ('q')"), "10 11");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = 'q' OR pk = 'p' AND sk = 0"), "10 11 0");
  EXPECT_EQ(read_units("SELECT * FROM rangeN WHERE pk = 'p' AND sk = 1"), "0.5");
  EXPECT_EQ(read_units("SELECT * FROM rangeN WHERE pk IN ['p', 'q']"), "1.0");
}

TEST_F(DynamoPartiql, SelectsByScanning) {
  fill_range();
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE m > 30"), "4 5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE sk = 11"), "11");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE sk = 11 OR pk = 'p' AND NOT m < 50"), "11 5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE m IS MISSING AND sk <> 10"), "11");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE m IS NOT MISSING AND m != 0 AND m <= 10"), "1");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE begins_with(name, 'it''s 3')"), "3");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE CONTAINS(\"name\", '''s 4')"), "4");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE attribute_type(m, 'N') AND size(name) = 6 "
                  "AND m NOT BETWEEN 10 AND 50"), "0");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE m NOT IN [0, 10, 20, 30, 40] AND m IS NOT NULL "
                  "AND pk = 'p'"), "5");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE m IN ?", R"([{"L":[{"N":"20"},{"N":"40"}]}])"),
            "2 4");
}

TEST_F(DynamoPartiql, OrdersByKeys) {
  fill_range();
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = 'p' ORDER BY sk DESC"), "5 4 3 2 1 0");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk IN ['q', 'p'] AND sk > 4 ORDER BY pk, sk DESC"),
            "5 11 10");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk IN ['p', 'q'] AND sk > 4 ORDER BY pk DESC"),
            "10 11 5");
  EXPECT_EQ(refused("SELECT * FROM rangeN ORDER BY sk"),
            "Must have WHERE clause in the statement when using ORDER BY clause.");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE sk = 1 ORDER BY sk"),
            "Must have at least one non-optional hash key condition in WHERE clause when using "
            "ORDER BY clause.");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE pk = 'p' ORDER BY m"),
            "Variable reference m in ORDER BY clause must be part of the primary key");
}

TEST_F(DynamoPartiql, ProjectsPaths) {
  make_table();
  put("ttt", R"({"pk":{"S":"a"},"m":{"M":{"x":{"L":[{"N":"7"},{"S":"y"}]},"z":{"BOOL":true}}},
      "plain":{"N":"1"}})");
  EXPECT_EQ(items("SELECT plain, pk FROM ttt"), R"([{"plain":{"N":"1"},"pk":{"S":"a"}}])");
  EXPECT_EQ(items(R"(SELECT m.z, m.x[1], m."none", "m"['x'] FROM ttt WHERE pk = 'a')"),
            R"([{"z":{"BOOL":true},"x[1]":{"S":"y"},"x":{"L":[{"N":"7"},{"S":"y"}]}}])");
  EXPECT_EQ(items("SELECT * FROM ttt WHERE m.x[0] = 7 AND contains(m.x, 'y')").substr(0, 20),
            R"([{"pk":{"S":"a"},"m")");
  EXPECT_EQ(items("SELECT nothing FROM ttt"), "[{}]");
}

TEST_F(DynamoPartiql, PagesGoOnByToken) {
  fill_range();
  for (const char* text : {"SELECT * FROM rangeN", "SELECT * FROM rangeN WHERE pk IN ['p', 'q']"}) {
    std::string all, more = R"(,"Limit":3)";
    int pages = 0;
    for (; pages < 9; ++pages) {
      const Value page = run(text, "", more);
      for (const Value& item : page.at("Items").items())
        all += cat(item.at("sk").at("N").text(), " ");
      const Value token = page.at("NextToken");
      EXPECT_EQ(token.is_absent(), page.at("LastEvaluatedKey").is_absent());
      if (token.is_absent()) break;
      more = cat(R"(,"Limit":3,"NextToken":)", quoted(token.text()));
    }
    EXPECT_EQ(pages, 2) << text;
    EXPECT_EQ(all.size(), std::string("0 1 2 3 4 5 10 11 ").size()) << all;
  }
  const Value page = run("SELECT * FROM rangeN", "", R"(,"Limit":1)");
  const std::string token = cat(R"(,"NextToken":)", quoted(page.at("NextToken").text()));
  EXPECT_EQ(refused("SELECT sk FROM rangeN", "", token), "NextToken does not match request");
  EXPECT_EQ(refused("SELECT sk FROM rangeN", "", R"(,"NextToken":"!")"), "Invalid NextToken");
  EXPECT_THAT(refused("SELECT sk FROM rangeN", "", R"(,"Limit":0)"),
              testing::HasSubstr("at 'limit' failed to satisfy constraint: Member must have value "
                                 "greater than or equal to 1"));
}

TEST_F(DynamoPartiql, ManyPartitionsComeTenAtATime) {
  make_table();
  std::string list;
  for (int i = 0; i < 23; ++i) {
    if (i % 2) run(cat("INSERT INTO ttt VALUE {'pk': 'k", i, "'}"));
    list += cat(i ? ", " : "", "'k", i, "'");
  }
  const std::string text = cat("SELECT * FROM ttt WHERE pk IN [", list, "]");
  std::string more;
  std::vector<size_t> sizes;
  for (int pages = 0; pages < 9; ++pages) {
    const Value page = run(text, "", more);
    sizes.push_back(page.at("Items").size());
    if (page.at("NextToken").is_absent()) break;
    more = cat(R"(,"NextToken":)", quoted(page.at("NextToken").text()));
  }
  EXPECT_THAT(sizes, testing::ElementsAre(5, 5, 1));
  std::string many = "'x0'";
  for (int i = 1; i < 51; ++i) many += cat(", 'x", i, "'");
  EXPECT_EQ(refused(cat("SELECT * FROM ttt WHERE pk IN [", many, "]")),
            "The IN operator is provided with too many operands; number of operands: 51");
}

TEST_F(DynamoPartiql, ReadsIndexes) {
  ddb("CreateTable", R"({"TableName":"idx","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},
                              {"AttributeName":"g","AttributeType":"S"}],
      "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"by-g","KeySchema":[{"AttributeName":"g",
        "KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}]})");
  run("INSERT INTO idx VALUE {'pk': 'a', 'g': 'x', 'other': 1}");
  run("INSERT INTO idx VALUE {'pk': 'b', 'g': 'y'}");
  EXPECT_EQ(items(R"(SELECT * FROM "idx"."by-g" WHERE g = 'x')"),
            R"([{"pk":{"S":"a"},"g":{"S":"x"}}])");
  EXPECT_EQ(refused(R"(SELECT * FROM "idx"."none" WHERE g = 'x')"),
            "The table does not have the specified index: none");
  EXPECT_EQ(refused(R"(SELECT * FROM "idx"."by-g" WHERE g = 'x')", "", R"(,"ConsistentRead":true)"),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(refused(R"(SELECT other FROM "idx"."by-g" WHERE g = 'x')"),
            "One or more parameter values were invalid: Global secondary index by-g does not "
            "project [other]");
}

TEST_F(DynamoPartiql, Updates) {
  make_table();
  run("INSERT INTO ttt VALUE {'pk': 'a', 'n': 5, 'l': [1], 's': <<'x'>>, 'm': {'k': 'v'}}");
  EXPECT_EQ(items("UPDATE ttt SET n = n + 2, x = ? SET l = list_append(l, [2]) REMOVE m.k "
                  "WHERE pk = 'a'", R"([{"BOOL":true}])"), "[]");
  EXPECT_EQ(get("ttt", R"({"pk":{"S":"a"}})"),
            R"({"pk":{"S":"a"},"n":{"N":"7"},"l":{"L":[{"N":"1"},{"N":"2"}]},"s":{"SS":["x"]},)"
            R"("m":{"M":{}},"x":{"BOOL":true}})");
  EXPECT_EQ(items("UPDATE ttt SET s = set_add(s, <<'y', 'z'>>) WHERE pk = 'a' "
                  "RETURNING MODIFIED NEW *"), R"([{"s":{"SS":["x","y","z"]}}])");
  EXPECT_EQ(items("UPDATE ttt SET s = SET_DELETE(s, ?) WHERE pk = 'a' RETURNING MODIFIED OLD *",
                  R"([{"SS":["x","z"]}])"), R"([{"s":{"SS":["x","y","z"]}}])");
  EXPECT_EQ(items("UPDATE ttt SET n = 10 - n REMOVE l[0] REMOVE m, x WHERE pk = 'a' AND n = 7 "
                  "RETURNING ALL NEW *"),
            R"([{"pk":{"S":"a"},"n":{"N":"3"},"l":{"L":[{"N":"2"}]},"s":{"SS":["y"]}}])");
  EXPECT_EQ(items("UPDATE ttt REMOVE l WHERE pk = 'a' RETURNING ALL OLD *"),
            R"([{"pk":{"S":"a"},"n":{"N":"3"},"l":{"L":[{"N":"2"}]},"s":{"SS":["y"]}}])");
}

TEST_F(DynamoPartiql, UpdatesAreRefused) {
  fill_range();
  const std::string_view no_key =
      "Where clause does not contain a mandatory equality on all key attributes";
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1"), no_key);
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1 WHERE pk = 'p'"), no_key);
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1 WHERE pk = 'p' AND sk > 1"), no_key);
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1 WHERE pk = 'p' OR sk = 1"), no_key);
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1 WHERE pk = 'p' AND sk = '1'"),
            "The provided key element does not match the schema");
  EXPECT_EQ(refused("UPDATE rangeN SET sk = 1 WHERE pk = 'p' AND sk = 1"),
            "One or more parameter values were invalid: Cannot update attribute sk. This attribute "
            "is part of the key");
  EXPECT_EQ(refused("UPDATE rangeN SET x = y + 1 WHERE pk = 'p' AND sk = 1"),
            "The provided expression refers to an attribute that does not exist in the item");
  EXPECT_EQ(refused("UPDATE rangeN SET x = 1, x.y = 2 WHERE pk = 'p' AND sk = 1"),
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these paths; path one: [x], path two: [x, y]");
  EXPECT_EQ(refused("UPDATE rangeN SET m = set_add(m, 1) WHERE pk = 'p' AND sk = 1"),
            "Incorrect operand type for operator or function; operator or function: set_add, "
            "operand type: N");
  EXPECT_EQ(refused("UPDATE range-N SET x = 1 WHERE pk = 'p'"),
            malformed("Expected data manipulation"));
  const char* failing[] = {"UPDATE rangeN SET x = 1 WHERE pk = 'p' AND sk = 99",
                           "UPDATE rangeN SET x = 1 WHERE pk = 'p' AND sk = 1 AND m = 11",
                           "DELETE FROM rangeN WHERE pk = 'p' AND sk = 1 AND m = 11"};
  for (const char* text : failing) {
    const AwsError e = ddb_error("ExecuteStatement", statement(text));
    EXPECT_EQ(cat(e.code, ": ", e.message),
              "ConditionalCheckFailedException: The conditional request failed");
    EXPECT_TRUE(e.members.empty());
  }
  const AwsError told = ddb_error("ExecuteStatement", statement(failing[1], "",
      R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")"));
  ASSERT_EQ(told.members.size(), 1U);
  EXPECT_THAT(told.members[0].second, testing::HasSubstr(R"("m":{"N":"10"})"));
}

TEST_F(DynamoPartiql, Deletes) {
  fill_range();
  EXPECT_EQ(items("DELETE FROM rangeN WHERE pk = 'q' AND sk = 10 RETURNING ALL OLD *"),
            R"([{"pk":{"S":"q"},"sk":{"N":"10"}}])");
  EXPECT_EQ(items("DELETE FROM rangeN WHERE pk = 'q' AND sk = 10 RETURNING ALL OLD *"), "[]");
  EXPECT_EQ(items("DELETE FROM rangeN WHERE pk = 'q' AND sk = 10 AND m = 3"), "[]");
  EXPECT_EQ(items("DELETE FROM \"rangeN\" WHERE pk = 'p' AND sk = ? AND m = 50", R"([{"N":"5"}])"),
            "[]");
  EXPECT_EQ(found("SELECT * FROM rangeN WHERE pk = 'p'"), "0 1 2 3 4");
  EXPECT_EQ(refused("DELETE FROM rangeN"),
            "Where clause does not contain a mandatory equality on all key attributes");
  EXPECT_EQ(refused("DELETE FROM rangeN WHERE pk = 'p' AND sk = 1 RETURNING ALL NEW *"),
            "DELETE can only return ALL OLD *");
}

TEST_F(DynamoPartiql, WhatIsNotWellFormed) {
  fill_range();
  EXPECT_EQ(refused("HELLO"), malformed("Expected data manipulation"));
  EXPECT_EQ(refused("SELECT * FROM 'rangeN'"), malformed("Unexpected from source"));
  EXPECT_EQ(refused("SELECT * rangeN"), malformed("Unexpected term"));
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE"), malformed("Unexpected term"));
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE order = 1"), malformed("Unexpected keyword"));
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE m.[0] = 1"),
            malformed("Unexpected path component"));
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE name = 'open"), malformed("Invalid literal"));
  EXPECT_EQ(refused("SELECT * FROM rangeN LIMIT 1"), "Unsupported clause: LIMIT at 1:22:5");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE nope(m) = 1"), "Unsupported function: nope");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE pk = ? AND sk = ?", R"([{"S":"p"}])"),
            "Number of parameters in request and statement don't match.");
  EXPECT_EQ(refused("SELECT * FROM rangeN", R"([{"S":"p"}])"),
            "Number of parameters in request and statement don't match.");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE pk = ?", "[{}]"),
            "Supplied AttributeValue is empty, must contain exactly one of the supported "
            "datatypes");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE pk = 5"),
            "One or more parameter values were invalid: Condition parameter type does not match "
            "schema type");
  EXPECT_EQ(refused("SELECT * FROM rangeN WHERE m > true"),
            "Invalid ConditionExpression: Incorrect operand type for operator or function; "
            "operator or function: >, operand type: BOOL");
  EXPECT_EQ(refused("SELECT * FROM nowhere"),
            "ResourceNotFoundException: Requested resource not found");
  EXPECT_EQ(refused("EXISTS(SELECT * FROM rangeN WHERE pk = 'p' AND sk = 1)"),
            "EXISTS can only be used as a statement of a transaction");
  EXPECT_THAT(refused(""), testing::HasSubstr("Value '' at 'statement' failed to satisfy "
                                              "constraint: Member must have length greater"));
  EXPECT_THAT(refused(std::string(8193, ' ')),
              testing::HasSubstr("Member must have length less than or equal to 8192"));
}

}  // namespace
}  // namespace squall
