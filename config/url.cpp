// Checks URLs and keys for common mistakes, before a library reads them.
#include "config/url.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "config/percent.hpp"
#include "config/redis_url.hpp"

namespace bigocean::config {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

/// "[password]", "<user>", "[YOUR-KEY]": a template that was not filled in. An IPv6 address is not one.
bool has_placeholder(std::string_view value) {
  for (const auto& [open, close] : {std::pair{'[', ']'}, std::pair{'<', '>'}}) {
    for (auto begin = value.find(open); begin != value.npos; begin = value.find(open, begin + 1)) {
      const auto end = value.find(close, begin);
      if (end == value.npos || end == begin + 1) continue;
      const auto word = value.substr(begin + 1, end - begin - 1);
      const bool plain =
          std::all_of(word.begin(), word.end(), [](char c) { return is_name(c) || c == '-' || c == ' '; });
      const bool not_hex = std::any_of(word.begin(), word.end(), [](char c) {
        return base::to_lower({&c, 1}) > "f";
      });
      if (plain && not_hex && is_letter(word.front())) return true;
    }
  }
  return false;
}

constexpr std::string_view kPlaceholder =
    "still contains a placeholder in brackets: replace it by the real user, password or key";

/// "$NAME" or "${NAME}" as the whole value or as a whole part of a URL.
bool has_shell_reference(std::string_view value) {
  for (auto dollar = value.find('$'); dollar != value.npos; dollar = value.find('$', dollar + 1)) {
    std::size_t end = dollar + 1;
    const bool brace = end < value.size() && value[end] == '{';
    if (brace) ++end;
    const std::size_t name = end;
    while (end < value.size() && is_name(value[end])) ++end;
    if (end == name || is_digit(value[name])) continue;
    if (brace && end < value.size() && value[end] == '}') return true;
    const bool starts_part =
        dollar == 0 || std::string_view(":/@").find(value[dollar - 1]) != std::string_view::npos;
    const bool ends_part =
        end == value.size() || std::string_view(":/@").find(value[end]) != std::string_view::npos;
    if (!brace && starts_part && ends_part) return true;
  }
  return false;
}

std::optional<Fault> check_scheme(std::string_view value, std::size_t colon) {
  const std::string scheme = base::to_lower(value.substr(0, colon));
  if (scheme == "postgres" || scheme == "postgresql") return std::nullopt;
  if (scheme.starts_with("jdbc:")) return Fault{"starts with jdbc:, which only Java knows: remove it", {}};
  if (scheme.starts_with("postgres") && scheme.find('+') != scheme.npos) {
    return Fault{"names a driver after postgresql+: remove the + and the driver", {}};
  }
  const bool word = scheme.size() <= 12 && std::all_of(scheme.begin(), scheme.end(), is_letter);
  return Fault{word ? fmt::format("starts with {}://, but PostgreSQL is needed here: postgresql://", scheme)
                    : std::string("does not start with postgresql://"),
               {}};
}

/// Checks one "host", "host:port" or "[v6]:port", which is a part of `value`.
std::optional<Fault> check_host(std::string_view value, std::string_view host, bool may_be_empty) {
  std::string_view port;
  if (host.starts_with('[')) {
    const auto close = host.find(']');
    if (close == host.npos) return fault_at(value, host, "a [ without its ] around an IPv6 address");
    port = host.substr(close + 1);
    if (!port.empty() && port.front() != ':') return fault_at(value, port, "text between ] and the port");
    host = host.substr(1, close - 1);
  } else {
    const auto colon = std::min(host.find(':'), host.size());
    port = host.substr(colon);
    host = host.substr(0, colon);
    if (const auto second = port.find(':', 1); second != port.npos)
      return fault_at(value, port.substr(second), "an IPv6 address without [ ] around it, or two ports");
  }
  if (host.empty() && (!may_be_empty || !port.empty())) return fault_at(value, host, "there is no host name");
  if (port.empty()) return std::nullopt;
  if (base::parse_digits(port.substr(1), 65535).value_or(0) == 0) {
    return fault_at(
        value, port.substr(1),
        "a port that is not a number from 1 to 65535; if that is a password, its special characters must be "
        "escaped (/ is %2F, ? is %3F, # is %23, @ is %40)");
  }
  return std::nullopt;
}

std::optional<Fault> check_hosts(std::string_view value, std::string_view hosts, bool may_be_empty) {
  while (true) {
    const auto comma = hosts.find(',');
    if (auto fault = check_host(value, hosts.substr(0, comma), may_be_empty)) return fault;
    if (comma == hosts.npos) return std::nullopt;
    hosts.remove_prefix(comma + 1);
  }
}

/// Scheme http or https, a host and no white space; `rest` gets the part after "://".
std::optional<Fault> check_web_scheme(std::string_view value, std::string_view& rest) {
  const auto colon = value.find("://");
  const std::string scheme = base::to_lower(value.substr(0, std::min(colon, value.size())));
  if (colon == value.npos || (scheme != "http" && scheme != "https")) {
    return Fault{"does not start with https:// (or http://)", {}};
  }
  if (value.find_first_of(" \t") != value.npos) return Fault{"has white space in it", {}};
  rest = value.substr(colon + 3);
  return std::nullopt;
}

/// As a browser writes it. `origin` is a part of `value`.
std::optional<Fault> check_origin(std::string_view value, std::string_view origin) {
  std::string_view rest;
  if (origin == "*") return std::nullopt;
  if (auto fault = check_web_scheme(origin, rest)) return fault;
  if (const auto more = rest.find_first_of("/?#@"); more != rest.npos)
    return fault_at(value, rest.substr(more),
                    "an origin is scheme, host and port, without a slash at the end");
  if (base::to_lower(origin) != origin)
    return fault_at(value, origin, "an origin is in lower case, as browsers send it");
  return check_host(value, rest, false);
}

}  // namespace

