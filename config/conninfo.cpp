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

/// libpq names an unknown query parameter; its other messages may quote a password, so they are not shown.
std::string unknown_parameter(std::string_view value, std::string_view message) {
  const auto query = value.rfind('?');
  const auto open = message.rfind('"', message.rfind('"') - 1);
  if (query == value.npos || open == message.npos) return {};
  const std::string name(message.substr(open + 1, message.rfind('"') - open - 1));
  const bool is_name =
      !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      });
  const auto queries = value.substr(query);
  if (!is_name ||
      (queries.find("?" + name + "=") == queries.npos && queries.find("&" + name + "=") == queries.npos)) {
    return {};
  }
  return name;
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
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
      PQconninfoParse(std::string(value).c_str(), &message), &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned_message(message, &PQfreemem);
  if (!options) {
    if (value.find("://") == value.npos) {
      return Fault{
          "is not a list of keyword=value pairs that libpq knows (a value with blanks stands in '...')",
          "host=db port=5432 user=app password=... dbname=app"};
    }
    const auto parameter = unknown_parameter(value, message == nullptr ? "" : message);
    if (!parameter.empty()) {
      return Fault{
          fmt::format("has the parameter `{}`, which PostgreSQL's own library does not know: leave it away",
                      parameter),
          {}};
    }
    return Fault{
        "is not a URL that PostgreSQL's own library can read: see its documentation of connection URIs", {}};
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (auto fault = check_option(*option)) return fault;
  }
  return std::nullopt;
}

}  // namespace bigocean::config
