// libFuzzer target: bodies of JSON 1.0 requests.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace squall;
  return protocol::fuzz_body(model::Protocol::json10, data, size);
}
