// Ids that connect a request's log lines, within this service and across services.
#pragma once

#include <optional>
#include <string>

#include "base/trace_context.hpp"
#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The id from the platform or the client (X-Railway-Request-Id, else X-Request-Id) if it is short and
/// printable, else a new one of 128 random bits in hexadecimal. Thread-safe.
std::string request_id(const Headers& headers);

/// The caller's span, from the headers traceparent and tracestate; nothing when there is none, or none that
/// is well-formed, or more than one.
std::optional<base::TraceContext> caller_trace(const Headers& headers);

/// The request's place in a trace: its own span, else the caller's; an invalid context when there is neither.
base::TraceContext trace_of(const Request& request);

}  // namespace bigocean::server::http
