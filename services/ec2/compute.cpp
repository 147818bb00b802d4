// What computing contributes to EC2: its rows collected, and how errors speak of its ids.
#include "services/ec2/compute.h"
#include "emulator/sim/record_type.h"

namespace squall::ec2 {

template <> const IdWords& id_words<Volume>() {
  static const IdWords words{"vol", "InvalidVolume.NotFound", "InvalidParameterValue",
                             "The volume '", "The volumes '", "' does not exist.",
                             "' do not exist."};
  return words;
}
template <> const IdWords& id_words<Snapshot>() {
  static const IdWords words{"snap", "InvalidSnapshot.NotFound", "InvalidSnapshotID.Malformed",
                             "The snapshot '", "The snapshots '", "' does not exist.",
                             "' do not exist."};
  return words;
}

api::ServiceDefinition with_compute(api::ServiceDefinition d) {
  for (const HandlerRows rows :
       {run_instances_rows(), instance_rows(), instance_status_rows(), instance_attribute_rows(),
        instance_option_rows(), instance_profile_rows(), instance_type_rows(), image_rows(),
        own_image_rows(), launch_template_rows(), launch_template_version_rows(), key_pair_rows(),
        volume_rows(), volume_change_rows(), snapshot_rows()})
    d.handlers.push_back(rows);
  for (const EventRows rows : {instance_events(), instance_monitor_events(), volume_events(),
                               own_image_events()})
    d.events.push_back(rows);
  d.latencies.push_back(instance_latencies());
  d.latencies.push_back(volume_latencies());
  d.watches.push_back(instance_watches());
  d.records.push_back(
      sim::records<Image, Snapshot, Instance, KeyPair, LaunchTemplate, Volume>());
  return d;
}

}  // namespace squall::ec2
