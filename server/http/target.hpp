// Parses the request target and the Host header, and normalizes paths.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace bigocean::server::http {

/// A parsed request target.
struct Target {
  std::string path;                      ///< as normalize_path() returns it; "*" for the service as a whole
  std::string query;                     ///< the part after the question mark, as sent
  std::optional<std::string> authority;  ///< of a target in absolute form; replaces Host
};

/// Why a target is refused, in words for the client.
struct BadTarget {
  std::string_view detail;  ///< a literal
};

/// Parses a target of RFC 9112, 3.2: origin form, absolute form ("http://host/path"), and for OPTIONS "*".
/// Refuses any other form, a fragment, user information, an authority without a host, and a malformed %.
std::variant<Target, BadTarget> read_target(std::string_view method, std::string_view text);

/// Decodes the escapes of unreserved characters (RFC 3986, 2.3: letters, digits, "-._~"). All others stay: an
/// escaped slash is data and never separates segments. Dot segments and empty segments stay, too. Nothing for
/// a malformed escape and for %00.
std::optional<std::string> normalize_path(std::string_view path);

/// "host", "host:port", "[::1]:80" (RFC 9110, 7.2); empty is valid, too, for a target without authority.
bool is_valid_host(std::string_view value);

}  // namespace bigocean::server::http
