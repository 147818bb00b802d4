// The control API against a World with one small service, a fake data plane and a fake fault.
#include "emulator/control/control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "emulator/protocol/json.h"
#include "emulator/sim/plane.h"
#include "emulator/sim/record_type.h"
#include "models/generated.h"

namespace squall::control {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Thing {
  static constexpr std::string_view kind = "test:thing";
  std::string id;
  int64_t size = 0;
  SQUALL_FIELDS(id, size)
};

Value answer_nothing(api::Context&, api::Input) { return Value::map(); }
const api::HandlerRow handlers[] = {{"GetCallerIdentity", api::Reads, answer_nothing}};

void grow(sim::Scope& scope, const sim::Event& event) {
  if (!scope.has<Thing>(event.subject)) return;
  scope.edit<Thing>(event.subject).size += 1;
  scope.announce("test.grown", event.subject, "It has grown", R"({"by":1})");
}
const sim::EventRow events[] = {{"test.grow", grow}};

void found_region(sim::Scope& scope) { scope.add(Thing{"thing-1", 0}); }

const api::ServiceDefinition& definition() {
  static const api::ServiceDefinition sts{.model = *model::find_service("sts"),
                                          .handlers = {handlers},
                                          .events = {events},
                                          .watches = {},
                                          .latencies = {},
                                          .records = {sim::records<Thing>()},
                                          .on_region = found_region};
  return sts;
}

class FakeReachability : public sim::Reachability {
 public:
  sim::ReachabilityAnswer explain(const sim::Scope&,
                                  const sim::ReachabilityQuery& query) const override {
    if (query.to == "i-gone") throw AwsError{"InvalidInstanceID.NotFound", "No such instance", 400};
    sim::ReachabilityAnswer answer;
    answer.reachable = query.port == 443;
    answer.reason = "security group sg-1 decides";
    answer.forward = {{"sg-1", "security-group", answer.reachable, "tcp 443 from 0.0.0.0/0"}};
    return answer;
  }
};

class FakeFaults : public sim::Faults {
 public:
  FakeFaults() { kinds_[0].parameters = {{"zone", "the zone that goes dark", true}}; }
  const std::vector<sim::FaultKind>& kinds() const override { return kinds_; }
  std::string start(sim::Scope& scope, std::string_view fault,
                    const sim::FaultArguments& arguments, Duration) const override {
    sim::FaultRecord record;
    record.id = scope.new_id("fault");
    record.fault = fault;
    record.arguments.insert(arguments.begin(), arguments.end());
    record.started = scope.now();
    return scope.add(record).id;
  }
  void stop(sim::Scope& scope, std::string_view id) const override {
    scope.edit<sim::FaultRecord>(id).stopped = scope.now();
  }

 private:
  std::vector<sim::FaultKind> kinds_{{"az-dark", "", "A zone goes dark", {}}};
};

class ControlTest : public testing::Test {
 protected:
  ControlTest() {
    sim::plane() = {&reachability_, &faults_};
    world().region("us-east-1");
  }
  ~ControlTest() override { sim::plane() = {}; }

  static sim::WorldOptions held() {
    sim::WorldOptions options;
    options.pace = sim::Pace::held;
    return options;
  }

  /// The answer as a document; status() tells the rest.
  Value ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    protocol::Request request;
    request.method = method;
    const size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    request.query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    request.body = body;
    response_.reset();
    EXPECT_TRUE(Control::serves(request));
    control_.handle(request, response_);
    Value document;
    if (response_.content_type == "application/json") {
      EXPECT_TRUE(protocol::parse_json(response_.body, document)) << response_.body;
    }
    return document;
  }
  /// The message of a refusal with that status.
  std::string refusal(int status, std::string_view method, std::string_view target,
                      std::string_view body = {}) {
    const Value answer = ask(method, target, body);
    EXPECT_EQ(response_.status, status) << response_.body;
    return std::string(answer.at("error").at("message").text());
  }
  int status() const { return response_.status; }
  sim::World& world(std::string_view account = "000000000000") { return worlds_.world(account); }

  Arena arena_;
  Arena::Use use_{arena_};
  FakeReachability reachability_;
  FakeFaults faults_;
  const api::ServiceDefinition* definitions_[1] = {&definition()};
  api::Registry registry_{model::all_services(), definitions_};
  api::Worlds worlds_{registry_, held()};
  Control control_{worlds_, {.version = "1.2.3", .default_region = "us-east-1"}};
  protocol::Response response_;
};

