// What AWS offers as it is: account limits and SSL policies.
#include <algorithm>

#include "services/elbv2/internal.h"

namespace squall::elbv2 {
namespace {

struct LimitRow {
  std::string_view name, max;
};
const LimitRow limit_rows_[] = {
    {"application-load-balancers", "50"},
    {"target-groups", "3000"},
    {"targets-per-application-load-balancer", "1000"},
    {"listeners-per-application-load-balancer", "50"},
    {"rules-per-application-load-balancer", "100"},
    {"network-load-balancers", "50"},
    {"targets-per-network-load-balancer", "3000"},
    {"targets-per-availability-zone-per-network-load-balancer", "500"},
    {"listeners-per-network-load-balancer", "50"},
    {"condition-values-per-alb-rule", "5"},
    {"condition-wildcards-per-alb-rule", "5"},
    {"target-groups-per-application-load-balancer", "100"},
    {"target-groups-per-action-on-application-load-balancer", "5"},
    {"target-groups-per-action-on-network-load-balancer", "1"},
    {"certificates-per-application-load-balancer", "25"},
    {"certificates-per-network-load-balancer", "25"},
    {"targets-per-target-group", "1000"},
    {"target-id-registrations-per-application-load-balancer", "1000"},
    {"network-load-balancer-enis-per-vpc", "1200"},
    {"gateway-load-balancers", "100"},
    {"gateway-load-balancers-per-vpc", "100"},
    {"geneve-target-groups", "100"},
    {"targets-per-availability-zone-per-gateway-load-balancer", "300"},
};

constexpr std::string_view tls13 =
    "TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256 ";
constexpr std::string_view forward_secret =
    "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 "
    "ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 "
    "ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 ";
constexpr std::string_view classic =
    "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA256 "
    "ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA "
    "ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-AES256-SHA384 "
    "ECDHE-RSA-AES256-SHA384 ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES256-SHA AES128-GCM-SHA256 "
    "AES128-SHA256 AES128-SHA AES256-GCM-SHA384 AES256-SHA256 AES256-SHA ";
constexpr std::string_view all_tls = "TLSv1 TLSv1.1 TLSv1.2";

struct PolicyRow {
  std::string_view name, protocols, ciphers, more_ciphers;
};
const PolicyRow policy_rows[] = {
    {"ELBSecurityPolicy-2016-08", all_tls, classic, ""},
    {"ELBSecurityPolicy-2015-05", all_tls, classic, ""},
    {"ELBSecurityPolicy-TLS-1-0-2015-04", all_tls, classic, "DES-CBC3-SHA"},
    {"ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1.1 TLSv1.2", classic, ""},
    {"ELBSecurityPolicy-TLS-1-2-2017-01", "TLSv1.2", forward_secret,
     "AES128-GCM-SHA256 AES128-SHA256 AES256-GCM-SHA384 AES256-SHA256"},
    {"ELBSecurityPolicy-TLS-1-2-Ext-2018-06", "TLSv1.2", classic, ""},
    {"ELBSecurityPolicy-FS-2018-06", all_tls, forward_secret,
     "ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES256-SHA"},
    {"ELBSecurityPolicy-FS-1-1-2019-08", "TLSv1.1 TLSv1.2", forward_secret,
     "ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES256-SHA"},
    {"ELBSecurityPolicy-FS-1-2-2019-08", "TLSv1.2", forward_secret,
     "ECDHE-ECDSA-AES128-SHA ECDHE-RSA-AES128-SHA ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES256-SHA"},
    {"ELBSecurityPolicy-FS-1-2-Res-2019-08", "TLSv1.2", forward_secret, ""},
    {"ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLSv1.2",
     "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 "
     "ECDHE-RSA-AES256-GCM-SHA384",
     ""},
    {"ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3", tls13, ""},
    {"ELBSecurityPolicy-TLS13-1-2-2021-06", "TLSv1.2 TLSv1.3", tls13, forward_secret},
    {"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "TLSv1.2 TLSv1.3", tls13,
     "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 "
     "ECDHE-RSA-AES256-GCM-SHA384"},
    {"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06", "TLSv1.2 TLSv1.3", tls13,
     "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES128-SHA256 "
     "ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 "
     "ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384 AES128-GCM-SHA256 AES128-SHA256 "
     "AES256-GCM-SHA384 AES256-SHA256"},
    {"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", "TLSv1.2 TLSv1.3", tls13, classic},
    {"ELBSecurityPolicy-TLS13-1-1-2021-06", "TLSv1.1 TLSv1.2 TLSv1.3", tls13, classic},
    {"ELBSecurityPolicy-TLS13-1-0-2021-06", "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", tls13, classic},
};

void add_ciphers(Value& list, std::string_view names) {
  for (const std::string_view name : split(names, ' '))
    if (!name.empty()) list.push({{"Name", name}, {"Priority", list.size() + 1}});
}

Value describe(const PolicyRow& row) {
  Value ciphers = Value::list(), protocols = Value::list(), types = Value::list();
  for (const std::string_view p : split(row.protocols, ' ')) protocols.push(p);
  add_ciphers(ciphers, row.ciphers);
  add_ciphers(ciphers, row.more_ciphers);
  types.push("application");
  types.push("network");
  return {{"SslProtocols", protocols},
          {"Ciphers", ciphers},
          {"Name", row.name},
          {"SupportedLoadBalancerTypes", types}};
}

/// A page of a constant list; the marker is the name last shown.
template <class Row, class Describe>
Page page_rows(std::span<const Row> rows, const PageRequest& request, Describe show) {
  Page page;
  bool skipping = !request.after.empty();
  std::string_view last;
  for (const Row& row : rows) {
    if (skipping) {
      skipping = row.name != request.after;
      continue;
    }
    if (page.items.size() == request.limit) {
      page.next_token = Value(base64_encode(cat("v1:", last)));
      break;
    }
    page.items.push(show(row));
    last = row.name;
  }
  return page;
}

Value describe_account_limits(Context&, Input in) {
  const Page page = page_rows(std::span<const LimitRow>(limit_rows_), page_of(in),
                              [](const LimitRow& row) {
                                return Value{{"Name", row.name}, {"Max", row.max}};
                              });
  return {{"Limits", page.items}, {"NextMarker", page.next_token}};
}

Value describe_ssl_policies(Context&, Input in) {
  const auto names = in.strings("Names");
  in.ignore("LoadBalancerType");  // every policy serves both types
  if (names.empty()) {
    const Page page = page_rows(std::span<const PolicyRow>(policy_rows), page_of(in), describe);
    return {{"SslPolicies", page.items}, {"NextMarker", page.next_token}};
  }
  Value list = Value::list();
  for (const std::string& name : names) {
    if (!is_ssl_policy(name)) throw ssl_policy_not_found(name);
    for (const PolicyRow& row : policy_rows)
      if (row.name == name) list.push(describe(row));
  }
  return {{"SslPolicies", list}};
}

const api::HandlerRow rows[] = {
    {"DescribeAccountLimits", Reads, describe_account_limits},
    {"DescribeSSLPolicies", Reads, describe_ssl_policies},
};

}  // namespace

bool is_ssl_policy(std::string_view name) {
  return std::ranges::any_of(policy_rows, [&](const PolicyRow& row) { return row.name == name; });
}

std::span<const api::HandlerRow> limit_rows() { return rows; }

}  // namespace squall::elbv2
