// Which IAM instance profile an instance has: associations.
#include <algorithm>

#include "services/ec2/compute.h"
#include "services/iam/iam.h"

namespace squall::ec2 {
namespace {

Value describe(const Instance& i, std::string_view state) {
  return {{"AssociationId", i.profile_association_id},
          {"InstanceId", i.id},
          {"IamInstanceProfile", {{"Arn", i.instance_profile_arn}, {"Id", i.instance_profile_id}}},
          {"State", state}};
}

const iam::InstanceProfile& profile_of(const Context& ctx, const Input& in) {
  const Input given = in.at("IamInstanceProfile");
  const std::string wanted = given.string("Arn", given.string("Name"));
  if (wanted.empty())
    throw compute_missing("The request must contain the parameter IamInstanceProfile");
  if (const auto* profile = iam::find_instance_profile(ctx, wanted)) return *profile;
  throw compute_invalid(cat("Value (", wanted, ") for parameter iamInstanceProfile.",
                            given.has("Arn") ? "arn" : "name", " is invalid. Invalid IAM Instance "
                            "Profile ", given.has("Arn") ? "ARN" : "name"));
}

/// Associations live in their instances; few have one at a time, so they are searched.
const Instance& require_association(const Context& ctx, const std::string& id) {
  for (const Instance& i : ctx.all<Instance>())
    if (i.profile_association_id == id && !i.instance_profile_arn.empty()) return i;
  throw AwsError{"NoSuchAssociation", cat("An invalid association-id of '", id, "' was given")};
}

Value associate(Context& ctx, Input in) {
  const Instance& found = require_instance(ctx, in.string("InstanceId"));
  if (found.state != "running" && found.state != "stopped" && found.state != "pending")
    throw incorrect_instance_state(cat("The instance '", found.id, "' is not in the 'running' or "
                                       "'stopped' states."));
  if (!found.instance_profile_arn.empty())
    throw AwsError{"IncorrectState",
                   cat("There is an existing association for instance ", found.id)};
  const iam::InstanceProfile& profile = profile_of(ctx, in);
  Instance& i = ctx.edit<Instance>(found.id);
  i.instance_profile_arn = profile.arn;
  i.instance_profile_id = profile.profile_id;
  i.profile_association_id = ctx.new_id("iip-assoc", i.id);
  return {{"IamInstanceProfileAssociation", describe(i, "associating")}};
}

Value disassociate(Context& ctx, Input in) {
  Instance& i = ctx.edit<Instance>(require_association(ctx, in.string("AssociationId")).id);
  const Value answer{{"IamInstanceProfileAssociation", describe(i, "disassociating")}};
  i.instance_profile_arn.clear();
  i.instance_profile_id.clear();
  i.profile_association_id.clear();
  return answer;
}

Value replace(Context& ctx, Input in) {
  const std::string id = require_association(ctx, in.string("AssociationId")).id;
  const iam::InstanceProfile& profile = profile_of(ctx, in);
  Instance& i = ctx.edit<Instance>(id);
  i.instance_profile_arn = profile.arn;
  i.instance_profile_id = profile.profile_id;
  i.profile_association_id = ctx.new_id("iip-assoc", i.id);
  return {{"IamInstanceProfileAssociation", describe(i, "associating")}};
}

using Shown = ec2::Shown<Instance>;
const ShownFilter<Instance> filters[] = {
    {"instance-id", [](const Shown& i) { return Strings{i->id}; }},
    {"state", [](const Shown&) { return Strings{"associated"}; }},
};

Value describe_associations(Context& ctx, Input in) {
  const FilterSet<Shown> set(in, filters);
  const auto ids = in.strings("AssociationIds");
  for (const std::string& id : ids) require_association(ctx, id);
  const PageRequest page = page_of(in);
  Page found = paginate(
      ctx.all<Instance>(), page,
      [&](const Instance& i) {
        return !i.instance_profile_arn.empty() &&
               (ids.empty() || std::ranges::count(ids, i.profile_association_id)) &&
               set.matches(Shown{&i, &ctx, i.tags});
      },
      [](const Instance& i) { return describe(i, "associated"); });
  return {{"IamInstanceProfileAssociations", found.items}, {"NextToken", found.next_token}};
}

const HandlerRow rows[] = {
    {"AssociateIamInstanceProfile", Writes, associate},
    {"DisassociateIamInstanceProfile", Writes, disassociate},
    {"ReplaceIamInstanceProfileAssociation", Writes, replace},
    {"DescribeIamInstanceProfileAssociations", Reads, describe_associations},
};

}  // namespace

HandlerRows instance_profile_rows() { return rows; }

}  // namespace squall::ec2
