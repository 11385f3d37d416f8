// Which trace a piece of work belongs to, in memory and as the headers of W3C Trace Context.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bigocean::base {

/// A span's place. The ids are lower-case hexadecimal digits; empty: no trace.
struct TraceContext {
  std::string trace_id;     ///< 32 digits
  std::string span_id;      ///< 16 digits
  bool is_sampled = false;  ///< whether the spans of this trace are recorded
  std::string state{};      ///< the header tracestate, which belongs to other systems and is passed on

  bool is_valid() const { return !trace_id.empty(); }
};

/// Reads the headers traceparent and tracestate (https://www.w3.org/TR/trace-context/), of version 00 or a
/// later one. Nothing if the first is malformed. A tracestate that is malformed
/// or too long is left out.
std::optional<TraceContext> parse_traceparent(std::string_view traceparent, std::string_view tracestate);

/// The header traceparent of a valid context, of version 00.
std::string traceparent_of(const TraceContext& context);

}  // namespace bigocean::base
