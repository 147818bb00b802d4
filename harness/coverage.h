// The coverage table: model minus handlers.
#pragma once

#include <string>

#include "emulator/api/dispatch.h"

namespace squall {

/// A Markdown table of services with served and total operations; with `operations`, every
/// operation by name beneath it.
std::string coverage_markdown(const api::Registry& registry, bool operations);
/// {"ec2": {"served": ["..."], "unserved": ["..."]}, ...}
std::string coverage_json(const api::Registry& registry);

}  // namespace squall
