// DynamoDB tables' and indexes' provisioned throughput.
#include "services/application_autoscaling/adapter.h"

namespace squall::application_autoscaling {
namespace {

constexpr Adapter rows[] = {
    {"dynamodb", "dynamodb:table:ReadCapacityUnits", "table/", 1, "read capacity units",
     "DynamoDB table does not exist", "DynamoDBTable", 0, false},
    {"dynamodb", "dynamodb:table:WriteCapacityUnits", "table/", 1, "write capacity units",
     "DynamoDB table does not exist", "DynamoDBTable", 0, false},
    {"dynamodb", "dynamodb:index:ReadCapacityUnits", "table/", 3, "read capacity units",
     "DynamoDB index does not exist", "DynamoDBTable", 0, false},
    {"dynamodb", "dynamodb:index:WriteCapacityUnits", "table/", 3, "write capacity units",
     "DynamoDB index does not exist", "DynamoDBTable", 0, false},
};

}  // namespace

std::span<const Adapter> dynamodb_adapters() { return rows; }

}  // namespace squall::application_autoscaling
