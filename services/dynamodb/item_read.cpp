// GetItem, and what of an item a reader wants.
#include "services/dynamodb/internal.h"
#include "services/dynamodb/read.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {

Projection::Projection(std::string_view expression, Placeholders& placeholders) {
  const Bound bound =
      bind_expression(parsed_expression(ExpressionKind::projection, expression), placeholders);
  tree_ = path_tree(bound, bound.parsed->projected);
}

std::string_view Projection::apply(std::string_view attributes, std::string& buffer) const {
  if (!tree_) return attributes;
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
    refuse_members(fields, {"AttributesToGet"});
    check_placeholder_use(fields, {"ProjectionExpression"});
  }
  std::string_view table;
  std::string key;
  bool consistent;
  ReturnCapacity capacity;
  std::optional<std::string_view> projection;
  Value names;
};

void get_item(const api::DirectCall& call, std::string& out) {
  const auto request = read_request<GetRequest>(call);
  Placeholders placeholders(request.names, {});
  Projection projection;
  if (request.projection) projection = Projection(*request.projection, placeholders);
  placeholders.check_all_used();
  const auto store = find_store(call, request.table);
  const KeyBytes key = key_from(request.key, *store);
  const auto lock = lock_active(*store);
  const ReadSource source{"GetItem", nullptr, key.hash};
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
