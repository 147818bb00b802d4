// Certificates come by request (issued by event, for every domain validates in a World) or import.
#include <algorithm>

#include "emulator/sim/record_type.h"
#include "models/generated.h"
#include "services/acm/internal.h"
#include "services/acm/pem.h"
#include "services/elbv2/elbv2.h"

namespace squall::acm {

const Certificate& require_certificate(const sim::Scope& scope, const std::string& arn) {
  if (const Certificate* found = scope.view<Certificate>(arn)) return *found;
  if (arn.find(":certificate/") == std::string::npos)
    throw AwsError{"InvalidArnException", cat("Invalid ARN: ", arn)};
  throw AwsError{"ResourceNotFoundException", cat("Could not find certificate ", arn, ".")};
}

void add_tags(Tags& tags, const Input& in) {
  for (const auto& [key, value] : tags_from(in.list("Tags"))) {
    if (key.starts_with("aws:"))
      throw AwsError{"InvalidTagException", "Tag keys starting with aws: are reserved."};
    tags[key] = value;
  }
  constexpr size_t tags_max = 50;
  if (tags.size() > tags_max)
    throw AwsError{"TooManyTagsException", "The certificate has more than 50 tags."};
}

std::vector<std::string> users_of(const sim::Scope& scope, const std::string& arn) {
  std::vector<std::string> users;
  for (const elbv2::Listener* listener : scope.by<elbv2::Listener>(cat("certificate:", arn)))
    if (!std::ranges::count(users, listener->load_balancer_arn))
      users.push_back(listener->load_balancer_arn);
  return users;
}

namespace {

std::string new_arn(Context& ctx, std::string_view domain) {
  return ctx.arn("acm", cat("certificate/", ctx.new_uuid("acm-certificate", domain)));
}

void check_domain(std::string_view domain) {
  std::string_view rest = domain.starts_with("*.") ? domain.substr(2) : domain;
  bool right = !rest.empty() && rest.find('.') != std::string_view::npos;
  for (const std::string_view label : split(rest, '.')) {
    right = right && !label.empty() && label.size() <= 63 && label.front() != '-' &&
            label.back() != '-' && std::ranges::all_of(label, [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-';
            });
  }
  if (!right)
    throw AwsError{"InvalidDomainValidationOptionsException",
                   cat("The domain name '", domain, "' is not valid.")};
}

std::string shown_algorithm(std::string name) {
  const size_t at = name.find('_');
  if (at != std::string::npos) name[at] = '-';
  return name;
}

void read_options(Certificate& certificate, const Input& in) {
  if (const Input options = in.at("Options")) {
    certificate.transparency =
        options.string("CertificateTransparencyLoggingPreference", "ENABLED");
    if (options.string("Export", "DISABLED") != "DISABLED")
      throw AwsError{"ValidationException", "Exportable certificates are not available."};
  }
}

Value request_certificate(Context& ctx, Input in) {
  const std::string token = in.string("IdempotencyToken");
  const std::string domain = in.string("DomainName");
  if (!token.empty())
    for (const Certificate* before : ctx.by<Certificate>(cat("token:", token)))
      // The token holds for an hour, and only for the same request.
      if (before->domain == domain && ctx.now() - before->created < 1h) {
        in.raw("SubjectAlternativeNames");
        in.raw("DomainValidationOptions");
        in.raw("Options");
        in.raw("Tags");
        return {{"CertificateArn", before->id}};
      }
  if (in.has("CertificateAuthorityArn"))
    throw AwsError{"InvalidArnException", "Private certificate authorities are not available."};
  in.ignore("ManagedBy");
  Certificate certificate;
  certificate.domain = domain;
  check_domain(certificate.domain);
  certificate.alternative_names = in.strings("SubjectAlternativeNames");
  for (const std::string& name : certificate.alternative_names) check_domain(name);
  std::erase(certificate.alternative_names, certificate.domain);
  certificate.alternative_names.insert(certificate.alternative_names.begin(), certificate.domain);
  certificate.validation_method = in.string("ValidationMethod", "EMAIL");
  for (const Input& option : in.list("DomainValidationOptions"))
    certificate.validation_domains.push_back(
        cat(option.string("DomainName"), '=', option.string("ValidationDomain")));
  certificate.key_algorithm = shown_algorithm(in.string("KeyAlgorithm", "RSA_2048"));
  read_options(certificate, in);
  add_tags(certificate.tags, in);
  certificate.created = ctx.now();
  certificate.client_token = token;
  certificate.id = new_arn(ctx, certificate.domain);
  const std::string arn = ctx.add(std::move(certificate)).id;
  ctx.after(ctx.latency("acm.certificate.issue", arn), "acm.certificate.issued", arn);
  return {{"CertificateArn", arn}};
}

void certificate_issued(sim::Scope& scope, const sim::Event& event) {
  const Certificate* found = scope.view<Certificate>(event.subject);
  if (!found || found->status != "PENDING_VALIDATION") return;
  Certificate& certificate = scope.edit<Certificate>(event.subject);
  certificate.status = "ISSUED";
  certificate.issued = scope.now();
  certificate.not_before = scope.now();
  constexpr auto lifetime = std::chrono::hours(24) * 395;  // thirteen months
  certificate.not_after = scope.now() + lifetime;
  certificate.subject = cat("CN=", certificate.domain);
  certificate.issuer = "Amazon";
  certificate.signature_algorithm = "SHA256WITHRSA";
  const std::string hex = scope.new_hex("acm-serial", 32, certificate.id);
  for (size_t i = 0; i < hex.size(); i += 2)
    certificate.serial += cat(i ? ":" : "", hex.substr(i, 2));
}

Value import_certificate(Context& ctx, Input in) {
  const std::string body = in.blob("Certificate");
  const std::string chain = in.blob("CertificateChain");
  const ParsedCertificate parsed = parse_certificate(body, in.blob("PrivateKey"), chain);
  Certificate certificate;
  if (in.has("CertificateArn")) {
    certificate = require_certificate(ctx, in.string("CertificateArn"));
    if (certificate.type != "IMPORTED")
      throw AwsError{"ValidationException", "The certificate was not imported and cannot be "
                                            "replaced by an import."};
    if (in.has("Tags"))
      throw AwsError{"InvalidParameterException", "Tagging is not permitted on re-import."};
  } else {
    certificate.id = new_arn(ctx, parsed.domain);
    certificate.created = ctx.now();
  }
  certificate.type = "IMPORTED";
  certificate.status = "ISSUED";
  certificate.domain = parsed.domain;
  certificate.key_algorithm = parsed.key_algorithm;
  certificate.body_pem = body;
  certificate.chain_pem = chain;
  certificate.serial = parsed.serial;
  certificate.subject = parsed.subject;
  certificate.issuer = parsed.issuer;
  certificate.signature_algorithm = parsed.signature_algorithm;
  certificate.alternative_names = parsed.alternative_names;
  certificate.imported = ctx.now();
  certificate.not_before = parsed.not_before;
  certificate.not_after = parsed.not_after;
  certificate.transparency = "DISABLED";
  add_tags(certificate.tags, in);
  return {{"CertificateArn", ctx.add(std::move(certificate)).id}};
}

Value delete_certificate(Context& ctx, Input in) {
  const std::string arn = require_certificate(ctx, in.string("CertificateArn")).id;
  if (!users_of(ctx, arn).empty())
    throw AwsError{"ResourceInUseException", cat("Certificate ", arn, " is in use.")};
  ctx.erase<Certificate>(arn);
  return Value::map();
}

Value update_options(Context& ctx, Input in) {
  Certificate& c = ctx.edit<Certificate>(require_certificate(ctx, in.string("CertificateArn")).id);
  if (c.type == "IMPORTED")
    throw AwsError{"InvalidStateException", "Options of imported certificates cannot be changed."};
  read_options(c, in);
  return Value::map();
}

Value add_certificate_tags(Context& ctx, Input in) {
  add_tags(ctx.edit<Certificate>(require_certificate(ctx, in.string("CertificateArn")).id).tags,
           in);
  return Value::map();
}

Value remove_certificate_tags(Context& ctx, Input in) {
  Tags& tags = ctx.edit<Certificate>(require_certificate(ctx, in.string("CertificateArn")).id).tags;
  for (const Input& tag : in.list("Tags")) {
    const auto at = tags.find(tag.string("Key"));
    if (at == tags.end()) continue;
    // With a value, only the pair is removed.
    const auto value = tag.optional_string("Value");
    if (!value || *value == at->second) tags.erase(at);
  }
  return Value::map();
}

const api::HandlerRow rows[] = {
    {"RequestCertificate", api::Writes, request_certificate},
    {"ImportCertificate", api::Writes, import_certificate},
    {"DeleteCertificate", api::Writes, delete_certificate},
    {"UpdateCertificateOptions", api::Writes, update_options},
    {"AddTagsToCertificate", api::Writes, add_certificate_tags},
    {"RemoveTagsFromCertificate", api::Writes, remove_certificate_tags},
};
const sim::EventRow events[] = {{"acm.certificate.issued", certificate_issued}};
// ACM: validation "can take up to several hours"; with the record in place, minutes (measured).
const sim::LatencyRow latencies[] = {{"acm.certificate.issue", 60s, 300s, 300s, 1800s}};

}  // namespace

std::span<const api::HandlerRow> certificate_rows() { return rows; }
std::span<const sim::EventRow> certificate_events() { return events; }
std::span<const sim::LatencyRow> certificate_latencies() { return latencies; }

const api::ServiceDefinition& service() {
  static const api::ServiceDefinition definition = [] {
    api::ServiceDefinition d;
    d.model = model::Service(model::generated::acm);
    d.handlers = {certificate_rows(), describe_rows()};
    d.events = {certificate_events()};
    d.latencies = {certificate_latencies()};
    d.records = {sim::records<Certificate>()};
    return d;
  }();
  return definition;
}

}  // namespace squall::acm
