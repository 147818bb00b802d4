// What the two files of launch templates share.
#pragma once

#include "services/ec2/compute.h"

namespace squall::ec2 {

/// The shape of a template's data: RequestLaunchTemplateData.
model::Shape launch_template_shape();
/// Numbers sort as texts when padded.
std::string version_key(int64_t number);
/// The data of a request as JSON text; throws what AWS says of data that cannot be right.
std::string check_template_data(const Input& in);

}  // namespace squall::ec2
