// Ids that connect a request's log lines, within this service and across services.
#include "server/http/correlation.hpp"

#include <algorithm>

#include "base/random_hex.hpp"
#include "base/text.hpp"

namespace bigocean::server::http {
namespace {

constexpr std::size_t kIdBytesMax = 128;
constexpr std::size_t kIdDigits = 32;

bool is_usable_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"'; });
}

}  // namespace

std::string request_id(const Headers& headers) {
  for (const std::string_view name : {"X-Railway-Request-Id", "X-Request-Id"}) {
    const auto given = find_header(headers, name);
    if (given && is_usable_id(*given)) return std::string(*given);
  }
  return base::random_hex(kIdDigits);
}

std::optional<base::TraceContext> caller_trace(const Headers& headers) {
  const std::string* parent = nullptr;
  std::string state;
  for (const auto& [name, value] : headers) {
    if (base::equals_ignoring_case(name, "traceparent")) {
      if (parent != nullptr) return std::nullopt;  // it is not known which of them counts
      parent = &value;
    } else if (base::equals_ignoring_case(name, "tracestate")) {
      state += (state.empty() ? "" : ",") + value;
    }
  }
  return parent != nullptr ? base::parse_traceparent(*parent, state) : std::nullopt;
}

base::TraceContext trace_of(const Request& request) {
  if (request.trace.context.is_valid()) return request.trace.context;
  return caller_trace(request.headers).value_or(base::TraceContext{});
}

}  // namespace bigocean::server::http
