// Exact answers: envelopes, headers and content types, character for character.
#include <gtest/gtest.h>

#include "tests/protocol/exchange.h"

namespace squall::protocol {
namespace {

Call call_of(std::string_view service, std::string_view operation, model::Protocol protocol) {
  Call call;
  call.service = model::find_service(service);
  call.operation = call.service->find_operation(operation);
  call.protocol = protocol;
  return call;
}

Response encoded(const Call& call, const Value& output) {
  Response response;
  encode(call, output, "ID", response);
  return response;
}

Response failed(const Call& call, const AwsError& error) {
  Response response;
  encode_error(call, error, "ID", response);
  return response;
}

std::string header(const Response& response, std::string_view name) {
  for (const auto& [n, v] : response.headers)
    if (n == name) return v;
  return "(none)";
}

TEST(Envelope, Ec2) {
  const Response r = encoded(call_of("ec2", "CreateVpc", model::Protocol::ec2),
                             {{"Vpc", {{"VpcId", "vpc-1"}, {"IsDefault", false}}}});
  EXPECT_EQ(r.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<CreateVpcResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15\">"
            "<requestId>ID</requestId><vpc><vpcId>vpc-1</vpcId><isDefault>false</isDefault></vpc>"
            "</CreateVpcResponse>");
  EXPECT_EQ(r.content_type, "text/xml;charset=UTF-8");
}

TEST(Envelope, Ec2Time) {
  const Value instance{{"LaunchTime", from_unix_seconds(1795239105)}};
  Value instances = Value::list(), reservations = Value::list();
  instances.push(instance);
  reservations.push(Value{{"Instances", instances}});
  const Response r = encoded(call_of("ec2", "DescribeInstances", model::Protocol::ec2),
                             {{"Reservations", reservations}});
  EXPECT_NE(r.body.find("<reservationSet><item><instancesSet><item><launchTime>"
                        "2026-11-21T05:31:45.000Z</launchTime></item></instancesSet></item>"),
            std::string::npos);
}

TEST(Envelope, Query) {
  const Call call = call_of("sts", "GetCallerIdentity", model::Protocol::query);
  EXPECT_EQ(encoded(call, {{"Account", "1<2"}}).body,
            "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
            "<GetCallerIdentityResult><Account>1&lt;2</Account></GetCallerIdentityResult>"
            "<ResponseMetadata><RequestId>ID</RequestId></ResponseMetadata>"
            "</GetCallerIdentityResponse>");
  EXPECT_EQ(failed(call, {"ExpiredToken", "gone", 403}).body,
            "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
            "<Type>Sender</Type><Code>ExpiredToken</Code><Message>gone</Message></Error>"
            "<RequestId>ID</RequestId></ErrorResponse>");
  EXPECT_EQ(failed(call, {"ExpiredToken", "gone", 403}).status, 403);
}

TEST(Envelope, ModelledStatus) {
  const Call call = call_of("iam", "GetRole", model::Protocol::query);
  const Response r = failed(call, {"NoSuchEntity", "no role"});
  EXPECT_EQ(r.status, 404);
  EXPECT_NE(r.body.find("<Type>Sender</Type><Code>NoSuchEntity</Code>"), std::string::npos);
}

TEST(Envelope, TextThatXmlCannotHold) {
  const Call call = call_of("sts", "GetCallerIdentity", model::Protocol::query);
  const std::string body =
      encoded(call, {{"Account", std::string("a\x01\r\xFF\xEF\xBF\xBF\xC3\xA9")}}).body;
  EXPECT_NE(body.find("<Account>a\xEF\xBF\xBD&#xD;\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9</Account>"),
            std::string::npos)
      << body;
}

TEST(Envelope, DynamoDbErrors) {
  const Call call = call_of("dynamodb", "DescribeTable", model::Protocol::json10);
  const Response missing = failed(call, {"ResourceNotFoundException", "no"});
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",)"
            R"("message":"no"})");
  EXPECT_EQ(missing.content_type, "application/x-amz-json-1.0");
  EXPECT_EQ(failed(call, {"ValidationException", "bad"}).body,
            R"({"__type":"com.amazon.coral.validate#ValidationException","message":"bad"})");
  EXPECT_EQ(failed(call, {"SerializationException", "bad"}).body,
            R"({"__type":"com.amazon.coral.service#SerializationException","Message":"bad"})");
}

TEST(Envelope, DynamoDbChecksum) {
  const Call call = call_of("dynamodb", "ListTables", model::Protocol::json10);
  EXPECT_EQ(encoded(call, {{"TableNames", Value::list()}}).body, R"({"TableNames":[]})");
  EXPECT_EQ(header(encoded(call, Value::map()), "x-amz-crc32"), "2745614147");  // of "{}"
  const Call other = call_of("ecs", "ListClusters", model::Protocol::json11);
  EXPECT_EQ(header(encoded(other, Value::map()), "x-amz-crc32"), "(none)");
}

TEST(Envelope, ErrorMembersThatAreStructures) {
  const Call call = call_of("dynamodb", "TransactWriteItems", model::Protocol::json10);
  AwsError error{"TransactionCanceledException", "cancelled"};
  error.members = {{"CancellationReasons", R"([{"Code":"None"},{"Item":{"a":{"S":"x"}}}])"}};
  EXPECT_EQ(failed(call, error).body,
            R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",)"
            R"("Message":"cancelled",)"
            R"("CancellationReasons":[{"Code":"None"},{"Item":{"a":{"S":"x"}}}]})");
}

TEST(Envelope, QueryCompatibleErrors) {
  const Call call = call_of("cloudwatch", "GetDashboard", model::Protocol::json10);
  const Response r = failed(call, {"ResourceNotFound", "no dashboard"});
  EXPECT_EQ(r.status, 404);
  EXPECT_EQ(header(r, "x-amzn-query-error"), "ResourceNotFound;Sender");
}

TEST(Envelope, OperationsWithoutOutput) {
  const Response json =
      encoded(call_of("logs", "CreateLogGroup", model::Protocol::json11), Value());
  EXPECT_EQ(json.body, "");
  EXPECT_EQ(json.status, 200);
  const Response rest =
      encoded(call_of("s3", "DeleteBucket", model::Protocol::rest_xml), Value());
  EXPECT_EQ(rest.status, 204);
  EXPECT_EQ(rest.body, "");
  EXPECT_EQ(header(rest, "x-amz-request-id"), "ID");
}

TEST(Envelope, RestXml) {
  const Call s3 = call_of("s3", "GetObject", model::Protocol::rest_xml);
  const Response missing = failed(s3, {"NoSuchKey", "The specified key does not exist.", 404});
  EXPECT_EQ(missing.body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code><Message>The "
            "specified key does not exist.</Message><RequestId>ID</RequestId></Error>");
  EXPECT_EQ(missing.content_type, "application/xml");
  const Call zone = call_of("route53", "GetHostedZone", model::Protocol::rest_xml);
  EXPECT_EQ(failed(zone, {"NoSuchHostedZone", "no", 404}).body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse "
            "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Error><Type>Sender</Type>"
            "<Code>NoSuchHostedZone</Code><Message>no</Message></Error><RequestId>ID</RequestId>"
            "</ErrorResponse>");
}

TEST(Envelope, RestJsonError) {
  const Response r = failed(call_of("fis", "GetExperiment", model::Protocol::rest_json),
                            {"ResourceNotFoundException", "no experiment"});
  EXPECT_EQ(r.status, 404);
  EXPECT_EQ(r.body, R"({"message":"no experiment"})");
  EXPECT_EQ(header(r, "x-amzn-ErrorType"), "ResourceNotFoundException");
}

TEST(EnvelopeDeathTest, MembersThatTheModelLacksAbort) {
  const Call call = call_of("sts", "GetCallerIdentity", model::Protocol::query);
  EXPECT_DEATH(encoded(call, {{"Acount", "1"}}), "has no member Acount");
}

}  // namespace
}  // namespace squall::protocol
