// Parses and evaluates the cluster query language.
#include "services/ecs/expression.h"

#include <algorithm>

#include "emulator/core/text.h"
#include "emulator/model/pattern.h"
#include "services/ecs/errors.h"

namespace squall::ecs {
namespace {

using Kind = Expression::Kind;
using Operator = Expression::Operator;

struct Spelling {
  std::string_view text;
  Operator op;
};
// Longer ones first: ">=" is not ">" and "=".
constexpr Spelling spellings[] = {
    {"==", Operator::equal},
    {"equals", Operator::equal},
    {"!=", Operator::not_equal},
    {"not_equals", Operator::not_equal},
    {">=", Operator::greater_equal},
    {"greater_than_equal", Operator::greater_equal},
    {"<=", Operator::less_equal},
    {"less_than_equal", Operator::less_equal},
    {">", Operator::greater},
    {"greater_than", Operator::greater},
    {"<", Operator::less},
    {"less_than", Operator::less},
    {"!exists", Operator::not_exists},
    {"not_exists", Operator::not_exists},
    {"exists", Operator::exists},
    {"!in", Operator::not_in},
    {"not_in", Operator::not_in},
    {"in", Operator::in},
    {"=~", Operator::matches},
    {"matches", Operator::matches},
    {"!~", Operator::not_matches},
    {"not_matches", Operator::not_matches},
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  Expression parse() {
    Expression whole = parse_any();
    if (!token_.empty()) fail();
    return whole;
  }

 private:
  static constexpr int depth_max = 32;

  [[noreturn]] void fail() const {
    throw invalid_parameter(cat("Invalid cluster query expression: ", text_));
  }

  bool is_word(char c) const {
    return std::string_view(" \t\n()[],").find(c) == std::string_view::npos;
  }

  /// One token: a bracket, a comma, an operator or a word with its quotes.
  void advance() {
    while (at_ < text_.size() && std::string_view(" \t\n").find(text_[at_]) != text_.npos) ++at_;
    if (at_ == text_.size()) {
      token_ = {};
      return;
    }
    constexpr std::string_view doubles[] = {"&&", "||", "==", "!=", ">=", "<=", "=~", "!~"};
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view two : doubles)
      if (rest.starts_with(two)) return take(2);
    if (std::string_view("()[],<>").find(rest[0]) != rest.npos) return take(1);
    if (rest[0] == '!')
      return take(rest.starts_with("!in ") || rest.starts_with("!in[") ? 3
                  : rest.starts_with("!exists")                        ? 7
                                                                       : 1);
    if (rest[0] == '"' || rest[0] == '\'') {
      const size_t end = rest.find(rest[0], 1);
      if (end == rest.npos) fail();
      return take(end + 1);
    }
    size_t length = 0;
    while (length < rest.size() && is_word(rest[length]) &&
           std::string_view("<>=!&|").find(rest[length]) == rest.npos)
      ++length;
    if (length == 0) fail();
    take(length);
  }
  void take(size_t length) {
    token_ = text_.substr(at_, length);
    at_ += length;
  }
  bool accept(std::string_view a, std::string_view b) {
    if (token_ != a && !equals_ignore_case(token_, b)) return false;
    advance();
    return true;
  }

  Expression parse_any() {
    if (++depth_ > depth_max) fail();
    Expression any;
    any.kind = Kind::any;
    any.parts.push_back(parse_all());
    while (accept("||", "or")) any.parts.push_back(parse_all());
    --depth_;
    return any.parts.size() == 1 ? Expression(any.parts[0]) : any;
  }
  Expression parse_all() {
    Expression all;
    all.kind = Kind::all;
    all.parts.push_back(parse_negation());
    while (accept("&&", "and")) all.parts.push_back(parse_negation());
    return all.parts.size() == 1 ? Expression(all.parts[0]) : all;
  }
  Expression parse_negation() {
    if (accept("!", "not")) {
      if (++depth_ > depth_max) fail();
      Expression negation;
      negation.kind = Kind::negation;
      negation.parts.push_back(parse_negation());
      --depth_;
      return negation;
    }
    if (token_ == "(") {
      advance();
      Expression inner = parse_any();
      if (token_ != ")") fail();
      advance();
      return inner;
    }
    return parse_comparison();
  }

