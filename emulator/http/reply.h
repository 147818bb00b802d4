// Renders an answer's head by hand: a third cheaper than Beast's serializer (PERF: Where the time
// goes), and one send for head and body.
#pragma once

#include <string>
#include <string_view>

#include "emulator/protocol/message.h"

namespace squall::http {

struct ReplyFrame {
  std::string_view date;       // ready to send, refreshed once a second
  bool head_only = false;      // the request was HEAD
  bool close = false;          // this is the connection's last answer
  bool say_keep_alive = false; // an HTTP/1.0 client asked to keep the connection
};

/// Appends status line, headers and the blank line. False, and nothing appended, when a header
/// would break the message apart (CR, LF or NUL in it).
bool append_head(std::string& out, const protocol::Response& response, const ReplyFrame& frame);

/// Whether an answer of that status carries a body at all.
bool has_body(int status);

/// The Date header's text for now (IMF-fixdate). Wall time: HTTP dates are not the World's.
std::string http_date_now();

}  // namespace squall::http
