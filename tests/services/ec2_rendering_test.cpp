// Lists are rendered item by item, and kept while nothing changes: an answer given from what was
// kept is that which is made anew, and no change is missed.
#include <gtest/gtest.h>

#include "emulator/api/dispatch.h"
#include "emulator/core/text.h"
#include "services/services.h"

namespace squall {
namespace {

const api::Registry& registry() {
  static const api::Registry all(model::all_services(), all_services());
  return all;
}

class Ec2Rendering : public testing::Test {
 protected:
  std::string post(const std::string& form) {
    const std::string body = form + "&Version=2016-11-15";
    const std::string scope =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/ec2/aws4_request, "
        "SignedHeaders=host, Signature=0";
    const std::vector<protocol::Header> headers{
        {"authorization", scope}, {"content-type", "application/x-www-form-urlencoded"}};
    const protocol::Request request{"POST", "/", "", headers, body};
    protocol::Response response;
    dispatcher_.handle(request, response);
    EXPECT_EQ(response.status, 200) << response.body;
    // But for the request's id, equal answers are equal texts.
    const std::string& text = response.body;
    const size_t at = text.find("<requestId>"), end = text.find("</requestId>");
    return at == text.npos ? text : text.substr(0, at) + text.substr(end);
  }
  static std::string between(const std::string& text, const std::string& tag) {
    const size_t at = text.find("<" + tag + ">") + tag.size() + 2;
    return text.substr(at, text.find('<', at) - at);
  }
  /// The list, asked for until it comes from what is kept.
  std::string polled() {
    const std::string first = post("Action=DescribeInstances");
    for (int i = 0; i < 3; ++i) EXPECT_EQ(post("Action=DescribeInstances"), first);
    return first;
  }

  api::Worlds worlds_{registry(), {}};
  api::Dispatcher dispatcher_{worlds_, {}};
};

TEST_F(Ec2Rendering, KeptItemsFollowEveryChangeThatTheyShow) {
  const std::string image =
      between(post("Action=DescribeImages&Owner.1=amazon"), "imageId");
  const std::string made = post("Action=RunInstances&InstanceType=t3.micro&MinCount=3&MaxCount=3"
                                "&ImageId=" + image);
  const std::string id = between(made, "instanceId"), eni = between(made, "networkInterfaceId"),
                    vpc = between(made, "vpcId");
  std::string before = polled();
  const auto changes = [&](const std::string& form, const std::string& shown) {
    post(form);
    const std::string after = polled();
    EXPECT_NE(after, before) << form;
    EXPECT_NE(after.find(shown), after.npos) << form;
    before = after;
  };
  changes("Action=CreateTags&ResourceId.1=" + id + "&Tag.1.Key=Name&Tag.1.Value=a%3Cb",
          "<value>a&lt;b</value>");
  const std::string group =
      between(post("Action=CreateSecurityGroup&GroupName=web&GroupDescription=d"), "groupId");
  EXPECT_EQ(polled(), before);  // nobody shows it yet
  changes("Action=ModifyNetworkInterfaceAttribute&NetworkInterfaceId=" + eni +
              "&SecurityGroupId.1=" + group,
          "<groupName>web</groupName>");
  const std::string names = "Action=ModifyVpcAttribute&VpcId=" + vpc + "&EnableDnsHostnames.Value=";
  changes(names + "false", "<dnsName></dnsName>");
  changes(names + "true", "<dnsName>ec2-");
  changes("Action=RunInstances&InstanceType=t3.nano&MinCount=1&MaxCount=1&ImageId=" + image,
          "<instanceType>t3.nano</instanceType>");
  changes("Action=TerminateInstances&InstanceId.1=" + id, "<name>terminated</name>");
}

TEST_F(Ec2Rendering, KeptItemsGoWithTheWorldThatTheyShow) {
  const std::string image =
      between(post("Action=DescribeImages&Owner.1=amazon"), "imageId");
  const std::string launch =
      "Action=RunInstances&MinCount=1&MaxCount=1&ImageId=" + image + "&InstanceType=";
  const std::string empty = polled();
  sim::World& world = worlds_.world(worlds_.account_of("AKIDEXAMPLE"));
  world.save_snapshot("empty");
  post(launch + "t3.micro");
  EXPECT_NE(polled(), empty);
  EXPECT_TRUE(world.restore_snapshot("empty"));
  EXPECT_EQ(polled(), empty);
  post(launch + "t3.nano");
  EXPECT_NE(polled().find("t3.nano"), std::string::npos);
  world.reset();
  EXPECT_EQ(polled(), empty);
}

TEST_F(Ec2Rendering, FilteredAndPagedListsAreOfTheSameItems) {
  const std::string image =
      between(post("Action=DescribeImages&Owner.1=amazon"), "imageId");
  const std::string id = between(post("Action=RunInstances&InstanceType=t3.micro&MinCount=7"
                                      "&MaxCount=7&ImageId=" + image), "instanceId");
  const std::string all = polled();
  const std::string one = post("Action=DescribeInstances&InstanceId.1=" + id);
  const size_t at = one.find("<instancesSet>") + 14;
  EXPECT_NE(all.find(one.substr(at, one.find("</instancesSet>") - at)), all.npos);
  EXPECT_EQ(post("Action=DescribeInstances&Filter.1.Name=instance-id&Filter.1.Value.1=" + id), one);
  EXPECT_NE(post("Action=DescribeInstances&MaxResults=5").find("<nextToken>"), std::string::npos);
  EXPECT_EQ(polled(), all);
}

}  // namespace
}  // namespace squall
