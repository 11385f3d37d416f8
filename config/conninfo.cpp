// Asks libpq's own parser about a connection string that is not an everyday one.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <vector>

#include "base/text.hpp"
#include "config/percent.hpp"
#include "config/pq.hpp"
#include "config/url.hpp"

namespace bigocean::config {
namespace {

constexpr std::array<std::string_view, 6> kSslModes{"disable", "allow",     "prefer",
                                                    "require", "verify-ca", "verify-full"};

/// Parameters that other libraries put into the URL and that libpq refuses. libpq's message would name any
/// unknown parameter, but that may be a part of a password with an unescaped '&'.
constexpr std::array<std::string_view, 10> kForeignParameters{
    "pgbouncer", "connection_limit",     "pool_timeout",     "socket_timeout", "sslaccept",
    "ssl",       "statement_cache_size", "prepareThreshold", "charset",        "pool_mode"};
/// Parameters by which other libraries name the default schema.
constexpr std::array<std::string_view, 3> kSchemaParameters{"schema", "search_path", "currentSchema"};

using Options = std::unique_ptr<PQconninfoOption, pq::FreeOptions>;

/// Without libpq's own message: it may quote a password.
Options parse(const std::string& value) { return Options(pq::conninfo_parse(value.c_str(), nullptr)); }

/// The "name=value" parts of a URL's query.
std::vector<std::string_view> parameters_of(std::string_view url) {
  std::vector<std::string_view> parameters;
  for (auto begin = url.find('?'); begin != url.npos;) {
    const auto end = url.find('&', begin + 1);
    parameters.push_back(url.substr(begin + 1, end == url.npos ? end : end - begin - 1));
    begin = end;
  }
  return parameters;
}

/// The fault with its place, when `value` is a URL that has `name` as a parameter.
Fault option_fault(std::string_view value, std::string_view name, std::string_view what) {
  for (const auto parameter : parameters_of(value)) {
    if (parameter.starts_with(fmt::format("{}=", name)))
      return fault_at(value, parameter.substr(name.size() + 1), what);
  }
  return {fmt::format("has {}", what), {}};
}

/// What libpq needs instead of `schema=NAME`. If an '@' follows, the value is a part of a password and is not
/// repeated.
std::string search_path_option(std::string_view url, std::string_view parameter) {
  const auto value = parameter.substr(std::min(parameter.find('=') + 1, parameter.size()));
  const auto begin = static_cast<std::size_t>(parameter.data() - url.data());
  const auto of = [&](const auto& allowed) { return std::all_of(value.begin(), value.end(), allowed); };
  const bool plain = of([](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  if (value.empty() || !plain || url.find('@', begin) != url.npos) return "options=-csearch_path%3DNAME";
  const bool folds = !of([](unsigned char c) { return std::isupper(c) == 0; }) || std::isdigit(value[0]) != 0;
  return fmt::format("options=-csearch_path%3D{0}{1}{0}", folds ? "%22" : "", value);
}

/// The first parameter of a URL that libpq refuses.
Fault parameter_fault(std::string_view url) {
  for (const auto parameter : parameters_of(url)) {
    if (parse(fmt::format("postgresql://?{}", parameter))) continue;
    const auto name = parameter.substr(0, parameter.find('='));
    if (std::find(kSchemaParameters.begin(), kSchemaParameters.end(), name) != kSchemaParameters.end()) {
      return fault_at(
          url, parameter,
          fmt::format("the parameter `{}`, which PostgreSQL's own library does not know: write `{}` "
                      "in its place",
                      name, search_path_option(url, parameter)));
    }
    const bool known =
        std::find(kForeignParameters.begin(), kForeignParameters.end(), name) != kForeignParameters.end();
    return fault_at(url, parameter,
                    fmt::format("{} PostgreSQL's own library does not know: remove it",
                                known ? fmt::format("the parameter `{}`, which", name) : "a parameter that"));
  }
  return {"is not a URL that PostgreSQL's own library can read", {}};
}

std::optional<Fault> check_option(std::string_view url, const PQconninfoOption& option) {
  const std::string_view name = option.keyword;
  const std::string_view value = option.val == nullptr ? "" : option.val;
  if (value.empty()) return std::nullopt;
  if (name == "sslmode" && std::find(kSslModes.begin(), kSslModes.end(), value) == kSslModes.end()) {
    return option_fault(url, name,
                        fmt::format("an sslmode that is not one of {}", fmt::join(kSslModes, ", ")));
  }
  const auto is_port = [](std::string_view port) {
    return port.empty() || base::parse_digits(port, 65535).value_or(0) != 0;
  };
  if (name == "port") {
    for (std::size_t begin = 0; begin <= value.size();) {
      const auto comma = std::min(value.find(',', begin), value.size());
      if (!is_port(value.substr(begin, comma - begin)))
        return option_fault(url, name, "a port that is not a number from 1 to 65535");
      begin = comma + 1;
    }
  }
  return std::nullopt;
}

/// A URL without parameters, or with a few common ones of a simple form. A command that only reads the
/// settings, as the health check does, then need not load libpq.
bool is_everyday(std::string_view value) {
  if (value.find("://") == value.npos || !percent_decode(value)) return false;
  const auto parameters = parameters_of(value);
  return std::all_of(parameters.begin(), parameters.end(), [](std::string_view parameter) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    const auto name = parameter.substr(0, equals);
    const auto text = parameter.substr(std::min(equals + 1, parameter.size()));
    if (name == "sslmode") return std::find(kSslModes.begin(), kSslModes.end(), text) != kSslModes.end();
    return (name == "application_name" || name == "connect_timeout") && !text.empty() &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
  });
}

}  // namespace

std::optional<Fault> check_conninfo(std::string_view value) {
  if (is_everyday(value)) return std::nullopt;
  const Options options = parse(std::string(value));
  if (!options) {
    if (value.find("://") != value.npos) return parameter_fault(value);
    return Fault{"is not a list of keyword=value pairs that libpq knows (put a value with blanks into '...')",
                 {}};
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (auto fault = check_option(value, *option)) return fault;
  }
  return std::nullopt;
}

}  // namespace bigocean::config
