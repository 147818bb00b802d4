// Framing follows RFC 9112; what two readers could take for different messages is refused.
#include "emulator/http/request_reader.h"

#include "emulator/http/asio.h"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "emulator/http/chunked.h"
#include "emulator/http/gzip.h"

namespace squall::http {
namespace beast = boost::beast;

namespace {

constexpr size_t kBufferBytes = 16 << 10;
constexpr size_t kRoomBytesMin = 4 << 10;
constexpr size_t kKeepBytesMax = 1 << 20;  // larger buffers are given back after their request

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

/// Parses the header; bodies are taken by their length or by ChunkReader. Collects views instead of
/// Beast's field list, which allocates and sorts every header.
class Parser final : public beast::http::basic_parser<true> {
 public:
  Parser(std::vector<protocol::Header>& headers, size_t body_bytes_max) : headers_(headers) {
    header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
    body_limit(body_bytes_max);
  }

  std::string_view method, target;
  std::span<const char> input;  // what put() is given: a folded value lies outside of it
  bool http10 = false;

 private:
  using Verb = beast::http::verb;
  using Error = beast::error_code;
  using View = beast::string_view;

  void on_request_impl(Verb, View verb, View path, int version, Error&) override {
    method = view(verb);
    target = view(path);
    http10 = version == 10;
  }
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(beast::http::field, View name, View value, Error& ec) override {
    const bool inside = value.empty() || (value.data() >= input.data() &&
                                          value.data() < input.data() + input.size());
    if (!inside)
      ec = beast::http::error::bad_value;  // obsolete line folding
    else
      headers_.push_back({view(name), view(value)});
  }
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View, Error&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, Error&) override { return 0; }
  void on_finish_impl(Error&) override {}

  std::vector<protocol::Header>& headers_;
};

constexpr Refusal kTooLong{431, "The request's headers are longer than 64 KiB.\n"};
constexpr Refusal kBodyTooLarge{413, "The request's body is larger than this server takes.\n"};

Refusal refusal_of(beast::error_code ec) {
  using beast::http::error;
  if (ec == error::header_limit) return kTooLong;
  if (ec == error::body_limit) return kBodyTooLarge;
  if (ec == error::bad_version) return {400, "This server speaks HTTP/1.1 and HTTP/1.0.\n"};
  if (ec == error::bad_content_length || ec == error::multiple_content_length)
    return {400, "The request's Content-Length is malformed or contradicted.\n"};
  return {400, "The request is not well-formed HTTP.\n"};
}

}  // namespace

struct RequestReader::Impl {
  enum class Stage { header, sized_body, chunked_body, complete, refused };

  size_t body_bytes_max;
  std::unique_ptr<char[]> buffer;
  size_t capacity = 0;
  size_t begin = 0;   // of the current request
  size_t end = 0;     // of what was received
  size_t parsed = 0;  // of the current request, by the parser
  size_t header_bytes = 0;
  size_t length = 0;  // of a sized body
  Stage stage = Stage::header;
  bool expects_continue = false;
  Refusal refusal;
  std::optional<Parser> parser;
  std::vector<protocol::Header> headers;
  ChunkReader chunk_reader;
  std::string chunks;    // a chunked body without its frame
  std::string unpacked;  // a gzip body unpacked
  protocol::Request request;

  void move_to(char* target);
  void make_room();
  void refuse(Refusal why) { refusal = why, stage = Stage::refused; }
  void read_header();
  void accept_header();
  void check_header();
  void read_chunks();
  void finish(std::string_view body);
  void drop_current();
};

RequestReader::RequestReader(size_t body_bytes_max) : impl_(std::make_unique<Impl>()) {
  impl_->body_bytes_max = body_bytes_max;
}
RequestReader::~RequestReader() = default;

