#include "emulator/protocol/route_rest.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "emulator/core/text.h"
#include "emulator/protocol/form.h"

namespace squall::protocol {
namespace {

using model::Location;
using model::Operation;

/// A URI template's query part: `?list-type=2`, `?acl`.
struct QueryLiteral {
  std::string_view name;
  std::string_view value;
  bool has_value;
};

struct Route {
  Operation operation;
  std::vector<std::string_view> labels;  // in the path's order
  std::vector<QueryLiteral> literals;
};

/// A path segment. Literal text is preferred to a label, a label to the greedy rest.
struct Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> literals;  // sorted by text
  std::unique_ptr<Node> label;
  std::unique_ptr<Node> greedy;
  std::vector<Route> routes;  // that end here
};

struct Segment {
  std::string_view text;
  size_t offset;  // in the path
};

std::vector<Segment> segments_of(std::string_view path) {
  std::vector<Segment> segments;
  size_t from = path.starts_with('/') ? 1 : 0;
  while (from <= path.size()) {
    const size_t end = std::min(path.find('/', from), path.size());
    segments.push_back({path.substr(from, end - from), from});
    from = end + 1;
  }
  // A slash at the end makes no segment; the greedy label takes it with the rest.
  if (!segments.empty() && segments.back().text.empty()) segments.pop_back();
  return segments;
}

Node& literal_child(Node& node, std::string_view text) {
  const auto at = std::ranges::lower_bound(node.literals, text, {},
                                           [](const auto& child) { return child.first; });
  if (at != node.literals.end() && at->first == text) return *at->second;
  return *node.literals.emplace(at, text, std::make_unique<Node>())->second;
}

void add_route(Node& root, Operation operation) {
  std::string_view uri = operation.uri();
  Route route{operation, {}, {}};
  const size_t question = std::min(uri.find('?'), uri.size());
  if (question < uri.size())
    for (const std::string_view part : split(uri.substr(question + 1), '&')) {
      const size_t equals = std::min(part.find('='), part.size());
      route.literals.push_back({part.substr(0, equals),
                                part.substr(std::min(equals + 1, part.size())),
                                equals < part.size()});
    }
  Node* node = &root;
  for (const Segment& segment : segments_of(uri.substr(0, question))) {
    if (!segment.text.starts_with('{')) {
      node = &literal_child(*node, segment.text);
      continue;
    }
    const bool greedy = segment.text.ends_with("+}");
    route.labels.push_back(segment.text.substr(1, segment.text.size() - (greedy ? 3 : 2)));
    std::unique_ptr<Node>& next = greedy ? node->greedy : node->label;
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  node->routes.push_back(std::move(route));
}

class Matcher {
 public:
  Matcher(const Request& request, std::string_view path)
      : request_(request),
        path_(path),
        segments_(segments_of(path)),
        parameters_(parse_parameters(request.query)) {}

  bool walk(const Node& node, size_t depth) {
    if (depth == segments_.size() && pick(node)) return true;
    if (depth >= segments_.size()) return false;
    const std::string_view text = segments_[depth].text;
    const auto at = std::ranges::lower_bound(node.literals, text, {},
                                             [](const auto& child) { return child.first; });
    if (at != node.literals.end() && at->first == text && walk(*at->second, depth + 1))
      return true;
    if (node.label && !text.empty()) {
      captured_.push_back(text);
      if (walk(*node.label, depth + 1)) return true;
      captured_.pop_back();
    }
    return node.greedy && walk_greedy(*node.greedy, depth);
  }

  const Route* found() const { return found_; }
  const std::vector<std::string_view>& captured() const { return captured_; }

 private:
  bool walk_greedy(const Node& node, size_t depth) {
    // The longest rest first; shorter ones only if literals follow.
    captured_.push_back(path_.substr(segments_[depth].offset));
    if (pick(node)) return true;
    if (!node.literals.empty())
      for (size_t end = segments_.size() - 1; end > depth; --end) {
        const size_t from = segments_[depth].offset;
        captured_.back() = path_.substr(from, segments_[end].offset - 1 - from);
        if (walk(node, end)) return true;
      }
    captured_.pop_back();
    return false;
  }

  const Parameter* parameter(std::string_view name) const {
    const auto at = std::ranges::find(parameters_, name, &Parameter::name);
    return at == parameters_.end() ? nullptr : &*at;
  }

  bool literals_match(const Route& route) const {
    return std::ranges::all_of(route.literals, [this](const QueryLiteral& literal) {
      const Parameter* sent = parameter(literal.name);
      return sent && (!literal.has_value || sent->value == literal.value);
    });
  }

  /// Required members in the query string and headers: they tell operations of one URI apart.
  int required_score(const Route& route) const {
    const model::Shape input = route.operation.input();
    int score = 0;
    for (size_t i = 0; input && i < input.member_count(); ++i) {
      const model::ShapeMember m = input.member(i);
      if (!m.required()) continue;
      if (m.location() == Location::querystring)
        score += parameter(m.location_name()) ? 1 : -100;
      else if (m.location() == Location::header)
        score += request_.header(m.location_name()).empty() ? -100 : 1;
    }
    return score;
  }

  /// The route of this node that says most about the request.
  bool pick(const Node& node) {
    const Route* best = nullptr;
    auto rank = [this](const Route& r) {
      const model::Shape input = r.operation.input();
      return std::tuple(r.literals.size(), required_score(r),
                        !r.operation.has(model::operation_deprecated),
                        input ? input.member_count() : 0);
    };
    for (const Route& route : node.routes) {
      if (route.operation.method() != request_.method || !literals_match(route)) continue;
      if (!best || rank(route) > rank(*best)) best = &route;
    }
    found_ = best;
    return best != nullptr;
  }

  const Request& request_;
  std::string_view path_;
  std::vector<Segment> segments_;
  std::vector<Parameter> parameters_;
  std::vector<std::string_view> captured_;
  const Route* found_ = nullptr;
};

const Node& routes_of(const model::Service& service) {
  thread_local std::unordered_map<const model::Tables*, std::unique_ptr<Node>> tables;
  std::unique_ptr<Node>& root = tables[&service.tables()];
  if (!root) {
    root = std::make_unique<Node>();
    for (size_t i = 0; i < service.operation_count(); ++i) add_route(*root, service.operation(i));
  }
  return *root;
}

}  // namespace

Operation match_rest(const model::Service& service, const Request& request, std::string_view path,
                     Value& labels) {
  Matcher matcher(request, path);
  if (!matcher.walk(routes_of(service), 0)) return {};
  labels = Value::map();
  const Route& route = *matcher.found();
  for (size_t i = 0; i < route.labels.size(); ++i)
    labels.add(Key::stable(route.labels[i]), Value(percent_decode(matcher.captured()[i])));
  return route.operation;
}

}  // namespace squall::protocol
