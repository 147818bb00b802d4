// The EBS volume of a task that is configured at launch: made with it, and gone with it unless it
// is to stay.
#include "services/common/value_json.h"
#include "services/ec2/ec2.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

/// The one configuration that a task may have, or absent.
Value configuration_of(const Task& task) {
  const Value list = task.volumes_json.empty() ? Value() : value_from_json(task.volumes_json);
  return list.size() ? list[0] : Value();
}

int64_t number(const Value& v, std::string_view member, int64_t fallback) {
  const Value found = v.at(member);
  return found.is_absent() ? fallback : found.integer();
}

Tags tags_of(const Task& task, const Value& ebs) {
  Tags tags{{"AmazonECSCreated", task.id}, {"AmazonECSManaged", "true"}};
  for (const Value& specification : ebs.at("tagSpecifications").items())
    for (const Value& tag : specification.at("tags").items())
      tags.emplace(tag.at("key").text(), tag.at("value").text());
  return tags;
}

bool is_deleted_with_task(const Value& ebs) {
  const Value wish = ebs.at("terminationPolicy").at("deleteOnTermination");
  return wish.is_absent() || wish.boolean();
}

}  // namespace

void attach_volume(sim::Scope& scope, std::string_view arn) {
  const Task& found = *scope.view<Task>(arn);
  const Value ebs = configuration_of(found).at("managedEBSVolume");
  if (ebs.is_absent() || !found.volume_id.empty()) return;
  ec2::Volume volume;
  volume.zone = found.zone;
  const std::string_view type = ebs.at("volumeType").text();
  volume.volume_type = type.empty() ? "gp3" : std::string(type);
  volume.snapshot_id = ebs.at("snapshotId").text();
  volume.kms_key_id = ebs.at("kmsKeyId").text();
  volume.encrypted = ebs.at("encrypted").boolean() || !volume.kms_key_id.empty();
  volume.size_gib = number(ebs, "sizeInGiB", 8);
  volume.iops = number(ebs, "iops", volume.volume_type == "gp3" ? 3000 : 0);
  volume.throughput_mibps = number(ebs, "throughput", volume.volume_type == "gp3" ? 125 : 0);
  volume.state = "in-use";
  volume.created = scope.now();
  volume.attached = scope.now();
  volume.delete_on_termination = is_deleted_with_task(ebs);
  if (const auto* host = scope.view<ContainerInstance>(found.container_instance))
    volume.instance_id = host->instance_id;
  volume.tags = tags_of(found, ebs);
  volume.id = scope.new_id("vol");
  Task& task = scope.edit<Task>(arn);
  task.volume_id = volume.id;
  task.volume_attachment_id = scope.new_uuid("ecs-attachment", cat(task.id, "/volume"));
  scope.add(std::move(volume));
}

void release_volume(sim::Scope& scope, const Task& task) {
  const auto* found = scope.view<ec2::Volume>(task.volume_id);
  if (!found) return;
  if (found->delete_on_termination) return scope.erase<ec2::Volume>(task.volume_id);
  ec2::Volume& volume = scope.edit<ec2::Volume>(task.volume_id);
  volume.state = "available";
  volume.instance_id.clear();
  volume.attached.reset();
}

Value describe_volume_attachment(const Task& task) {
  const Value configuration = configuration_of(task);
  const Value ebs = configuration.at("managedEBSVolume");
  Value details = Value::list();
  const auto add = [&](std::string_view name, std::string value) {
    if (!value.empty()) details.push({{"name", name}, {"value", value}});
  };
  add("volumeId", task.volume_id);
  add("volumeSize", std::to_string(number(ebs, "sizeInGiB", 8)));
  add("volumeName", std::string(configuration.at("name").text()));
  add("filesystemType", std::string(ebs.at("filesystemType").is_absent()
                                        ? std::string_view("xfs")
                                        : ebs.at("filesystemType").text()));
  add("roleArn", std::string(ebs.at("roleArn").text()));
  add("deleteOnTermination", is_deleted_with_task(ebs) ? "true" : "false");
  return {{"id", task.volume_attachment_id},
          {"type", "AmazonElasticBlockStorage"},
          {"status", is_stopped(task) ? "DELETED" : "ATTACHED"},
          {"details", details}};
}

}  // namespace squall::ecs
