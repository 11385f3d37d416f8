// Ids that tie a request's log lines together, here and across services.
#pragma once

#include <string>
#include <string_view>

#include "server/http/message.hpp"

namespace bigocean::server::http {

/// The id that the platform or the client gave (X-Railway-Request-Id, else X-Request-Id) where it is short
/// and printable, else a new one of 128 random bits in hexadecimal. Thread-safe.
std::string request_id(const Headers& headers);

/// The trace id of a W3C traceparent header: 32 hexadecimal digits; empty when there is none or it is
/// malformed.
std::string trace_id(const Headers& headers);

/// The id of the span that the caller was in, of the same header: 16 hexadecimal digits, or empty.
std::string parent_span_id(const Headers& headers);

}  // namespace bigocean::server::http
