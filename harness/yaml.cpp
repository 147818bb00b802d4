#include "harness/yaml.h"

#include <cctype>

#include "emulator/core/text.h"

namespace squall::harness {

std::optional<Duration> parse_duration(std::string_view text) {
  std::string lower = to_lower(trim(text));
  if (lower.starts_with("pt")) lower = lower.substr(2);
  Duration total{};
  size_t at = 0;
  while (at < lower.size()) {
    size_t end = at;
    while (end < lower.size() && (std::isdigit(static_cast<unsigned char>(lower[end])) ||
                                  lower[end] == '.'))
      ++end;
    const auto number = parse_double(std::string_view(lower).substr(at, end - at));
    if (!number) return {};
    size_t unit_end = end;
    while (unit_end < lower.size() && std::isalpha(static_cast<unsigned char>(lower[unit_end])))
      ++unit_end;
    const std::string_view unit = std::string_view(lower).substr(end, unit_end - end);
    double seconds = 0;
    if (unit == "ms")
      seconds = 0.001;
    else if (unit.empty() || unit == "s")
      seconds = 1;
    else if (unit == "m" || unit == "min")
      seconds = 60;
    else if (unit == "h")
      seconds = 3600;
    else if (unit == "d")
      seconds = 86400;
    else
      return {};
    total += from_seconds(*number * seconds);
    at = unit_end;
  }
  if (lower.empty()) return {};
  return total;
}

std::string format_duration(Duration d) {
  const double s = to_seconds(d);
  if (s < 1) return cat(static_cast<int64_t>(s * 1000 + 0.5), " ms");
  if (s < 120) {
    const auto tenths = static_cast<int64_t>(s * 10 + 0.5);
    return tenths % 10 ? cat(tenths / 10, '.', tenths % 10, " s") : cat(tenths / 10, " s");
  }
  const auto whole = static_cast<int64_t>(s + 0.5);
  return whole % 60 ? cat(whole / 60, " min ", whole % 60, " s") : cat(whole / 60, " min");
}

YamlMap::YamlMap(YAML::Node node, std::string file, std::string where)
    : node_(std::move(node)), file_(std::move(file)), where_(std::move(where)) {
  if (!node_.IsMap())
    throw DrillError{cat(file_, ":", node_.Mark().line + 1, ": ", where_, " must be a mapping")};
}

void YamlMap::fail(const std::string& key, const std::string& what) const {
  const YAML::Node value = node_[key];
  const int line = (value ? value.Mark().line : node_.Mark().line) + 1;
  throw DrillError{cat(file_, ":", line, ": ", where_, ": '", key, "' ", what)};
}

bool YamlMap::has(const std::string& key) const { return static_cast<bool>(node_[key]); }

YAML::Node YamlMap::take(const std::string& key) {
  read_.insert(key);
  return node_[key];
}

namespace {

YAML::Node with_item(const YAML::Node& node, const std::string& item) {
  if (node.IsScalar()) {
    YAML::Node copy = YAML::Clone(node);
    std::string text = node.Scalar();
    constexpr std::string_view each = "${each}";
    for (size_t at = 0; (at = text.find(each, at)) != text.npos; at += item.size())
      text.replace(at, each.size(), item);
    copy = text;
    return copy;
  }
  YAML::Node copy(node.Type());
  if (node.IsMap())
    for (const auto& entry : node) copy[entry.first] = with_item(entry.second, item);
  if (node.IsSequence())
    for (const auto& entry : node) copy.push_back(with_item(entry, item));
  return copy;
}

}  // namespace

YamlMap YamlMap::with_each(const std::string& item) const {
  YamlMap map(with_item(node_, item), file_, where_);
  map.read_ = read_;
  return map;
}

YAML::Node YamlMap::node(const std::string& key) { return take(key); }

std::string YamlMap::text(const std::string& key) {
  const YAML::Node value = take(key);
  if (!value) fail(key, "is missing");
  if (!value.IsScalar()) fail(key, "must be a text");
  return value.Scalar();
}

std::string YamlMap::text(const std::string& key, std::string_view fallback) {
  return has(key) ? text(key) : (take(key), std::string(fallback));
}

double YamlMap::number(const std::string& key) {
  const auto value = parse_double(text(key));
  if (!value) fail(key, "must be a number");
  return *value;
}

double YamlMap::number(const std::string& key, double fallback) {
  return has(key) ? number(key) : (take(key), fallback);
}

int64_t YamlMap::integer(const std::string& key, int64_t fallback) {
  if (!has(key)) {
    take(key);
    return fallback;
  }
  const auto value = parse_int(text(key));
  if (!value) fail(key, "must be a whole number");
  return *value;
}

bool YamlMap::boolean(const std::string& key, bool fallback) {
  if (!has(key)) {
    take(key);
    return fallback;
  }
  const std::string value = text(key);
  if (value != "true" && value != "false") fail(key, "must be true or false");
  return value == "true";
}

Duration YamlMap::duration(const std::string& key) {
  const auto value = parse_duration(text(key));
  if (!value) fail(key, "must be a duration such as 30s, 5m or PT5M");
  return *value;
}

Duration YamlMap::duration(const std::string& key, Duration fallback) {
  return has(key) ? duration(key) : (take(key), fallback);
}

std::optional<Duration> YamlMap::optional_duration(const std::string& key) {
  if (has(key)) return duration(key);
  take(key);
  return {};
}

std::optional<double> YamlMap::share(const std::string& key) {
  if (!has(key)) {
    take(key);
    return {};
  }
  std::string value{trim(text(key))};
  double scale = 1;
  if (value.ends_with('%')) {
    value.pop_back();
    scale = 0.01;
  }
  const auto number = parse_double(trim(value));
  if (!number || *number * scale < 0 || *number * scale > 1)
    fail(key, "must be a share such as 99.5 % or 0.995");
  return *number * scale;
}

std::vector<std::string> YamlMap::texts(const std::string& key) {
  const YAML::Node value = take(key);
  std::vector<std::string> out;
  if (!value) return out;
  if (value.IsScalar()) return {value.Scalar()};
  if (!value.IsSequence()) fail(key, "must be a list of texts");
  for (const YAML::Node& item : value) {
    if (!item.IsScalar()) fail(key, "must be a list of texts");
    out.push_back(item.Scalar());
  }
  return out;
}

std::vector<YamlMap> YamlMap::maps(const std::string& key) {
  const YAML::Node value = take(key);
  std::vector<YamlMap> out;
  if (!value) return out;
  if (value.IsMap()) return {YamlMap(value, file_, cat(where_, ".", key))};
  if (!value.IsSequence()) fail(key, "must be a list");
  for (const YAML::Node& item : value) out.emplace_back(item, file_, cat(where_, ".", key));
  return out;
}

std::optional<YamlMap> YamlMap::map(const std::string& key) {
  const YAML::Node value = take(key);
  if (!value) return {};
  return YamlMap(value, file_, cat(where_, ".", key));
}

std::vector<std::pair<std::string, std::string>> YamlMap::text_map(const std::string& key) {
  const YAML::Node value = take(key);
  std::vector<std::pair<std::string, std::string>> out;
  if (!value) return out;
  if (!value.IsMap()) fail(key, "must be a mapping of texts");
  for (const auto& entry : value) out.emplace_back(entry.first.Scalar(), entry.second.Scalar());
  return out;
}

Value YamlMap::document(const std::string& key) {
  const YAML::Node value = take(key);
  return value ? to_value(value) : Value::map();
}

std::vector<std::string> YamlMap::keys() const {
  std::vector<std::string> out;
  for (const auto& entry : node_) out.push_back(entry.first.Scalar());
  return out;
}

void YamlMap::finish() const {
  for (const auto& entry : node_) {
    const std::string key = entry.first.Scalar();
    if (read_.contains(key)) continue;
    std::string known;
    for (const std::string& k : read_) known += (known.empty() ? "" : ", ") + k;
    throw DrillError{cat(file_, ":", entry.first.Mark().line + 1, ": ", where_, " has no key '",
                         key, "'; it knows: ", known)};
  }
}

Value to_value(const YAML::Node& node) {
  if (node.IsMap()) {
    Value map = Value::map();
    for (const auto& entry : node)
      map.add(Key::copy(entry.first.Scalar()), to_value(entry.second));
    return map;
  }
  if (node.IsSequence()) {
    Value list = Value::list();
    for (const YAML::Node& item : node) list.push(to_value(item));
    return list;
  }
  if (!node.IsScalar()) return nullptr;
  const std::string& text = node.Scalar();
  if (node.Tag() == "!") return text;  // quoted: a text whatever it looks like
  if (text == "true" || text == "false") return text == "true";
  if (const auto whole = parse_int(text)) return *whole;
  if (const auto real = parse_double(text)) return *real;
  return text;
}

}  // namespace squall::harness
