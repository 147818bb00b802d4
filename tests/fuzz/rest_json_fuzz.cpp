// libFuzzer target: query strings, headers and bodies of rest-json requests.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace squall;
  return protocol::fuzz_rest(model::Protocol::rest_json, data, size);
}
