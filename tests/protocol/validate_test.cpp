// What each front end answers to input that breaks the model's constraints, text by text.
#include "emulator/model/validate.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "emulator/model/pattern.h"
#include "models/generated.h"

namespace squall::model {
namespace {

/// "Code: message", or "" for what passes.
std::string refusal(std::string_view client, std::string_view operation, const Value& input) {
  const Service* service = find_service(client);
  if (!service) return "no service";
  const Operation op = service->find_operation(operation);
  if (!op) return "no operation";
  try {
    validate(*service, op, service->protocols()[0], input);
  } catch (const AwsError& error) {
    EXPECT_EQ(error.status, 400);
    return error.code + ": " + error.message;
  }
  return "";
}

Value list(std::initializer_list<Value> items) {
  Value out = Value::list();
  for (const Value& item : items) out.push(item);
  return out;
}

TEST(Validate, Passes) {
  EXPECT_EQ(refusal("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}), "");
  EXPECT_EQ(refusal("ec2", "DescribeVpcs", Value::map()), "");
  EXPECT_EQ(refusal("sts", "GetCallerIdentity", Value::map()), "");
  const Value item{{"id", Value{{"S", "1"}}}};
  EXPECT_EQ(refusal("dynamodb", "PutItem", {{"TableName", "t"}, {"Item", item}}), "");
}

TEST(Validate, DynamoDbLists) {
  EXPECT_EQ(refusal("dynamodb", "PutItem", {{"Item", Value::map()}}),
            "ValidationException: 1 validation error detected: Value null at 'tableName' failed to "
            "satisfy constraint: Member must not be null");
  EXPECT_EQ(refusal("dynamodb", "PutItem",
                    {{"TableName", "t"},
                     {"Item", Value::map()},
                     {"ReturnValues", "x"},
                     {"ReturnConsumedCapacity", "y"}}),
            "ValidationException: 2 validation errors detected: Value 'y' at "
            "'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value "
            "set: [INDEXES, TOTAL, NONE]; Value 'x' at 'returnValues' failed to satisfy "
            "constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, "
            "UPDATED_NEW]");
}

TEST(Validate, DynamoDbTableNames) {
  EXPECT_EQ(refusal("dynamodb", "PutItem",
                    {{"TableName", ""}, {"Item", Value::map()}, {"ReturnValues", "x"}}),
            "ValidationException: 1 validation error detected: Value '' at 'tableName' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(refusal("dynamodb", "CreateTable", Value::map()),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(refusal("dynamodb", "CreateTable", {{"TableName", "a"}}),
            "ValidationException: 1 validation error detected: Value 'a' at 'tableName' failed to "
            "satisfy constraint: Member must have length greater than or equal to 3");
  EXPECT_EQ(refusal("dynamodb", "CreateTable", {{"TableName", "a b c"}}),
            "ValidationException: 1 validation error detected: Value 'a b c' at 'tableName' failed "
            "to satisfy constraint: Member must satisfy regular expression pattern: "
            "[a-zA-Z0-9_.-]+");
}

TEST(Validate, DynamoDbLimits) {
  EXPECT_EQ(refusal("dynamodb", "Scan", {{"TableName", "t"}, {"Limit", 0}}),
            "ValidationException: 1 validation error detected: Value '0' at 'limit' failed to "
            "satisfy constraint: Member must have value greater than or equal to 1");
  EXPECT_EQ(refusal("dynamodb", "Query", {{"TableName", "t"}, {"Limit", 0}}),
            "ValidationException: 1 validation error detected: Value at 'Limit' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1");
  EXPECT_EQ(refusal("dynamodb", "BatchGetItem", {{"RequestItems", Value::map()}}),
            "ValidationException: The requestItems parameter is required for BatchGetItem");
  Value keys = Value::list();
  for (int i = 0; i < 101; ++i) keys.push(Value::map());
  const Value items{{"T", Value{{"Keys", keys}}}};
  EXPECT_EQ(refusal("dynamodb", "BatchGetItem", {{"RequestItems", items}}),
            "ValidationException: 1 validation error detected: Value at "
            "'RequestItems.T.member.Keys' failed to satisfy constraint: Member must have length "
            "less than or equal to 100");
}

TEST(Validate, DynamoDbNested) {
  const Value keys = list({Value{{"AttributeName", "a"}, {"KeyType", "HASHED"}}});
  EXPECT_EQ(refusal("dynamodb", "CreateTable", {{"TableName", "abc"}, {"KeySchema", keys}}),
            "ValidationException: 1 validation error detected: Value 'HASHED' at "
            "'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum "
            "value set: [HASH, RANGE]");
  Value writes = Value::list();
  for (int i = 0; i < 26; ++i) writes.push(Value::map());
  const std::string text =
      refusal("dynamodb", "BatchWriteItem", {{"RequestItems", Value{{"T", writes}}}});
  EXPECT_TRUE(text.ends_with(
      "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member "
      "must have length less than or equal to 25, Member must have length greater than or equal to "
      "1]"))
      << text;
}

TEST(Validate, JsonServices) {
  EXPECT_EQ(refusal("ssm", "SendCommand",
                    {{"DocumentName", "AWS-RunShellScript"}, {"InstanceIds", list({"a", "i-b"})}}),
            "ValidationException: 1 validation error detected: Value '[a, i-b]' at 'instanceIds' "
            "failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy "
            "regular expression pattern: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)]");
  EXPECT_EQ(refusal("logs", "CreateLogGroup", {{"logGroupName", ""}}),
            "InvalidParameterException: 2 validation errors detected: Value '' at 'logGroupName' "
            "failed to satisfy constraint: Member must have length greater than or equal to 1; "
            "Value '' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [\\.\\-_/#A-Za-z0-9]+");
  EXPECT_EQ(refusal("kms", "Encrypt", {{"KeyId", "k"}, {"Plaintext", Value::blob("")}}),
            "ValidationException: 1 validation error detected: Value at 'plaintext' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(refusal("fis", "StartExperiment", {{"clientToken", "t"}}),
            "ValidationException: 1 validation error detected: Value null at "
            "'experimentTemplateId' failed to satisfy constraint: Member must not be null");
}

TEST(Validate, JsonServicesWithTheirOwnCodes) {
  const std::string launch =
      refusal("ecs", "RunTask", {{"launchType", "MOON"}, {"taskDefinition", "t"}});
  EXPECT_TRUE(launch.starts_with("InvalidParameterException: 1 validation error detected: Value "
                                 "'MOON' at 'launchType' failed to satisfy constraint: "))
      << launch;
  EXPECT_EQ(refusal("ecs", "RunTask", Value::map()),
            "InvalidParameterException: TaskDefinition can not be blank.");
  EXPECT_TRUE(
      refusal("ecs", "RegisterTaskDefinition", Value::map()).starts_with("ClientException: "));
  EXPECT_EQ(refusal("ecr", "CreateRepository", {{"repositoryName", "UPPER"}}),
            "InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy "
            "constraint: 'must satisfy regular expression '[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(\\/"
            "[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*''");
  EXPECT_EQ(refusal("sqs", "CreateQueue", Value::map()),
            "MissingParameter: The request must contain the parameter QueueName.");
  EXPECT_EQ(refusal("sqs", "CreateQueue",
                    {{"QueueName", "q"}, {"Attributes", Value{{"Delay", "1"}}}}),
            "InvalidAttributeName: Unknown Attribute Delay.");
}

TEST(Validate, QueryServices) {
  EXPECT_EQ(refusal("autoscaling", "DeleteAutoScalingGroup", Value::map()),
            "ValidationError: 1 validation error detected: Value null at 'autoScalingGroupName' "
            "failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(refusal("elbv2", "CreateTargetGroup", {{"Name", "t"}, {"Port", 0}}),
            "ValidationError: 1 validation error detected: Value '0' at 'port' failed to satisfy "
            "constraint: Member must have value greater than or equal to 1");
  EXPECT_EQ(refusal("sts", "AssumeRole",
                    {{"RoleArn", "arn:aws:iam::123456789012:role/r"},
                     {"RoleSessionName", "me"},
                     {"DurationSeconds", 60}}),
            "ValidationError: 1 validation error detected: Value '60' at 'durationSeconds' failed "
            "to satisfy constraint: Member must have value greater than or equal to 900");
  EXPECT_EQ(refusal("iam", "CreateUser", {{"UserName", "a b"}}),
            "ValidationError: The specified value for userName is invalid. It must contain only "
            "alphanumeric characters and/or the following: +=,.@_-");
  const Value tag{{"Key", ""}, {"Value", "v"}};
  EXPECT_EQ(refusal("elbv2", "AddTags", {{"ResourceArns", list({"arn"})}, {"Tags", list({tag})}}),
            "ValidationError: 1 validation error detected: Value '' at 'tags.1.member.key' failed "
            "to satisfy constraint: Member must have length greater than or equal to 1");
}

TEST(Validate, FrontEndsThatOnlyMissParameters) {
  EXPECT_EQ(refusal("rds", "CreateDBInstance", {{"Engine", "postgres"}, {"DBInstanceClass", "c"}}),
            "InvalidParameterValue: The parameter DBInstanceIdentifier must be provided and must "
            "not be blank.");
  EXPECT_EQ(refusal("rds", "DeleteDBInstance", {{"DBInstanceIdentifier", ""}}),
            "InvalidParameterValue: The parameter DBInstanceIdentifier must be provided and must "
            "not be blank.");
  EXPECT_EQ(refusal("elasticache", "DeleteReplicationGroup", Value::map()),
            "InvalidParameterValue: The parameter ReplicationGroupId must be provided and must not "
            "be blank.");
}

TEST(Validate, CloudWatch) {
  EXPECT_EQ(refusal("cloudwatch", "PutMetricData",
                    {{"Namespace", "N"}, {"MetricData", list({Value{{"Value", 1.0}}})}}),
            "MissingParameter: The parameter MetricData.member.1.MetricName is required.");
  EXPECT_EQ(refusal("cloudwatch", "DeleteAlarms", Value::map()),
            "ValidationError: 1 validation error detected: Value null at 'alarmNames' failed to "
            "satisfy constraint: Member must not be null");
}

TEST(Validate, Ec2) {
  EXPECT_EQ(refusal("ec2", "CreateSubnet", {{"CidrBlock", "10.0.0.0/24"}}),
            "MissingParameter: The request must contain the parameter VpcId");
  EXPECT_EQ(refusal("ec2", "CreateTags", {{"Tags", list({Value{{"Key", "k"}}})}}),
            "MissingParameter: The request must contain the parameter resourceIdSet");
  EXPECT_EQ(refusal("ec2", "DescribeVpcs", {{"MaxResults", 1}}),
            "InvalidParameterValue: Value ( 1 ) for parameter maxResults is invalid. Expecting a "
            "value greater than 5.");
  EXPECT_EQ(refusal("ec2", "CreateVpc", {{"InstanceTenancy", "shared"}}),
            "InvalidParameterValue: Value (shared) for parameter instanceTenancy is invalid.");
  const Value tags = list({Value{{"ResourceType", "spaceship"}}});
  EXPECT_EQ(refusal("ec2", "CreateVpc", {{"TagSpecifications", tags}}),
            "InvalidParameterValue: 'spaceship' is not a valid taggable resource type for this "
            "operation.");
  EXPECT_EQ(refusal("ec2", "RunInstances",
                    {{"MinCount", 1}, {"MaxCount", 1}, {"InstanceType", "x9.nano"}}),
            "");
  const Value option{{"IpProtocol", "tcp"}, {"IpRanges", list({Value{{"CidrIp", "0.0.0.0/0"}}})}};
  EXPECT_EQ(refusal("ec2", "AuthorizeSecurityGroupIngress", {{"IpPermissions", list({option})}}),
            "");
}

TEST(Validate, RestXml) {
  EXPECT_EQ(refusal("route53", "GetHostedZone", {{"Id", std::string(33, 'Z')}}),
            "InvalidInput: 1 validation error detected: Value 'ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ' "
            "at 'id' failed to satisfy constraint: Member must have length less than or equal to "
            "32");
  EXPECT_EQ(refusal("s3", "PutObject",
                    {{"Bucket", "b"}, {"Key", "k"}, {"StorageClass", "ATTIC"}}),
            "InvalidStorageClass: The storage class you specified is not valid");
  EXPECT_EQ(refusal("s3", "PutBucketVersioning",
                    {{"Bucket", "b"}, {"VersioningConfiguration", Value{{"Status", "Maybe"}}}}),
            "MalformedXML: The XML you provided was not well-formed or did not validate against "
            "our published schema");
}

TEST(Validate, LengthsAreCharacters) {
  std::string name;
  for (int i = 0; i < 256; ++i) name += "\xC3\xA9";
  EXPECT_EQ(refusal("elbv2", "AddTags",
                    {{"ResourceArns", list({"arn"})},
                     {"Tags", list({Value{{"Key", "k"}, {"Value", name}}})}}),
            "");
}

TEST(Validate, DepthIsBounded) {
  const Operation op = find_service("ssm")->find_operation("GetInventory");
  Value aggregators = Value::list();
  for (int i = 0; i < 200; ++i) {
    Value outer = Value::list();
    outer.push(Value{{"Expression", "AWS:X.Y"}, {"Aggregators", aggregators}});
    aggregators = outer;
  }
  const std::string text = refusal("ssm", op.name(), {{"Aggregators", aggregators}});
  EXPECT_EQ(text, "ValidationException: Nesting Levels have exceeded supported limits");
}

TEST(Validate, TenFailuresAtMost) {
  Value tags = Value::list();
  for (int i = 0; i < 20; ++i) tags.push(Value{{"Value", "v"}});
  const Value input{{"ResourceType", "Document"}, {"ResourceId", "d"}, {"Tags", tags}};
  const std::string text = refusal("ssm", "AddTagsToResource", input);
  EXPECT_TRUE(text.starts_with("ValidationException: 10 validation errors detected: ")) << text;
}

TEST(Pattern, OnlyKnownPatternsAreSkipped) {
  std::vector<std::string> refused;
  for (const Service& service : all_services())
    for (const ConstraintRow& row : service.tables().constraints) {
      const std::string pattern = service.tables().strings + row.pattern;
      if (!pattern_problem(pattern).empty())
        refused.push_back(std::string(service.name()) + ": " + pattern);
    }
  // PCRE2 counts to 65535; the shape's max says the same.
  EXPECT_EQ(refused, std::vector<std::string>{"ssm: ^.{1,100000}$"});
}

TEST(Pattern, JavaSpellings) {
  const Tables& iam = generated::iam;
  const Shape path = Service(iam).find_shape("pathType");
  EXPECT_TRUE(matches(iam, *path.constraint(), "/division/"));
  EXPECT_FALSE(matches(iam, *path.constraint(), "division"));
  const Shape name = Service(generated::autoscaling).find_shape("XmlStringMaxLen255");
  EXPECT_TRUE(matches(generated::autoscaling, *name.constraint(), "web \xF0\x9F\x8C\x8A"));
  EXPECT_FALSE(matches(generated::autoscaling, *name.constraint(), std::string_view("\x01", 1)));
  const Shape policy = Service(generated::application_autoscaling).find_shape("PolicyName");
  EXPECT_FALSE(matches(generated::application_autoscaling, *policy.constraint(), "caf\xC3\xA9"));
}

TEST(Pattern, ThreadsShareOneCompilation) {
  const Tables& logs = generated::logs;
  const Shape name = Service(logs).find_shape("LogStreamName");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        EXPECT_TRUE(matches(logs, *name.constraint(), "stream"));
        EXPECT_FALSE(matches(logs, *name.constraint(), "a:b"));
      }
    });
  for (std::thread& thread : threads) thread.join();
}

TEST(Validate, IsFast) {
  const Value item{{"id", Value{{"S", "1"}}}, {"name", Value{{"S", "x"}}}};
  const Value input{{"TableName", "orders"}, {"Item", item}, {"ReturnValues", "NONE"}};
  const Service* service = find_service("dynamodb");
  const Operation op = service->find_operation("PutItem");
  constexpr int rounds = 20'000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rounds; ++i) validate(*service, op, Protocol::json10, input);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  RecordProperty("nanoseconds", static_cast<int>(1000 * took.count() / rounds));
  EXPECT_LT(took.count() / rounds, 200.0);  // -O2: 0.1 us; sanitizers are slow
}

}  // namespace
}  // namespace squall::model
