// Filters that an index answers give what a look at every record gives, also page by page.
#include "tests/services/fixture.h"

namespace squall {
namespace {

class FilterTest : public ServiceTest {
 protected:
  std::string launch(std::string_view name) {
    const Value tags{{"ResourceType", "instance"},
                     {"Tags", std::vector<Value>{{{"Key", "Name"}, {"Value", name}}}}};
    return std::string(call("ec2", "RunInstances",
                            {{"ImageId", "ami-12c6146b"},
                             {"InstanceType", "t3.micro"},
                             {"MinCount", 1},
                             {"MaxCount", 1},
                             {"TagSpecifications", std::vector<Value>{tags}}})
                           .at("Instances")[0]
                           .at("InstanceId")
                           .text());
  }
  static Value filter(std::string_view name, std::vector<std::string> values) {
    return {{"Name", name}, {"Values", values}};
  }
  size_t count(std::vector<Value> filters) {
    return call("ec2", "DescribeInstances", {{"Filters", filters}}).at("Reservations").size();
  }
};

TEST_F(FilterTest, TagsFollowTheirChanges) {
  const std::string first = launch("web"), second = launch("db");
  launch("web");
  EXPECT_EQ(count({filter("tag:Name", {"web"})}), 2U);
  EXPECT_EQ(count({filter("tag:Name", {"web", "db", "web"})}), 3U);
  EXPECT_EQ(count({filter("tag:Name", {"web", "d?"})}), 3U);
  EXPECT_EQ(count({filter("tag:Name", {})}), 0U);
  call("ec2", "CreateTags",
       {{"Resources", std::vector<Value>{first}},
        {"Tags", std::vector<Value>{{{"Key", "Name"}, {"Value", "db"}}}}});
  EXPECT_EQ(count({filter("tag:Name", {"db"})}), 2U);
  call("ec2", "DeleteTags",
       {{"Resources", std::vector<Value>{second}},
        {"Tags", std::vector<Value>{{{"Key", "Name"}}}}});
  EXPECT_EQ(count({filter("tag:Name", {"db"})}), 1U);
  EXPECT_EQ(count({filter("tag:Name", {"web"}), filter("instance-state-name", {"stopped"})}), 0U);
}

TEST_F(FilterTest, StatesNetworksAndPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(launch("web"));
  call("ec2", "StopInstances", {{"InstanceIds", std::vector<Value>{ids[0]}}});
  EXPECT_EQ(count({filter("instance-state-name", {"stopped"})}), 1U);
  EXPECT_EQ(count({filter("instance-state-name", {"stopped", "running"})}), 7U);
  const Value one = call("ec2", "DescribeInstances", {{"InstanceIds", std::vector<Value>{ids[0]}}})
                        .at("Reservations")[0]
                        .at("Instances")[0];
  const std::vector<Value> here{filter("vpc-id", {std::string(one.at("VpcId").text())})};
  Value input{{"Filters", here}, {"MaxResults", 5}};
  const Value page = call("ec2", "DescribeInstances", input);
  EXPECT_EQ(page.at("Reservations").size(), 5U);
  input.set("NextToken", page.at("NextToken"));
  const Value rest = call("ec2", "DescribeInstances", input);
  EXPECT_EQ(rest.at("Reservations").size(), 2U);
  EXPECT_TRUE(rest.at("NextToken").is_absent());
  EXPECT_EQ(call("ec2", "DescribeNetworkInterfaces",
                 {{"Filters", std::vector<Value>{filter("attachment.instance-id", {ids[3]})}}})
                .at("NetworkInterfaces")
                .size(),
            1U);
}

}  // namespace
}  // namespace squall
