// Where requests go: by scope, presigned query, host name, target, action and path.
#include "emulator/protocol/host.h"

#include <gtest/gtest.h>

#include "tests/protocol/exchange.h"

namespace squall::protocol {
namespace {

TEST(Route, ScopeNamesServiceRegionAndKey) {
  Sent sent = form_request("ec2", "Action=DescribeVpcs&Version=2016-11-15");
  sent.headers[0].second = signed_for("ec2", "ap-south-1");
  const Seen seen = exchange(sent);
  EXPECT_EQ(seen.service, "ec2");
  EXPECT_EQ(seen.operation, "DescribeVpcs");
  EXPECT_EQ(seen.region, "ap-south-1");
  EXPECT_EQ(seen.access_key, "AKIDEXAMPLE");
  EXPECT_EQ(seen.protocol, model::Protocol::ec2);
}

TEST(Route, PresignedQueryNamesThemToo) {
  Sent sent;
  sent.method = "GET";
  sent.query =
      "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&"
      "X-Amz-Credential=123456789012%2F20261121%2Feu-west-3%2Fsts%2Faws4_request";
  const Seen seen = exchange(sent);
  EXPECT_EQ(seen.operation, "GetCallerIdentity");
  EXPECT_EQ(seen.region, "eu-west-3");
  EXPECT_EQ(seen.access_key, "123456789012");
}

TEST(Route, HostNamesThemWithoutASignature) {
  Sent sent = form_request("", "Action=DescribeVpcs&Version=2016-11-15");
  sent.headers[0] = {"Host", "ec2.ap-south-1.amazonaws.com"};
  EXPECT_EQ(exchange(sent).service, "ec2");
  EXPECT_EQ(exchange(sent).region, "ap-south-1");
  sent.headers[0].second = "ec2.localhost:4566";
  EXPECT_EQ(exchange(sent).service, "ec2");
  EXPECT_EQ(exchange(sent).region, "us-east-1");
}

TEST(Route, ActionAndVersionAreEnough) {
  Sent sent = form_request(
      "", "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=a&RoleSessionName=b");
  sent.headers.erase(sent.headers.begin());
  EXPECT_EQ(exchange(sent).service, "sts");
}

TEST(Route, TheTargetTellsServicesOfOneSigningNameApart) {
  const Seen table = exchange(json_request("dynamodb", "DynamoDB_20120810.ListTables", "{}"));
  EXPECT_EQ(table.service, "dynamodb");
  const Seen stream =
      exchange(json_request("dynamodb", "DynamoDBStreams_20120810.ListStreams", "{}"));
  EXPECT_EQ(stream.service, "dynamodbstreams");
}

TEST(Route, CloudWatchInItsThreeProtocols) {
  EXPECT_EQ(exchange(form_request("monitoring", "Action=ListMetrics&Version=2010-08-01")).protocol,
            model::Protocol::query);
  EXPECT_EQ(
      exchange(json_request("monitoring", "GraniteServiceVersion20100801.ListMetrics", "{}"))
          .protocol,
      model::Protocol::json10);
  const Seen cbor = exchange(cbor_request("ListMetrics", "\xA0"));
  EXPECT_EQ(cbor.protocol, model::Protocol::rpc_v2_cbor);
  EXPECT_EQ(cbor.operation, "ListMetrics");
}

TEST(Route, PathsAndLabels) {
  const Seen plain = exchange(rest_request("fis", "GET", "/experiments/EXP%2F1"));
  EXPECT_EQ(plain.operation, "GetExperiment");
  EXPECT_EQ(plain.document, R"({"id":"EXP/1"})");
  const Seen nested = exchange(rest_request("fis", "GET", "/experiments/E1/resolvedTargets"));
  EXPECT_EQ(nested.operation, "ListExperimentResolvedTargets");
  const Seen tags = exchange(rest_request("fis", "GET", "/tags/arn%3Aaws%3Afis%3Ax%3A1%3Aa%2Fb"));
  EXPECT_EQ(tags.document, R"({"resourceArn":"arn:aws:fis:x:1:a/b"})");
}

TEST(Route, BucketsByPathAndByHost) {
  Sent sent = rest_request("s3", "GET", "/bucket/a//b/");
  EXPECT_EQ(exchange(sent).document, R"({"Bucket":"bucket","Key":"a//b/"})");
  sent.path = "/bucket/";
  EXPECT_EQ(exchange(sent).operation, "ListObjects");
  sent.query = "list-type=2";
  EXPECT_EQ(exchange(sent).operation, "ListObjectsV2");
  sent.query = "acl";
  EXPECT_EQ(exchange(sent).operation, "GetBucketAcl");
  sent.query = "";
  sent.path = "/key";
  sent.headers.emplace_back("Host", "my.bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(exchange(sent).document, R"({"Bucket":"my.bucket","Key":"key"})");
  sent.headers = {{"Host", "my.bucket.s3.localhost.localstack.cloud:4566"}};
  EXPECT_EQ(exchange(sent).document, R"({"Bucket":"my.bucket","Key":"key"})");
}

TEST(Route, RequiredParametersTellPutsApart) {
  Sent sent = rest_request("s3", "PUT", "/b/k");
  EXPECT_EQ(exchange(sent).operation, "PutObject");
  sent.query = "partNumber=1&uploadId=u";
  EXPECT_EQ(exchange(sent).operation, "UploadPart");
  sent.headers.emplace_back("x-amz-copy-source", "other/key");
  EXPECT_EQ(exchange(sent).operation, "UploadPartCopy");
  sent.query = "";
  EXPECT_EQ(exchange(sent).operation, "CopyObject");
}

TEST(Route, SignedChunksAreJoined) {
  Sent sent = rest_request("s3", "PUT", "/b/k",
                           "3;chunk-signature=0\r\nhel\r\n2\r\nlo\r\n0;chunk-signature=0\r\n"
                           "x-amz-checksum-crc32:AAAAAA==\r\n\r\n");
  sent.headers.emplace_back("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  EXPECT_EQ(exchange(sent).document, R"({"Bucket":"b","Key":"k","Body":"aGVsbG8="})");
}

TEST(Route, HostNames) {
  struct Row {
    const char* header;
    const char* service;
    const char* region;
  };
  for (const Row& row : {Row{"ec2.us-gov-west-1.amazonaws.com", "ec2", "us-gov-west-1"},
                         Row{"sts.amazonaws.com", "sts", ""},
                         Row{"bucket.s3.dualstack.us-west-2.amazonaws.com", "bucket.s3",
                             "us-west-2"},
                         Row{"s3-eu-west-1.amazonaws.com", "s3", "eu-west-1"},
                         Row{"kms-fips.us-east-1.amazonaws.com", "kms", "us-east-1"},
                         Row{"api.ecr.us-east-1.amazonaws.com:443", "api.ecr", "us-east-1"},
                         Row{"127.0.0.1:4566", "", ""}, Row{"localhost:4566", "", ""},
                         Row{"[::1]:4566", "", ""}}) {
    const HostParts parts = parse_host(row.header);
    EXPECT_EQ(parts.service, row.service) << row.header;
    EXPECT_EQ(parts.region, row.region) << row.header;
  }
}

}  // namespace
}  // namespace squall::protocol
