// Elastic Container Registry's public face: its records, and what ECS asks of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/service.h"
#include "services/common/tags.h"

namespace squall::ecr {

const api::ServiceDefinition& service();

/// A blob's content: shared by every copy of its record, and shown by its size alone.
struct Bytes {
  std::shared_ptr<const std::string> data;
  size_t size() const { return data ? data->size() : 0; }
  friend bool operator==(const Bytes&, const Bytes&) = default;  // blobs never change in place
};
inline void append_record_json(std::string& out, const Bytes& bytes) {
  out += std::to_string(bytes.size());
}
void write_binary(sim::BinaryWriter& out, const Bytes& bytes);
void read_binary(sim::BinaryReader& in, Bytes& bytes);

struct Repository {
  static constexpr std::string_view kind = "ecr:repository";
  std::string id;  // the name
  std::string mutability = "MUTABLE", encryption = "AES256", kms_key;
  std::vector<std::string> mutability_filters;  // tags exempt from it
  bool scan_on_push = false;
  std::string policy, lifecycle_policy;
  std::optional<Time> lifecycle_evaluated;
  Time created{};
  Tags tags;
  SQUALL_FIELDS(id, mutability, encryption, kms_key, mutability_filters, scan_on_push, policy,
                lifecycle_policy, lifecycle_evaluated, created, tags)
};

struct Image {
  static constexpr std::string_view kind = "ecr:image";
  std::string id;  // repository "@" digest
  std::string repository, digest, manifest, media_type, artifact_type;
  std::string subject;                             // the digest that it refers to
  std::map<std::string, std::string> annotations;
  std::set<std::string> tags;
  std::vector<std::string> blobs, children;  // of a manifest; of a manifest list
  int64_t size = 0;                          // of its layers, compressed
  std::string status = "ACTIVE";             // ARCHIVED
  Time pushed{};
  std::optional<Time> last_pull, archived, activated;
  std::string scan_status, scan_description;  // empty: never scanned
  std::optional<Time> scan_started, scanned;
  std::map<std::string, std::string> replicas;  // destination region or account -> status
  std::vector<std::string> index_keys() const;  // repository:, subject:, tag:, child:
  SQUALL_FIELDS(id, repository, digest, manifest, media_type, artifact_type, subject, annotations,
                tags, blobs, children, size, status, pushed, last_pull, archived, activated,
                scan_status, scan_description, scan_started, scanned, replicas)
};

struct Layer {
  static constexpr std::string_view kind = "ecr:layer";
  static constexpr bool quiet = true;
  std::string id;  // repository "@" digest
  std::string repository, digest;
  Bytes content;
  std::vector<std::string> index_keys() const { return {"repository:" + repository}; }
  SQUALL_FIELDS(id, repository, digest, content)
};

/// The digest that an image name of a task definition stands for: a repository of this account and
/// region, by the registry's AWS name or the advertised one, with a tag (default latest) or a
/// digest. Nothing if it names no image here.
std::optional<std::string> image_digest(const sim::Scope& scope, std::string_view image);
/// Whether the name says that its image lies in this account's ECR of this region: then, and only
/// then, an absent image_digest means that pulling it fails.
bool is_repository_image(const sim::Scope& scope, std::string_view image);

}  // namespace squall::ecr
