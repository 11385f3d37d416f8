// Splits an http or https URL into its parts.
#include "server/fetch/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "config/secret.hpp"

namespace bigocean::server::http {

Url parse_url(const std::string& url, std::string_view example) {
  const auto fail = [&](const char* what) {
    throw base::Error(base::ExitCode::kUsage, fmt::format("`{}` {}", config::redact_urls(url), what),
                      fmt::format("write it like {}", example));
  };
  if (url.find_first_of(" \t\r\n") != std::string::npos) fail("contains white space");
  const auto scheme_end = url.find("://");
  const auto scheme = base::to_lower(url.substr(0, scheme_end));
  if (scheme_end == std::string::npos || (scheme != "http" && scheme != "https")) {
    fail("is not an http or https URL");
  }
  const auto host_at = scheme_end + 3;
  const auto target_at = std::min(url.find_first_of("/?#", host_at), url.size());
  Url parts;
  parts.tls = scheme == "https";
  parts.authority = url.substr(host_at, target_at - host_at);
  if (parts.authority.find('@') != std::string::npos)
    fail("contains a user or password, which is not supported");
  const auto bracket = parts.authority.starts_with('[') ? parts.authority.find(']') : 0;
  if (bracket == std::string::npos) fail("has a [ that is not closed");
  const auto colon = parts.authority.find(':', bracket);
  parts.host = parts.authority.substr(0, colon);
  if (bracket > 0) parts.host = parts.authority.substr(1, bracket - 1);
  if (parts.host.empty()) fail("names no host");
  parts.port = parts.tls ? 443 : 80;
  if (colon != std::string::npos)
    parts.port = static_cast<int>(
        base::parse_digits(std::string_view(parts.authority).substr(colon + 1), 65535).value_or(0));
  if (parts.port == 0) fail("has a port that is not a number from 1 to 65535");
  parts.target = url.substr(target_at, url.find('#') - target_at);
  if (!parts.target.starts_with('/')) parts.target.insert(0, "/");
  return parts;
}

}  // namespace bigocean::server::http