std::optional<Fault> common_mistake(std::string_view value) {
  if (value.empty()) return std::nullopt;
  if (base::trim(value).size() != value.size()) {
    return Fault{"has white space or a line end at its start or end: remove it", {}};
  }
  if (std::any_of(value.begin(), value.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; })) {
    return Fault{"has a line end or another control character in it", {}};
  }
  const bool quoted = value.size() > 1 && value.front() == value.back() &&
                      std::string_view("\"'`").find(value.front()) != std::string_view::npos;
  if (quoted) return Fault{"has quotes around it: write the value without them", {}};
  if (value.find("${{") != value.npos) {
    return Fault{
        "contains a ${{...}} reference that was not expanded: on Railway, check the names of service and "
        "variable",
        {}};
  }
  if (has_shell_reference(value)) {
    return Fault{"contains a $NAME reference, which is not expanded: write the value itself", {}};
  }
  return std::nullopt;
}

std::optional<Fault> check_database_url(std::string_view value) {
  const auto colon = value.find("://");
  // In keyword=value pairs a bracket needs no escape, so that it may be a part of any password.
  if (const auto equals = value.find('='); equals < colon) return check_conninfo(value);
  if (has_placeholder(value)) return Fault{std::string(kPlaceholder), {}};
  if (colon == value.npos) return Fault{"is neither a postgresql:// URL nor keyword=value pairs", {}};
  if (auto fault = check_scheme(value, colon)) return fault;

  const std::string_view rest = value.substr(colon + 3);
  if (rest.empty()) return fault_at(value, rest, "there is nothing after ://");
  if (const auto space = rest.find_first_of(" \t"); space != rest.npos)
    return fault_at(value, rest.substr(space), "white space: in a password it is %20");
  if (const auto hash = rest.find('#'); hash != rest.npos)
    return fault_at(value, rest.substr(hash), "an unescaped '#': in a password it is %23");
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  const auto before_query = rest.substr(0, rest.find('?'));
  const auto at = authority.rfind('@');
  if (const auto first = authority.find('@'); first != at)
    return fault_at(value, authority.substr(first), "an unescaped '@' in the user or password: it is %40");
  if (at == authority.npos && before_query.find('@') != before_query.npos)
    return fault_at(value, rest.substr(authority.size()),
                    "an unescaped '/' in the user or password: it is %2F");
  // No host is the local socket; at == npos makes at + 1 zero.
  if (auto fault = check_hosts(value, authority.substr(at + 1), true)) return fault;
  for (auto percent = rest.find('%'); percent != rest.npos; percent = rest.find('%', percent + 1)) {
    if (!percent_decode(rest.substr(percent, 3)))
      return fault_at(value, rest.substr(percent),
                      "a '%' without two hex digits after it: the character % itself is %25");
  }
  return check_conninfo(value);
}

