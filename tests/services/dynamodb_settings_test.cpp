// What is set about tables beside their records: insights, Kinesis destinations, policies.
#include "tests/services/dynamodb_fixture.h"

namespace squall {
namespace {

using SettingsTest = DynamoTest;

TEST_F(SettingsTest, ContributorInsights) {
  make_table();
  EXPECT_EQ(ddb_text("DescribeContributorInsights", R"({"TableName":"ttt"})"),
            R"({"TableName":"ttt","ContributorInsightsStatus":"DISABLED"})");
  EXPECT_EQ(ddb_text("UpdateContributorInsights",
                     R"({"TableName":"ttt","ContributorInsightsAction":"ENABLE"})"),
            R"({"TableName":"ttt","ContributorInsightsStatus":"ENABLING",)"
            R"("ContributorInsightsMode":"ACCESSED_AND_THROTTLED_KEYS"})");
  const Value there = ddb("DescribeContributorInsights", R"({"TableName":"ttt"})");
  EXPECT_EQ(there.at("ContributorInsightsStatus").text(), "ENABLED");
  EXPECT_EQ(there.at("ContributorInsightsRuleList").size(), 2u);
  make_table("uuu");
  ddb("UpdateContributorInsights", R"({"TableName":"uuu","ContributorInsightsAction":"ENABLE",
    "ContributorInsightsMode":"THROTTLED_KEYS"})");
  const Value page = ddb("ListContributorInsights", R"({"MaxResults":1})");
  EXPECT_EQ(page.at("ContributorInsightsSummaries").size(), 1u);
  const Value rest = call("dynamodb", "ListContributorInsights",
                          {{"NextToken", page.at("NextToken")}});
  EXPECT_EQ(rest.at("ContributorInsightsSummaries")[0].at("TableName").text(), "uuu");
  EXPECT_TRUE(rest.at("NextToken").is_absent());
  ddb("UpdateContributorInsights", R"({"TableName":"ttt","ContributorInsightsAction":"DISABLE"})");
  EXPECT_EQ(ddb("ListContributorInsights", R"({"TableName":"ttt"})")
                .at("ContributorInsightsSummaries").size(), 0u);
}

TEST_F(SettingsTest, InsightsRefusals) {
  make_table();
  const std::string none = R"({"TableName":"none","ContributorInsightsAction":"ENABLE"})";
  EXPECT_EQ(ddb_error("UpdateContributorInsights", none).code, "ResourceNotFoundException");
  EXPECT_EQ(ddb_error("UpdateContributorInsights", R"({"TableName":"ttt","IndexName":"none",
    "ContributorInsightsAction":"ENABLE"})").code, "ResourceNotFoundException");
  EXPECT_EQ(ddb_error("DescribeContributorInsights", R"({"TableName":"none"})").code,
            "ResourceNotFoundException");
  EXPECT_EQ(ddb_error("ListContributorInsights", R"({"TableName":"none"})").code,
            "ResourceNotFoundException");
}

constexpr const char* destination =
    R"({"TableName":"ttt","StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one"})";

TEST_F(SettingsTest, KinesisDestinations) {
  make_table();
  EXPECT_EQ(ddb("EnableKinesisStreamingDestination", destination).at("DestinationStatus").text(),
            "ENABLING");
  const Value there = ddb("DescribeKinesisStreamingDestination", R"({"TableName":"ttt"})")
                          .at("KinesisDataStreamDestinations")[0];
  EXPECT_EQ(there.at("DestinationStatus").text(), "ACTIVE");
  EXPECT_EQ(there.at("ApproximateCreationDateTimePrecision").text(), "MILLISECOND");
  EXPECT_EQ(ddb("UpdateKinesisStreamingDestination", R"({"TableName":"ttt",
    "StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one",
    "UpdateKinesisStreamingConfiguration":
      {"ApproximateCreationDateTimePrecision":"MICROSECOND"}})").at("DestinationStatus").text(),
            "UPDATING");
  EXPECT_EQ(ddb("DisableKinesisStreamingDestination", destination).at("DestinationStatus").text(),
            "DISABLING");
  EXPECT_EQ(ddb("DescribeKinesisStreamingDestination", R"({"TableName":"ttt"})")
                .at("KinesisDataStreamDestinations")[0].at("DestinationStatus").text(),
            "DISABLED");
}

