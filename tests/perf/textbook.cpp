// TB, the yardstick: the textbook Beast coroutine server, which answers a constant 200 bytes.
//   perf_textbook PORT
#include <boost/asio.hpp>
#include <boost/beast.hpp>

#include <cstdlib>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

namespace {

const std::string& body() {
  static const std::string text = "{\"Item\":\"" + std::string(189, 'x') + "\"}";
  return text;
}

asio::awaitable<void> session(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  const auto token = asio::as_tuple(asio::use_awaitable);
  for (;;) {
    http::request<http::string_body> request;
    auto [failed, read] = co_await http::async_read(socket, buffer, request, token);
    if (failed) co_return;
    http::response<http::string_body> response{http::status::ok, request.version()};
    response.set(http::field::content_type, "application/x-amz-json-1.0");
    response.set("x-amzn-RequestId", "5b5a1f3e-7a5b-4c3d-9e1f-0123456789ab");
    response.set("x-amz-crc32", "2745614147");
    response.keep_alive(request.keep_alive());
    response.body() = body();
    response.prepare_payload();
    auto [broken, written] = co_await http::async_write(socket, response, token);
    if (broken) co_return;
  }
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 1;
  asio::io_context io{1};
  const auto port = static_cast<unsigned short>(std::atoi(argv[1]));
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), port}};
  asio::co_spawn(io, accept_all(acceptor), asio::detached);
  io.run();
}
