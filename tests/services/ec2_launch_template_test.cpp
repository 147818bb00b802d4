// Launch templates, key pairs, images and volumes.
#include "services/ec2/ec2.h"
#include "tests/services/fixture.h"

namespace squall {
namespace {

class ComputeTest : public ServiceTest {
 protected:
  Value one(Value v) { return std::vector<Value>{v}; }
};

TEST_F(ComputeTest, TemplatesKeepVersionsAndLaunch) {
  const Value created =
      call("ec2", "CreateLaunchTemplate",
           {{"LaunchTemplateName", "web"},
            {"LaunchTemplateData",
             {{"ImageId", "ami-12c6146b"},
              {"InstanceType", "m5.large"},
              {"BlockDeviceMappings",
               one({{"DeviceName", "/dev/xvda"}, {"Ebs", {{"VolumeSize", 20}}}})},
              {"TagSpecifications",
               one({{"ResourceType", "instance"},
                    {"Tags", one({{"Key", "tier"}, {"Value", "web"}})}})}}}})
          .at("LaunchTemplate");
  EXPECT_EQ(created.at("LatestVersionNumber").integer(), 1);
  call("ec2", "CreateLaunchTemplateVersion",
       {{"LaunchTemplateName", "web"},
        {"SourceVersion", "1"},
        {"LaunchTemplateData", {{"InstanceType", "c5.large"}}}});
  const Value versions = call("ec2", "DescribeLaunchTemplateVersions",
                              {{"LaunchTemplateName", "web"}, {"Versions", one("$Latest")}})
                             .at("LaunchTemplateVersions");
  ASSERT_EQ(versions.size(), 1u);
  const Value data = versions[0].at("LaunchTemplateData");
  EXPECT_EQ(data.at("InstanceType").text(), "c5.large");
  EXPECT_EQ(data.at("BlockDeviceMappings")[0].at("Ebs").at("VolumeSize").integer(), 20);
  const Value instance =
      call("ec2", "RunInstances",
           {{"LaunchTemplate", {{"LaunchTemplateName", "web"}, {"Version", "$Latest"}}},
            {"MinCount", 1},
            {"MaxCount", 1}})
          .at("Instances")[0];
  EXPECT_EQ(instance.at("InstanceType").text(), "c5.large");
  EXPECT_EQ(instance.at("Tags")[0].at("Value").text(), "web");
  EXPECT_EQ(call("ec2", "DescribeVolumes").at("Volumes")[0].at("Size").integer(), 20);
  call("ec2", "ModifyLaunchTemplate", {{"LaunchTemplateName", "web"}, {"DefaultVersion", "2"}});
  const Value gone = call("ec2", "DeleteLaunchTemplateVersions",
                          {{"LaunchTemplateName", "web"},
                           {"Versions", std::vector<Value>{"1", "2"}}});
  EXPECT_EQ(gone.at("SuccessfullyDeletedLaunchTemplateVersions").size(), 1u);
  EXPECT_EQ(gone.at("UnsuccessfullyDeletedLaunchTemplateVersions").size(), 1u);
}

TEST_F(ComputeTest, TemplateErrorsAreEc2s) {
  EXPECT_EQ(error("ec2", "DescribeLaunchTemplates", {{"LaunchTemplateNames", one("none")}}).code,
            "InvalidLaunchTemplateName.NotFoundException");
  EXPECT_EQ(
      error("ec2", "DeleteLaunchTemplate", {{"LaunchTemplateId", "lt-0123456789abcdef0"}}).code,
      "InvalidLaunchTemplateId.NotFound");
  const Value input{{"LaunchTemplateName", "web"},
                    {"LaunchTemplateData", {{"InstanceType", "m5.large"}}}};
  call("ec2", "CreateLaunchTemplate", input);
  EXPECT_EQ(error("ec2", "CreateLaunchTemplate", input).code,
            "InvalidLaunchTemplateName.AlreadyExistsException");
  EXPECT_EQ(error("ec2", "RunInstances",
                  {{"LaunchTemplate", {{"LaunchTemplateName", "web"}, {"Version", "9"}}},
                   {"MinCount", 1},
                   {"MaxCount", 1}})
                .code,
            "InvalidLaunchTemplateId.VersionNotFound");
}

TEST_F(ComputeTest, KeyPairsAreRealAndTheSameEachTime) {
  const Value rsa = call("ec2", "CreateKeyPair", {{"KeyName", "a"}});
  EXPECT_THAT(std::string(rsa.at("KeyMaterial").text()),
              testing::StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
  EXPECT_EQ(rsa.at("KeyFingerprint").text().size(), 59u);
  EXPECT_EQ(error("ec2", "CreateKeyPair", {{"KeyName", "a"}}).code, "InvalidKeyPair.Duplicate");
  const Value shown =
      call("ec2", "DescribeKeyPairs", {{"KeyNames", one("a")}, {"IncludePublicKey", true}});
  const Value imported =
      call("ec2", "ImportKeyPair",
           {{"KeyName", "b"},
            {"PublicKeyMaterial", Value::blob(shown.at("KeyPairs")[0].at("PublicKey").text())}});
  EXPECT_EQ(imported.at("KeyFingerprint").text().size(), 47u);
  call("ec2", "DeleteKeyPair", {{"KeyName", "a"}});
  EXPECT_EQ(call("ec2", "CreateKeyPair", {{"KeyName", "a"}}).at("KeyMaterial").text(),
            rsa.at("KeyMaterial").text());
  EXPECT_THAT(std::string(call("ec2", "CreateKeyPair", {{"KeyName", "e"}, {"KeyType", "ed25519"}})
                              .at("KeyMaterial").text()),
              testing::StartsWith("-----BEGIN OPENSSH PRIVATE KEY-----"));
  EXPECT_EQ(error("ec2", "ImportKeyPair",
                  {{"KeyName", "c"}, {"PublicKeyMaterial", Value::blob("nonsense")}}).code,
            "InvalidKey.Format");
}

TEST_F(ComputeTest, ImagesAreFoundByNameAndOwner) {
  const Value images =
      call("ec2", "DescribeImages",
           {{"Owners", one("amazon")},
            {"Filters", std::vector<Value>{
                            {{"Name", "name"}, {"Values", one("al2023-ami-2023*-x86_64")}},
                            {{"Name", "architecture"}, {"Values", one("x86_64")}}}}})
          .at("Images");
  EXPECT_GE(images.size(), 3u);
  EXPECT_GE(call("ec2", "DescribeImages", {{"Owners", one("099720109477")}}).at("Images").size(),
            4u);
  EXPECT_EQ(call("ec2", "DescribeImages", {{"Owners", one("self")}}).at("Images").size(), 0u);
  const std::string id =
      ec2::image_id_of("us-east-1", "al2023-ami-kernel-default-arm64");
  EXPECT_EQ(call("ec2", "DescribeImages", {{"ImageIds", one(id)}}).at("Images")[0]
                .at("Architecture").text(), "arm64");
  EXPECT_EQ(
      error("ec2", "DescribeImages",
            {{"ImageIds", std::vector<Value>{"ami-0badbadbadbadbad1", "ami-0badbadbadbadbad2"}}})
          .message,
      "The image ids '[ami-0badbadbadbadbad1, ami-0badbadbadbadbad2]' do not exist");
}

TEST_F(ComputeTest, VolumesAttachAndDetach) {
  const Value instance = call("ec2", "RunInstances",
                              {{"ImageId", "ami-12c6146b"}, {"MinCount", 1}, {"MaxCount", 1}})
                             .at("Instances")[0];
  const Value zone = instance.at("Placement").at("AvailabilityZone");
  const Value volume =
      call("ec2", "CreateVolume",
           {{"AvailabilityZone", zone}, {"Size", 100}, {"VolumeType", "gp3"}});
  EXPECT_EQ(volume.at("State").text(), "creating");
  EXPECT_EQ(volume.at("Iops").integer(), 3000);
  const Value attachment{{"VolumeId", volume.at("VolumeId")},
                         {"InstanceId", instance.at("InstanceId")},
                         {"Device", "/dev/sdf"}};
  EXPECT_EQ(call("ec2", "AttachVolume", attachment).at("State").text(), "attaching");
  EXPECT_EQ(error("ec2", "DeleteVolume", {{"VolumeId", volume.at("VolumeId")}}).code,
            "VolumeInUse");
  const Value snapshot = call("ec2", "CreateSnapshot", {{"VolumeId", volume.at("VolumeId")}});
  EXPECT_EQ(call("ec2", "DescribeSnapshots", {{"SnapshotIds", one(snapshot.at("SnapshotId"))}})
                .at("Snapshots")[0].at("State").text(), "completed");
  call("ec2", "ModifyVolume", {{"VolumeId", volume.at("VolumeId")}, {"Size", 200}});
  call("ec2", "DetachVolume", {{"VolumeId", volume.at("VolumeId")}});
  call("ec2", "DeleteVolume", {{"VolumeId", volume.at("VolumeId")}});
  EXPECT_EQ(error("ec2", "DescribeVolumes", {{"VolumeIds", one(volume.at("VolumeId"))}}).code,
            "InvalidVolume.NotFound");
}

TEST_F(ComputeTest, TypesAndOfferings) {
  const Value type = call("ec2", "DescribeInstanceTypes", {{"InstanceTypes", one("m5.large")}})
                         .at("InstanceTypes")[0];
  EXPECT_EQ(type.at("VCpuInfo").at("DefaultVCpus").integer(), 2);
  EXPECT_EQ(type.at("MemoryInfo").at("SizeInMiB").integer(), 8192);
  EXPECT_EQ(error("ec2", "DescribeInstanceTypes", {{"InstanceTypes", one("x.y")}}).message,
            "The following supplied instance types do not exist: [x.y]");
  const Value offerings =
      call("ec2", "DescribeInstanceTypeOfferings",
           {{"LocationType", "availability-zone"},
            {"Filters", one({{"Name", "instance-type"}, {"Values", one("t3.micro")}})}})
          .at("InstanceTypeOfferings");
  EXPECT_GE(offerings.size(), 3u);
}

}  // namespace
}  // namespace squall
