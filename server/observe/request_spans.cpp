// A span for every request that the service answers.
#include "server/observe/request_spans.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <utility>

#include "server/http/correlation.hpp"

namespace bigocean::server::observe {
namespace {

/// Any other is a client's own word.
constexpr std::array<std::string_view, 9> kMethods{"GET",     "HEAD",  "POST",  "PUT",    "DELETE",
                                                   "CONNECT", "TRACE", "PATCH", "OPTIONS"};

bool is_known(std::string_view method) {
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

std::string name_of(std::string_view method, std::string_view route) {
  std::string name(is_known(method) ? method : "HTTP");
  return route.empty() ? name : name + " " + std::string(route);
}

}  // namespace

void RequestSpans::arrived(http::Request& request) {
  if (left_out_.contains(request.path)) return;
  const auto caller = tracer_.is_passed_on() ? http::caller_trace(request.headers) : std::nullopt;
  request.trace = {&tracer_, tracer_.begin(caller)};
}

void RequestSpans::answered(const http::Exchange& exchange) {
  if (exchange.request == nullptr) return;
  const auto& request = *exchange.request;
  if (!request.trace.context.is_sampled) return;
  const auto caller = tracer_.is_passed_on() ? http::caller_trace(request.headers) : std::nullopt;
  base::FinishedSpan span{.context = request.trace.context,
                          .parent_span_id = caller ? caller->span_id : std::string(),
                          .has_remote_parent = caller.has_value(),
                          .name = name_of(request.method, exchange.route),
                          .kind = base::SpanKind::kServer,
                          .begin = std::chrono::system_clock::now() - exchange.elapsed,
                          .elapsed = exchange.elapsed};
  const auto add = [&](std::string_view name, base::AttributeValue value) {
    span.attributes.emplace_back(name, std::move(value));
  };
  add("http.request.method", std::string(is_known(request.method) ? request.method : "_OTHER"));
  add("url.scheme", std::string("http"));
  if (!exchange.route.empty()) {
    add("url.path", std::string(exchange.route));
    add("http.route", std::string(exchange.route));
  }
  add("http.response.status_code", std::int64_t{exchange.status});
  add("http.response.body.size", static_cast<std::int64_t>(exchange.reply_bytes));
  add("network.protocol.version", std::string(request.http_1_1 ? "1.1" : "1.0"));
  if (exchange.status >= 500) {
    span.has_failed = true;
    add("error.type", std::to_string(exchange.status));
  }
  tracer_.take(std::move(span));
}

}  // namespace bigocean::server::observe