/// Moves the live bytes to `target` (in this buffer or another) and takes the views along.
void RequestReader::Impl::move_to(char* target) {
  const char* from = buffer.get() + begin;
  const auto follow = [&](std::string_view& text) {
    if (!text.empty()) text = {target + (text.data() - from), text.size()};
  };
  if (parser) {
    follow(parser->method);
    follow(parser->target);
  }
  for (protocol::Header& header : headers) {
    follow(header.name);
    follow(header.value);
  }
  if (end != begin) std::memmove(target, from, end - begin);
  end -= begin;
  begin = 0;
}

void RequestReader::Impl::make_room() {
  if (begin == end && stage == Stage::header) begin = end = 0;
  const size_t live = end - begin;
  const bool sized = stage == Stage::sized_body;
  const size_t rest = sized ? std::max<size_t>(header_bytes + length - live, 1) : kRoomBytesMin;
  const size_t wanted = std::min(rest, kRoomBytesMin);
  if (capacity - end >= wanted) return;
  if (begin > 0 && capacity - live >= wanted) return move_to(buffer.get());
  // Doubling, so that a client must send what it announces before memory is spent on it.
  const size_t doubled = sized ? std::min(2 * capacity, live + rest) : 2 * capacity;
  const size_t grown = std::max({kBufferBytes, live + wanted, doubled});
  auto larger = std::make_unique_for_overwrite<char[]>(grown);
  move_to(larger.get());
  capacity = grown;
  buffer = std::move(larger);
}

std::span<char> RequestReader::room() {
  impl_->make_room();
  return {impl_->buffer.get() + impl_->end, impl_->capacity - impl_->end};
}

void RequestReader::received(size_t bytes) { impl_->end += bytes; }

void RequestReader::Impl::read_header() {
  char* const data = buffer.get();
  if (parsed == 0)  // an empty line before a request is forgiven (RFC 9112 2.2)
    while (end - begin >= 2 && data[begin] == '\r' && data[begin + 1] == '\n') begin += 2;
  const size_t available = end - begin - parsed;
  if (available == 0 || (parsed == 0 && available == 1 && data[begin] == '\r')) return;
  if (!parser) parser.emplace(headers, body_bytes_max);
  beast::error_code ec;
  parser->input = {data + begin + parsed, available};
  parsed += parser->put({data + begin + parsed, available}, ec);
  if (ec == beast::http::error::need_more) {
    if (end - begin > kHeaderBytesMax) refuse(kTooLong);
  } else if (ec) {
    refuse(refusal_of(ec));
  } else if (parsed > kHeaderBytesMax) {
    refuse(kTooLong);
  } else {
    accept_header();
  }
}

/// What the parser lets pass and a server must not.
void RequestReader::Impl::check_header() {
  int hosts = 0;
  for (const protocol::Header& header : headers) {
    if (equals_ignore_case(header.name, "host")) ++hosts;
    if (equals_ignore_case(header.name, "transfer-encoding") &&
        (!equals_ignore_case(header.value, "chunked") || parser->http10))
      return refuse({501, "Of the transfer codings, this server takes chunked in HTTP/1.1.\n"});
    if (equals_ignore_case(header.name, "expect") && !parser->http10) {
      if (!equals_ignore_case(header.value, "100-continue"))
        return refuse({417, "Of the expectations, this server takes 100-continue.\n"});
      expects_continue = true;
    }
  }
  if (hosts > 1 || (hosts == 0 && !parser->http10))
    refuse({400, "An HTTP/1.1 request has one Host header.\n"});
}

void RequestReader::Impl::accept_header() {
  header_bytes = parsed;
  check_header();
  if (stage == Stage::refused) return;
  if (parser->chunked()) {
    stage = Stage::chunked_body;
  } else {
    length = static_cast<size_t>(parser->content_length().value_or(0));
    stage = Stage::sized_body;
  }
}

