// Event subscriptions: kept and described. Their notifications go to SNS once it is served.
#include "services/rds/internal.h"

namespace squall::rds {
namespace {

struct SourceCategories {
  std::string_view source, categories;  // separated by bars
};

constexpr SourceCategories category_table[] = {
    {"db-instance",
     "availability|backup|configuration change|creation|deletion|failover|failure|low storage|"
     "maintenance|notification|read replica|recovery|restoration|security|security patching"},
    {"db-parameter-group", "configuration change"},
    {"db-security-group", "configuration change|failure"},
    {"db-snapshot", "creation|deletion|notification|restoration"},
};

std::vector<std::string> categories_of(const SourceCategories& row) {
  std::vector<std::string> out;
  for (const std::string_view c : split(row.categories, '|')) out.emplace_back(c);
  return out;
}

Value describe(const sim::Scope& scope, const EventSubscription& s) {
  Value v{{"CustomerAwsId", scope.account()},
          {"CustSubscriptionId", s.id},
          {"SnsTopicArn", s.topic_arn},
          {"Status", "active"},
          {"SubscriptionCreationTime", format_iso8601_ms(s.created)},
          {"SourceIdsList", s.source_ids},
          {"EventCategoriesList", s.categories},
          {"Enabled", s.enabled},
          {"EventSubscriptionArn", s.arn}};
  if (!s.source_type.empty()) v.add("SourceType", s.source_type);
  return v;
}

void check_categories(const EventSubscription& s) {
  if (!s.source_ids.empty() && s.source_type.empty()) {
    throw invalid_parameter_combination("SourceIds specified without SourceType.");
  }
  const SourceCategories* row = nullptr;
  for (const SourceCategories& r : category_table)
    if (r.source == s.source_type) row = &r;
  if (!s.source_type.empty() && !row)
    throw AwsError{"SourceNotFound", cat("Invalid source type: ", s.source_type), 404};
  if (!row) return;
  const auto known = categories_of(*row);
  for (const std::string& c : s.categories) {
    if (std::ranges::find(known, c) == known.end()) {
      throw AwsError{"SubscriptionCategoryNotFound",
                     cat("The category ", c, " does not exist for source type ", s.source_type),
                     404};
    }
  }
}

Value create(Context& ctx, Input in) {
  EventSubscription s;
  s.id = identifier(in.string("SubscriptionName"), "SubscriptionName", 255);
  s.arn = ctx.arn("rds", cat("es:", s.id));
  s.topic_arn = in.string("SnsTopicArn");
  s.source_type = in.string("SourceType");
  s.source_ids = in.strings("SourceIds");
  s.categories = in.strings("EventCategories");
  s.enabled = in.boolean("Enabled", true);
  s.created = ctx.now();
  s.tags = tags_from(in.list("Tags"));
  if (!s.topic_arn.starts_with("arn:aws:sns:"))
    throw AwsError{"SNSInvalidTopic", cat("Invalid SNS topic: ", s.topic_arn)};
  check_categories(s);
  if (ctx.has<EventSubscription>(s.id)) throw subscription_already_exists(s.id);
  return {{"EventSubscription", describe(ctx, ctx.add(std::move(s)))}};
}

Value modify(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("SubscriptionName"));
  if (!ctx.has<EventSubscription>(name)) throw subscription_not_found(name);
  EventSubscription& s = ctx.edit<EventSubscription>(name);
  s.topic_arn = in.string("SnsTopicArn", s.topic_arn);
  s.source_type = in.string("SourceType", s.source_type);
  if (in.has("EventCategories")) s.categories = in.strings("EventCategories");
  s.enabled = in.boolean("Enabled", s.enabled);
  check_categories(s);
  return {{"EventSubscription", describe(ctx, s)}};
}

Value remove(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("SubscriptionName"));
  const EventSubscription* s = ctx.view<EventSubscription>(name);
  if (!s) throw subscription_not_found(name);
  const Value answer{{"EventSubscription", describe(ctx, *s)}};
  ctx.erase<EventSubscription>(name);
  return answer;
}

Value describe_subscriptions(Context& ctx, Input in) {
  const std::string name = to_lower(in.string("SubscriptionName"));
  if (!name.empty() && !ctx.has<EventSubscription>(name)) throw subscription_not_found(name);
  check_filters(in, {});
  const Page page = paginate(
      ctx.all<EventSubscription>(), page_from(in),
      [&](const EventSubscription& s) { return name.empty() || s.id == name; },
      [&](const EventSubscription& s) { return describe(ctx, s); });
  return {{"EventSubscriptionsList", page.items}, {"Marker", page.next_token}};
}

Value describe_categories(Context&, Input in) {
  const std::string source = in.string("SourceType");
  check_filters(in, {});
  Value list = Value::list();
  for (const SourceCategories& row : category_table) {
    if (!source.empty() && row.source != source) continue;
    list.push({{"SourceType", row.source}, {"EventCategories", categories_of(row)}});
  }
  return {{"EventCategoriesMapList", list}};
}

}  // namespace

std::span<const api::HandlerRow> subscription_rows() {
  static const api::HandlerRow rows[] = {
      {"CreateEventSubscription", api::Writes, create},
      {"ModifyEventSubscription", api::Writes, modify},
      {"DeleteEventSubscription", api::Writes, remove},
      {"DescribeEventSubscriptions", api::Reads, describe_subscriptions},
      {"DescribeEventCategories", api::Reads, describe_categories},
  };
  return rows;
}

}  // namespace squall::rds
