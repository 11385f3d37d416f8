// Asks libpq's own parser about a connection string; the only file of this floor that sees libpq.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "base/text.hpp"
#include "config/url.hpp"

namespace bigocean::config {
namespace {

constexpr std::array<std::string_view, 6> kSslModes{"disable", "allow",     "prefer",
                                                    "require", "verify-ca", "verify-full"};

/// Parameters that other libraries put into the URL and that libpq refuses. libpq would name any unknown one,
/// but that may be a part of a password with an unescaped '&' in it.
constexpr std::array<std::string_view, 12> kForeignParameters{
    "schema", "pgbouncer",     "connection_limit",     "pool_timeout",     "socket_timeout", "sslaccept",
    "ssl",    "currentSchema", "statement_cache_size", "prepareThreshold", "charset",        "pool_mode"};

std::string_view foreign_parameter(std::string_view value) {
  for (const auto name : kForeignParameters) {
    for (const char before : {'?', '&'}) {
      if (value.find(fmt::format("{}{}=", before, name)) != value.npos) return name;
    }
  }
  return {};
}

std::optional<Fault> check_option(const PQconninfoOption& option) {
  const std::string_view name = option.keyword;
  const std::string_view value = option.val == nullptr ? "" : option.val;
  if (value.empty()) return std::nullopt;
  if (name == "sslmode" && std::find(kSslModes.begin(), kSslModes.end(), value) == kSslModes.end()) {
    return Fault{fmt::format("has an sslmode that is not one of {}", fmt::join(kSslModes, ", ")), {}};
  }
  const auto is_port = [](std::string_view port) {
    std::uint16_t number = 0;
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), number);
    return port.empty() || (failure == std::errc{} && end == port.data() + port.size() && number != 0);
  };
  if (name == "port") {
    for (std::size_t begin = 0; begin <= value.size();) {
      const auto comma = std::min(value.find(',', begin), value.size());
      if (!is_port(value.substr(begin, comma - begin)))
        return Fault{"has a port that is not a number from 1 to 65535", {}};
      begin = comma + 1;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> check_conninfo(std::string_view value) {
  // Without libpq's own message: it may quote a password.
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(std::string(value).c_str(), nullptr), &PQconninfoFree);
  if (!options) {
    if (value.find("://") == value.npos) {
      return Fault{
          "is not a list of keyword=value pairs that libpq knows (a value with blanks stands in '...')", {}};
    }
    if (const auto parameter = foreign_parameter(value); !parameter.empty()) {
      return Fault{
          fmt::format("has the parameter `{}`, which PostgreSQL's own library does not know: leave it away",
                      parameter),
          {}};
    }
    return Fault{"has a parameter that PostgreSQL's own library does not know, or is no URL to it at all",
                 {}};
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (auto fault = check_option(*option)) return fault;
  }
  return std::nullopt;
}

}  // namespace bigocean::config
