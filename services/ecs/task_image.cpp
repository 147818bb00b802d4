// Images: which exist, their digests, and AWS's words when one cannot be pulled.
#include "services/ecr/ecr.h"
#include "services/ecs/task.h"

namespace squall::ecs {
namespace {

struct ImageName {
  std::string registry, repository, tag = "latest", digest;
};

ImageName parse_image(std::string_view image) {
  ImageName name;
  if (const size_t at = image.find('@'); at != image.npos) {
    name.digest = image.substr(at + 1);
    image = image.substr(0, at);
  }
  const size_t slash = image.find('/');
  const std::string_view first = slash == image.npos ? "" : image.substr(0, slash);
  if (first.find_first_of(".:") != first.npos || first == "localhost") {
    name.registry = first;
    image.remove_prefix(slash + 1);
  }
  if (const size_t colon = image.rfind(':'); colon != image.npos) {
    name.tag = image.substr(colon + 1);
    image = image.substr(0, colon);
  }
  name.repository = image;
  return name;
}

}  // namespace

std::optional<std::string> image_digest(const sim::Scope& scope, std::string_view image) {
  if (ecr::is_repository_image(scope, image)) return ecr::image_digest(scope, image);
  const ImageName name = parse_image(image);
  if (!name.digest.empty()) return name.digest;
  const std::string full = cat(name.registry, '/', name.repository, ':', name.tag);
  std::string digest = "sha256:";
  for (const uint64_t part : {1, 2, 3, 4}) digest += hex16(stable_hash(full, part));
  return digest;
}

std::string pull_error(const sim::Scope&, std::string_view image, bool fargate) {
  const ImageName name = parse_image(image);
  const std::string full = cat(name.registry, '/', name.repository, ':', name.tag);
  if (fargate)
    return cat("CannotPullContainerError: pull image manifest has been retried 1 time(s): failed "
               "to resolve ref ",
               full, ": ", full, ": not found");
  return cat("CannotPullContainerError: Error response from daemon: manifest for ", full,
             " not found: manifest unknown: Requested image not found");
}

}  // namespace squall::ecs
