// THE list of services. Adding one: a folder (state, errors, rows, model) and a line here.
#include "services/services.h"

#include "services/acm/acm.h"
#include "services/application_autoscaling/application_autoscaling.h"
#include "services/autoscaling/autoscaling.h"
#include "services/cloudwatch/cloudwatch.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodbstreams/dynamodbstreams.h"
#include "services/ec2/ec2.h"
#include "services/ecr/ecr.h"
#include "services/ecs/ecs.h"
#include "services/elasticache/elasticache.h"
#include "services/elbv2/elbv2.h"
#include "services/iam/iam.h"
#include "services/kms/kms.h"
#include "services/logs/logs.h"
#include "services/rds/rds.h"
#include "services/servicediscovery/servicediscovery.h"
#include "services/ssm/ssm.h"
#include "services/sts/sts.h"

namespace squall {

std::span<const api::ServiceDefinition* const> all_services() {
  static const api::ServiceDefinition* const list[] = {
      &acm::service(),
      &application_autoscaling::service(),
      &autoscaling::service(),
      &cloudwatch::service(),
      &dynamodb::service(),
      &dynamodbstreams::service(),
      &ec2::service(),
      &ecr::service(),
      &ecs::service(),
      &elasticache::service(),
      &elbv2::service(),
      &iam::service(),
      &kms::service(),
      &logs::service(),
      &rds::service(),
      &servicediscovery::service(),
      &ssm::service(),
      &sts::service(),
  };
  return list;
}

}  // namespace squall
