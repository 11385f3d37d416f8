// Parses the request target and the Host header, and normalizes paths.
#include "server/http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace bigocean::server::http {
namespace {

constexpr std::uint64_t kPortMax = 65535;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}
bool is_sub_delimiter(char c) { return std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos; }

std::optional<unsigned> hex_digit(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

/// The byte that the escape at the front of `text` stands for.
std::optional<char> escaped(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = hex_digit(text[1]);
  const auto low = hex_digit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4U | *low);
}

/// reg-name of RFC 3986; an IPv4 address is one, too.
bool is_name(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (!escaped(text.substr(i))) return false;
      i += 2;
    } else if (!is_unreserved(text[i]) && !is_sub_delimiter(text[i])) {
      return false;
    }
  }
  return true;
}

/// Whether the text between brackets is an IPv6 address without a zone, or IPvFuture ("v1.x").
bool is_ip_literal(std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  if (::inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) == 1)
    return text.find('\0') == std::string_view::npos;
  const auto dot = text.find('.');
  if (text.empty() || (text[0] != 'v' && text[0] != 'V') || dot == std::string_view::npos || dot < 2)
    return false;
  const auto version = text.substr(1, dot - 1);
  const auto rest = text.substr(dot + 1);
  return std::all_of(version.begin(), version.end(), [](char c) { return hex_digit(c).has_value(); }) &&
         !rest.empty() && std::all_of(rest.begin(), rest.end(), [](char c) {
           return is_unreserved(c) || is_sub_delimiter(c) || c == ':';
         });
}

bool is_port(std::string_view text) {
  return text.empty() || base::parse_digits(text, kPortMax).has_value();  // "host:" is valid
}

/// The part after "http://" or "https://"; nothing for any other scheme.
std::optional<std::string_view> behind_scheme(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (base::equals_ignoring_case(text.substr(0, scheme.size()), scheme)) return text.substr(scheme.size());
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> normalize_path(std::string_view path) {
  std::string normal;
  normal.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i] != '%') {
      normal += path[i];
      continue;
    }
    const auto byte = escaped(path.substr(i));
    if (!byte || *byte == '\0') return std::nullopt;
    if (is_unreserved(*byte)) {
      normal += *byte;
    } else {
      normal += path.substr(i, 3);
    }
    i += 2;
  }
  return normal;
}

bool is_valid_host(std::string_view value) {
  if (value.empty()) return true;
  if (value.front() == '[') {
    const auto end = value.find(']');
    if (end == std::string_view::npos || !is_ip_literal(value.substr(1, end - 1))) return false;
    const auto rest = value.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const auto colon = std::min(value.find(':'), value.size());
  if (colon == 0 || !is_name(value.substr(0, colon))) return false;
  return colon == value.size() || is_port(value.substr(colon + 1));
}

std::variant<Target, BadTarget> read_target(std::string_view method, std::string_view text) {
  Target target;
  if (text == "*") {
    if (method != "OPTIONS") return BadTarget{"the request target * is for OPTIONS only"};
    target.path = "*";
    return target;
  }
  if (text.find('#') != std::string_view::npos) return BadTarget{"a fragment in the request target"};
  if (!text.starts_with('/')) {
    const auto rest = behind_scheme(text);
    if (!rest) return BadTarget{"the request target must begin with / or http://"};
    const auto end = std::min(rest->find_first_of("/?"), rest->size());
    target.authority = rest->substr(0, end);
    if (target.authority->empty() || !is_valid_host(*target.authority))
      return BadTarget{"malformed authority in the request target"};
    text = rest->substr(end);
  }
  const auto query_at = std::min(text.find('?'), text.size());
  const auto path = normalize_path(text.substr(0, query_at));
  if (!path) return BadTarget{"a malformed % in the request target"};
  target.path = *path;
  // RFC 9112, 3.2.4: OPTIONS for an authority without a path is about the service as a whole.
  if (text.empty()) target.path = method == "OPTIONS" ? "*" : "/";
  if (target.path.empty()) target.path = "/";
  target.query = text.substr(std::min(query_at + 1, text.size()));
  return target;
}

}  // namespace bigocean::server::http
