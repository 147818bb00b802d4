// Keep-alive, pipelining, bodies, half-closed and slow clients, over real sockets.
#include "emulator/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "emulator/http/gzip.h"
#include "tests/http/client.h"

namespace squall::http {
namespace {

using namespace std::string_literals;
using testing::MatchesRegex;

TEST(Server, KeepsTheConnection) {
  RunningServer server;
  Client client(server.port());
  for (int i = 0; i < 3; ++i) {
    const Reply reply = client.ask(
        "GET /a/b%20c?d=e%26&f HTTP/1.1\r\nHost: h\r\nx-show: yes\r\n\r\n");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "GET /a/b%20c?d=e%26&f [yes] ");
    EXPECT_EQ(reply.header("server"), "squall");
    EXPECT_THAT(reply.header("date"), MatchesRegex("..., .. ... .... ..:..:.. GMT"));
    EXPECT_EQ(reply.header("content-type"), "text/plain");
    EXPECT_EQ(reply.header("connection"), "");
  }
}

TEST(Server, ClosesWhenAsked) {
  RunningServer server;
  Client client(server.port());
  const Reply reply = client.ask("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(client.ended());
}

TEST(Server, SpeaksHttp10) {
  RunningServer server;
  Client once(server.port());
  EXPECT_EQ(once.ask("GET / HTTP/1.0\r\n\r\n").header("connection"), "close");
  EXPECT_TRUE(once.ended());
  Client kept(server.port());
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(kept.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").header("connection"),
              "keep-alive");
}

TEST(Server, AnswersHeadWithoutBody) {
  RunningServer server;
  Client client(server.port());
  client.send("HEAD /large?100 HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.reply(true).header("content-length"), "100");
  EXPECT_EQ(client.reply().body, "GET /b? [] ");
}

TEST(Server, Sends204WithoutLength) {
  RunningServer server;
  Client client(server.port());
  const Reply reply = client.ask("DELETE /none HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.head.find("Content-Length"), std::string::npos);
  EXPECT_EQ(client.ask("GET /b HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST(Server, TakesTheFormProxiesGet) {
  RunningServer server;
  Client client(server.port());
  EXPECT_EQ(client.ask("GET http://h:80/p?q HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /p?q [] ");
  EXPECT_EQ(client.ask("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n").body, "GET /? [] ");
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  Client client(server.port());
  std::string requests;
  for (int i = 0; i < 500; ++i)
    requests += cat("POST /", i, " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\r\n");
  client.send(requests);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(client.reply().body, cat("POST /", i, "? [] abc"));
}

TEST(Server, TakesRequestsByteByByte) {
  RunningServer server;
  Client client(server.port());
  const std::string_view requests[] = {
      "\r\nPOST /x?y HTTP/1.1\r\nHost: h\r\nX-Show: s\r\nContent-Length: 5\r\n\r\nhello",
      "POST /x?y HTTP/1.1\r\nHost: h\r\nX-Show: s\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2;a=b\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: t\r\n\r\n"};
  for (const std::string_view request : requests) {
    for (const char c : request) client.send({&c, 1});
    EXPECT_EQ(client.reply().body, "POST /x?y [s] hello");
  }
  for (const char c : "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"s)
    client.send({&c, 1});
  EXPECT_EQ(client.reply().body, "POST /? [] ");
}

TEST(Server, UnchunksLargeBodies) {
  RunningServer server;
  Client client(server.port());
  std::string chunk(10007, 'c'), request =
      "POST / HTTP/1.1\r\nHost: h\r\nX-Show: kept\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 100; ++i) request += cat("2717\r\n", chunk, "\r\n");
  request += "0\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n";
  std::thread sender([&] { client.send(request); });
  const Reply reply = client.reply();
  EXPECT_EQ(reply.body.size(), 100 * chunk.size() + std::string_view("POST /? [kept] ").size());
  EXPECT_EQ(client.reply().body, "GET /next? [] ");
  sender.join();
}

TEST(Server, TakesAndGivesMegabytes) {
  RunningServer server;
  Client client(server.port());
  const std::string body(5'000'000, 'b');
  for (int i = 0; i < 3; ++i) {
    std::thread sender([&] {
      client.send(cat("POST / HTTP/1.1\r\nHost: h\r\nX-Show: kept\r\nContent-Length: ", body.size(),
                      "\r\n\r\n", body));
    });
    EXPECT_EQ(client.reply().body, cat("POST /? [kept] ", body));
    sender.join();
  }
  EXPECT_EQ(client.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
}

TEST(Server, WaitsForClientsThatReadSlowly) {
  RunningServer server;
  Client client(server.port(), 4096);
  std::string requests;
  for (int i = 0; i < 8; ++i) requests += "GET /large?3000000 HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(requests);
  Client other(server.port());  // is served meanwhile
  EXPECT_EQ(other.ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(client.reply().body.size(), 3000000u);
}

TEST(Server, SaysContinue) {
  RunningServer server;
  Client client(server.port());
  for (const char* framing : {"Content-Length: 4\r\n", "Transfer-Encoding: chunked\r\n"}) {
    client.send(cat("PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n", framing, "\r\n"));
    EXPECT_EQ(client.reply().status, 100);
    client.send(framing[0] == 'C' ? "body" : "4\r\nbody\r\n0\r\n\r\n");
    EXPECT_EQ(client.reply().body, "PUT /k? [] body");
  }
  // A client that does not wait is not told to go on.
  EXPECT_EQ(client.ask("PUT /k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n"
                       "Content-Length: 4\r\n\r\nbody").body, "PUT /k? [] body");
}

TEST(Server, UnpacksGzip) {
  RunningServer server;
  Client client(server.port());
  const auto send = [&](std::string_view method, std::string_view coding, std::string_view body) {
    return client.ask(cat(method, " / HTTP/1.1\r\nHost: h\r\nContent-Encoding: ", coding,
                          "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
  };
  const std::string packed = gzip("hello hello");
  EXPECT_EQ(send("POST", "gzip", packed).body, "POST /? [] hello hello");
  EXPECT_EQ(send("POST", "gzip", packed + packed).body, "POST /? [] hello hellohello hello");
  EXPECT_EQ(send("PUT", "gzip", packed).body, "PUT /? [] " + packed);  // stored as it is
  EXPECT_EQ(send("POST", "aws-chunked", "5;chunk-signature=0\r\nhello\r\n").body,
            "POST /? [] 5;chunk-signature=0\r\nhello\r\n");
}

TEST(Server, PacksOnlyWhatTheHandlerLetsIt) {
  RunningServer server;
  Client client(server.port());
  const auto get = [&](int bytes, const char* headers) {
    return client.ask(cat("GET /large?", bytes, " HTTP/1.1\r\nHost: h\r\n", headers, "\r\n"));
  };
  const Reply packed = get(100000, "X-Compress: yes\r\nAccept-Encoding: br, gzip;q=0.5\r\n");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  std::string plain;
  EXPECT_EQ(gunzip(packed.body, 1 << 20, plain), GunzipResult::done);
  EXPECT_EQ(plain, std::string(100000, 'x'));
  EXPECT_EQ(get(100000, "Accept-Encoding: gzip\r\n").body.size(), 100000u);
  EXPECT_EQ(get(100000, "X-Compress: yes\r\nAccept-Encoding: gzip;q=0\r\n").body.size(), 100000u);
  EXPECT_EQ(get(100000, "X-Compress: yes\r\n").body.size(), 100000u);
  EXPECT_EQ(get(8000, "X-Compress: yes\r\nAccept-Encoding: gzip\r\n").body.size(), 8000u);
}

TEST(Server, AnswersHalfClosedClients) {
  RunningServer server;
  Client client(server.port());
  client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /large?2000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  client.half_close();
  EXPECT_EQ(client.reply().body, "GET /1? [] ");
  EXPECT_EQ(client.reply().body.size(), 2000000u);
  EXPECT_TRUE(client.ended());
  Client silent(server.port());
  silent.half_close();
  EXPECT_TRUE(silent.ended());
}

TEST(Server, DropsIdleConnections) {
  ServerOptions options = free_port();
  options.idle_timeout_s = 0;
  RunningServer server(options);
  Client silent(server.port());
  EXPECT_TRUE(silent.ended());
  Client halfway(server.port());
  halfway.send("GET / HTTP/1.1\r\nHos");
  const int status = halfway.reply().status;  // 0 where the time was up before the bytes came
  EXPECT_TRUE(status == 408 || status == 0) << status;
  EXPECT_TRUE(halfway.ended());
}

TEST(Server, SharesConnectionsAmongThreads) {
  ServerOptions options = free_port();
  options.threads = 3;
  std::mutex mutex;
  std::set<std::thread::id> seen;
  RunningServer server(options, [&](const protocol::Request& request,
                                    protocol::Response& response) {
    const std::lock_guard lock(mutex);
    seen.insert(std::this_thread::get_id());
    echo(request, response);
  });
  std::list<Client> clients;
  for (int i = 0; i < 9; ++i) {
    clients.emplace_back(server.port());
    EXPECT_EQ(clients.back().ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n").status, 200);
  }
  EXPECT_EQ(seen.size(), 3u);
}

}  // namespace
}  // namespace squall::http
