// One request over a stream of our own, read by the HTTP library's parser.
#include "server/http/fetch.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/stream.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/secret.hpp"
#include "server/http/parser.hpp"

namespace bigocean::server::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Parser::Limits kLimits{.head_bytes_max = 65536, .body_bytes_max = 1U << 20U};

struct Url {
  bool tls = false;
  std::string authority;  ///< "[::1]:4000", as the Host header has it
  std::string host;       ///< "::1"
  int port = 0;
  std::string target;  ///< "/health?x=1"
};

Url parse(const std::string& url) {
  const auto fail = [&](const char* what) {
    throw base::Error(base::ExitCode::kUsage, fmt::format("`{}` {}", config::redact_urls(url), what),
                      "write it like http://127.0.0.1:4000/health");
  };
  if (url.find_first_of(" \t\r\n") != std::string::npos) fail("holds white space");
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
    fail("holds a user or password, which is not supported");
  const auto bracket = parts.authority.starts_with('[') ? parts.authority.find(']') : 0;
  if (bracket == std::string::npos) fail("opens a [ that is not closed");
  const auto colon = parts.authority.find(':', bracket);
  parts.host = parts.authority.substr(0, colon);
  if (bracket > 0) parts.host = parts.authority.substr(1, bracket - 1);
  if (parts.host.empty()) fail("names no host");
  parts.port = parts.tls ? 443 : 80;
  if (colon != std::string::npos)
    parts.port = static_cast<int>(
        base::parse_digits(std::string_view(parts.authority).substr(colon + 1), 65535).value_or(0));
  if (parts.port == 0) fail("has a port that is none: 1 to 65535");
  parts.target = url.substr(target_at, url.find('#') - target_at);
  if (!parts.target.starts_with('/')) parts.target.insert(0, "/");
  return parts;
}

std::string to_bytes(const Url& url, const Outgoing& outgoing) {
  auto bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: bigocean/{}\r\nAccept: */*\r\n",
                           outgoing.method, url.target, url.authority, base::version());
  for (const auto& [name, value] : outgoing.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  if (outgoing.method != "GET") bytes += fmt::format("Content-Length: {}\r\n", outgoing.body.size());
  return bytes + "Connection: close\r\n\r\n" + outgoing.body;
}

/// Throws StreamError for what the network does; what the server says wrong is a fault.
void exchange(const Url& url, const Outgoing& outgoing, Clock::time_point deadline, Fetched& fetched) {
  base::Stream stream(base::Stream::resolve(url.host, url.port, AF_UNSPEC, deadline, nullptr), url.port,
                      deadline, nullptr);
  if (url.tls) stream.start_tls(url.host, deadline);
  stream.send(to_bytes(url, outgoing), deadline);
  fetched.sent = true;
  Parser parser(Parser::Kind::kResponse, kLimits);
  std::string pending;
  auto progress = Parser::Progress::kMore;
  while (progress == Parser::Progress::kMore) {
    const auto bytes = stream.receive(deadline);
    pending.append(bytes);
    std::string_view rest = pending;
    for (std::size_t before = 0; progress == Parser::Progress::kMore && rest.size() != before;) {
      before = rest.size();
      progress = parser.feed(rest);
    }
    pending.erase(0, pending.size() - rest.size());
    if (bytes.empty() && progress == Parser::Progress::kMore) progress = parser.finish();
  }
  if (progress == Parser::Progress::kFailed) {
    const bool too_large = parser.fault() == Parser::Fault::kBodyTooLarge;
    fetched.fault = too_large ? "the answer is too large" : "the answer is no HTTP, or broke off";
    return;
  }
  fetched.status = parser.head()->status;
  fetched.headers = parser.head()->headers;
  fetched.body = parser.take_body();
}

}  // namespace

Fetched fetch(const std::string& url, std::chrono::milliseconds timeout, const Outgoing& outgoing) {
  const Url parts = parse(url);
  const auto start = Clock::now();
  Fetched fetched;
  try {
    exchange(parts, outgoing, start + timeout, fetched);
  } catch (const base::StreamError& error) {
    fetched.fault = error.kind == base::StreamError::Kind::kTimedOut
                        ? "no complete answer within " + base::format_duration(timeout)
                        : error.what();
  }
  fetched.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  return fetched;
}

}  // namespace bigocean::server::http
