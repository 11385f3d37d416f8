// Ids that connect a request's log lines, within this service and across services.
#pragma once

#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The id from the platform or the client (X-Railway-Request-Id, else X-Request-Id) if it is short and
/// printable, else a new one of 128 random bits in hexadecimal. Thread-safe.
std::string request_id(const Headers& headers);

/// The trace id of a W3C traceparent header: 32 hexadecimal digits; empty when there is none or it is
/// malformed.
std::string trace_id(const Headers& headers);

/// The caller's span id from the same header: 16 hexadecimal digits, or empty.
std::string parent_span_id(const Headers& headers);

}  // namespace bigocean::server::http