  Expression parse_comparison() {
    Expression comparison;
    comparison.kind = Kind::compare;
    comparison.subject = word();
    check_subject(comparison.subject);
    const Spelling* found = nullptr;
    for (const Spelling& s : spellings)
      if (!found && equals_ignore_case(s.text, token_)) found = &s;
    if (!found) fail();
    comparison.op = found->op;
    const bool pattern = found->op == Operator::matches || found->op == Operator::not_matches;
    if (pattern)
      take_pattern();
    else
      advance();
    if (found->op == Operator::exists || found->op == Operator::not_exists) return comparison;
    if (found->op == Operator::in || found->op == Operator::not_in) {
      comparison.values = word_list();
      return comparison;
    }
    comparison.values.push_back(pattern ? std::string(token_) : word());
    if (pattern) advance();
    if (pattern && !pattern_matches(comparison.values[0], "")) fail();
    return comparison;
  }
  /// A pattern is everything up to white space, or to the bracket that it did not open.
  void take_pattern() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    size_t length = 0;
    int open = 0;
    const std::string_view rest = text_.substr(at_);
    while (length < rest.size() && rest[length] != ' ') {
      if (rest[length] == '(') ++open;
      if (rest[length] == ')' && open-- == 0) break;
      ++length;
    }
    if (length == 0) fail();
    take(length);
  }
  std::string word() {
    if (token_.empty() || std::string_view("()[],").find(token_[0]) != std::string_view::npos)
      fail();
    std::string_view text = token_;
    if (text.size() >= 2 && (text[0] == '"' || text[0] == '\''))
      text = text.substr(1, text.size() - 2);
    std::string made(text);
    advance();
    return made;
  }
  std::vector<std::string> word_list() {
    if (token_ != "[" && token_ != "(") fail();
    const std::string_view close = token_ == "[" ? "]" : ")";
    advance();
    std::vector<std::string> words{word()};
    while (token_ == ",") {
      advance();
      words.push_back(word());
    }
    if (token_ != close) fail();
    advance();
    return words;
  }
  void check_subject(std::string_view subject) const {
    constexpr std::string_view known[] = {
        "ec2InstanceId",     "agentVersion", "agentConnected", "runningTasksCount",
        "pendingTasksCount", "registeredAt", "status"};
    if (subject.starts_with("attribute:") || subject == "task:group") return;
    if (std::ranges::find(known, subject) == std::end(known)) fail();
  }

  std::string_view text_, token_;
  size_t at_ = 0;
  int depth_ = 0;
};

std::vector<std::string> values_of(const Subject& subject, std::string_view name) {
  const ContainerInstance& i = *subject.instance;
  if (name == "task:group") return {subject.task_groups.begin(), subject.task_groups.end()};
  if (name == "ec2InstanceId") return {i.instance_id};
  if (name == "agentVersion") return {i.agent_version};
  if (name == "agentConnected") return {i.agent_connected ? "true" : "false"};
  if (name == "runningTasksCount") return {std::to_string(subject.running)};
  if (name == "pendingTasksCount") return {std::to_string(subject.pending)};
  if (name == "registeredAt") return {format_iso8601(i.registered)};
  if (name == "status") return {i.status};
  std::vector<std::string> values;
  const std::string_view attribute = name.substr(std::string_view("attribute:").size());
  for (const Attribute& a : i.attributes)
    if (a.name == attribute) values.push_back(a.value);
  return values;
}

/// Numbers and versions ("1.89.2") by their parts, the rest as texts.
int compare(std::string_view a, std::string_view b) {
  const auto left = split(a, '.'), right = split(b, '.');
  for (size_t n = 0; n < std::max(left.size(), right.size()); ++n) {
    const auto x = n < left.size() ? parse_int(left[n]) : std::optional<int64_t>(0);
    const auto y = n < right.size() ? parse_int(right[n]) : std::optional<int64_t>(0);
    if (!x || !y) return a.compare(b);
    if (*x != *y) return *x < *y ? -1 : 1;
  }
  return 0;
}

bool holds(const Expression& e, std::string_view have) {
  switch (e.op) {
    case Operator::equal:
    case Operator::in:
      return std::ranges::find(e.values, have) != e.values.end();
    case Operator::greater:
      return compare(have, e.values[0]) > 0;
    case Operator::greater_equal:
      return compare(have, e.values[0]) >= 0;
    case Operator::less:
      return compare(have, e.values[0]) < 0;
    case Operator::less_equal:
      return compare(have, e.values[0]) <= 0;
    case Operator::matches:
      return pattern_matches(e.values[0], have).value_or(false);
    default:
      return true;
  }
}

bool matches_comparison(Expression e, const Subject& subject) {
  bool negate = true;
  switch (e.op) {
    case Operator::not_equal:
      e.op = Operator::equal;
      break;
    case Operator::not_in:
      e.op = Operator::in;
      break;
    case Operator::not_matches:
      e.op = Operator::matches;
      break;
    case Operator::not_exists:
      e.op = Operator::exists;
      break;
    default:
      negate = false;
  }
  const auto have = values_of(subject, e.subject);
  const bool found = std::ranges::any_of(have, [&](const auto& h) { return holds(e, h); });
  return found != negate;
}

}  // namespace

Expression parse_expression(std::string_view text) {
  constexpr size_t length_max = 2000;
  if (trim(text).empty() || text.size() > length_max)
    throw invalid_parameter(cat("Invalid cluster query expression: ", text.substr(0, 200)));
  return Parser(text).parse();
}

std::optional<bool> pattern_matches(std::string_view pattern, std::string_view text) {
  return model::matches_pattern(pattern, text);
}

Subject subject_of(const sim::Scope& scope, const ContainerInstance& instance) {
  Subject subject;
  subject.instance = &instance;
  for (const Task* task : scope.by<Task>("instance:" + instance.id)) {
    if (task->last_status == "STOPPED") continue;
    subject.task_groups.insert(task->group);
    ++(task->last_status == "RUNNING" ? subject.running : subject.pending);
  }
  return subject;
}

bool matches(const Expression& expression, const Subject& subject) {
  auto part_matches = [&](const Expression& part) { return matches(part, subject); };
  switch (expression.kind) {
    case Kind::all:
      return std::ranges::all_of(expression.parts, part_matches);
    case Kind::any:
      return std::ranges::any_of(expression.parts, part_matches);
    case Kind::negation:
      return !matches(expression.parts[0], subject);
    case Kind::compare:
      return matches_comparison(expression, subject);
  }
  return false;
}

}  // namespace squall::ecs
