// libFuzzer target: bodies of rpc-v2-cbor requests.
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace squall;
  return protocol::fuzz_body(model::Protocol::rpc_v2_cbor, data, size);
}