TEST_F(ControlTest, LeavesAwsCallsAlone) {
  for (const char* path : {"/", "", "/_", "/_squallor", "/m", "/moto-apis", "/my-bucket/_squall"}) {
    protocol::Request request;
    request.path = path;
    EXPECT_FALSE(Control::serves(request)) << path;
  }
}

TEST_F(ControlTest, TellsItsHealth) {
  const Value health = ask("GET", "/_squall/health");
  EXPECT_EQ(health.at("status").text(), "running");
  EXPECT_EQ(health.at("version").text(), "1.2.3");
  EXPECT_EQ(health.at("services").at("sts").at("served").integer(), 1);
  EXPECT_GT(health.at("services").at("sts").at("operations").integer(), 5);
  EXPECT_EQ(health.at("accounts")[0].text(), "000000000000");
  const Value known = ask("GET", "/_localstack/health");
  EXPECT_EQ(known.at("edition").text(), "community");
  EXPECT_EQ(known.at("services").at("sts").text(), "available");
  EXPECT_EQ(known.at("services").at("application-autoscaling").text(), "disabled");
  EXPECT_EQ(ask("GET", "/_localstack/info").at("uptime").integer(), 0);
}

TEST_F(ControlTest, TellsItsCoverage) {
  const Value sts = ask("GET", "/_squall/coverage?service=sts").at("services").at("sts");
  EXPECT_EQ(sts.at("served")[0].text(), "GetCallerIdentity");
  EXPECT_EQ(sts.at("served").size() + sts.at("not_served").size(),
            static_cast<size_t>(sts.at("operation_count").integer()));
  EXPECT_THAT(refusal(404, "GET", "/_squall/coverage?service=no"), HasSubstr("/_squall/health"));
}

TEST_F(ControlTest, SaysWhatThereIs) {
  const Value unknown = ask("GET", "/_squall/nothing");
  EXPECT_EQ(status(), 404);
  EXPECT_GT(unknown.at("paths").size(), 10u);
  EXPECT_THAT(to_json(unknown.at("paths")), HasSubstr("/_squall/clock"));
  EXPECT_EQ(ask("GET", "/_squall").at("paths").size(), unknown.at("paths").size());
  EXPECT_THAT(refusal(405, "PUT", "/_squall/clock"), HasSubstr("GET, POST"));
  EXPECT_EQ(response_.headers.at(0).second, "GET, POST");
  EXPECT_THAT(refusal(400, "GET", "/_squall/clock?acount=1"), HasSubstr("acount"));
  EXPECT_THAT(refusal(400, "GET", "/_squall/clock?account=1"), HasSubstr("twelve digits"));
  ask("HEAD", "/_squall/health/");
  EXPECT_EQ(status(), 200);
}

TEST_F(ControlTest, ThroughputIsEnforcedOnRequest) {
  EXPECT_FALSE(ask("GET", "/_squall/throughput").at("enforced").boolean());
  EXPECT_TRUE(ask("POST", "/_squall/throughput", R"({"enforced":true})").at("enforced").boolean());
  EXPECT_TRUE(ask("GET", "/_squall/throughput").at("enforced").boolean());
  EXPECT_THAT(refusal(400, "POST", "/_squall/throughput"), HasSubstr("true"));
}

TEST_F(ControlTest, AdvancesTheClockAndRunsWhatIsDue) {
  sim::Scope(world(), "us-east-1").after(10min, "test.grow", "thing-1");
  const Value clock = ask("GET", "/_squall/clock");
  EXPECT_EQ(clock.at("now").text(), "2026-01-05T09:00:00Z");
  EXPECT_EQ(clock.at("next_event").text(), "2026-01-05T09:10:00Z");
  EXPECT_EQ(clock.at("pace").text(), "held");
  EXPECT_EQ(ask("POST", "/_squall/clock", R"({"advance":"PT9M59.5S"})").at("now").text(),
            "2026-01-05T09:09:59.5Z");
  EXPECT_THAT(to_json(ask("GET", "/_squall/dump")), HasSubstr(R"("size":0)"));
  EXPECT_EQ(ask("POST", "/_squall/clock", R"({"advance":0.5})").at("next_event").kind(),
            Value::Kind::null);
  EXPECT_THAT(to_json(ask("GET", "/_squall/dump")), HasSubstr(R"("size":1)"));
  EXPECT_EQ(ask("POST", "/_squall/clock", R"({"to":"2026-01-06T00:00:00Z"})").at("now").text(),
            "2026-01-06T00:00:00Z");
}

