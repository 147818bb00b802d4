// Malformed requests get AWS's error in the caller's protocol; nothing crashes on the way.
#include <gtest/gtest.h>

#include "tests/protocol/exchange.h"

namespace squall::protocol {
namespace {

constexpr const char* table_target = "DynamoDB_20120810.DescribeTable";
constexpr const char* put_target = "DynamoDB_20120810.PutItem";

std::string repeated(std::string_view text, size_t times) {
  std::string out;
  for (size_t i = 0; i < times; ++i) out += text;
  return out;
}

struct Row {
  const char* what;
  Sent sent;
  int status;
  std::string answer;  // the whole body if it ends the message, else a part of it
};

std::string coral(std::string_view name, std::string_view message = {}) {
  std::string out = cat(R"({"__type":"com.amazon.coral.service#)", name, '"');
  if (!message.empty()) out += cat(R"(,"Message":")", message, '"');
  return out + "}";
}

void expect_answers(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Seen seen = exchange(row.sent);
    EXPECT_EQ(seen.response.status, row.status) << row.what << ": " << seen.document;
    EXPECT_NE(seen.response.body.find(row.answer), std::string::npos)
        << row.what << ": " << seen.response.body;
  }
}

TEST(Malformed, Json) {
  auto describe = [](std::string body) {
    return json_request("dynamodb", table_target, std::move(body));
  };
  auto put = [](std::string body) { return json_request("dynamodb", put_target, std::move(body)); };
  const std::string syntax = coral("SerializationException");
  const auto wrong = [](std::string_view text) { return coral("SerializationException", text); };
  expect_answers({
      {"truncated", describe(R"({"TableName":)"), 400, syntax},
      {"not JSON", describe("hello"), 400, syntax},
      {"a blank alone in a list", describe("[,]"), 400, syntax},
      {"a comment", describe("{/* */}"), 400, syntax},
      {"a number past all bounds", describe(R"({"TableName":1e999})"), 400, syntax},
      {"two documents", describe("{}{}"), 400, syntax},
      {"bad UTF-8", describe("{\"TableName\":\"\xC3\x28\"}"), 400, syntax},
      {"a lone surrogate", describe(R"({"TableName":"\ud800"})"), 400, syntax},
      {"a control character", describe("{\"TableName\":\"\x01\"}"), 400, syntax},
      {"10,000 lists", describe(R"({"TableName":)" + repeated("[", 10'000)), 400, syntax},
      {"10,000 objects", put(repeated(R"({"a":)", 10'000)), 400, syntax},
      {"number for text", describe(R"({"TableName":1})"), 400,
       wrong("NUMBER_VALUE cannot be converted to String")},
      {"decimal for text", describe(R"({"TableName":1.5})"), 400,
       wrong("DECIMAL_VALUE cannot be converted to String")},
      {"true for text", describe(R"({"TableName":true})"), 400,
       wrong("TRUE_VALUE cannot be converted to String")},
      {"object for text", describe(R"({"TableName":{}})"), 400,
       wrong("Start of structure or map found where not expected.")},
      {"text for map", put(R"({"Item":"x"})"), 400,
       wrong("Unexpected token received from parser")},
      {"text for number", json_request("dynamodb", "DynamoDB_20120810.Scan", R"({"Limit":"1"})"),
       400, wrong("STRING_VALUE cannot be converted to Integer")},
      {"a number beyond its type",
       json_request("dynamodb", "DynamoDB_20120810.Scan", R"({"Limit":99999999999})"), 400,
       wrong("NUMBER_VALUE cannot be converted to Integer")},
      {"a huge number",
       json_request("dynamodb", "DynamoDB_20120810.Scan", R"({"Limit":1e308})"), 400,
       wrong("DECIMAL_VALUE cannot be converted to Integer")},
      {"the document is a list", describe("[]"), 400,
       wrong("Start of list found where not expected")},
  });
}

TEST(Malformed, JsonTargets) {
  Sent untargeted = json_request("dynamodb", table_target, "{}");
  untargeted.headers.erase(untargeted.headers.begin() + 1);
  Sent wrong_type = json_request("dynamodb", table_target, "{}");
  wrong_type.headers[2].second = "text/plain";
  Sent wrong_method = json_request("dynamodb", table_target, "{}");
  wrong_method.method = "PUT";
  expect_answers({
      {"unknown operation", json_request("dynamodb", "DynamoDB_20120810.Nope", "{}"), 400,
       coral("UnknownOperationException")},
      {"unknown target", json_request("dynamodb", "Nope_1.DescribeTable", "{}"), 400,
       coral("UnknownOperationException")},
      {"no dot", json_request("dynamodb", "DescribeTable", "{}"), 400,
       coral("UnknownOperationException")},
      {"no target", untargeted, 404, "<UnknownOperationException/>\n"},
      {"content type", wrong_type, 404, "<UnknownOperationException/>\n"},
      {"method", wrong_method, 404, "<UnknownOperationException/>\n"},
      {"another service's own name", json_request("ecs", "Nope.ListClusters", "{}", "1.1"), 400,
       R"({"__type":"UnknownOperationException"})"},
  });
}

TEST(Malformed, Forms) {
  auto ec2 = [](std::string_view rest) {
    return form_request("ec2", cat("Action=DescribeVpcs&Version=2016-11-15", rest));
  };
  auto rds = [](std::string_view rest) {
    return form_request("rds", cat("Action=DescribeDBInstances&Version=2014-10-31", rest));
  };
  const std::string syntax = "<Code>MalformedQueryString</Code>";
  expect_answers({
      {"broken escape", ec2("&DryRun=%zz"), 404, syntax},
      {"escape cut off", rds("&Marker=%4"), 404, syntax},
      {"bad UTF-8", rds("&Marker=%C3%28"), 404, syntax},
      {"10,000 levels", ec2("&Filter" + repeated(".1", 10'000) + "=x"), 404, syntax},
      {"text for number", ec2("&MaxResults=abc"), 400, "<Code>InvalidParameterValue</Code>"},
      {"a number beyond its type", ec2("&MaxResults=99999999999"), 400,
       "<Message>Value (99999999999) for parameter MaxResults is invalid. Expecting an integer"},
      {"text for boolean", ec2("&DryRun=maybe"), 400, "<Code>InvalidParameterValue</Code>"},
      {"list for text", ec2("&NextToken.1=x"), 400, "<Code>UnknownParameter</Code>"},
      {"text for number in query", rds("&MaxRecords=abc"), 400, "<Code>MalformedInput</Code>"},
      {"structure for text", rds("&Marker.A=x"), 400, "<Code>MalformedInput</Code>"},
      {"text for list", rds("&Filters=x"), 400, "<Code>MalformedInput</Code>"},
      {"unknown action", form_request("ec2", "Action=Nope&Version=2016-11-15"), 400,
       "<Response><Errors><Error><Code>InvalidAction</Code><Message>The action Nope is not valid "
       "for this web service.</Message></Error></Errors><RequestID>REQUEST-ID</RequestID>"},
      {"unknown action in query", form_request("sts", "Action=Nope&Version=2011-06-15"), 400,
       "<Error><Type>Sender</Type><Code>InvalidAction</Code>"},
      {"no action", form_request("sts", "Version=2011-06-15"), 400, "<Code>MissingAction</Code>"},
      {"unknown service", form_request("nope", "Action=A&Version=1"), 501,
       "<Code>NotImplemented</Code><Message>Squall has no model of the service 'nope'.</Message>"},
  });
}

TEST(Malformed, Cbor) {
  using namespace std::string_literals;
  const auto put = [](std::string body) { return cbor_request("PutMetricData", std::move(body)); };
  const std::string code = "com.amazon.coral.service#SerializationException";
  expect_answers({
      {"truncated", put("\xA1\x69Name"), 400, code},
      {"trailing bytes", put("\xA0\xA0"), 400, code},
      {"bad UTF-8", put("\xA1\x62\xC3\x28\x01"), 400, code},
      {"a break alone", put("\xFF"), 400, code},
      {"a key that is no text", put("\xA1\x01\x01"), 400, code},
      {"a length of 2^63", put("\x5B\x80\x00\x00\x00\x00\x00\x00\x00"s), 400, code},
      {"a list of 2^32", put("\x9A\xFF\xFF\xFF\xFF"s), 400, code},
      {"10,000 lists", put(repeated("\x81", 10'000)), 400, code},
      {"10,000 open lists", put(repeated("\x9F", 10'000)), 400, code},
      {"10,000 tags", put(repeated("\xC1", 10'000)), 400, code},
      {"a number for a text", put("\xA1\x69Namespace\x01"), 400, code},
      {"a chunk of another type", put("\xA1\x69Namespace\x7F\x41x\xFF"), 400, code},
      {"a time that is a text", put("\xC1\x61x"), 400, code},
      {"not a map", put("\x80"), 400, code},
      {"unknown operation", cbor_request("Nope", "\xA0"), 404, "UnknownOperationException"},
  });
}

TEST(Malformed, Rest) {
  auto lifecycle = [](std::string body) {
    Sent sent = rest_request("s3", "PUT", "/b", std::move(body));
    sent.query = "lifecycle";
    return sent;
  };
  auto zone = [](std::string body) {
    return rest_request("route53", "POST", "/2013-04-01/hostedzone", std::move(body));
  };
  Sent cut_short = rest_request("s3", "PUT", "/b/k", "5;chunk-signature=0\r\nhel");
  cut_short.headers.emplace_back("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  Sent list = rest_request("s3", "GET", "/b");
  list.query = "list-type=2&max-keys=many";
  expect_answers({
      {"truncated XML", lifecycle("<LifecycleConfiguration><Rule>"), 400,
       "<Error><Code>MalformedXML</Code>"},
      {"wrong type in XML",
       lifecycle("<L><Rule><Expiration><Days>x</Days></Expiration></Rule></L>"), 400,
       "<Code>MalformedXML</Code>"},
      {"10,000 elements deep", lifecycle(repeated("<a>", 10'000)), 400,
       "<Code>MalformedXML</Code>"},
      {"bad UTF-8", lifecycle("<a>\xC3\x28</a>"), 400, "<Code>MalformedXML</Code>"},
      {"not XML", zone("{}"), 400, "<ErrorResponse"},
      {"a signed chunk cut short", cut_short, 400, "<Code>IncompleteBody</Code>"},
      {"text for number in the query", list, 400, "<Code>InvalidArgument</Code>"},
      {"no such path", rest_request("route53", "GET", "/nope"), 404,
       "<UnknownOperationException/>\n"},
      {"no such method", rest_request("s3", "PATCH", "/b"), 405, "<Code>MethodNotAllowed</Code>"},
      {"truncated JSON", rest_request("fis", "POST", "/experiments", "{"), 400, "{}"},
      {"wrong type in JSON",
       rest_request("fis", "POST", "/experiments", R"({"clientToken":1})"), 400,
       R"({"message":"NUMBER_VALUE cannot be converted to String"})"},
      {"no such JSON path", rest_request("fis", "GET", "/nope"), 404,
       "<UnknownOperationException/>\n"},
  });
}

}  // namespace
}  // namespace squall::protocol
