// The traffic's own account of who talked to whom, minute by minute: what flow logs are written
// from and checked against. Addresses are those of the time: hosts go, primaries change.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/core/time.h"
#include "services/ec2/ec2.h"

namespace squall::dataplane {

/// A network interface and its address; without an interface, an address of the internet.
struct FlowEnd {
  std::string interface_id, subnet_id, vpc_id, instance_id, ip;
  bool is_inside() const { return !interface_id.empty(); }
};
FlowEnd flow_end(const ec2::NetworkInterface& interface);

struct Conversation {
  enum class Fate : uint8_t {
    answered,  // there and back
    single,    // one packet there, which passed
    silent,    // let out, and nobody answered
    rejected,  // let out, dropped at the other end
    stopped,   // not even let out
  };
  FlowEnd from, to;
  FlowEnd gateway;             // NAT on the way
  int port = 0, protocol = 6;
  Fate fate = Fate::answered;
  bool is_seen_by_source = true;  // a host without power sees nothing
  int64_t count = 0;           // requests, or packets where nothing came back
};

struct FlowMinute {
  Time begin{};
  std::vector<Conversation> conversations;
};

class FlowBook {
 public:
  void note(Conversation conversation);
  const std::map<std::string, Conversation>& open() const { return open_; }
  void close(Time begin);
  const std::vector<FlowMinute>& minutes() const { return minutes_; }

 private:
  std::map<std::string, Conversation> open_;  // the minute under way
  std::vector<FlowMinute> minutes_;
};

}  // namespace squall::dataplane
