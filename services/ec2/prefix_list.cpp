// AWS's own prefix lists: the blocks behind S3's and DynamoDB's gateway endpoints.
#include <algorithm>

#include "services/ec2/internal.h"

namespace squall::ec2 {

// The blocks are of 198.51.100.0/24 (documentation): no client may take them for the real ones.
std::vector<PrefixList> aws_prefix_lists(const sim::Scope& scope) {
  std::vector<PrefixList> lists;
  for (const auto& [service, block] :
       {std::pair<std::string_view, std::string_view>{"dynamodb", "198.51.100.0/25"},
        {"s3", "198.51.100.128/25"}}) {
    const std::string name = cat("com.amazonaws.", scope.region(), ".", service);
    lists.push_back(
        {cat("pl-", hex16(stable_hash(name)).substr(0, 8)), name, {std::string(block)}, {}});
  }
  return lists;
}

std::optional<PrefixList> prefix_list(const sim::Scope& scope, std::string_view id) {
  for (PrefixList& list : aws_prefix_lists(scope))
    if (list.id == id) return std::move(list);
  return {};
}

std::vector<std::string> prefix_list_blocks(const sim::Scope& scope, std::string_view id_or_name) {
  for (PrefixList& list : aws_prefix_lists(scope))
    if (list.id == id_or_name || list.name == id_or_name) return std::move(list.blocks);
  return {};
}

namespace {

AwsError no_list(std::string_view id) {
  return {"InvalidPrefixListID.NotFound", cat("The prefix list ID '", id, "' does not exist")};
}

const FilterRow<PrefixList> filters[] = {
    {"prefix-list-id", [](const PrefixList& l) { return Strings{l.id}; }},
    {"prefix-list-name", [](const PrefixList& l) { return Strings{l.name}; }},
    {"owner-id", [](const PrefixList&) { return Strings{"AWS"}; }},
};

template <class Describe>
Value describe_lists(Context& ctx, const Input& in, int64_t lowest, int64_t highest,
                     Describe describe) {
  const Strings ids = in.strings("PrefixListIds");
  for (const std::string& id : ids)
    if (!prefix_list(ctx, id)) throw no_list(id);
  const FilterSet<PrefixList> wanted(in, filters);
  const SortedRange<PrefixList> lists(aws_prefix_lists(ctx));
  const Page page = paginate(
      lists, page_of(in, lowest, highest),
      [&](const PrefixList& l) {
        return (ids.empty() || std::find(ids.begin(), ids.end(), l.id) != ids.end()) &&
               wanted.matches(l);
      },
      describe);
  return {{"PrefixLists", page.items}, {"NextToken", page.next_token}};
}

Value describe_prefix_lists(Context& ctx, Input in) {
  return describe_lists(ctx, in, 5, 1000, [](const PrefixList& l) {
    return Value{{"PrefixListId", l.id}, {"PrefixListName", l.name}, {"Cidrs", l.blocks}};
  });
}

Value describe_managed_prefix_lists(Context& ctx, Input in) {
  return describe_lists(ctx, in, 1, 100, [&](const PrefixList& l) {
    return Value{{"PrefixListId", l.id},
                 {"PrefixListName", l.name},
                 {"AddressFamily", "IPv4"},
                 {"State", "create-complete"},
                 {"PrefixListArn", cat("arn:aws:ec2:", ctx.region(), ":aws:prefix-list/", l.id)},
                 {"OwnerId", "AWS"},
                 {"Tags", Value::list()}};
  });
}

Value get_managed_prefix_list_entries(Context& ctx, Input in) {
  const std::string id = in.string("PrefixListId");
  const auto list = prefix_list(ctx, id);
  if (!list) throw no_list(id);
  if (in.integer("TargetVersion", 1) != 1)
    throw invalid_parameter_value("The specified prefix list version does not exist.");
  page_of(in, 1, 100);  // one entry: always one page
  return {{"Entries", list_of(list->blocks, [](const std::string& block) {
             return Value{{"Cidr", block}};
           })}};
}

}  // namespace

HandlerRows prefix_list_rows() {
  static const HandlerRow rows[] = {
      {"DescribePrefixLists", Reads, describe_prefix_lists},
      {"DescribeManagedPrefixLists", Reads, describe_managed_prefix_lists},
      {"GetManagedPrefixListEntries", Reads, get_managed_prefix_list_entries},
  };
  return rows;
}

}  // namespace squall::ec2
