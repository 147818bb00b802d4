// libFuzzer target: whole requests, one part a line (method, path, query, headers with a colon, an
// empty line, the body), through the router and the codec it chooses.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  using namespace squall;
  using namespace squall::protocol;
  Arena arena;
  const Arena::Use use(arena);
  std::string_view data{reinterpret_cast<const char*>(bytes), size};
  Request request;
  request.method = take_line(data);
  request.path = take_line(data);
  request.query = take_line(data);
  std::vector<Header> headers;
  for (std::string_view line = take_line(data); !line.empty(); line = take_line(data)) {
    const size_t colon = line.find(':');
    if (colon != line.npos)
      headers.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
  }
  request.headers = headers;
  request.body = data;
  Call call;
  try {
    route(model::all_services(), request, {}, call);
  } catch (const AwsError& error) {
    Response response;
    encode_error(call, error, "ID", response);
    return 0;
  }
  fuzz_decode(call, request);
  return 0;
}
