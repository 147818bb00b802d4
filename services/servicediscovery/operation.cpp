// Operations: what changes namespaces and instances runs as one, SUBMITTED, PENDING, SUCCESS.
#include "services/common/retention.h"
#include "services/servicediscovery/internal.h"

namespace squall::servicediscovery {
namespace {

constexpr Duration kept_for = 30 * 24h;
constexpr std::string_view forget_kind = "servicediscovery.operation.forget";

struct Course {
  std::string_view type, latency;
  std::optional<OperationError> (*finish)(sim::Scope&, const Operation&);
};

constexpr Course courses[] = {
    {"CREATE_NAMESPACE", "servicediscovery.namespace.creating", finish_create_namespace},
    {"DELETE_NAMESPACE", "servicediscovery.namespace.deleting", finish_delete_namespace},
    {"UPDATE_NAMESPACE", "servicediscovery.namespace.updating", finish_update_namespace},
    {"UPDATE_SERVICE", "servicediscovery.service.updating", finish_update_service},
    {"REGISTER_INSTANCE", "servicediscovery.instance.registering", finish_register},
    {"DEREGISTER_INSTANCE", "servicediscovery.instance.deregistering", finish_deregister},
};

const Course& course_of(std::string_view type) {
  for (const Course& course : courses)
    if (course.type == type) return course;
  std::abort();
}

void operation_pending(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Operation>(event.subject)) return;
  Operation& op = scope.edit<Operation>(event.subject);
  op.status = "PENDING";
  op.updated = scope.now();
  scope.after(scope.latency(course_of(op.type).latency, op.id), "servicediscovery.operation.done",
              op.id);
}

void operation_done(sim::Scope& scope, const sim::Event& event) {
  const Operation* op = scope.view<Operation>(event.subject);
  if (!op) return;
  const auto error = course_of(op->type).finish(scope, *op);
  Operation& done = scope.edit<Operation>(event.subject);
  done.updated = scope.now();
  done.status = error ? "FAIL" : "SUCCESS";
  if (!error) return;
  done.error_code = error->code;
  done.error_message = error->message;
}

void forget(sim::Scope& scope, const sim::Event&) {
  forget_old<Operation>(scope, kept_for, forget_kind,
                        [](const Operation& op) { return op.created; });
}

Value get_operation(Context& ctx, Input in) {
  const std::string id = in.string("OperationId"), owner = in.string("OwnerAccount");
  const Operation* op = ctx.view<Operation>(id);
  if (!op || (!owner.empty() && owner != ctx.account())) throw operation_not_found(id);
  Value targets = Value::map();
  for (const auto& [key, value] : op->targets) targets.add(Key::copy(key), value);
  Value shown{{"Id", op->id},           {"OwnerAccount", ctx.account()},
              {"Type", op->type},       {"Status", op->status},
              {"CreateDate", op->created}, {"UpdateDate", op->updated},
              {"Targets", targets}};
  if (!op->error_code.empty()) {
    shown.add("ErrorMessage", op->error_message);
    shown.add("ErrorCode", op->error_code);
  }
  return {{"Operation", shown}};
}

Time date_of(const std::string& text) {
  const auto seconds = parse_double(text);
  if (!seconds) throw invalid_input("UPDATE_DATE takes two dates in Unix time.");
  return from_seconds(*seconds) + Time{};
}

bool matches(const ListFilter& filter, const Operation& op) {
  auto target = [&](const char* name) {
    const auto at = op.targets.find(name);
    return at != op.targets.end() && filter.matches(at->second);
  };
  if (filter.name == "NAMESPACE_ID") return target("NAMESPACE");
  if (filter.name == "SERVICE_ID") return target("SERVICE");
  if (filter.name == "STATUS") return filter.matches(op.status);
  if (filter.name == "TYPE") return filter.matches(op.type);
  return op.updated >= date_of(filter.values[0]) && op.updated <= date_of(filter.values[1]);
}

Value list_operations(Context& ctx, Input in) {
  static const FilterRule rules[] = {{"NAMESPACE_ID", {"EQ", "IN"}},
                                     {"SERVICE_ID", {"EQ", "IN"}},
                                     {"STATUS", {"EQ", "IN"}},
                                     {"TYPE", {"EQ", "IN"}},
                                     {"UPDATE_DATE", {"BETWEEN"}}};
  const auto filters = list_filters(in, rules);
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxResults", 100), bad_token());
  const Page page = paginate(
      ctx.all<Operation>(), request,
      [&](const Operation& op) {
        for (const ListFilter& filter : filters)
          if (!matches(filter, op)) return false;
        return true;
      },
      [](const Operation& op) { return Value{{"Id", op.id}, {"Status", op.status}}; });
  return {{"Operations", page.items}, {"NextToken", page.next_token}};
}

}  // namespace

std::string begin_operation(sim::Scope& scope, std::string_view type,
                            std::map<std::string, std::string> targets,
                            std::string_view change_json, std::string_view token) {
  Operation op;
  // Ids sort by time: lists show them so, and old ones are forgotten in order.
  std::string ordinal = std::to_string(scope.next_ordinal("servicediscovery:operation"));
  ordinal.insert(0, 8 - std::min<size_t>(8, ordinal.size()), '0');
  op.id = cat(ordinal, scope.new_hex("operation", 24), "-", scope.new_hex("operation-tail", 8));
  op.type = type;
  op.targets = std::move(targets);
  op.change_json = change_json;
  op.client_token = token;
  op.created = op.updated = scope.now();
  const std::string id = op.id;
  scope.add(std::move(op));
  remember_for(scope, kept_for, forget_kind);
  scope.after(scope.latency("servicediscovery.operation.pending", id),
              "servicediscovery.operation.pending", id);
  return id;
}

const Operation* operation_by_token(const sim::Scope& scope, std::string_view type,
                                    std::string_view token) {
  if (token.empty()) return nullptr;
  for (const Operation* op : scope.by<Operation>(cat("token:", token)))
    if (op->type == type && op->status != "FAIL") return op;
  return nullptr;
}

std::span<const api::HandlerRow> operation_rows() {
  static const api::HandlerRow rows[] = {
      {"GetOperation", api::Reads, get_operation},
      {"ListOperations", api::Reads, list_operations},
  };
  return rows;
}

std::span<const sim::EventRow> operation_events() {
  static const sim::EventRow rows[] = {
      {"servicediscovery.operation.pending", operation_pending},
      {"servicediscovery.operation.done", operation_done},
      {forget_kind, forget},
  };
  return rows;
}

std::span<const sim::LatencyRow> latencies() {
  static const sim::LatencyRow rows[] = {
      // Namespaces with a hosted zone take about half a minute in common experience (terraform's
      // creations end after 40-60 s); AWS states no figures for any of these.
      {"servicediscovery.operation.pending", 200ms, 1s, 0s, 1s},
      {"servicediscovery.namespace.creating", 20s, 50s, 30s, 60s},
      {"servicediscovery.namespace.deleting", 10s, 30s, 10s, 60s},
      {"servicediscovery.namespace.updating", 5s, 20s, 5s, 30s},
      {"servicediscovery.service.updating", 2s, 10s, 2s, 30s},
      {"servicediscovery.instance.registering", 1s, 4s, 1s, 10s},
      {"servicediscovery.instance.deregistering", 1s, 4s, 1s, 10s},
      // Documented: Cloud Map waits about 30 s before it changes a custom health status.
      {"servicediscovery.custom-health", 30s, 30s, 30s, 30s},
  };
  return rows;
}

}  // namespace squall::servicediscovery
