// Projections: paths merged into a tree, and an item seen through it.
#include <algorithm>

#include "services/dynamodb/expression.h"

namespace squall::dynamodb {
namespace {

using Branch = PathTree::Branch;

Branch& branch_for(PathTree& tree, std::string_view name, uint32_t index, bool is_index) {
  for (Branch& b : tree.branches)
    if (b.is_index == is_index && (is_index ? b.index == index : b.name == name)) return b;
  Branch branch;
  branch.name = name;
  branch.index = index;
  branch.is_index = is_index;
  tree.branches.push_back(std::move(branch));
  return tree.branches.back();
}

const Branch* find(const PathTree& tree, std::string_view name) {
  for (const Branch& b : tree.branches)
    if (!b.is_index && b.name == name) return &b;
  return nullptr;
}

bool project_value(const PathTree& tree, AttributeView value, std::string& out);

/// Appends what a branch selects of a value; false where that is nothing.
bool project_branch(const Branch& branch, AttributeView value, std::string& out) {
  if (branch.below) return project_value(*branch.below, value, out);
  out += value.encoded();
  return true;
}

size_t project_entries(const PathTree& tree, Entries entries, std::string& out) {
  size_t count = 0;
  for (; entries; entries.next()) {
    const Branch* branch = find(tree, entries.name());
    if (!branch) continue;
    const size_t before = out.size();
    append_name(out, entries.name());
    if (project_branch(*branch, entries.value(), out))
      ++count;
    else
      out.resize(before);
  }
  return count;
}

size_t project_elements(const PathTree& tree, AttributeView list, std::string& out) {
  std::vector<const Branch*> wanted;
  for (const Branch& b : tree.branches)
    if (b.is_index) wanted.push_back(&b);
  std::ranges::sort(wanted, {}, &Branch::index);
  size_t count = 0;
  for (const Branch* b : wanted)
    if (const AttributeView value = list.element(b->index))
      count += project_branch(*b, value, out);
  return count;
}

bool project_value(const PathTree& tree, AttributeView value, std::string& out) {
  if (value.type() != Type::M && value.type() != Type::L) return false;
  std::string inside;
  const size_t count = value.type() == Type::M ? project_entries(tree, Entries(value), inside)
                                               : project_elements(tree, value, inside);
  if (!count) return false;
  const size_t opened = open_container(out, value.type(), count);
  out += inside;
  close_container(out, opened);
  return true;
}

}  // namespace

PathTree path_tree(const Bound& bound, const std::vector<uint32_t>& paths) {
  PathTree tree;
  for (const uint32_t p : paths) {
    const Path& path = bound.parsed->paths[p];
    PathTree* at = &tree;
    for (size_t i = 0; i < path.size(); ++i) {
      const bool is_index = path[i].kind == PathStep::Kind::index;
      const std::string_view name = is_index ? std::string_view() : bound.step_name(path[i]);
      Branch& branch = branch_for(*at, name, path[i].number, is_index);
      if (i + 1 == path.size()) break;
      if (!branch.below) branch.below = std::make_unique<PathTree>();
      at = branch.below.get();
    }
  }
  return tree;
}

std::string project(const PathTree& tree, std::string_view attributes) {
  std::string out;
  project_entries(tree, Entries(attributes.data(), attributes.data() + attributes.size()), out);
  return out;
}

}  // namespace squall::dynamodb