TEST_F(ControlTest, SetsThePace) {
  EXPECT_EQ(ask("POST", "/_squall/clock", R"({"pace":"wall","scale":10})").at("scale").real(), 10);
  EXPECT_EQ(world().clock().pace(), sim::Pace::wall);
  ask("POST", "/_squall/clock", R"({"hold":true,"advance":"P1D"})");
  EXPECT_EQ(world().clock().pace(), sim::Pace::held);
  EXPECT_GE(world().now(), sim::drill_epoch + 24h);
  ask("POST", "/_squall/clock", R"({"hold":false,"advance":"PT1H"})");
  const Time after = world().now();
  while (world().clock().target() == after) std::this_thread::yield();  // it runs on from there
}

TEST_F(ControlTest, RefusesWhatTheClockCannotDo) {
  for (const char* body :
       {"", "{}", "[]", "{", R"({"advance":-1})", R"({"advance":"P1Y"})", R"({"advance":"PT"})",
        R"({"advance":"5M"})", R"({"advance":"PT5S3M"})", R"({"advance":true})",
        R"({"advance":1e300})", R"({"advance":"P400D"})", R"({"advence":1})",
        R"({"advance":1,"to":"2026-01-06T00:00:00Z"})", R"({"to":"2026-01-05T08:59:59Z"})",
        R"({"to":"soon"})", R"({"pace":"fast"})", R"({"scale":0})", R"({"scale":-1})",
        R"({"scale":1e9})", R"({"scale":"10"})", R"({"pace":"held","scale":2})",
        R"({"hold":1})", R"({"hold":true,"pace":"wall"})"}) {
    EXPECT_THAT(refusal(400, "POST", "/_squall/clock", body), Not(testing::IsEmpty())) << body;
  }
  EXPECT_EQ(world().now(), sim::drill_epoch);
  EXPECT_EQ(world().clock().pace(), sim::Pace::held);
}

TEST_F(ControlTest, ReadsTheJournal) {
  sim::Scope scope(world(), "us-east-1");
  for (int i = 1; i <= 5; ++i) scope.after(1min * i, "test.grow", "thing-1");
  ask("POST", "/_squall/clock", R"({"advance":"PT5M"})");
  const Value grown = ask("GET", "/_squall/journal?kind=test.*");
  ASSERT_EQ(grown.at("entries").size(), 5u);
  const Value first = grown.at("entries")[0];
  EXPECT_EQ(first.at("time").text(), "2026-01-05T09:01:00Z");
  EXPECT_EQ(first.at("subject").text(), "thing-1");
  EXPECT_EQ(first.at("message").text(), "It has grown");
  EXPECT_EQ(first.at("detail").at("by").integer(), 1);
  EXPECT_FALSE(grown.at("more").boolean());
  EXPECT_EQ(ask("GET", "/_squall/journal?kind=event").at("entries").size(), 5u);
  EXPECT_EQ(ask("GET", "/_squall/journal?subject=other").at("entries").size(), 0u);
  size_t seen = 0;
  int64_t since = 0;
  Value page;
  do {
    page = ask("GET", cat("/_squall/journal?limit=3&since=", since));
    seen += page.at("entries").size();
    since = page.at("next").integer();
  } while (page.at("more").boolean());
  EXPECT_EQ(seen, world().journal().entries().size());
  EXPECT_EQ(ask("GET", cat("/_squall/journal?since=", since)).at("next").integer(), since);
  ask("GET", "/_squall/journal?format=canonical");
  EXPECT_EQ(response_.body, world().journal().canonical_dump());
  refusal(400, "GET", "/_squall/journal?since=x");
  refusal(400, "GET", "/_squall/journal?limit=10001");
  refusal(400, "GET", "/_squall/journal?format=xml");
  world().journal().set_limit(2);
  sim::Transaction transaction(world());
  scope.announce("test.grown", "thing-1", "again");
  transaction.commit();
  EXPECT_TRUE(ask("GET", "/_squall/journal").at("entries_lost").boolean());
}

