// Starting and stopping: what is under way is finished, what is idle is closed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <future>
#include <thread>

#include "tests/http/client.h"

namespace squall::http {
namespace {

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

TEST(Drain, ClosesIdleConnectionsAndStopsListening) {
  RunningServer server;
  Client used(server.port());
  EXPECT_EQ(used.ask(kGet).status, 200);
  server.server.stop();
  EXPECT_TRUE(used.ended());
  EXPECT_FALSE(Client(server.port()).connected());
}

TEST(Drain, FinishesTheRequestInHand) {
  std::promise<void> entered, proceed;
  RunningServer server(free_port(), [&](const protocol::Request& request,
                                        protocol::Response& response) {
    entered.set_value();
    proceed.get_future().wait();
    echo(request, response);
  });
  Client client(server.port());
  client.send(kGet);
  entered.get_future().wait();
  std::thread stopper([&] { server.server.stop(); });
  proceed.set_value();
  EXPECT_EQ(client.reply().status, 200);
  stopper.join();
  EXPECT_TRUE(client.ended());
}

TEST(Drain, WaitsForARequestThatIsHalfwayIn) {
  RunningServer server;
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.reply().status, 100);  // so the server has it in hand
  std::thread stopper([&] { server.server.stop(); });
  // The server has begun to stop once it takes no more connections.
  while (Client(server.port()).connected()) std::this_thread::yield();
  client.send("body");
  const Reply reply = client.reply();
  EXPECT_EQ(reply.body, "POST /? [] body");
  EXPECT_TRUE(client.ended());
  stopper.join();
}

TEST(Drain, HasALimit) {
  ServerOptions options = free_port();
  options.drain_timeout_s = 0;
  RunningServer server(options);
  Client client(server.port());
  client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.reply().status, 100);
  server.server.stop();  // returns although the body never comes
  EXPECT_TRUE(client.ended());
}

TEST(Drain, SignalEndsTheServer) {
  Server server(free_port(), echo);
  std::thread runner([&] { server.run_until_signal(); });
  Client client(server.port());
  EXPECT_EQ(client.ask(kGet).status, 200);  // so it runs, and its signals are caught
  ::kill(::getpid(), SIGTERM);
  runner.join();
  EXPECT_TRUE(client.ended());
}

TEST(Start, SaysWhatToDoAboutATakenPort) {
  RunningServer server;
  ServerOptions options;
  options.port = server.port();
  try {
    Server second(options, echo);
    FAIL() << "two servers on one port";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("--port"));
  }
  options.host = "no.such.host.invalid";
  EXPECT_THROW(Server(options, echo), std::runtime_error);
}

TEST(Start, StopsWithoutHavingStarted) {
  Server server(free_port(), echo);
  server.stop();
  server.stop();
}

}  // namespace
}  // namespace squall::http
