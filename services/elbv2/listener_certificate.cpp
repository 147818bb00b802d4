// Certificates of listeners beyond the default one (SNI).
#include <algorithm>

#include "services/acm/acm.h"
#include "services/elbv2/internal.h"

namespace squall::elbv2 {

std::vector<std::string> certificate_arns(const sim::Scope& scope, const std::vector<Input>& list) {
  std::vector<std::string> arns;
  for (const Input& in : list) {
    if (in.has("IsDefault"))
      throw validation_error("You cannot specify the 'IsDefault' parameter of a certificate");
    const std::string arn = in.string("CertificateArn");
    const acm::Certificate* certificate = scope.view<acm::Certificate>(arn);
    if (!certificate) throw certificate_not_found(arn);
    if (certificate->status != "ISSUED")
      throw AwsError{"UnsupportedCertificate",
                     cat("The certificate '", arn,
                         "' must have a fully-qualified domain name, a supported signature, and a "
                         "supported key size.")};
    arns.push_back(arn);
  }
  return arns;
}

namespace {

const Listener& secure_listener(const sim::Scope& scope, const std::string& arn) {
  const Listener& listener = find_listener(scope, arn);
  if (listener.certificates.empty())
    throw operation_not_permitted("Certificates can only be added to HTTPS and TLS listeners");
  return listener;
}

Value describe(const Listener& l, size_t i) {
  return {{"CertificateArn", l.certificates[i]}, {"IsDefault", i == 0}};
}

Value add_listener_certificates(Context& ctx, Input in) {
  const std::string arn = in.string("ListenerArn");
  secure_listener(ctx, arn);
  const auto added = certificate_arns(ctx, in.list("Certificates"));
  Listener& listener = ctx.edit<Listener>(arn);
  Value list = Value::list();
  for (const std::string& one : added) {
    if (std::ranges::find(listener.certificates, one) == listener.certificates.end())
      listener.certificates.push_back(one);
    list.push({{"CertificateArn", one}, {"IsDefault", one == listener.certificates[0]}});
  }
  return {{"Certificates", list}};
}

Value remove_listener_certificates(Context& ctx, Input in) {
  const std::string arn = in.string("ListenerArn");
  std::vector<std::string> left = secure_listener(ctx, arn).certificates;
  for (const Input& one : in.list("Certificates")) {
    const std::string certificate = one.string("CertificateArn");
    if (certificate == left[0])
      throw operation_not_permitted("The default certificate cannot be removed from the listener");
    std::erase(left, certificate);
  }
  ctx.edit<Listener>(arn).certificates = left;
  return Value::map();
}

Value describe_listener_certificates(Context& ctx, Input in) {
  const Listener& listener = find_listener(ctx, in.string("ListenerArn"));
  const PageRequest request = page_of(in);
  Value list = Value::list();
  bool skipping = !request.after.empty();
  for (size_t i = 0; i < listener.certificates.size(); ++i) {
    if (skipping) {
      skipping = listener.certificates[i] != request.after;
      continue;
    }
    if (list.size() == request.limit)
      return {{"Certificates", list},
              {"NextMarker", base64_encode(cat("v1:", listener.certificates[i - 1]))}};
    list.push(describe(listener, i));
  }
  return {{"Certificates", list}};
}

const api::HandlerRow rows[] = {
    {"AddListenerCertificates", Writes, add_listener_certificates},
    {"RemoveListenerCertificates", Writes, remove_listener_certificates},
    {"DescribeListenerCertificates", Reads, describe_listener_certificates},
};

}  // namespace

std::span<const api::HandlerRow> listener_certificate_rows() { return rows; }

}  // namespace squall::elbv2
