// Updates: every right side is computed from the item as it was, then one walk writes the new item.
#include <algorithm>
#include <optional>
#include <set>

#include "services/dynamodb/decimal.h"
#include "services/dynamodb/errors.h"
#include "services/dynamodb/expression.h"

namespace squall::dynamodb {
namespace {

using Scratch = std::vector<std::unique_ptr<std::string>>;

[[noreturn]] void invalid_path() {
  throw invalid("The document path provided in the update expression is invalid for update");
}
[[noreturn]] void wrong_operand(bool legacy) {
  throw invalid(legacy ? "Type mismatch for attribute to update"
                       : "An operand in the update expression has an incorrect data type");
}

/// What happens to a place of the item: it is set, removed, or something below it changes.
struct Change {
  std::string name;
  uint32_t index = 0;
  bool is_index = false;
  std::optional<AttributeView> set;
  bool removed = false;
  std::vector<Change> below;
};

Change& change_for(std::vector<Change>& list, std::string_view name, const PathStep& step) {
  const bool is_index = step.kind == PathStep::Kind::index;
  for (Change& c : list)
    if (c.is_index == is_index && (is_index ? c.index == step.number : c.name == name)) return c;
  Change change;
  change.name = name;
  change.index = step.number;
  change.is_index = is_index;
  list.push_back(std::move(change));
  return list.back();
}

void write_value(AttributeView value, const Change& change, std::string& out);

/// Returns how many entries were written.
size_t write_entries(Entries entries, const std::vector<Change>& changes, std::string& out) {
  size_t count = 0;
  std::vector<bool> met(changes.size());
  for (; entries; entries.next()) {
    const Change* change = nullptr;
    for (size_t i = 0; i < changes.size(); ++i)
      if (changes[i].name == entries.name()) {
        change = &changes[i];
        met[i] = true;
      }
    if (change && change->removed) continue;
    append_name(out, entries.name());
    ++count;
    if (change)
      write_value(entries.value(), *change, out);
    else
      out += entries.value().encoded();
  }
  for (size_t i = 0; i < changes.size(); ++i) {
    if (met[i]) continue;
    if (!changes[i].below.empty()) invalid_path();
    if (!changes[i].set) continue;
    append_name(out, changes[i].name);
    out += changes[i].set->encoded();
    ++count;
  }
  return count;
}

size_t write_elements(AttributeView list, std::vector<const Change*> changes, std::string& out) {
  std::ranges::sort(changes, {}, &Change::index);
  size_t count = 0;
  uint32_t index = 0;
  auto change = changes.begin();
  for (Elements e(list); e; e.next(), ++index) {
    if (change != changes.end() && (*change)->index == index) {
      const Change& c = **change++;
      if (c.removed) continue;
      write_value(e.value(), c, out);
    } else {
      out += e.value().encoded();
    }
    ++count;
  }
  for (; change != changes.end(); ++change) {  // behind the end: appended
    if (!(*change)->below.empty()) invalid_path();
    if (!(*change)->set) continue;
    out += (*change)->set->encoded();
    ++count;
  }
  return count;
}

void write_value(AttributeView value, const Change& change, std::string& out) {
  if (change.set) {
    out += change.set->encoded();
    return;
  }
  const bool by_index = change.below.front().is_index;
  if (value.type() != (by_index ? Type::L : Type::M)) invalid_path();
  std::string inside;
  size_t count = 0;
  if (by_index) {
    std::vector<const Change*> changes;
    for (const Change& c : change.below) changes.push_back(&c);
    count = write_elements(value, std::move(changes), inside);
  } else {
    count = write_entries(Entries(value), change.below, inside);
  }
  const size_t opened = open_container(out, value.type(), count);
  out += inside;
  close_container(out, opened);
}

AttributeView keep(Scratch& scratch, std::string encoded) {
  scratch.push_back(std::make_unique<std::string>(std::move(encoded)));
  return AttributeView(scratch.back()->data());
}

/// A set's elements joined with, or freed of, another's; invalid where nothing is left.
AttributeView changed_set(AttributeView set, AttributeView other, bool adds, Scratch& scratch) {
  const auto less = [](std::string_view a, std::string_view b) { return compare_bytes(a, b) < 0; };
  std::set<std::string_view, decltype(less)> elements(less);
  for (SetElements e(set); e; e.next()) elements.insert(e.bytes());
  for (SetElements e(other); e; e.next()) {
    if (adds)
      elements.insert(e.bytes());
    else
      elements.erase(e.bytes());
  }
  if (elements.empty()) return {};
  std::string encoded;
  const size_t opened = open_container(encoded, set.type(), elements.size());
  for (const std::string_view element : elements) append_name(encoded, element);
  close_container(encoded, opened);
  return keep(scratch, std::move(encoded));
}

AttributeView appended(AttributeView list, AttributeView more, Scratch& scratch) {
  std::string encoded;
  const size_t opened = open_container(encoded, Type::L, list.count() + more.count());
  encoded.append(list.elements(), list.end());
  encoded.append(more.elements(), more.end());
  close_container(encoded, opened);
  return keep(scratch, std::move(encoded));
}

AttributeView added(AttributeView there, AttributeView given, bool legacy, Scratch& scratch) {
  if (!there) return given;
  if (there.type() != given.type()) wrong_operand(legacy);
  if (is_set(given.type())) return changed_set(there, given, true, scratch);
  if (given.type() == Type::L) return appended(there, given, scratch);  // AttributeUpdates only
  const Decimal total = Decimal::from_key(there.bytes()) + Decimal::from_key(given.bytes());
  std::string key, encoded;
  total.append_key(key);
  append_scalar(encoded, Type::N, key);
  return keep(scratch, std::move(encoded));
}

/// The place's new value; nothing where the action leaves it alone.
void fill(const Bound& bound, const Action& action, const Item* item, Scratch& scratch,
          Change& change) {
  const AttributeView given = action.kind == Action::Kind::remove
                                  ? AttributeView()
                                  : operand_value(bound, action.value, item, scratch);
  const AttributeView there = value_at(bound, bound.parsed->paths[action.path], item);
  switch (action.kind) {
    case Action::Kind::set:
      if (!given)
        throw invalid(
            "The provided expression refers to an attribute that does not exist in the item");
      change.set = given;
      return;
    case Action::Kind::remove: change.removed = true; return;
    case Action::Kind::add: change.set = added(there, given, bound.parsed->legacy, scratch); return;
    case Action::Kind::delete_:
      if (there && there.type() != given.type()) wrong_operand(bound.parsed->legacy);
      if (const AttributeView left =
              there ? changed_set(there, given, false, scratch) : AttributeView())
        change.set = left;
      else
        change.removed = true;
  }
}

}  // namespace

std::string updated(const Bound& bound, const Item* item) {
  Scratch scratch;
  std::vector<Change> changes;
  for (const Action& action : bound.parsed->actions) {
    const Path& path = bound.parsed->paths[action.path];
    std::vector<Change>* list = &changes;
    Change* change = nullptr;
    for (const PathStep& step : path) {
      const bool is_index = step.kind == PathStep::Kind::index;
      change = &change_for(*list, is_index ? std::string_view() : bound.step_name(step), step);
      list = &change->below;
    }
    fill(bound, action, item, scratch, *change);
  }
  std::string out;
  const std::string_view before = item ? item->data() : std::string_view();
  write_entries(Entries(before.data(), before.data() + before.size()), changes, out);
  return out;
}

}  // namespace squall::dynamodb
