// Image manifests: OCI's and Docker's, lists of them, and what they refer to.
#include "services/ecr/internal.h"

namespace squall::ecr {
namespace {

constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json",
                           oci_index = "application/vnd.oci.image.index.v1+json",
                           docker_v1 = "application/vnd.docker.distribution.manifest.v1+json",
                           docker_manifest =
                               "application/vnd.docker.distribution.manifest.v2+json",
                           docker_list =
                               "application/vnd.docker.distribution.manifest.list.v2+json";

bool is_list(std::string_view type) { return type == oci_index || type == docker_list; }
bool is_image(std::string_view type) { return type == oci_manifest || type == docker_manifest; }

/// Without a given type: what the document says, else what it looks like.
std::string type_of(const Value& document, std::string_view given) {
  if (!given.empty()) return std::string(given);
  if (const Value type = document.at("mediaType"); type.is_string())
    return std::string(type.text());
  if (document.at("schemaVersion").integer() == 1) return std::string(docker_v1);
  return std::string(document.at("manifests").is_list() ? oci_index : oci_manifest);
}

/// Adds a descriptor's digest; false if it has none.
bool read_descriptor(const Value& descriptor, std::vector<std::string>& digests,
                     std::vector<int64_t>* sizes = nullptr) {
  const Value digest = descriptor.at("digest");
  if (!digest.is_string() || !is_digest(digest.text())) return false;
  digests.emplace_back(digest.text());
  if (sizes) sizes->push_back(descriptor.at("size").integer());
  return true;
}

bool read_image(const Value& document, Manifest& m) {
  if (!read_descriptor(document.at("config"), m.blobs, &m.sizes)) return false;
  m.config = m.blobs.front();
  m.artifact_type = document.at("config").at("mediaType").text();
  if (!document.at("layers").is_list()) return false;
  for (const Value& layer : document.at("layers").items()) {
    if (!read_descriptor(layer, m.blobs, &m.sizes)) return false;
    m.layer_bytes += m.sizes.back();
  }
  return true;
}

bool read_list(const Value& document, Manifest& m) {
  if (!document.at("manifests").is_list()) return false;
  for (const Value& child : document.at("manifests").items())
    if (!read_descriptor(child, m.children)) return false;
  return true;
}

}  // namespace

Manifest parse_manifest(std::string_view text, std::string_view media_type) {
  Manifest m;
  if (!is_json_object(text)) {
    m.problem = "Invalid JSON";
    return m;
  }
  const Value document = value_from_json(text);
  m.media_type = type_of(document, media_type);
  m.is_list = is_list(m.media_type);
  const Value said = document.at("mediaType");
  if (said.is_string() && said.text() != m.media_type)
    m.problem = "Manifest media type does not match the media type in the manifest";
  else if (m.media_type == docker_v1)
    m.problem = "Docker Image Manifest V2, Schema 1 is not supported";
  else if (!m.is_list && !is_image(m.media_type))
    m.problem = cat("Unsupported image manifest media type ", m.media_type);
  else if (document.at("schemaVersion").integer() != 2 ||
           !(m.is_list ? read_list(document, m) : read_image(document, m)))
    m.problem = "Invalid image manifest";
  if (!m.problem.empty()) return m;
  if (const Value type = document.at("artifactType"); type.is_string())
    m.artifact_type = type.text();
  if (const Value subject = document.at("subject").at("digest"); subject.is_string())
    m.subject = subject.text();
  for (const Member& a : document.at("annotations").members())
    m.annotations[std::string(a.key.text)] = a.value.text();
  return m;
}

}  // namespace squall::ecr
