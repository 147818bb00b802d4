// GetItem, and what of an item a reader wants.
#include <algorithm>

#include "services/dynamodb/internal.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/read.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {

Projection::Projection(std::string_view expression, Placeholders& placeholders) {
  const Bound bound =
      bind_expression(parsed_expression(ExpressionKind::projection, expression), placeholders);
  tree_ = path_tree(bound, bound.parsed->projected);
}

Projection::Projection(const std::vector<std::string_view>& attributes) {
  if (attributes.empty()) return;
  tree_.emplace();
  for (const std::string_view name : attributes) {
    PathTree::Branch branch;
    branch.name = name;
    tree_->branches.push_back(std::move(branch));
  }
}

Projection::Projection(std::vector<Selected> columns) : columns_(std::move(columns)) {
  if (columns_.empty()) return;
  tree_.emplace();
  for (const Selected& column : columns_) {
    PathTree::Branch branch;
    branch.name = column.path.front().name;
    tree_->branches.push_back(std::move(branch));
  }
}

namespace {
AttributeView value_in(std::string_view attributes, const Path& path) {
  AttributeView at;
  for (Entries e(attributes.data(), attributes.data() + attributes.size()); e && !at; e.next())
    if (e.name() == path.front().name) at = e.value();
  for (size_t i = 1; at && i < path.size(); ++i)
    at = path[i].kind == PathStep::Kind::index ? at.element(path[i].number)
                                               : at.entry(path[i].name);
  return at;
}

std::string columns_of(std::string_view attributes, const std::vector<Selected>& columns) {
  std::string out;
  std::vector<std::string_view> names;
  for (const Selected& column : columns) {
    const AttributeView value = value_in(attributes, column.path);
    if (!value || std::ranges::find(names, column.name) != names.end()) continue;
    names.push_back(column.name);
    append_name(out, column.name);
    out += value.encoded();
  }
  return out;
}
}  // namespace

std::string_view Projection::apply(std::string_view attributes, std::string& buffer) const {
  if (!tree_) return attributes;
  if (!columns_.empty()) return buffer = columns_of(attributes, columns_);
  buffer = project(*tree_, attributes);
  return buffer;
}

void Projection::append_json(std::string& out, std::string_view attributes) const {
  std::string buffer;
  append_attributes_json(out, apply(attributes, buffer));
}

namespace {

struct GetRequest {
  explicit GetRequest(const Fields& fields)
      : table(fields.text("TableName")),
        key(encoded_map(fields.required_map("Key"))),
        consistent(fields.boolean("ConsistentRead").value_or(false)),
        capacity(return_capacity(fields)),
        projection(fields.optional_text("ProjectionExpression")),
        names(fields.map("ExpressionAttributeNames")) {
    check_legacy(fields, {"AttributesToGet"}, {"ProjectionExpression"});
    attributes = attributes_to_get(fields);
    check_placeholder_use(fields, {"ProjectionExpression"});
  }
  std::string_view table;
  std::string key;
  bool consistent;
  ReturnCapacity capacity;
  std::optional<std::string_view> projection;
  std::vector<std::string_view> attributes;  // the legacy form of the projection
  Value names;
};

void get_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<GetRequest>(call);
  Placeholders placeholders(request.names, {});
  Projection projection(request.attributes);
  if (request.projection) projection = Projection(*request.projection, placeholders);
  placeholders.check_all_used();
  const auto store = find_store(call, request.table);
  const KeyBytes key = key_from(request.key, *store);
  const auto lock = lock_active(*store);
  const ReadSource source{"GetItem", nullptr, key.hash()};
  require_read(*store, source);
  const Item* item = store->find(key.position());
  const double units = read_units(item ? item->size() : 0, request.consistent);
  take_read(*store, source, units);
  AnswerWriter answer(out);
  if (item) projection.append_json(answer.member("Item"), item->data());
  if (request.capacity == ReturnCapacity::none) return;
  Capacity capacity;
  capacity.table = units;
  capacity.append_json(answer.member("ConsumedCapacity"), store->name(), request.capacity);
}

}  // namespace

std::span<const api::HandlerRow> read_rows() {
  static const api::HandlerRow rows[] = {{"GetItem", get_item}};
  return rows;
}

}  // namespace squall::dynamodb
