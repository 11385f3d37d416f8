// A connection to another server: sends requests, and reads responses as they arrive.
#include "server/fetch/client.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include "base/span.hpp"
#include "base/version.hpp"

namespace bigocean::server::http {
namespace {

std::string trace_headers() {
  const auto [tracer, context] = base::active_trace();
  if (tracer == nullptr || !tracer->is_passed_on()) return {};
  auto bytes = fmt::format("traceparent: {}\r\n", base::traceparent_of(context));
  if (!context.state.empty()) bytes += fmt::format("tracestate: {}\r\n", context.state);
  return bytes;
}

std::string to_bytes(const Url& url, const Outgoing& outgoing, bool keep_alive) {
  auto bytes = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: bigocean/{}\r\n", outgoing.method,
                           url.target, url.authority, base::version());
  if (!find_header(outgoing.headers, "Accept")) bytes += "Accept: */*\r\n";
  for (const auto& [name, value] : outgoing.headers) bytes += fmt::format("{}: {}\r\n", name, value);
  bytes += trace_headers();
  if (outgoing.method != "GET") bytes += fmt::format("Content-Length: {}\r\n", outgoing.body.size());
  if (!keep_alive) bytes += "Connection: close\r\n";
  return bytes + "\r\n" + outgoing.body;
}

}  // namespace

ClientConnection::ClientConnection(const Url& url, Parser::Limits limits, Deadline deadline,
                                   const base::Interrupt* interrupt)
    : stream_(base::Stream::resolve(url.host, url.port, AF_UNSPEC, deadline, interrupt), url.port, deadline,
              interrupt),
      limits_(limits),
      parser_(Parser::Kind::kResponse, limits) {
  if (url.tls) stream_.start_tls(url.host, deadline);
}

void ClientConnection::send(const Url& url, const Outgoing& outgoing, bool keep_alive, Deadline deadline) {
  parser_ = Parser(Parser::Kind::kResponse, limits_);
  progress_ = Parser::Progress::kMore;
  pending_.clear();
  keep_alive_ = keep_alive;
  stream_.send(to_bytes(url, outgoing, keep_alive), deadline);
}

const ParsedHead& ClientConnection::read_head(Deadline deadline) {
  while (parser_.head() == nullptr) read_more(deadline);
  return *parser_.head();
}

std::string ClientConnection::read_body(Deadline deadline) {
  auto body = parser_.take_body();
  while (body.empty() && progress_ == Parser::Progress::kMore) {
    read_more(deadline);
    body = parser_.take_body();
  }
  return body;
}

bool ClientConnection::is_reusable() const {
  return progress_ == Parser::Progress::kDone && keep_alive_ && parser_.keeps_connection() &&
         pending_.empty() && !stream_.is_readable();
}

/// Parses the bytes that have arrived, and only then waits for more.
void ClientConnection::read_more(Deadline deadline) {
  std::string_view rest = pending_;
  progress_ = parser_.feed(rest);
  const bool stuck = rest.size() == pending_.size();
  pending_.erase(0, pending_.size() - rest.size());
  if (progress_ == Parser::Progress::kMore && stuck) {
    const auto bytes = stream_.receive(deadline);
    pending_.append(bytes);
    if (bytes.empty()) progress_ = parser_.finish();
  }
  if (progress_ != Parser::Progress::kFailed) return;
  const bool too_large = parser_.fault() == Parser::Fault::kBodyTooLarge;
  throw ResponseFault(too_large ? "the answer is too large" : "the answer broke off, or is not HTTP");
}

}  // namespace bigocean::server::http
