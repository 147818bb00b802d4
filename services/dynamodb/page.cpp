// What Query and Scan share: their members, the target, starting keys, the walk.
#include "services/dynamodb/page.h"

#include <algorithm>
#include <limits>

#include "emulator/core/text.h"
#include "services/dynamodb/item_writer.h"
#include "services/dynamodb/legacy.h"
#include "services/dynamodb/throughput_table.h"

namespace squall::dynamodb {
namespace {

constexpr size_t page_bytes_max = 1024 * 1024;
constexpr std::string_view select_names[] = {"ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES",
                                             "SPECIFIC_ATTRIBUTES", "COUNT"};

std::optional<Select> select_from(const Fields& fields) {
  if (!fields.has("Select")) return {};
  return static_cast<Select>(fields.choice("Select", select_names, 0));
}

[[noreturn]] void bad_start() {
  throw invalid(
      "The provided starting key is invalid: The provided key element does not match the schema");
}

/// Whether a local index has to ask the table for what it does not hold.
bool needs_table(const PageRequest& request, const Target& target, const Projection& projection) {
  if (!target.index || target.index->global || target.index->projects_all) return false;
  if (request.select == Select::all) return true;
  if (!projection) return false;
  return std::ranges::any_of(projection.tree()->branches, [&](const auto& branch) {
    return !std::ranges::binary_search(target.index->projected, branch.name);
  });
}

class Walk {
 public:
  Walk(const PageRequest& request, const Target& target, const PageOptions& options,
       std::string& out)
      : request_(request),
        target_(target),
        options_(options),
        items_(out),
        whole_(needs_table(request, target, options.projection)) {}

  /// Appends the items of the page.
  PageResult run() {
    const OrderedIndex& entries = *target_.entries;
    const Range& range = options_.range;
    const bool forward = range.forward;
    auto begin = entries.seek(forward ? range.from : range.to);
    if (options_.start) {
      const auto at = entries.seek(options_.start->position(
          forward ? Position::Edge::after : Position::Edge::before));
      begin = forward ? std::max(begin, at) : std::min(begin, at);
    }
    const size_t limit = request_.limit ? static_cast<size_t>(*request_.limit)
                                        : std::numeric_limits<size_t>::max();
    ItemWalk walk(entries, begin, forward ? range.to : range.from, forward);
    while (const Item* item = walk.next()) {
      visit(*item);
      if (result_.scanned == limit || options_.bytes_before + result_.bytes >= page_bytes_max) {
        result_.stopped_at = item;
        break;
      }
    }
    return result_;
  }

 private:
  void visit(const Item& item) {
    ++result_.scanned;
    result_.bytes += target_.index ? projected_size(*target_.index, item) : item.size();
    if (whole_) result_.fetched_units += read_units(item.size(), request_.consistent);
    if (options_.filter && !passes(item)) return;
    if (request_.select != Select::count) {
      const std::string_view held = target_.index && !whole_
                                        ? projected_data(*target_.index, item, held_)
                                        : item.data();
      items_.append(options_.projection.apply(held, selected_));
    }
    ++result_.count;
  }

  /// A filter sees what the index holds, no more.
  bool passes(const Item& item) {
    if (!target_.index || target_.index->projects_all || whole_)
      return is_true(options_.filter, &item);
    const ItemRef held =
        ItemRef::adopt(Item::make(projected_data(*target_.index, item, held_)));
    return is_true(options_.filter, held.get());
  }

