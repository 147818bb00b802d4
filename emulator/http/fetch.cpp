#include "emulator/http/fetch.h"

#include "emulator/http/asio.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <stdexcept>

#include "emulator/core/text.h"

namespace squall::http {

namespace net = boost::asio;

Fetched fetch(std::string_view endpoint, std::string_view method, std::string_view path,
              std::string_view body) {
  constexpr std::string_view scheme = "http://";
  std::string_view authority = endpoint;
  if (authority.starts_with(scheme)) authority.remove_prefix(scheme.size());
  authority = authority.substr(0, authority.find('/'));
  const size_t colon = authority.rfind(':');
  const std::string host(authority.substr(0, colon));
  const std::string port(colon == authority.npos ? "80" : authority.substr(colon + 1));
  net::io_context io;
  net::ip::tcp::socket socket(io);
  boost::system::error_code ec;
  const auto found = net::ip::tcp::resolver(io).resolve(host, port, ec);
  if (!ec) net::connect(socket, found, ec);
  if (ec)
    throw std::runtime_error(cat("no squall answers at ", endpoint, " (", ec.message(),
                                 "): start `squall serve`, or name another --endpoint"));
  const std::string request =
      cat(method, " ", path, " HTTP/1.1\r\nHost: ", authority, "\r\nConnection: close\r\n",
          "Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n\r\n", body);
  net::write(socket, net::buffer(request), ec);
  std::string answer;
  if (!ec) net::read(socket, net::dynamic_buffer(answer), ec);
  const size_t head = answer.find("\r\n\r\n");
  constexpr size_t status_at = 9, status_size = 3;  // "HTTP/1.1 200"
  if (head == answer.npos || answer.size() < status_at + status_size)
    throw std::runtime_error(cat("what answers at ", endpoint, " is no squall: name another "
                                                               "--endpoint"));
  const auto status = parse_int(std::string_view(answer).substr(status_at, status_size));
  return {static_cast<int>(status.value_or(0)), answer.substr(head + 4)};
}

}  // namespace squall::http
