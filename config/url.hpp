// Checks the URLs and keys in the settings, with a hint for each common mistake.
#pragma once

#include <optional>
#include <string_view>

#include "config/fault.hpp"

namespace bigocean::config {

/// Each returns what is wrong with the value, without showing any part of it, or nothing.
std::optional<Fault> check_database_url(std::string_view value);
std::optional<Fault> check_redis_url(std::string_view value);
std::optional<Fault> check_sentry_dsn(std::string_view value);
std::optional<Fault> check_http_url(std::string_view value);
std::optional<Fault> check_origins(std::string_view value);
std::optional<Fault> check_api_key(std::string_view value);
std::optional<Fault> check_schema_name(std::string_view value);

/// Mistakes that any value can have: quotes or white space around it, a reference that was not expanded,
/// control characters.
std::optional<Fault> common_mistake(std::string_view value);

/// What libpq's own parser reports about a URI or a keyword/value string (in conninfo.cpp).
std::optional<Fault> check_conninfo(std::string_view value);

}  // namespace bigocean::config
