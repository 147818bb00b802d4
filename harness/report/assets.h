// The page's files, compiled in by embed.cmake: the binary needs nothing beside it.
#pragma once

#include <string_view>

namespace squall::harness::assets {

extern const std::string_view page_template, style, charts, page;

}  // namespace squall::harness::assets