  const PageRequest& request_;
  const Target& target_;
  const PageOptions& options_;
  PageResult result_;
  ItemWriter items_;
  const bool whole_;
  std::string held_, selected_;
};

/// The partition key from which a page is read: its throughput is taken of that partition.
std::string first_hash(const Target& target, const PageOptions& options) {
  const OrderedIndex& entries = *target.entries;
  if (options.start) return options.start->bytes().front();
  if (options.range.from.count) return std::string(options.range.from.parts[0]);
  const auto first = entries.seek(options.range.from);
  return first == entries.end() ? std::string()
                                : std::string(entries.component(*entries.item(first), 0));
}

}  // namespace

PageResult append_items(TableStore& store, const PageRequest& request, const Target& target,
                        const PageOptions& options, std::string& out) {
  std::string hash;
  if (store.world().enforces_throughput()) hash = first_hash(target, options);
  const bool global = target.index && target.index->global;
  const ReadSource source{request.operation, global ? target.index : nullptr, hash};
  require_read(store, source);
  const PageResult done = Walk(request, target, options, out).run();
  take_read(store, source, read_units(done.bytes, request.consistent) + done.fetched_units);
  return done;
}

void add_units(Capacity& capacity, const PageRequest& request, const Target& target,
               const PageResult& result) {
  const double units = read_units(result.bytes, request.consistent);
  capacity.table += result.fetched_units;
  if (!target.index) {
    capacity.table += units;
    return;
  }
  auto& list = target.index->global ? capacity.globals : capacity.locals;
  if (list.empty()) list.emplace_back(target.index->name, 0);
  list.front().second += units;
}

PageRequest::PageRequest(const Fields& fields, bool query)
    : is_query(query),
      operation(query ? "Query" : "Scan"),
      table(fields.text("TableName")),
      index(fields.optional_text("IndexName")),
      filter(fields.optional_text("FilterExpression")),
      projection(fields.optional_text("ProjectionExpression")),
      select(select_from(fields)),
      limit(fields.integer("Limit", 1, std::numeric_limits<int32_t>::max())),
      consistent(fields.boolean("ConsistentRead").value_or(false)),
      capacity(return_capacity(fields)),
      start_key(fields.map("ExclusiveStartKey")),
      names(fields.map("ExpressionAttributeNames")),
      values(fields.map("ExpressionAttributeValues")) {
  constexpr size_t name_min = 3;
  if (index && index->size() < name_min) throw serialization("");
  if (!start_key.is_absent()) {
    std::string checked;
    append_attributes(checked, start_key, {}, {});
  }
}

Target target_of(TableStore& store, const PageRequest& request) {
  const Plan& plan = store.plan();
  if (!request.index) return {&store.items(), nullptr, plan.keys, plan.types};
  const IndexPlan* index = plan.find_index(*request.index);
  if (!index) throw invalid(cat("The table does not have the specified index: ", *request.index));
  if (index->global && request.consistent)
    throw invalid("Consistent reads are not supported on global secondary indexes");
  if (!index->readable)
    throw invalid(cat("Cannot read from backfilling global secondary index: ", index->name));
  store.catch_up(store.world().now());
  return {&store.index(static_cast<size_t>(index - plan.indexes.data())), index, index->keys,
          index->types};
}

void check_select(const PageRequest& request, const Target& target, const Projection& projection) {
  const Select select = request.select.value_or(Select::all);
  const IndexPlan* index = target.index;
  if (request.select && select == Select::all_projected && !index)
    throw invalid(cat("ALL_PROJECTED_ATTRIBUTES can be used only when ",
                      request.is_query ? "Querying" : "Scanning", " using an IndexName"));
  if (request.select == Select::specific && !projection)
    throw invalid("Must specify the AttributesToGet when choosing to get SPECIFIC_ATTRIBUTES");
  if (request.select && select != Select::specific && projection)
    throw invalid(cat("Cannot specify the ",
                      request.attributes.empty() ? "ProjectionExpression" : "AttributesToGet",
                      " when choosing to get ",
                      select == Select::count ? "only the Count"
                                              : select_names[static_cast<size_t>(select)]));
  if (!index || !index->global || index->projects_all) return;
  if (request.select == Select::all)
    throw invalid_parameter(cat("Select type ALL_ATTRIBUTES is not supported for global secondary "
                                "index ",
                                index->name, " because its projection type is not ALL"));
  if (!projection) return;
  for (const auto& branch : projection.tree()->branches)
    if (!std::ranges::binary_search(index->projected, branch.name))
      throw invalid_parameter(cat("Global secondary index ", index->name, " does not project [",
                                  branch.name, "]"));
}

StartKey::StartKey(const Value& given, const Target& target, const TableStore& store) {
  std::string encoded;
  append_attributes(encoded, given, {}, {});
  const auto find = [&](const std::string& name) -> AttributeView {
    for (Entries e(encoded.data(), encoded.data() + encoded.size()); e; e.next())
      if (e.name() == name) return e.value();
    return {};
  };
  std::vector<std::string_view> distinct;
  const auto type_of = [&](const std::string& name) {
    if (name == store.keys().hash) return store.key_types().hash;
    if (name == store.keys().range) return store.key_types().range;
    return name == target.keys.hash ? target.types.hash : target.types.range;
  };
  for (const std::string& name : target.entries->components()) {
    const AttributeView value = find(name);
    if (!value || value.type() != type_of(name)) bad_start();
    bytes_.emplace_back(value.bytes());
    if (std::ranges::find(distinct, name) == distinct.end()) distinct.emplace_back(name);
  }
  if (given.size() != distinct.size()) bad_start();
}

Position StartKey::position(Position::Edge edge) const {
  Position p = Position::of(bytes_[0], edge);
  for (size_t i = 1; i < bytes_.size(); ++i) p.then(bytes_[i]);
  return p;
}

void write_page(TableStore& store, const PageRequest& request, const Target& target,
                const PageOptions& options, std::string& out) {
  AnswerWriter answer(out);
  PageResult page;
  if (request.select == Select::count) {
    page = append_items(store, request, target, options, out);
  } else {
    answer.member("Items") += '[';
    page = append_items(store, request, target, options, out);
    out += ']';
  }
  answer.member("Count") += std::to_string(page.count);
  answer.member("ScannedCount") += std::to_string(page.scanned);
  if (page.stopped_at)
    append_key_json(answer.member("LastEvaluatedKey"), *page.stopped_at,
                    target.entries->components());
  if (request.capacity == ReturnCapacity::none) return;
  Capacity capacity;
  add_units(capacity, request, target, page);
  capacity.append_json(answer.member("ConsumedCapacity"), store.name(), request.capacity);
}

}  // namespace squall::dynamodb
