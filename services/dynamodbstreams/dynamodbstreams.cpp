// DynamoDB Streams' definition; its code is in services/dynamodb/stream*.cpp.
#include "services/dynamodbstreams/dynamodbstreams.h"

#include "models/generated.h"
#include "services/dynamodb/dynamodb.h"

namespace squall::dynamodbstreams {

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition{
      .model = model::Service(model::generated::dynamodbstreams),
      .handlers = {dynamodb::stream_rows()},
      .events = {},
      .watches = {},
      .latencies = {},
  };
  return definition;
}

}  // namespace squall::dynamodbstreams
