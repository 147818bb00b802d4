// What must be refused, how, and that the server is there afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "emulator/http/connection.h"
#include "emulator/http/gzip.h"
#include "emulator/http/reply.h"
#include "tests/http/client.h"

namespace squall::http {
namespace {

struct Malformed {
  const char* name;
  std::string bytes;
  int status;
};

std::string get(std::string_view headers) { return cat("GET / HTTP/1.1\r\n", headers, "\r\n"); }
std::string post(std::string_view headers, std::string_view body) {
  return cat("POST / HTTP/1.1\r\nHost: h\r\n", headers, "\r\n", body);
}

std::vector<Malformed> malformed() {
  using namespace std::string_literals;
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"binary", "\x01\x02\x03\x04\r\n\r\n", 400},
      {"no method", " / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"no version", "GET /\r\nHost: h\r\n\r\n", 400},
      {"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 400},
      {"lower-case version", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"bare line feeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
      {"blank in a name", get("Host: h\r\nBad Name: x\r\n"), 400},
      {"blank before the colon", get("Host: h\r\nName : x\r\n"), 400},
      {"no colon", get("Host: h\r\nNothing\r\n"), 400},
      {"NUL in a value", get("Host: h\r\nX: a\0b\r\n"s), 400},
      {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"s, 400},
      {"folded header", get("Host: h\r\nX: a\r\n b\r\n"), 400},
      {"no host", get("X: y\r\n"), 400},
      {"two hosts", get("Host: a\r\nHost: b\r\n"), 400},
      {"negative length", post("Content-Length: -1\r\n", ""), 400},
      {"length in words", post("Content-Length: ten\r\n", ""), 400},
      {"length past 64 bits", post("Content-Length: 99999999999999999999\r\n", ""), 400},
      {"two lengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), 400},
      {"length and chunks", post("Content-Length: 1\r\n" + chunked, "0\r\n\r\n"), 400},
      {"chunks and length", post(chunked + "Content-Length: 1\r\n", "0\r\n\r\n"), 400},
      {"chunked twice", post(chunked + chunked, "0\r\n\r\n"), 400},
      {"unknown coding", post("Transfer-Encoding: zip\r\n", ""), 501},
      {"coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n", ""), 501},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + chunked + "\r\n0\r\n\r\n", 501},
      {"chunk size in words", post(chunked, "xyz\r\n"), 400},
      {"chunk size past 64 bits", post(chunked, "11111111111111111\r\n"), 400},
      {"chunk without its end", post(chunked, "1\r\nabcdef\r\n"), 400},
      {"negative chunk size", post(chunked, "-1\r\n"), 400},
      {"chunk size in C's way", post(chunked, "0x1\r\na\r\n0\r\n\r\n"), 400},
      {"no chunk size", post(chunked, ";a=b\r\n"), 400},
      {"bare line feed in a chunk", post(chunked, "1\na\r\n0\r\n\r\n"), 400},
      {"bare return in an extension", post(chunked, "1;\ra\r\nb\r\n0\r\n\r\n"), 400},
      {"endless extension", post(chunked, "1;" + std::string(5000, 'x')), 400},
      {"broken trailer", post(chunked, "0\r\nbroken trailer\r\n\r\n"), 400},
      {"unknown expectation", post("Expect: more\r\nContent-Length: 1\r\n", "a"), 417},
      {"not gzip", post("Content-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"), 400},
      {"cut gzip", post("Content-Encoding: gzip\r\nContent-Length: 12\r\n",
                        gzip("hello hello").substr(0, 12)), 400},
      {"header above the limit", get("Host: h\r\nX: " + std::string(70000, 'x') + "\r\n"), 431},
      {"header without an end", "GET / HTTP/1.1\r\nX: " + std::string(70000, 'x'), 431},
      {"target above the limit", "GET /" + std::string(70000, 'x'), 431},
      {"trailer without an end", post(chunked, "0\r\nX: " + std::string(70000, 'x')), 431},
      {"many headers above the limit",
       [] {
         std::string headers = "Host: h\r\n";
         for (int i = 0; i < 4000; ++i) headers += cat("X-", i, ": 0123456789\r\n");
         return get(headers);
       }(), 431},
      {"body above the limit", post("Content-Length: 2000001\r\n", ""), 413},
      {"chunks above the limit", post(chunked, "1e8481\r\n"), 413},
      {"body above the limit, announced",
       post("Expect: 100-continue\r\nContent-Length: 2000001\r\n", ""), 413},
  };
}

ServerOptions two_megabytes() {
  ServerOptions options = free_port();
  options.body_bytes_max = 2'000'000;
  return options;
}

TEST(Malformed, IsRefusedAndTheServerStays) {
  RunningServer server(two_megabytes());
  for (const Malformed& request : malformed()) {
    SCOPED_TRACE(request.name);
    Client client(server.port());
    client.send(request.bytes);
    const Reply reply = client.reply();
    EXPECT_EQ(reply.status, request.status);
    EXPECT_EQ(reply.header("connection"), "close");
    client.half_close();
    EXPECT_TRUE(client.ended());
  }
  Client client(server.port());
  EXPECT_EQ(client.ask(get("Host: h\r\n")).status, 200);
}

TEST(Malformed, IsRefusedCutAtEveryByte) {
  RunningServer server;
  const std::string request = post("Content-Length: 5\r\n", "hello");
  for (size_t size = 1; size < request.size(); ++size) {
    Client client(server.port());
    client.send(std::string_view(request).substr(0, size));
    client.half_close();
    EXPECT_EQ(client.reply().status, 400) << size;
    EXPECT_TRUE(client.ended());
  }
}

TEST(Malformed, DoesNotSpoilWhatCameBefore) {
  RunningServer server;
  Client client(server.port());
  client.send(get("Host: h\r\n") + "nonsense\r\n\r\n" + get("Host: h\r\n"));
  EXPECT_EQ(client.reply().status, 200);
  EXPECT_EQ(client.reply().status, 400);
  client.half_close();
  EXPECT_TRUE(client.ended());  // what follows nonsense is not looked at
}

TEST(Limits, TakeWhatIsWithinThem) {
  RunningServer server(two_megabytes());
  Client client(server.port());
  const std::string longest(65000, 't');
  EXPECT_EQ(client.ask(get("Host: h\r\nX-Show: " + longest + "\r\n")).body,
            "GET /? [" + longest + "] ");
  std::thread sender([&] {
    client.send(post("Content-Length: 2000000\r\n", std::string(2'000'000, 'b')));
  });
  EXPECT_EQ(client.reply().status, 200);
  sender.join();
}

TEST(Limits, HoldForWhatGzipUnpacks) {
  RunningServer server(two_megabytes());
  const auto ask = [&](size_t plain_bytes) {
    const std::string packed = gzip(std::string(plain_bytes, '\0'));
    Client client(server.port());
    return client.ask(post(cat("Content-Encoding: gzip\r\nContent-Length: ", packed.size(), "\r\n"),
                           packed)).status;
  };
  EXPECT_EQ(ask(2'000'000), 200);
  EXPECT_EQ(ask(2'000'001), 413);
  EXPECT_EQ(ask(50'000'000), 413);
}

TEST(Limits, AnswerReachesAClientThatGoesOnSending) {
  RunningServer server(two_megabytes());
  Client client(server.port());
  std::thread sender([&] {
    client.send(post("Content-Length: 30000000\r\n", std::string(30'000'000, 'b')));
  });
  EXPECT_EQ(client.reply().status, 413);
  sender.join();
}

TEST(Answer, NeverSplitsByALineBreakInAHeader) {
  RunningServer server;
  Client client(server.port());
  const Reply reply = client.ask("GET /split HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.header("set-cookie"), "");
  EXPECT_EQ(client.ask(get("Host: h\r\n")).status, 200);
}

TEST(Answer, FramingIsNotTheHandlers) {
  protocol::Response response;
  response.headers = {{"Connection", "upgrade"}, {"Transfer-Encoding", "chunked"},
                      {"Content-Length", "77"}, {"X-A", "b"}};
  response.body = "four";
  std::string out;
  ASSERT_TRUE(append_head(out, response, {.date = "now"}));
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nServer: squall\r\nDate: now\r\nX-A: b\r\n"
                 "Content-Length: 4\r\n\r\n");
  out.clear();
  ASSERT_TRUE(append_head(out, response, {.date = "now", .head_only = true}));
  EXPECT_THAT(out, testing::HasSubstr("Content-Length: 77\r\n"));
}

TEST(Connection, AnswersATimeoutInMidRequest) {
  const ServerOptions options;
  const RequestHandler handler = echo;
  Surroundings around{options, handler};
  const auto time_out = [&](std::string_view bytes) {
    Connection connection(around);
    std::copy(bytes.begin(), bytes.end(), connection.room().begin());
    connection.received(bytes.size());
    connection.timed_out();
    EXPECT_NE(connection.next(), Connection::Next::receive);
    return std::string(connection.to_send()[0].substr(0, 12));
  };
  EXPECT_EQ(time_out("GET / HTTP/1.1\r\nHo"), "HTTP/1.1 408");
  EXPECT_EQ(time_out(post("Content-Length: 9\r\n", "half")), "HTTP/1.1 408");
  EXPECT_EQ(time_out(""), "");
}

}  // namespace
}  // namespace squall::http
