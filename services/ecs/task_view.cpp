// DescribeTasks and ListTasks.
#include <algorithm>

#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

constexpr size_t described_max = 100;

Value describe_tasks(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const auto names = in.strings("tasks");
  if (names.empty()) throw invalid_parameter("Tasks cannot be empty.");
  if (names.size() > described_max)
    throw invalid_parameter(cat("You can describe up to ", described_max, " tasks at a time."));
  const auto include = in.strings("include");
  const bool with_tags = std::ranges::find(include, "TAGS") != include.end();
  Value tasks = Value::list(), failures = Value::list();
  for (const std::string& name : names) {
    const std::string arn = task_arn(ctx, cluster.id, name);
    const Task* task = ctx.view<Task>(arn);
    if (task)
      tasks.push(describe_task(ctx, *task, with_tags));
    else
      failures.push(missing(arn));
  }
  return {{"tasks", tasks}, {"failures", failures}};
}

struct ListFilter {
  std::string family, service, host, started_by, launch_type, group;
  bool stopped = false;
};

ListFilter filter_of(Context& ctx, const Input& in, const Cluster& cluster) {
  ListFilter filter;
  filter.family = in.string("family");
  check_family(filter.family);
  filter.started_by = in.string("startedBy");
  filter.launch_type = in.string("launchType");
  filter.stopped = in.string("desiredStatus") == "STOPPED";
  if (const std::string daemon = in.string("daemonName"); !daemon.empty())
    filter.group = cat("daemon:", id_in(ctx, cluster.id, "daemon", daemon));
  if (const std::string host = in.string("containerInstance"); !host.empty())
    filter.host = require_instance(ctx, cluster, host).id;
  if (const std::string service = in.string("serviceName"); !service.empty()) {
    const auto found = ctx.by<Service>(
        cat("name:", cluster.id, '/', id_in(ctx, cluster.id, "service", service)));
    if (found.empty()) throw service_not_found();
    filter.service = found.front()->id;
  }
  const bool others = !filter.family.empty() || !filter.service.empty() || !filter.host.empty();
  if (!filter.started_by.empty() && others)
    throw invalid_parameter("startedBy must be the only filter that you use.");
  if (!filter.family.empty() && !filter.service.empty())
    throw invalid_parameter("Cannot specify both family and serviceName.");
  return filter;
}

bool matches(const Task& task, const ListFilter& filter) {
  if ((task.desired_status == "STOPPED") != filter.stopped) return false;
  if (!filter.family.empty() &&
      std::string_view(task.definition).substr(0, task.definition.rfind(':')) != filter.family)
    return false;
  return (filter.service.empty() || task.service == filter.service) &&
         (filter.host.empty() || task.container_instance == filter.host) &&
         (filter.started_by.empty() || task.started_by == filter.started_by) &&
         (filter.launch_type.empty() || task.launch_type == filter.launch_type) &&
         (filter.group.empty() || task.group == filter.group);
}

Value list_tasks(Context& ctx, Input in) {
  const Cluster& cluster = require_cluster(ctx, in.string("cluster"));
  const ListFilter filter = filter_of(ctx, in, cluster);
  std::vector<std::string> arns;
  // ECS never sets a desired status of PENDING: asking for it finds nothing.
  if (in.string("desiredStatus") != "PENDING") {
    const auto tasks = !filter.service.empty() ? ctx.by<Task>("service:" + filter.service)
                       : !filter.host.empty() && !filter.stopped
                           ? ctx.by<Task>("instance:" + filter.host)
                           : ctx.by<Task>("cluster:" + cluster.id);
    for (const Task* task : tasks)
      if (matches(*task, filter)) arns.push_back(task->id);
  }
  const Slice slice = slice_of(arns, in);
  Value answer{{"taskArns", slice.keys}};
  if (!slice.next_token.is_absent()) answer.set("nextToken", slice.next_token);
  return answer;
}

const api::HandlerRow rows[] = {
    {"DescribeTasks", Reads, describe_tasks},
    {"ListTasks", Reads, list_tasks},
};

}  // namespace

HandlerRows task_view_rows() { return rows; }

}  // namespace squall::ecs
