// Expressions: parsed once and cached as plain trees without names and values, then bound to a
// request's, checked, and evaluated against stored items. Legacy parameters are translated into
// the same trees.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/core/value.h"
#include "services/dynamodb/item.h"

namespace squall::dynamodb {

enum class Op : uint8_t {
  path, value,                                     // leaves
  size, if_not_exists, list_append, plus, minus,   // give a value
  eq, ne, lt, le, gt, ge, between, in,             // give a truth
  and_, or_, not_,
  attribute_exists, attribute_not_exists, attribute_type, begins_with, contains,
};
/// As messages name it: `=`, `BETWEEN`, `begins_with`.
std::string_view op_name(Op op);

struct PathStep {
  enum class Kind : uint8_t { name, placeholder, index };
  Kind kind = Kind::name;
  uint32_t number = 0;  // the index, or the placeholder's position in Parsed::names
  std::string name;     // the name itself
};
using Path = std::vector<PathStep>;

struct Node {
  Op op = Op::path;
  bool parenthesised = false;
  uint32_t leaf = 0;  // position in Parsed::paths or Parsed::values
  std::vector<uint32_t> args;  // positions in Parsed::nodes
};

struct Action {
  enum class Kind : uint8_t { set, remove, add, delete_ };
  Kind kind = Kind::set;
  uint32_t path = 0;   // position in Parsed::paths
  uint32_t value = 0;  // position in Parsed::nodes
};

enum class ExpressionKind : uint8_t { condition, filter, key_condition, projection, update };
/// `ConditionExpression`...
std::string_view expression_name(ExpressionKind kind);

/// What a text says, before names and values are known.
struct Parsed {
  ExpressionKind kind = ExpressionKind::condition;
  std::vector<Node> nodes;
  std::vector<Path> paths;
  std::vector<std::string> names, values;  // placeholders, `#` and `:` included
  uint32_t root = 0;                       // conditions
  std::vector<Action> actions;             // updates
  std::vector<uint32_t> projected;         // projections: positions in paths
  bool legacy = false;                     // AttributeUpdates: refused in words of their own
};

/// Throws AWS's ValidationException ("Invalid FilterExpression: ...").
Parsed parse_expression(ExpressionKind kind, std::string_view text);
/// The same from this thread's bounded cache.
std::shared_ptr<const Parsed> parsed_expression(ExpressionKind kind, std::string_view text);
bool is_reserved_word(std::string_view word);

/// ExpressionAttributeNames and ExpressionAttributeValues of one request.
class Placeholders {
 public:
  /// Absent values where the member is not there. `names_needed`... throws AWS's refusals of bad
  /// placeholders and values.
  Placeholders(const Value& names, const Value& values);
  /// Looks up and marks as used. Empty where it is not defined.
  std::string_view name(std::string_view placeholder);
  AttributeView value(std::string_view placeholder);
  bool has_names() const { return !names_.empty(); }
  bool has_values() const { return !values_.empty(); }
  /// Throws if some were not used by any expression.
  void check_all_used() const;

 private:
  struct Name {
    std::string_view placeholder, name;
    bool used = false;
  };
  struct Given {
    std::string_view placeholder;
    size_t offset;
    bool used = false;
  };
  std::vector<Name> names_;
  std::vector<Given> values_;
  std::string bytes_;
};

/// A parsed expression with this request's names and values. Views into both and into the request.
struct Bound {
  std::shared_ptr<const Parsed> parsed;
  std::vector<std::string_view> names;
  std::vector<AttributeView> values;

  std::string_view step_name(const PathStep& step) const {
    return step.kind == PathStep::Kind::placeholder ? names[step.number]
                                                    : std::string_view(step.name);
  }
  explicit operator bool() const { return parsed != nullptr; }
};
/// Resolves, then checks what depends on names and values: operand types, overlapping paths.
Bound bind_expression(std::shared_ptr<const Parsed> parsed, Placeholders& placeholders);
/// What can be refused once names and values are known: operand types, overlapping paths.
void check_expression(const Bound& bound);
/// `[a, b, [0]]` as messages show a path.
std::string shown_path(const Bound& bound, const Path& path);

/// The value at a path of an item's attributes, or an invalid view.
AttributeView value_at(const Bound& bound, const Path& path, const Item* item);
/// Conditions and filters; `item` may be nullptr (nothing there).
bool is_true(const Bound& bound, const Item* item);

/// The value of an operand; `scratch` keeps what had to be computed.
AttributeView operand_value(const Bound& bound, uint32_t node, const Item* item,
                            std::vector<std::unique_ptr<std::string>>& scratch);

// --- projections ---------------------------------------------------------------------------------
/// Paths merged into a tree of names and indexes; a leaf takes all below it.
struct PathTree {
  struct Branch {
    std::string name;
    uint32_t index = 0;
    bool is_index = false;
    std::unique_ptr<PathTree> below;  // none: a leaf
  };
  std::vector<Branch> branches;
};
PathTree path_tree(const Bound& bound, const std::vector<uint32_t>& paths);
/// The attributes that a tree selects, one behind the other.
std::string project(const PathTree& tree, std::string_view attributes);

// --- updates -------------------------------------------------------------------------------------
/// The item's attributes after the update. `attributes` may be empty. Throws AWS's refusals.
std::string updated(const Bound& bound, const Item* item);

}  // namespace squall::dynamodb
