// One request to another server, with one limit on the whole exchange.
#include "server/fetch/fetch.hpp"

#include <utility>

#include "base/text.hpp"
#include "server/fetch/exchange_span.hpp"

namespace bigocean::server::http {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Parser::Limits kLimits{.head_bytes_max = 65536, .body_bytes_max = 1U << 20U};

/// Throws StreamError for a failure of the network, ResponseFault for an invalid answer.
void exchange(const Url& url, const Outgoing& outgoing, Clock::time_point deadline,
              const base::Interrupt* interrupt, Fetched& fetched) {
  ClientConnection connection(url, kLimits, deadline, interrupt);
  connection.send(url, outgoing, false, deadline);
  fetched.sent = true;
  const auto head = connection.read_head(deadline);
  std::string body;
  for (auto piece = connection.read_body(deadline); !piece.empty(); piece = connection.read_body(deadline)) {
    body += piece;
  }
  fetched.status = head.status;
  fetched.headers = head.headers;
  fetched.body = std::move(body);
}

}  // namespace

Fetched fetch(const std::string& url, std::chrono::milliseconds timeout, const Outgoing& outgoing,
              const base::Interrupt* interrupt) {
  const Url parts = parse_url(url, "http://127.0.0.1:4000/health");
  ExchangeSpan span(parts, outgoing.method);
  const auto start = Clock::now();
  Fetched fetched;
  try {
    exchange(parts, outgoing, start + timeout, interrupt, fetched);
    span.answered(fetched.status);
  } catch (const base::StreamError& error) {
    span.failed(error);
    fetched.fault = error.kind == base::StreamError::Kind::kTimedOut
                        ? "no complete answer within " + base::format_duration(timeout)
                        : error.what();
  } catch (const ResponseFault& fault) {
    span.failed(fault);
    fetched.fault = fault.what();
  }
  fetched.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  return fetched;
}

}  // namespace bigocean::server::http
