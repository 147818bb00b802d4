// How certificates are shown.
#include <algorithm>

#include "services/acm/internal.h"

namespace squall::acm {
namespace {

Value describe_validation(const Certificate& c) {
  if (c.type == "IMPORTED") return {};
  Value list = Value::list();
  for (const std::string& domain : c.alternative_names) {
    Value validation{{"DomainName", domain},
                     {"ValidationStatus", c.status == "ISSUED" ? "SUCCESS" : "PENDING_VALIDATION"},
                     {"ValidationMethod", c.validation_method}};
    std::string zone = domain;
    for (const std::string& given : c.validation_domains)
      if (given.starts_with(cat(domain, '='))) zone = given.substr(domain.size() + 1);
    validation.add("ValidationDomain", zone);
    if (c.validation_method == "DNS") {
      // The wildcard shares the record of its parent.
      const std::string base = domain.starts_with("*.") ? domain.substr(2) : domain;
      const std::string name = cat(hex16(stable_hash(base)), hex16(stable_hash(base, 1)));
      const std::string value = cat(hex16(stable_hash(c.id)), hex16(stable_hash(base, 2)));
      validation.add("ResourceRecord", {{"Name", cat('_', name, '.', base, '.')},
                                        {"Type", "CNAME"},
                                        {"Value", cat('_', value, ".acm-validations.aws.")}});
    } else {
      Value emails = Value::list();
      for (const char* user : {"admin", "administrator", "hostmaster", "postmaster", "webmaster"})
        emails.push(cat(user, '@', zone));
      validation.add("ValidationEmails", emails);
    }
    list.push(validation);
  }
  return list;
}

Value text_or_absent(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value describe(const sim::Scope& scope, const Certificate& c) {
  const bool issued = c.status == "ISSUED";
  const std::vector<std::string> users = users_of(scope, c.id);
  return {{"CertificateArn", c.id},
          {"DomainName", c.domain},
          {"SubjectAlternativeNames", c.alternative_names},
          {"DomainValidationOptions", describe_validation(c)},
          {"Serial", text_or_absent(c.serial)},
          {"Subject", text_or_absent(c.subject)},
          {"Issuer", text_or_absent(c.issuer)},
          {"CreatedAt", c.created},
          {"IssuedAt", c.issued},
          {"ImportedAt", c.imported},
          {"Status", c.status},
          {"NotBefore", c.not_before},
          {"NotAfter", c.not_after},
          {"KeyAlgorithm", c.key_algorithm},
          {"SignatureAlgorithm", text_or_absent(c.signature_algorithm)},
          {"InUseBy", users},
          {"Type", c.type},
          {"KeyUsages", issued ? Value(std::vector<Value>{{{"Name", "DIGITAL_SIGNATURE"}},
                                                          {{"Name", "KEY_ENCIPHERMENT"}}})
                               : Value::list()},
          {"ExtendedKeyUsages",
           issued ? Value(std::vector<Value>{
                        {{"Name", "TLS_WEB_SERVER_AUTHENTICATION"}, {"OID", "1.3.6.1.5.5.7.3.1"}}})
                  : Value::list()},
          {"RenewalEligibility",
           c.type != "IMPORTED" && !users.empty() ? "ELIGIBLE" : "INELIGIBLE"},
          {"Options",
           {{"CertificateTransparencyLoggingPreference", c.transparency},
            {"Export", c.type == "IMPORTED" ? Value() : Value("DISABLED")}}}};
}

Value summarize(const sim::Scope& scope, const Certificate& c) {
  const bool in_use = !users_of(scope, c.id).empty();
  return {{"CertificateArn", c.id},
          {"DomainName", c.domain},
          {"SubjectAlternativeNameSummaries", c.alternative_names},
          {"HasAdditionalSubjectAlternativeNames", false},
          {"Status", c.status},
          {"Type", c.type},
          {"KeyAlgorithm", c.key_algorithm},
          {"InUse", in_use},
          {"RenewalEligibility", c.type != "IMPORTED" && in_use ? "ELIGIBLE" : "INELIGIBLE"},
          {"NotBefore", c.not_before},
          {"NotAfter", c.not_after},
          {"CreatedAt", c.created},
          {"IssuedAt", c.issued},
          {"ImportedAt", c.imported}};
}

Value describe_certificate(Context& ctx, Input in) {
  return {{"Certificate", describe(ctx, require_certificate(ctx, in.string("CertificateArn")))}};
}

Value get_certificate(Context& ctx, Input in) {
  const Certificate& c = require_certificate(ctx, in.string("CertificateArn"));
  if (c.status != "ISSUED")
    throw AwsError{"RequestInProgressException",
                   cat("Certificate ", c.id, " is not in ISSUED state; it is ", c.status, ".")};
  // No authority signs requested certificates here, so there is no body to give.
  if (c.body_pem.empty())
    throw AwsError{"ResourceNotFoundException",
                   cat("The body of the requested certificate ", c.id, " is not available.")};
  return {{"Certificate", c.body_pem}, {"CertificateChain", text_or_absent(c.chain_pem)}};
}

/// Without filters, ACM lists certificates with RSA 1024 and 2048 keys only.
bool has_wanted_key(const Certificate& c, const std::vector<std::string>& types) {
  if (types.empty()) return c.key_algorithm == "RSA-2048" || c.key_algorithm == "RSA-1024";
  return std::ranges::any_of(types, [&](std::string type) {
    const size_t at = type.find('_');
    if (at != std::string::npos) type[at] = '-';
    return type == c.key_algorithm;
  });
}

Value list_certificates(Context& ctx, Input in) {
  const auto statuses = in.strings("CertificateStatuses");
  std::vector<std::string> keys;
  if (const Input includes = in.at("Includes")) {
    keys = includes.strings("keyTypes");
    includes.raw("extendedKeyUsage");  // every certificate serves TLS servers
    includes.raw("keyUsage");
    includes.ignore("exportOption");
    includes.ignore("managedBy");
  }
  in.ignore("SortBy");  // CREATED_AT is the only choice
  in.ignore("SortOrder");
  const PageRequest request =
      page_request(in.string("NextToken"), in.integer("MaxItems", 1000),
                   {"InvalidArgsException", "The NextToken is invalid."});
  const Page page = paginate(
      ctx.all<Certificate>(), request,
      [&](const Certificate& c) {
        return (statuses.empty() || std::ranges::count(statuses, c.status)) &&
               has_wanted_key(c, keys);
      },
      [&](const Certificate& c) { return summarize(ctx, c); });
  return {{"CertificateSummaryList", page.items}, {"NextToken", page.next_token}};
}

Value list_tags(Context& ctx, Input in) {
  return {{"Tags", describe_tags(require_certificate(ctx, in.string("CertificateArn")).tags)}};
}

const api::HandlerRow rows[] = {
    {"DescribeCertificate", api::Reads, describe_certificate},
    {"GetCertificate", api::Reads, get_certificate},
    {"ListCertificates", api::Reads, list_certificates},
    {"ListTagsForCertificate", api::Reads, list_tags},
};

}  // namespace

std::span<const api::HandlerRow> describe_rows() { return rows; }

}  // namespace squall::acm
