// The compiled models: facts that clients depend on, and that every table is sorted and in bounds.
#include "emulator/model/model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "models/generated.h"

namespace squall::model {
namespace {

const Service& service(std::string_view name) {
  const Service* found = find_service(name);
  if (!found) ADD_FAILURE() << "no model of " << name;
  return *found;
}

TEST(Model, Ec2CreateVpc) {
  const Operation op = service("ec2").find_operation("CreateVpc");
  ASSERT_TRUE(op);
  EXPECT_EQ(op.method(), "POST");
  EXPECT_EQ(op.uri(), "/");
  EXPECT_EQ(op.input().name(), "CreateVpcRequest");
  const ShapeMember cidr = op.input().find("CidrBlock");
  ASSERT_TRUE(cidr);
  EXPECT_EQ(cidr.shape().type(), ShapeType::string);
  EXPECT_FALSE(cidr.required());
  EXPECT_EQ(op.input().find("DryRun").location_name(), "dryRun");
  EXPECT_EQ(op.output().find("Vpc").location_name(), "vpc");
  EXPECT_FALSE(service("ec2").find_operation("CreateVpcs"));
  const Shape subnet = service("ec2").find_operation("CreateSubnet").input();
  EXPECT_TRUE(subnet.find("VpcId").required());
  EXPECT_EQ(Service(generated::ec2).xml_namespace(), "http://ec2.amazonaws.com/doc/2016-11-15");
}

TEST(Model, Ec2QueryNameAndItems) {
  const Shape shape = service("ec2").find_shape("InstanceNetworkInterfaceSpecification");
  ASSERT_TRUE(shape);
  EXPECT_EQ(shape.find("Ipv6Addresses").query_name(), "Ipv6Addresses");
  const Shape vpcs = service("ec2").find_operation("DescribeVpcs").output().find("Vpcs").shape();
  EXPECT_EQ(vpcs.element().location_name(), "item");
  EXPECT_FALSE(shape.find("NoSuchMember"));
}

TEST(Model, JsonTargets) {
  const Service& dynamodb = service("dynamodb");
  EXPECT_EQ(dynamodb.target_prefix(), "DynamoDB_20120810");
  EXPECT_TRUE(dynamodb.speaks(Protocol::json10));
  EXPECT_EQ(service("dynamodbstreams").signing_name(), "dynamodb");
  EXPECT_EQ(service("ecs").target_prefix(), "AmazonEC2ContainerServiceV20141113");
  EXPECT_TRUE(service("ecs").speaks(Protocol::json11));
  const Operation query = dynamodb.find_operation("Query");
  EXPECT_STREQ(dynamodb.tables().strings + query.row()->page_output_token, "LastEvaluatedKey");
  const Shape failed = dynamodb.find_error("ConditionalCheckFailedException");
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed.http_status(), 400);
  EXPECT_EQ(dynamodb.find_error("InternalServerError").http_status(), 500);
}

TEST(Model, CloudWatchSpeaksThreeProtocols) {
  const Service& cloudwatch = service("cloudwatch");
  EXPECT_THAT(cloudwatch.protocols(), testing::ElementsAre(Protocol::rpc_v2_cbor, Protocol::json10,
                                                           Protocol::query));
  EXPECT_TRUE(cloudwatch.query_compatible());
  EXPECT_EQ(cloudwatch.signing_name(), "monitoring");
  EXPECT_EQ(cloudwatch.find_operation("DescribeAlarms").result_wrapper(), "DescribeAlarmsResult");
  EXPECT_TRUE(cloudwatch.find_operation("PutMetricData").has(operation_compressible));
}

TEST(Model, QueryErrorsAreFoundByCodeAndByName) {
  const Service& rds = service("rds");
  const Shape error = rds.find_error("DBInstanceNotFound");
  ASSERT_TRUE(error);
  EXPECT_EQ(error.name(), "DBInstanceNotFoundFault");
  EXPECT_EQ(error.http_status(), 404);
  EXPECT_TRUE(error.has(shape_query_error));
  EXPECT_EQ(rds.find_error("DBInstanceNotFoundFault"), error);
  EXPECT_FALSE(rds.find_error("NoSuchError"));
}

TEST(Model, RestTraits) {
  const Operation put = service("s3").find_operation("PutObject");
  EXPECT_EQ(put.method(), "PUT");
  EXPECT_EQ(put.uri(), "/{Bucket}/{Key+}");
  EXPECT_EQ(put.input().payload().name(), "Body");
  EXPECT_TRUE(put.input().payload().has(member_streaming));
  EXPECT_EQ(put.input().find("Bucket").location(), Location::uri);
  EXPECT_EQ(put.input().find("Metadata").location(), Location::headers);
  const Shape grantee = service("s3").find_shape("Grantee");
  EXPECT_TRUE(grantee.find("Type").has(member_xml_attribute));
  EXPECT_EQ(grantee.find("Type").location_name(), "xsi:type");
  EXPECT_TRUE(service("s3").find_operation("SelectObjectContent").has(operation_event_stream));
  const Operation zone = service("route53").find_operation("CreateHostedZone");
  EXPECT_EQ(zone.input_location_name(), "CreateHostedZoneRequest");
  EXPECT_EQ(zone.input_xml_namespace(), "https://route53.amazonaws.com/doc/2013-04-01/");
  EXPECT_EQ(zone.http_status(), 201);
  EXPECT_TRUE(service("fis").find_operation("StartExperiment").input().find("clientToken").has(
      member_idempotency_token));
}

TEST(Model, Flags) {
  EXPECT_TRUE(service("sts").find_operation("AssumeRoleWithWebIdentity").has(operation_unsigned));
  EXPECT_TRUE(service("iam").global());
  EXPECT_TRUE(service("route53").global());
  EXPECT_FALSE(service("sts").global());
  EXPECT_TRUE(find_service("application-autoscaling"));
  EXPECT_EQ(find_service("application_autoscaling"), nullptr);
}

class EveryModel : public testing::TestWithParam<Service> {};

TEST_P(EveryModel, SortedByName) {
  const Service s = GetParam();
  for (size_t i = 1; i < s.operation_count(); ++i)
    EXPECT_LT(s.operation(i - 1).name(), s.operation(i).name());
  for (uint32_t i = 1; i < s.tables().shapes.size(); ++i)
    EXPECT_LT(Shape(&s.tables(), i - 1).name(), Shape(&s.tables(), i).name());
  for (size_t i = 1; i < s.tables().errors_by_code.size(); ++i)
    EXPECT_LE(Shape(&s.tables(), s.tables().errors_by_code[i - 1]).error_code(),
              Shape(&s.tables(), s.tables().errors_by_code[i]).error_code());
}

TEST_P(EveryModel, ShapesAreInBounds) {
  const Tables& t = GetParam().tables();
  for (const ShapeRow& row : t.shapes) {
    const size_t end = row.first + row.count;
    EXPECT_LE(end, row.type == ShapeType::string ? t.enums.size() : t.members.size());
    EXPECT_LE(row.constraint, t.constraints.size());
    EXPECT_LE(row.payload, row.count);
    EXPECT_TRUE(row.type != ShapeType::list || row.count == 1);
    EXPECT_TRUE(row.type != ShapeType::map || row.count == 2);
  }
  for (const MemberRow& row : t.members) EXPECT_LT(row.shape, t.shapes.size());
}

TEST_P(EveryModel, OperationsAreInBounds) {
  const Service s = GetParam();
  const Tables& t = s.tables();
  EXPECT_FALSE(s.protocols().empty());
  EXPECT_FALSE(s.service_id().empty() || s.signing_name().empty() || s.api_version().empty());
  for (const OperationRow& row : t.operations) {
    EXPECT_LE(row.input, t.shapes.size());
    EXPECT_LE(row.output, t.shapes.size());
    ASSERT_LE(row.first_error + row.error_count, t.errors.size());
  }
  for (const uint32_t error : t.errors) {
    const Shape shape(&t, error);
    EXPECT_TRUE(shape.has(shape_exception)) << shape.name();
    EXPECT_TRUE(s.find_error(shape.error_code())) << shape.name();
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryModel, testing::ValuesIn(all_services().begin(),
                                                           all_services().end()),
                         [](const auto& info) {
                           std::string name(info.param.name());
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace squall::model
