// YAML for drill files: every key is asked for by name, unknown ones are refused with their line.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/time.h"
#include "emulator/core/value.h"
#include "harness/drill.h"

namespace squall::harness {

/// "250ms", "30s", "5m", "1h", "PT5M" or a plain number of seconds.
std::optional<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration d);

/// A mapping whose keys are read once each; finish() refuses what nobody asked for.
class YamlMap {
 public:
  YamlMap(YAML::Node node, std::string file, std::string where);

  bool has(const std::string& key) const;
  std::string text(const std::string& key);  // required
  std::string text(const std::string& key, std::string_view fallback);
  double number(const std::string& key, double fallback);
  double number(const std::string& key);
  int64_t integer(const std::string& key, int64_t fallback);
  bool boolean(const std::string& key, bool fallback);
  Duration duration(const std::string& key);
  Duration duration(const std::string& key, Duration fallback);
  std::optional<Duration> optional_duration(const std::string& key);
  /// "98 %" or 0.98.
  std::optional<double> share(const std::string& key);
  std::vector<std::string> texts(const std::string& key);  // a list, or one text
  std::vector<YamlMap> maps(const std::string& key);       // a list of mappings, or one
  std::optional<YamlMap> map(const std::string& key);
  std::vector<std::pair<std::string, std::string>> text_map(const std::string& key);
  /// The node as an API document (numbers and booleans typed as they look).
  Value document(const std::string& key);
  YAML::Node node(const std::string& key);
  /// A copy in which every "${each}" reads `item`.
  YamlMap with_each(const std::string& item) const;
  /// Keys in file order.
  std::vector<std::string> keys() const;
  /// Throws DrillError naming the first key that nobody read.
  void finish() const;
  [[noreturn]] void fail(const std::string& key, const std::string& what) const;

 private:
  YAML::Node take(const std::string& key);

  YAML::Node node_;
  std::string file_, where_;
  std::set<std::string> read_;
};

Value to_value(const YAML::Node& node);

}  // namespace squall::harness