std::optional<Fault> check_redis_url(std::string_view value) {
  if (has_placeholder(value)) return Fault{std::string(kPlaceholder), {}};
  try {
    parse_redis_url(Secret(std::string(value)));
    return std::nullopt;
  } catch (const base::Error& error) {
    return Fault{error.message, {}};
  }
}

std::optional<Fault> check_sentry_dsn(std::string_view value) {
  if (has_placeholder(value)) return Fault{std::string(kPlaceholder), {}};
  std::string_view rest;
  if (auto fault = check_web_scheme(value, rest)) return fault;
  if (rest.find_first_of("?#") != rest.npos)
    return Fault{"must end with the project's number, without ? or #", {}};
  if (std::any_of(rest.begin(), rest.end(), [](char c) { return c < 0; }))
    return Fault{"has a character outside ASCII in it", {}};
  const auto authority = rest.substr(0, rest.find('/'));
  const auto at = authority.find('@');
  if (at == authority.npos || at == 0) return Fault{"has no key before the @", {}};
  if (at != authority.rfind('@')) return Fault{"has more than one @", {}};
  const auto key = authority.substr(0, std::min(at, authority.find(':')));
  if (key.empty() || !std::all_of(key.begin(), key.end(), is_name)) {
    return Fault{"has a key that is not made of letters and digits", {}};
  }
  if (auto fault = check_host(value, authority.substr(at + 1), false)) return fault;
  const auto slash = rest.rfind('/');
  const auto project = slash == rest.npos ? std::string_view{} : rest.substr(slash + 1);
  if (project.empty() || !std::all_of(project.begin(), project.end(), is_digit)) {
    return Fault{"does not end with the project's number", {}};
  }
  return std::nullopt;
}

std::optional<Fault> check_http_url(std::string_view value) {
  std::string_view rest;
  if (auto fault = check_web_scheme(value, rest)) return fault;
  if (rest.find_first_of("?#") != rest.npos) return Fault{"must not have a query or fragment", {}};
  const auto authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != authority.npos) return Fault{"must not have a user or password in it", {}};
  return check_host(value, authority, false);
}

std::optional<Fault> check_origins(std::string_view value) {
  for (const auto origin : base::comma_list(value)) {
    if (auto fault = check_origin(value, origin)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> check_api_key(std::string_view value) {
  if (has_placeholder(value)) return Fault{std::string(kPlaceholder), {}};
  const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!printable) return Fault{"has white space or a character outside ASCII in it", {}};
  return std::nullopt;
}

std::optional<Fault> check_schema_name(std::string_view value) {
  constexpr std::size_t kNameBytesMax = 63;
  const bool plain = std::all_of(value.begin(), value.end(), is_name);
  if (plain && !is_digit(value.front()) && value.size() <= kNameBytesMax && !value.starts_with("pg_")) {
    return std::nullopt;
  }
  return Fault{"must be a name of letters, digits and _, at most 63, not starting with a digit or pg_", {}};
}

}  // namespace bigocean::config
