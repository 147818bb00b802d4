// Checks on the journal: events that must or must not appear, and alarms.
#include "emulator/core/text.h"
#include "harness/steps/steps.h"

namespace squall::harness {
namespace {

/// `within` counts from the first fault, or from the storm's start if there was none.
struct EventCheck final : Step {
  std::string name, subject, contains;
  std::optional<Duration> within;
  int64_t at_least = 1, at_most = -1;

  void run(Run& run, Check& check) const override {
    int64_t count = 0;
    std::optional<Time> first;
    const Time since = run.first_fault();
    for (const sim::JournalEntry& e : run.world.journal().entries()) {
      if (e.sequence <= run.deployed || e.category == "change" || e.category == "aggregate")
        continue;
      if (!wildcard_match(name, e.name) || !wildcard_match(subject, e.subject)) continue;
      if (!contains.empty() && e.message.find(contains) == e.message.npos) continue;
      if (within && (e.time < since || e.time > since + *within)) continue;
      ++count;
      if (!first) first = e.time;
      if (check.details.size() < 5)
        check.details.push_back(cat("at ", decimal(run.since_start_s(e.time), 0), " s: ",
                                    e.subject, ": ", e.message));
    }
    check.title = cat("event ", contains.empty() ? name : contains,
                      within ? cat(" within ", format_duration(*within)) : "");
    check.bound = at_most >= 0 ? cat(at_least, " to ", at_most, " times")
                               : cat("at least ", at_least, at_least == 1 ? " time" : " times");
    check.measured = count ? cat(count, count == 1 ? " time" : " times", ", first at ",
                                 decimal(run.since_start_s(*first), 0), " s")
                           : "never";
    check.passed = count >= at_least && (at_most < 0 || count <= at_most);
  }
};

struct AlarmCheck final : Step {
  std::string name;
  bool fires = true, recovers = false;
  std::optional<Duration> within;

  void run(Run& run, Check& check) const override {
    std::optional<Time> fired, recovered;
    bool known = false;
    for (const sim::JournalEntry& e : run.world.journal().entries()) {
      if (e.name != "cloudwatch.alarm-state" || !wildcard_match(name, e.subject)) continue;
      if (e.sequence <= run.deployed) continue;
      known = true;
      if (!fired && e.message.find("-> ALARM") != e.message.npos) fired = e.time;
      if (fired && e.message.find("-> OK") != e.message.npos) recovered = e.time;
      if (check.details.size() < 6)
        check.details.push_back(
            cat("at ", decimal(run.since_start_s(e.time), 0), " s: ", e.message));
    }
    check.title = cat("alarm ", name, fires ? recovers ? " fires and recovers" : " fires"
                                            : " stays silent");
    check.bound = !fires ? "never in ALARM"
                  : within ? cat("within ", format_duration(*within), " of the fault")
                           : "goes to ALARM";
    check.measured =
        !fired ? known ? "not in ALARM" : "never changed state"
               : cat("in ALARM at ", decimal(run.since_start_s(*fired), 0), " s",
                     recovered ? cat(", OK at ", decimal(run.since_start_s(*recovered), 0), " s")
                               : "");
    // Silence proves something only if the alarm was evaluated on data at least once.
    check.exercised = fires || known;
    check.passed = fires ? fired && (!within || *fired <= run.first_fault() + *within) &&
                               (!recovers || recovered)
                         : !fired;
  }
};

}  // namespace

std::shared_ptr<Step> parse_event(YamlMap& arguments) {
  auto step = std::make_shared<EventCheck>();
  step->name = arguments.text("name", "*");
  step->subject = arguments.text("subject", "*");
  step->contains = arguments.text("contains", "");
  step->within = arguments.optional_duration("within");
  step->at_most = arguments.integer("at_most", -1);
  step->at_least = arguments.integer("at_least", step->at_most == 0 ? 0 : 1);
  return step;
}

std::shared_ptr<Step> parse_alarm(YamlMap& arguments) {
  auto step = std::make_shared<AlarmCheck>();
  step->name = arguments.text("name");
  step->fires = arguments.boolean("fires", true);
  step->recovers = arguments.boolean("recovers", false);
  step->within = arguments.optional_duration("within");
  return step;
}

}  // namespace squall::harness