void RequestReader::Impl::read_chunks() {
  using Result = ChunkReader::Result;
  char* const at = buffer.get() + begin + header_bytes;
  std::string_view input(at, end - begin - header_bytes);
  if (!input.empty()) expects_continue = false;  // the client did not wait
  const Result result = chunk_reader.read(input, chunks, body_bytes_max);
  // What was read is cut out, so that the header stays where its views are.
  std::memmove(at, input.data(), input.size());
  end = begin + header_bytes + input.size();
  switch (result) {
    case Result::need_more: return;
    case Result::done: return finish(chunks);
    case Result::malformed: return refuse({400, "The request's chunked body is malformed.\n"});
    case Result::body_too_large: return refuse(kBodyTooLarge);
    case Result::trailer_too_long: return refuse(kTooLong);
  }
}

void RequestReader::Impl::finish(std::string_view body) {
  stage = Stage::complete;
  expects_continue = false;
  std::string_view target = parser->target;
  if (target.starts_with("http://") || target.starts_with("https://")) {  // as sent to a proxy
    const size_t slash = target.find_first_of("/?", target.find("//") + 2);
    target = slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  const size_t mark = target.find('?');
  request.method = parser->method;
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
  request.headers = headers;
  request.body = body;
  request.packed_body = {};
  // A PUT's Content-Encoding describes the thing stored; a POST's describes the message.
  if (body.empty() || request.method != "POST") return;
  if (!equals_ignore_case(trim(request.header("content-encoding")), "gzip")) return;
  switch (gunzip(body, body_bytes_max, unpacked)) {
    case GunzipResult::done:
      request.body = unpacked;
      request.packed_body = body;
      break;
    case GunzipResult::too_large: refuse(kBodyTooLarge); break;
    case GunzipResult::broken: refuse({400, "The request's gzip body is broken.\n"}); break;
  }
}

RequestReader::State RequestReader::next() {
  Impl& r = *impl_;
  using Stage = Impl::Stage;
  if (r.stage == Stage::header) r.read_header();
  if (r.stage == Stage::chunked_body) r.read_chunks();
  if (r.stage == Stage::sized_body) {
    const size_t body_received = r.end - r.begin - r.header_bytes;
    if (body_received > 0) r.expects_continue = false;  // the client did not wait
    if (body_received >= r.length)
      r.finish({r.buffer.get() + r.begin + r.header_bytes, r.length});
  }
  if (r.stage == Stage::refused) return State::refused;
  return r.stage == Stage::complete ? State::complete : State::need_more;
}

void RequestReader::Impl::drop_current() {
  begin += header_bytes + length;
  if (begin == end) begin = end = 0;
  parsed = header_bytes = length = 0;
  stage = Stage::header;
  expects_continue = false;
  parser.reset();
  headers.clear();
  chunks.clear();
  chunk_reader.reset();
  if (chunks.capacity() > kKeepBytesMax) chunks = {};
  if (unpacked.capacity() > kKeepBytesMax) unpacked = {};
  if (capacity > kKeepBytesMax && end - begin < kBufferBytes / 2) {
    auto smaller = std::make_unique_for_overwrite<char[]>(kBufferBytes);
    capacity = kBufferBytes;
    move_to(smaller.get());
    buffer = std::move(smaller);
  }
}

void RequestReader::consume() { impl_->drop_current(); }
const protocol::Request& RequestReader::request() const { return impl_->request; }
Refusal RequestReader::refusal() const { return impl_->refusal; }
bool RequestReader::empty() const { return impl_->begin == impl_->end; }
bool RequestReader::keep_alive() const { return impl_->parser && impl_->parser->keep_alive(); }
bool RequestReader::is_http10() const { return impl_->parser && impl_->parser->http10; }

bool RequestReader::take_expectation() {
  const bool waits = impl_->stage == Impl::Stage::sized_body ||
                     impl_->stage == Impl::Stage::chunked_body;
  return waits && std::exchange(impl_->expects_continue, false);
}

}  // namespace squall::http
