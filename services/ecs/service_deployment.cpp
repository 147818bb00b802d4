// Service deployments and revisions, as they are shown.
#include <algorithm>

#include "services/common/page.h"
#include "services/common/value_json.h"
#include "services/ecs/scheduler.h"

namespace squall::ecs {
namespace {

Value text(const std::string& s) { return s.empty() ? Value() : Value(s); }

Value summary(const RevisionSummary& revision, double test, double production, bool weights) {
  Value v{{"arn", revision.arn},
          {"requestedTaskCount", revision.requested},
          {"runningTaskCount", revision.running},
          {"pendingTaskCount", revision.pending}};
  if (weights) {
    v.set("requestedTestTrafficWeight", test);
    v.set("requestedProductionTrafficWeight", production);
  }
  return v;
}

/// Hooks have a stage before the shift of production traffic that deployments do not show.
std::string shown_stage(const std::string& stage) {
  return stage == "PRE_PRODUCTION_TRAFFIC_SHIFT" ? "POST_TEST_TRAFFIC_SHIFT" : stage;
}

Value describe_hooks(const ServiceDeployment& record) {
  return list_of(record.hooks, [](const HookRun& hook) {
    Value v{{"hookId", hook.id},
            {"targetType", hook.target_type},
            {"targetArn", text(hook.target_arn)},
            {"status", hook.status}};
    if (!hook.expires) return v;
    v.set("expiresAt", *hook.expires);
    v.set("timeoutAction", hook.timeout_action);
    return v;
  });
}

/// What runs now of the revision that the record's deployment brought, or did when it ended.
RevisionSummary target_of(const sim::Scope& scope, const ServiceDeployment& record) {
  RevisionSummary target = record.target;
  const Service* service = scope.view<Service>(record.service);
  if (!service) return target;
  const auto counts = count_tasks(scope, record.service);
  for (const Deployment& deployment : service->deployments) {
    if (deployment.id != record.deployment) continue;
    target.requested = deployment.desired;
    const auto at = counts.find(deployment.id);
    if (at == counts.end()) continue;
    target.running = at->second.running;
    target.pending = at->second.pending;
  }
  return target;
}

int64_t failures_of(const sim::Scope& scope, const ServiceDeployment& record) {
  if (const Service* service = scope.view<Service>(record.service))
    for (const Deployment& deployment : service->deployments)
      if (deployment.id == record.deployment) return deployment.failed;
  return record.failures;
}

Value describe_record(const sim::Scope& scope, const ServiceDeployment& record) {
  const bool weights = !record.stage.empty();
  Value sources = Value::list();
  for (const RevisionSummary& source : record.sources)
    sources.push(
        summary(source, 100 - record.test_weight, 100 - record.production_weight, weights));
  Value v{{"serviceDeploymentArn", record.id},
          {"serviceArn", record.service},
          {"clusterArn", cluster_arn(scope, record.cluster)},
          {"createdAt", record.created},
          {"startedAt", record.started},
          {"finishedAt", record.finished},
          {"stoppedAt", record.stopped},
          {"updatedAt", record.updated},
          {"sourceServiceRevisions", sources},
          {"targetServiceRevision", summary(target_of(scope, record), record.test_weight,
                                            record.production_weight, weights)},
          {"status", record.status},
          {"statusReason", text(record.reason)},
          {"lifecycleStage", text(shown_stage(record.stage))},
          {"deploymentConfiguration", value_from_json(record.configuration_json)},
          {"deploymentCircuitBreaker",
           {{"status", record.breaker_status},
            {"failureCount", failures_of(scope, record)},
            {"threshold", record.threshold}}},
          {"alarms",
           {{"status", record.alarm_status},
            {"alarmNames", record.alarms},
            {"triggeredAlarmNames", record.triggered_alarms}}}};
  if (!record.hooks.empty()) v.set("lifecycleHookDetails", describe_hooks(record));
  if (record.rollback_started)
    v.set("rollback", Value{{"reason", record.rollback_reason},
                            {"startedAt", *record.rollback_started},
                            {"serviceRevisionArn", record.rollback_revision}});
  return v;
}

/// A failure among the answer's, unless there is no such cluster or service already:
/// "service-deployment/CLUSTER/SERVICE/ID".
Value missing_of_service(const sim::Scope& scope, const std::string& arn) {
  check_cluster_of(scope, arn);
  const auto path = split(arn, '/');
  if (!find_service(scope, path[1], path[2])) throw service_not_found();
  return missing(arn);
}

Value describe_deployments(Context& ctx, Input in) {
  const auto arns = in.strings("serviceDeploymentArns");
  if (arns.empty() || arns.size() > 20)
    throw invalid_parameter("serviceDeploymentArns must have between 1 and 20 items.");
  Value shown = Value::list(), failures = Value::list();
  for (const std::string& arn : arns) {
    if (const auto* record = ctx.view<ServiceDeployment>(arn))
      shown.push(describe_record(ctx, *record));
    else
      failures.push(missing_of_service(ctx, arn));
  }
  return {{"serviceDeployments", shown}, {"failures", failures}};
}

struct ListFilter {
  std::vector<std::string> statuses;
  std::optional<Time> before, after;
  bool matches(const ServiceDeployment& record) const {
    if (!statuses.empty() && std::ranges::find(statuses, record.status) == statuses.end())
      return false;
    return (!before || record.created < *before) && (!after || record.created > *after);
  }
};

Value brief(const sim::Scope& scope, const ServiceDeployment& record) {
  return {{"serviceDeploymentArn", record.id},
          {"serviceArn", record.service},
          {"clusterArn", cluster_arn(scope, record.cluster)},
          {"startedAt", record.started},
          {"createdAt", record.created},
          {"finishedAt", record.finished},
          {"targetServiceRevisionArn", record.target.arn},
          {"status", record.status},
          {"statusReason", text(record.reason)}};
}

Value list_deployments(Context& ctx, Input in) {
  const Service& service = require_service(ctx, in.string("cluster"), in.string("service"));
  const Input created = in.at("createdAt");
  const ListFilter filter{in.strings("status"), created.time("before"), created.time("after")};
  const auto limit = in.optional_integer("maxResults");
  if (limit && (*limit < 1 || *limit > 100))
    throw invalid_parameter("maxResults must be between 1 and 100.");
  const PageRequest request = page_request(in.string("nextToken"), limit.value_or(20),
                                           invalid_parameter("Invalid token"));
  auto records = ctx.by<ServiceDeployment>("service:" + service.id);
  std::ranges::stable_sort(records, [](const ServiceDeployment* a, const ServiceDeployment* b) {
    return a->created != b->created ? a->created > b->created : a->id < b->id;
  });
  Value shown = Value::list(), token;
  bool skipping = !request.after.empty();
  std::string last;
  for (const ServiceDeployment* record : records) {
    if (skipping) {
      skipping = record->id != request.after;
      continue;
    }
    if (!filter.matches(*record)) continue;
    if (shown.size() == request.limit) {
      token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    shown.push(brief(ctx, *record));
    last = record->id;
  }
  return {{"serviceDeployments", shown}, {"nextToken", token}};
}

Value describe_images(const sim::Scope& scope, const ServiceRevision& revision) {
  const auto* definition = scope.view<TaskDefinition>(revision.spec.definition);
  if (!definition) return {};
  return list_of(definition->containers, [](const ContainerDefinition& container) {
    return Value{{"containerName", container.name}, {"image", container.image}};
  });
}

Value describe_revision(const sim::Scope& scope, const ServiceRevision& revision) {
  const RunSpec& spec = revision.spec;
  Value v{{"serviceRevisionArn", revision.id},
          {"serviceArn", revision.service},
          {"clusterArn", cluster_arn(scope, revision.cluster)},
          {"taskDefinition", definition_arn(scope, spec.definition)},
          {"launchType", text(spec.launch_type)},
          {"platformVersion", spec.platform_version == "LATEST" ? Value("1.4.0")
                                                                : text(spec.platform_version)},
          {"platformFamily", text(spec.platform_family)},
          {"loadBalancers", describe_load_balancers(spec.load_balancers)},
          {"serviceRegistries", describe_registries(spec.registries)},
          {"networkConfiguration", describe_network(spec.network)},
          {"containerImages", describe_images(scope, revision)},
          {"guardDutyEnabled", false},
          {"createdAt", revision.created}};
  if (!spec.strategy.empty()) v.set("capacityProviderStrategy", describe_strategy(spec.strategy));
  if (!spec.service_connect_json.empty())
    v.set("serviceConnectConfiguration", value_from_json(spec.service_connect_json));
  if (!spec.volumes_json.empty()) v.set("volumeConfigurations", value_from_json(spec.volumes_json));
  if (!spec.lattice_json.empty())
    v.set("vpcLatticeConfigurations", value_from_json(spec.lattice_json));
  Value resolved = Value::list();
  for (const LoadBalancerUse& use : spec.load_balancers) {
    const Value advanced = value_from_json(use.advanced_json);
    resolved.push({{"targetGroupArn", use.target_group_arn},
                   {"productionListenerRule", advanced.at("productionListenerRule")}});
  }
  if (!resolved.empty()) v.set("resolvedConfiguration", Value{{"loadBalancers", resolved}});
  return v;
}

Value describe_revisions(Context& ctx, Input in) {
  const auto arns = in.strings("serviceRevisionArns");
  if (arns.empty() || arns.size() > 20)
    throw invalid_parameter("serviceRevisionArns must have between 1 and 20 items.");
  Value shown = Value::list(), failures = Value::list();
  for (const std::string& arn : arns) {
    if (const auto* revision = ctx.view<ServiceRevision>(arn))
      shown.push(describe_revision(ctx, *revision));
    else
      failures.push(missing_of_service(ctx, arn));
  }
  return {{"serviceRevisions", shown}, {"failures", failures}};
}

const api::HandlerRow rows[] = {
    {"DescribeServiceDeployments", api::Reads, describe_deployments},
    {"ListServiceDeployments", api::Reads, list_deployments},
    {"DescribeServiceRevisions", api::Reads, describe_revisions},
};

}  // namespace

HandlerRows service_deployment_rows() { return rows; }

}  // namespace squall::ecs
