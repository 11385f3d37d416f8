// Checks the head of a request, and refuses what HTTP permits but this service does not.
#include "server/http/guard.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "server/http/target.hpp"

namespace bigocean::server::http {
namespace {

using base::equals_ignoring_case;

constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t kTargetBytesMax = 8000;

/// Headers that are used up here, or never supported: ranges are not served.
constexpr std::array<std::string_view, 8> kNotForwarded{
    "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te", "expect", "range"};

/// Whether a comma-separated header value holds `word`.
bool lists(std::string_view value, std::string_view word) {
  const auto parts = base::comma_list(value);
  return std::any_of(parts.begin(), parts.end(),
                     [word](std::string_view part) { return equals_ignoring_case(part, word); });
}

std::optional<Refusal> read_request_line(const ParsedHead& parsed, Request& request,
                                         std::optional<std::string>& authority) {
  if (std::find(kMethods.begin(), kMethods.end(), parsed.method) == kMethods.end()) {
    return Refusal{501, "unknown method"};
  }
  if (parsed.target.size() > kTargetBytesMax) return Refusal{414, "the request target is too long"};
  auto target = read_target(parsed.method, parsed.target);
  if (const auto* bad = std::get_if<BadTarget>(&target)) return Refusal{400, bad->detail};
  auto& good = std::get<Target>(target);
  request.method = parsed.method;
  request.path = std::move(good.path);
  request.query = std::move(good.query);
  authority = std::move(good.authority);
  return std::nullopt;
}

/// What the headers say about framing and connection, one header at a time.
struct Framing {
  int hosts = 0;
  std::optional<std::size_t> length;
  bool chunked = false;
  bool close = false;
  bool expects_continue = false;

  std::optional<Refusal> add(std::string_view name, std::string_view value) {
    if (equals_ignoring_case(name, "host")) {
      if (++hosts > 1) return Refusal{400, "more than one Host header"};
      if (!is_valid_host(value)) return Refusal{400, "malformed Host header"};
    } else if (equals_ignoring_case(name, "content-length")) {
      if (length) return Refusal{400, "more than one Content-Length header"};
      length = base::parse_digits(value, std::numeric_limits<std::size_t>::max());
      if (!length) return Refusal{400, "malformed Content-Length"};
    } else if (equals_ignoring_case(name, "transfer-encoding")) {
      if (chunked) return Refusal{400, "more than one Transfer-Encoding header"};
      chunked = equals_ignoring_case(value, "chunked");
      if (!chunked) return Refusal{501, "only the transfer coding chunked is supported"};
    } else if (equals_ignoring_case(name, "connection")) {
      close = close || lists(value, "close");
    } else if (equals_ignoring_case(name, "expect")) {
      expects_continue = equals_ignoring_case(value, "100-continue");
      if (!expects_continue) return Refusal{417, "only 100-continue can be expected"};
    }
    return std::nullopt;
  }
};

}  // namespace

std::variant<Head, Refusal> validate(const ParsedHead& parsed, std::size_t body_bytes_max) {
  Head head;
  std::optional<std::string> authority;
  if (const auto refusal = read_request_line(parsed, head.request, authority)) return *refusal;
  head.request.http_1_1 = parsed.http_1_1;
  Framing framing;
  for (const auto& [name, value] : parsed.headers) {
    if (const auto refusal = framing.add(name, value)) return *refusal;
    const auto is_name = [&name = name](std::string_view other) { return equals_ignoring_case(name, other); };
    if (std::any_of(kNotForwarded.begin(), kNotForwarded.end(), is_name)) continue;
    // RFC 9112, 3.2.2: the authority of an absolute target replaces Host.
    head.request.headers.emplace_back(name, authority && is_name("host") ? *authority : value);
  }
  if (parsed.http_1_1 && framing.hosts == 0) return Refusal{400, "the Host header is missing"};
  if (framing.chunked && framing.length)
    return Refusal{400, "Transfer-Encoding together with Content-Length"};
  if (framing.chunked && !parsed.http_1_1) return Refusal{400, "Transfer-Encoding in HTTP/1.0"};
  head.has_body = framing.chunked || framing.length.value_or(0) > 0;
  if (head.has_body && (parsed.method == "GET" || parsed.method == "HEAD")) {
    return Refusal{400, "a body on GET or HEAD"};
  }
  if (framing.length.value_or(0) > body_bytes_max) return Refusal{413, "the body is too large"};
  head.keep_alive = parsed.http_1_1 && !framing.close;
  head.expects_continue = framing.expects_continue && parsed.http_1_1 && head.has_body;
  return head;
}

Request what_is_known(std::string_view head) {
  Request request;
  bool first = true;
  for (auto end = head.find("\r\n"); end != std::string_view::npos && end > 0; end = head.find("\r\n")) {
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    if (std::exchange(first, false)) {
      const auto method = line.substr(0, line.find(' '));
      if (std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end()) request.method = method;
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.find('\n') != std::string_view::npos) continue;
    request.headers.emplace_back(line.substr(0, colon), base::trim(line.substr(colon + 1)));
  }
  return request;
}

Refusal refusal_of(Parser::Fault fault, std::string_view head) {
  switch (fault) {
    case Parser::Fault::kHeadTooLarge:
      return {431, "the head of the request is too large"};
    case Parser::Fault::kBodyTooLarge:
      return {413, "the body is too large"};
    case Parser::Fault::kBadVersion: {
      const auto line = head.substr(0, head.find("\r\n"));
      const bool another_version = std::count(line.begin(), line.end(), ' ') == 2 &&
                                   line.substr(line.rfind(' ') + 1).starts_with("HTTP/");
      return another_version ? Refusal{505, "only HTTP/1.1 and HTTP/1.0 are supported"}
                             : Refusal{400, "malformed request line"};
    }
    default:
      return {400, "malformed request"};
  }
}

bool has_ambiguous_line_end(std::string_view bytes) {
  for (auto at = bytes.find_first_of("\r\n"); at != std::string_view::npos;
       at = bytes.find_first_of("\r\n", at)) {
    if (bytes[at] == '\n') return true;
    if (at + 1 == bytes.size()) return false;
    if (bytes[at + 1] != '\n') return true;
    at += 2;
    if (at < bytes.size() && (bytes[at] == ' ' || bytes[at] == '\t')) return true;
  }
  return false;
}

}  // namespace bigocean::server::http
