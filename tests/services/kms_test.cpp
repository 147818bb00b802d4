// KMS: the keys that AWS manages, and who uses them.
#include "tests/services/fixture.h"

namespace squall {
namespace {

class KmsTest : public ServiceTest {
 protected:
  Value key(const Value& id) {
    return call("kms", "DescribeKey", {{"KeyId", id}}).at("KeyMetadata");
  }
  AwsError refused(std::string_view id) { return error("kms", "DescribeKey", {{"KeyId", id}}); }
};

TEST_F(KmsTest, ManagedKeysAreMadeOnFirstUse) {
  const Value dynamodb = key("alias/aws/dynamodb");
  EXPECT_EQ(dynamodb.at("KeyManager").text(), "AWS");
  EXPECT_EQ(dynamodb.at("Description").text(),
            "Default key that protects my DynamoDB data when no other key is defined");
  EXPECT_EQ(key(dynamodb.at("KeyId")).at("Arn").text(), dynamodb.at("Arn").text());
  EXPECT_EQ(key(dynamodb.at("Arn")).at("KeyId").text(), dynamodb.at("KeyId").text());
  EXPECT_NE(key("alias/aws/ebs").at("KeyId").text(), dynamodb.at("KeyId").text());
  const Value table = call(
      "dynamodb", "CreateTable",
      {{"TableName", "ttt"},
       {"BillingMode", "PAY_PER_REQUEST"},
       {"SSESpecification", Value{{"Enabled", true}}},
       {"AttributeDefinitions",
        std::vector<Value>{Value{{"AttributeName", "pk"}, {"AttributeType", "S"}}}},
       {"KeySchema", std::vector<Value>{Value{{"AttributeName", "pk"}, {"KeyType", "HASH"}}}}});
  EXPECT_EQ(table.at("TableDescription").at("SSEDescription").at("KMSMasterKeyArn").text(),
            dynamodb.at("Arn").text());
}

TEST_F(KmsTest, Refusals) {
  EXPECT_EQ(refused("alias/mine").message,
            "Alias arn:aws:kms:us-east-1:000000000000:alias/mine is not found.");
  EXPECT_EQ(refused("alias/aws/nothing").code, "NotFoundException");
  EXPECT_EQ(refused("mine").message, "Invalid keyId 'mine'");
  EXPECT_EQ(refused("00000000-0000-0000-0000-000000000000").message,
            "Key 'arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000' "
            "does not exist");
  EXPECT_EQ(refused("arn:aws:s3:::bucket").code, "InvalidArnException");
  EXPECT_EQ(refused("arn:aws:kms:eu-west-1:000000000000:alias/aws/ebs").code,
            "NotFoundException");
}

}  // namespace
}  // namespace squall
