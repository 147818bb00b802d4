// Status lines, header order and the checks that keep a header value from becoming two headers.
#include "emulator/http/reply.h"

#include <charconv>
#include <ctime>

namespace squall::http {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Payload Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    default: return "Status";
  }
}

bool breaks_message(std::string_view text) {
  if (plain_json_prefix(text) == text.size()) return false;  // nearly always, and many at a time
  for (const char c : text)
    if (c == '\r' || c == '\n' || c == '\0') return true;
  return false;
}

void append_number(std::string& out, size_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

/// The connection and the framing are this room's business, whatever a handler says.
bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 10: return equals_ignore_case(name, "connection");
    case 14: return equals_ignore_case(name, "content-length");
    case 17: return equals_ignore_case(name, "transfer-encoding");
    default: return false;
  }
}

}  // namespace

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

bool append_head(std::string& out, const protocol::Response& response, const ReplyFrame& frame) {
  const size_t start = out.size();
  out += "HTTP/1.1 ";
  append_number(out, static_cast<size_t>(response.status));
  out += ' ';
  out += reason(response.status);
  out += "\r\nServer: squall\r\nDate: ";
  out += frame.date;
  out += "\r\n";
  bool broken = breaks_message(response.content_type);
  if (!response.content_type.empty()) append_header(out, "Content-Type", response.content_type);
  std::string_view length_of_unsent;  // an answer to HEAD may tell the length of what GET gives
  for (const auto& [name, value] : response.headers) {
    broken = broken || breaks_message(name) || breaks_message(value);
    if (!is_framing(name))
      append_header(out, name, value);
    else if (frame.head_only && equals_ignore_case(name, "content-length"))
      length_of_unsent = value;
  }
  if (broken) {
    out.resize(start);
    return false;
  }
  if (has_body(response.status)) {
    out += "Content-Length: ";
    if (length_of_unsent.empty())
      append_number(out, response.body.size());
    else
      out += length_of_unsent;
    out += "\r\n";
  }
  if (frame.close)
    out += "Connection: close\r\n";
  else if (frame.say_keep_alive)
    out += "Connection: keep-alive\r\n";
  out += "\r\n";
  return true;
}

std::string http_date_now() {
  std::time_t now = 0;
  std::time(&now);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

}  // namespace squall::http
