// Ids that connect a request's log lines, within this service and across services.
#include "server/http/correlation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace bigocean::server::http {
namespace {

constexpr std::size_t kIdBytesMax = 128;

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_usable_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

/// Trace id, hyphen, parent id of a good traceparent; else empty.
std::string_view well_formed(const Headers& headers) {
  // https://www.w3.org/TR/trace-context/: version "00", trace id, parent id, flags, joined by hyphens.
  const auto given = find_header(headers, "traceparent").value_or("");
  if (given.size() < 55 || given[2] != '-' || given[35] != '-' || given[52] != '-') return {};
  const auto id = given.substr(3, 32);
  const bool good = is_lower_hex(given.substr(0, 2)) && given.substr(0, 2) != "ff" && is_lower_hex(id) &&
                    is_lower_hex(given.substr(36, 16)) && is_lower_hex(given.substr(53, 2)) &&
                    id.find_first_not_of('0') != std::string_view::npos;
  return good ? given.substr(3, 49) : std::string_view();
}

}  // namespace

std::string request_id(const Headers& headers) {
  for (const std::string_view name : {"X-Railway-Request-Id", "X-Request-Id"}) {
    const auto given = find_header(headers, name);
    if (given && is_usable_id(*given)) return std::string(*given);
  }
  // The id identifies a request and protects nothing, so a fast generator is enough.
  thread_local std::mt19937_64 random{(static_cast<std::uint64_t>(std::random_device()()) << 32U) ^
                                      std::random_device()()};
  return fmt::format("{:016x}{:016x}", random(), random());
}

std::string trace_id(const Headers& headers) { return std::string(well_formed(headers).substr(0, 32)); }

std::string parent_span_id(const Headers& headers) {
  const auto ids = well_formed(headers);
  return ids.empty() ? std::string() : std::string(ids.substr(33));
}

}  // namespace bigocean::server::http