TEST_F(SettingsTest, KinesisRefusals) {
  make_table();
  EXPECT_EQ(ddb_error("DisableKinesisStreamingDestination", destination).code,
            "ResourceNotFoundException");
  const std::string update = R"({"TableName":"ttt",
    "StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one",
    "UpdateKinesisStreamingConfiguration":
      {"ApproximateCreationDateTimePrecision":"MICROSECOND"}})";
  EXPECT_EQ(ddb_error("UpdateKinesisStreamingDestination", update).code,
            "ResourceNotFoundException");
  ddb("EnableKinesisStreamingDestination", destination);
  EXPECT_EQ(ddb_error("EnableKinesisStreamingDestination", destination).code,
            "ResourceInUseException");
  const auto other = [](int n) {
    return cat(R"({"TableName":"ttt","StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/)",
               n, R"("})");
  };
  ddb("EnableKinesisStreamingDestination", other(2));
  EXPECT_EQ(ddb_error("EnableKinesisStreamingDestination", other(3)).code,
            "LimitExceededException");
  ddb("UpdateKinesisStreamingDestination", update);
  EXPECT_EQ(ddb_error("UpdateKinesisStreamingDestination", update).code, "ValidationException");
  use_latency(sim::LatencyProfile::documented);
  ddb("DisableKinesisStreamingDestination", other(2));
  EXPECT_EQ(ddb_error("DisableKinesisStreamingDestination", other(2)).code,
            "ResourceInUseException");
  EXPECT_EQ(ddb_error("DescribeKinesisStreamingDestination", R"({"TableName":"none"})").code,
            "ResourceNotFoundException");
  EXPECT_EQ(ddb_error("EnableKinesisStreamingDestination", R"({"TableName":"none",
    "StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/one"})").code,
            "ResourceNotFoundException");
}

TEST_F(SettingsTest, ResourcePolicies) {
  make_table();
  const Value arn = ddb("DescribeTable", R"({"TableName":"ttt"})").at("Table").at("TableArn");
  const char* policy = R"({"Version":"2012-10-17","Statement":[]})";
  EXPECT_EQ(error("dynamodb", "GetResourcePolicy", {{"ResourceArn", arn}}).code,
            "PolicyNotFoundException");
  EXPECT_EQ(error("dynamodb", "PutResourcePolicy", {{"ResourceArn", arn},
                                                    {"Policy", policy},
                                                    {"ExpectedRevisionId", "17"}}).code,
            "PolicyNotFoundException");
  const Value put = call("dynamodb", "PutResourcePolicy", {{"ResourceArn", arn},
                                                           {"Policy", policy},
                                                           {"ExpectedRevisionId", "NO_POLICY"}});
  const Value got = call("dynamodb", "GetResourcePolicy", {{"ResourceArn", arn}});
  EXPECT_EQ(got.at("Policy").text(), policy);
  EXPECT_EQ(got.at("RevisionId").text(), put.at("RevisionId").text());
  const Value same = call("dynamodb", "PutResourcePolicy", {{"ResourceArn", arn},
                                                            {"Policy", policy}});
  EXPECT_EQ(same.at("RevisionId").text(), put.at("RevisionId").text());
  EXPECT_EQ(error("dynamodb", "DeleteResourcePolicy", {{"ResourceArn", arn},
                                                       {"ExpectedRevisionId", "17"}}).code,
            "PolicyNotFoundException");
  call("dynamodb", "DeleteResourcePolicy", {{"ResourceArn", arn}});
  EXPECT_TRUE(call("dynamodb", "DeleteResourcePolicy", {{"ResourceArn", arn}})
                  .at("RevisionId").is_absent());
  EXPECT_EQ(error("dynamodb", "PutResourcePolicy", {{"ResourceArn", arn}, {"Policy", "{"}}).code,
            "ValidationException");
  const char* none = "arn:aws:dynamodb:us-east-1:000000000000:table/none";
  for (const char* operation : {"PutResourcePolicy", "GetResourcePolicy",
                                "DeleteResourcePolicy"}) {
    Value input{{"ResourceArn", none}};
    if (std::string_view(operation) == "PutResourcePolicy") input.add("Policy", policy);
    EXPECT_EQ(error("dynamodb", operation, input).code, "ResourceNotFoundException");
  }
}

}  // namespace
}  // namespace squall
