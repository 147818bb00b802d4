// What ECR's files share among themselves.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/input.h"
#include "services/common/page.h"
#include "services/common/value_json.h"
#include "services/ecr/errors.h"
#include "services/ecr/state.h"

namespace squall::ecr {

using api::Context;
using api::Input;

// --- finding (common.cpp) ------------------------------------------------------------------------
/// repositoryName and registryId of a request; the account's own registry by default.
Place place_of(const Context& ctx, const Input& in);
Place place_in(const sim::Scope& scope, std::string_view repository);
const Repository& require_repository(const sim::Scope& scope, const Place& place);
std::string repository_arn(const sim::Scope& scope, std::string_view name);
std::string image_key(std::string_view repository, std::string_view digest);
const Image* find_image(const sim::Scope& scope, std::string_view repository,
                        std::string_view digest, std::string_view tag);
/// By {imageDigest, imageTag}; ImageNotFoundException.
const Image& require_image(const sim::Scope& scope, const Place& place, const Input& image_id);
std::vector<const Image*> images_of(const sim::Scope& scope, std::string_view repository);
const Registry& registry_of(const sim::Scope& scope);
Registry& edit_registry(sim::Scope& scope);
Value describe_image_id(std::string_view digest, std::string_view tag = {});
bool is_digest(std::string_view text);
/// "sha256:..." of some bytes.
std::string sha256_digest(std::string_view bytes);
PageRequest page_of(const Input& in, int64_t limit);
/// "*" stands for any text.
bool matches_filter(std::string_view filter, std::string_view text);
Tags checked_tags(const Input& in, std::string_view member, Tags have = {});
/// Throws where the text is no policy document.
void check_policy_text(std::string_view text);

// --- repositories --------------------------------------------------------------------------------
/// Makes one as a creation template says, for pushes and replication; nullptr if none applies.
const Repository* create_by_template(sim::Scope& scope, const std::string& name,
                                     std::string_view applied_for);
std::vector<std::string> mutability_filters_from(const Input& in);
Value describe_mutability_filters(const std::vector<std::string>& filters);
void check_mutability(std::string_view mutability, const std::vector<std::string>& filters);
std::string scan_frequency(const sim::Scope& scope, const Repository& repository,
                           std::vector<std::string>* applied_filters = nullptr);

// --- images and layers ---------------------------------------------------------------------------
struct PutRequest {
  Place place;
  std::string manifest, media_type, tag, digest;
};
/// Adds an image or a tag. Throws what PutImage throws; `again` (the registry's HTTP API) takes an
/// image that is there already.
const Image& put_image(sim::Scope& scope, const PutRequest& request, bool again = false);
void delete_image(sim::Scope& scope, const Image& image);
/// Whether a manifest list of the repository holds it.
bool is_referenced(const sim::Scope& scope, const Image& image);
void note_pull(sim::Scope& scope, const Image& image);
const Layer* find_layer(const sim::Scope& scope, std::string_view repository,
                        std::string_view digest);
void add_layer(sim::Scope& scope, std::string_view repository, std::string_view digest,
               Bytes content);
Upload& begin_upload(sim::Scope& scope, std::string_view repository);
/// Throws UploadNotFoundException.
const Upload& require_upload(const sim::Scope& scope, const Place& place, std::string_view id);
void append_part(sim::Scope& scope, const std::string& upload, std::string_view bytes);
/// All parts as one blob.
Bytes content_of(const Upload& upload);
/// What a manifest says; `problem` is set where it is none.
struct Manifest {
  std::string media_type, artifact_type, subject, config, problem;
  std::vector<std::string> blobs, children;  // config included
  std::vector<int64_t> sizes;
  std::map<std::string, std::string> annotations;
  int64_t layer_bytes = 0;
  bool is_list = false;
};
Manifest parse_manifest(std::string_view text, std::string_view media_type);

// --- login ---------------------------------------------------------------------------------------
/// The password of GetAuthorizationToken: says whose registry it opens, and until when.
std::string login_password(const sim::Scope& scope, Time expires);
struct Login {
  std::string account, region;
  Time expires{};
};
std::optional<Login> read_login(std::string_view password);

// --- scans, lifecycle, replication ---------------------------------------------------------------
void start_scan(sim::Scope& scope, const std::string& image_id);
void check_lifecycle_policy(std::string_view text);
/// What the policy would do with the repository's images now.
std::vector<PreviewResult> evaluate_lifecycle(const sim::Scope& scope, std::string_view repository,
                                              std::string_view policy);
void replicate(sim::Scope& scope, const Image& image);

std::span<const api::HandlerRow> repository_rows();
std::span<const api::HandlerRow> policy_rows();
std::span<const api::HandlerRow> tag_rows();
std::span<const api::HandlerRow> image_rows();
std::span<const api::HandlerRow> image_list_rows();
std::span<const api::HandlerRow> layer_rows();
std::span<const api::HandlerRow> lifecycle_rows();
std::span<const api::HandlerRow> registry_rows();
std::span<const api::HandlerRow> scan_rows();
std::span<const api::HandlerRow> pull_through_rows();
std::span<const api::HandlerRow> template_rows();
std::span<const api::HandlerRow> replication_rows();
std::span<const sim::EventRow> scan_events();
std::span<const sim::EventRow> lifecycle_events();
std::span<const sim::EventRow> replication_events();
std::span<const sim::LatencyRow> latencies();
std::span<const api::RawRoute> http_routes();

}  // namespace squall::ecr
