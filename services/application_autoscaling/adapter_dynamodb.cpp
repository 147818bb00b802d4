// DynamoDB tables' and indexes' provisioned throughput.
#include "services/application_autoscaling/adapter.h"
#include "services/dynamodb/dynamodb.h"

namespace squall::application_autoscaling {
namespace {

/// "table/T" or "table/T/index/I".
std::string index_of(const ResourceParts& id) { return id.size() > 2 ? id[2] : std::string(); }

std::optional<dynamodb::ScalableThroughput> throughput(const sim::Scope& scope,
                                                       const ResourceParts& id) {
  auto found = dynamodb::throughput_of(scope, id[0], index_of(id));
  if (found && found->on_demand) found.reset();  // nothing is provisioned that could be scaled
  return found;
}

std::optional<int64_t> read_units(const sim::Scope& scope, const ResourceParts& id) {
  const auto found = throughput(scope, id);
  return found ? std::optional(found->read) : std::nullopt;
}

std::optional<int64_t> write_units(const sim::Scope& scope, const ResourceParts& id) {
  const auto found = throughput(scope, id);
  return found ? std::optional(found->write) : std::nullopt;
}

void set_read_units(sim::Scope& scope, const ResourceParts& id, int64_t capacity) {
  dynamodb::set_throughput(scope, id[0], index_of(id), capacity, {});
}

void set_write_units(sim::Scope& scope, const ResourceParts& id, int64_t capacity) {
  dynamodb::set_throughput(scope, id[0], index_of(id), {}, capacity);
}

bool is_settled(const sim::Scope& scope, const ResourceParts& id) {
  const auto found = throughput(scope, id);
  return !found || found->settled;
}

constexpr Adapter rows[] = {
    {"dynamodb", "dynamodb:table:ReadCapacityUnits", "table/", 1, "read capacity units",
     "DynamoDB table does not exist", "DynamoDBTable", 0, false, read_units, set_read_units,
     is_settled},
    {"dynamodb", "dynamodb:table:WriteCapacityUnits", "table/", 1, "write capacity units",
     "DynamoDB table does not exist", "DynamoDBTable", 0, false, write_units, set_write_units,
     is_settled},
    {"dynamodb", "dynamodb:index:ReadCapacityUnits", "table/", 3, "read capacity units",
     "DynamoDB index does not exist", "DynamoDBTable", 0, false, read_units, set_read_units,
     is_settled},
    {"dynamodb", "dynamodb:index:WriteCapacityUnits", "table/", 3, "write capacity units",
     "DynamoDB index does not exist", "DynamoDBTable", 0, false, write_units, set_write_units,
     is_settled},
};

}  // namespace

std::span<const Adapter> dynamodb_adapters() { return rows; }

}  // namespace squall::application_autoscaling
