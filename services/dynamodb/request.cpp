// Members of item operations, and the tables they name.
#include "services/dynamodb/request.h"

#include <algorithm>

#include "emulator/core/text.h"

namespace squall::dynamodb {
namespace {
[[noreturn]] void not_plain() { throw serialization("Unexpected value type in payload"); }
}  // namespace

Fields::Fields(const Value& document) : document_(document) {
  if (!document.is_map()) not_plain();
  check_unique_names(document);
}

const Value* Fields::find(std::string_view member) const {
  const Member* m = document_.find(member);
  if (!m) return nullptr;
  m->read = true;
  return m->value.is_null() || m->value.is_absent() ? nullptr : &m->value;
}

bool Fields::has(std::string_view member) const { return find(member); }

Value Fields::raw(std::string_view member) const {
  const Value* v = find(member);
  return v ? *v : Value();
}

std::optional<std::string_view> Fields::optional_text(std::string_view member) const {
  const Value* v = find(member);
  if (!v) return {};
  if (!v->is_string()) not_plain();
  return v->text();
}

std::string_view Fields::text(std::string_view member) const {
  const auto v = optional_text(member);
  if (!v) not_plain();
  return *v;
}

std::optional<bool> Fields::boolean(std::string_view member) const {
  const Value* v = find(member);
  if (!v) return {};
  if (v->kind() != Value::Kind::boolean) not_plain();
  return v->boolean();
}

std::optional<int64_t> Fields::integer(std::string_view member, int64_t min, int64_t max) const {
  const Value* v = find(member);
  if (!v) return {};
  if (v->kind() != Value::Kind::integer || v->integer() < min || v->integer() > max) not_plain();
  return v->integer();
}

Value Fields::map(std::string_view member) const {
  const Value* v = find(member);
  if (!v) return {};
  if (!v->is_map()) not_plain();
  check_unique_names(*v);
  return *v;
}

Value Fields::required_map(std::string_view member) const {
  const Value v = map(member);
  if (v.is_absent()) not_plain();
  return v;
}

Value Fields::list(std::string_view member) const {
  const Value* v = find(member);
  if (!v) return {};
  if (!v->is_list()) not_plain();
  return *v;
}

size_t Fields::choice(std::string_view member, std::span<const std::string_view> names,
                      size_t fallback) const {
  const auto given = optional_text(member);
  if (!given) return fallback;
  const auto at = std::ranges::find(names, *given);
  if (at == names.end()) not_plain();
  return static_cast<size_t>(at - names.begin());
}

void check_body_size(const api::DirectCall& call) {
  constexpr size_t bytes_max = 16 * 1024 * 1024;
  if (call.request.body.size() > bytes_max)
    throw AwsError{"RequestEntityTooLargeException", "Request body is too large", 413};
}

Value checked_document(const api::DirectCall& call) {
  check_body_size(call);
  return call.document();
}

ReturnCapacity return_capacity(const Fields& fields) {
  constexpr std::string_view names[] = {"NONE", "TOTAL", "INDEXES"};
  return static_cast<ReturnCapacity>(fields.choice("ReturnConsumedCapacity", names, 0));
}

bool return_collection_metrics(const Fields& fields) {
  constexpr std::string_view names[] = {"NONE", "SIZE"};
  return fields.choice("ReturnItemCollectionMetrics", names, 0) == 1;
}

void check_legacy(const Fields& fields, std::initializer_list<std::string_view> legacy,
                  std::initializer_list<std::string_view> expressions) {
  std::string old_ones, new_ones;
  for (const std::string_view member : legacy)
    if (fields.has(member)) old_ones += cat(old_ones.empty() ? "" : ", ", member);
  for (const std::string_view member : expressions)
    if (fields.has(member)) new_ones += cat(new_ones.empty() ? "" : ", ", member);
  if (!old_ones.empty() && !new_ones.empty())
    throw invalid(cat("Can not use both expression and non-expression parameters in the same "
                      "request: Non-expression parameters: {",
                      old_ones, "} Expression parameters: {", new_ones, "}"));
}

void check_placeholder_use(const Fields& fields,
                           std::initializer_list<std::string_view> expressions) {
  const bool any = std::ranges::any_of(expressions, [&](auto m) { return fields.has(m); });
  if (any) return;
  if (fields.has("ExpressionAttributeNames"))
    throw invalid("ExpressionAttributeNames can only be specified when using expressions");
  if (!fields.has("ExpressionAttributeValues")) return;
  std::string nulls;
  size_t told = 0;
  for (const std::string_view member : expressions) {
    if (member == "ProjectionExpression") continue;
    nulls += cat(told++ ? " and " : "", member);
  }
  throw invalid(cat("ExpressionAttributeValues can only be specified when using expressions: ",
                    nulls, told > 1 ? " are null" : " is null"));
}

namespace {
/// A request that names no table may not have been checked by the model yet: that comes first.
[[noreturn]] void no_table(const api::DirectCall& call) {
  static_cast<void>(call.document());
  throw item_table_not_found();
}
}  // namespace

std::shared_ptr<TableStore> find_store(const api::DirectCall& call, std::string_view name) {
  std::string_view wanted = name;
  if (wanted.starts_with("arn:")) {
    // arn:aws:dynamodb:REGION:ACCOUNT:table/NAME
    const auto parts = split(wanted, ':');
    constexpr size_t arn_parts = 6;
    if (parts.size() != arn_parts || parts[2] != "dynamodb" || !parts[5].starts_with("table/"))
      throw invalid(cat("Invalid table/index ARN: ", name));
    if (parts[3] != call.region || parts[4] != call.world.account()) no_table(call);
    wanted = parts[5].substr(std::string_view("table/").size());
  }
  auto store = stores_of(call.world).find(call.region, wanted);
  if (!store) no_table(call);
  return store;
}

void check_active(const TableStore& store) {
  if (store.gone() || !store.plan().active) throw item_table_not_found();
}

std::unique_lock<std::mutex> lock_active(TableStore& store) {
  std::unique_lock lock(store.mutex());
  check_active(store);
  return lock;
}

}  // namespace squall::dynamodb