TEST_F(ControlTest, ResetsOneAccountOrAll) {
  world("111111111111").region("eu-west-1");
  ask("POST", "/_squall/clock?account=111111111111", R"({"advance":60})");
  ask("POST", "/_squall/reset?account=000000000000");
  EXPECT_TRUE(world().regions().empty());
  EXPECT_FALSE(world("111111111111").regions().empty());
  for (const char* path : {"/_squall/reset", "/_localstack/state/reset", "/moto-api/reset"}) {
    world("111111111111").region("eu-west-1");
    EXPECT_EQ(ask("POST", path).at("status").text(), "ok");
    EXPECT_EQ(ask("GET", "/_squall/dump?account=111111111111").size(), 0u);
    EXPECT_EQ(world("111111111111").now(), sim::drill_epoch);
  }
}

TEST_F(ControlTest, ExplainsReachability) {
  const Value open = ask("POST", "/_squall/reachability",
                         R"({"from":"internet","to":"i-1","port":443})");
  EXPECT_TRUE(open.at("reachable").boolean());
  EXPECT_EQ(open.at("outcome").text(), "connected");
  EXPECT_EQ(open.at("forward")[0].at("component").text(), "sg-1");
  const Value shut = ask("POST", "/_squall/reachability?region=us-east-1",
                         R"({"from":"internet","to":"i-1","port":22,"protocol":"tcp"})");
  EXPECT_EQ(shut.at("outcome").text(), "timed-out");
  const std::string_view path = "/_squall/reachability";
  EXPECT_THAT(refusal(400, "POST", path, R"({"from":"internet","port":22})"), HasSubstr("'to'"));
  EXPECT_THAT(refusal(400, "POST", path, R"({"from":"a","to":"b"})"), HasSubstr("'port'"));
  refusal(400, "POST", path, R"({"from":"a","to":"b","port":65536})");
  refusal(400, "POST", path, R"({"from":"a","to":"i-gone","port":1})");
  EXPECT_THAT(refusal(404, "POST", path, R"({"from":"a","to":"b","port":1,"region":"eu-north-1"})"),
              HasSubstr("us-east-1"));
  EXPECT_FALSE(world().regions().contains("eu-north-1"));
  sim::plane() = {};
  refusal(501, "POST", path, R"({"from":"a","to":"b","port":1})");
}

TEST_F(ControlTest, StartsAndStopsFaults) {
  EXPECT_EQ(ask("GET", "/_squall/faults").at("kinds")[0].at("fault").text(), "az-dark");
  const Value started = ask("POST", "/_squall/faults",
                            R"({"fault":"az-dark","arguments":{"zone":"us-east-1a"}})");
  EXPECT_EQ(status(), 201);
  EXPECT_TRUE(started.at("active").boolean());
  EXPECT_EQ(started.at("arguments").at("zone").text(), "us-east-1a");
  const std::string id(started.at("id").text());
  EXPECT_EQ(ask("GET", "/_squall/faults").at("faults")[0].at("id").text(), id);
  for (int i = 0; i < 2; ++i)  // stopping twice is no error
    EXPECT_FALSE(ask("DELETE", cat("/_squall/faults/", id)).at("active").boolean());
  EXPECT_EQ(ask("GET", "/_squall/faults").at("faults").size(), 1u);
  EXPECT_THAT(refusal(404, "DELETE", "/_squall/faults/none"), HasSubstr("In force: none"));
  EXPECT_THAT(refusal(400, "POST", "/_squall/faults", R"({"fault":"x"})"), HasSubstr("az-dark"));
  EXPECT_THAT(refusal(400, "POST", "/_squall/faults", R"({"fault":"az-dark"})"), HasSubstr("zone"));
  refusal(400, "POST", "/_squall/faults",
          R"({"fault":"az-dark","arguments":{"zone":"a","zon":"b"}})");
  refusal(400, "POST", "/_squall/faults", R"({"fault":"az-dark","arguments":{"zone":{}}})");
  refusal(400, "POST", "/_squall/faults",
          R"({"fault":"az-dark","arguments":{"zone":"a"},"duration":"long"})");
}

}  // namespace
}  // namespace squall::control
