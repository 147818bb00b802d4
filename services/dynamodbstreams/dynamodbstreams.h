// DynamoDB Streams: an API of its own on what DynamoDB keeps.
#pragma once

#include "emulator/api/service.h"

namespace squall::dynamodbstreams {

const api::ServiceDefinition& service();

}  // namespace squall::dynamodbstreams
