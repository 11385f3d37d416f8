// The version and commit of this build.
#pragma once

#include <string_view>

namespace bigocean::base {

/// Semantic version, for example "0.1.0".
std::string_view version();

/// Abbreviated git commit of the build (12 hex digits), or "unknown".
std::string_view git_commit();

}  // namespace bigocean::base
