// The rows of [traces], and the variables by which OpenTelemetry configures every program.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "base/text.hpp"
#include "config/key_values.hpp"
#include "config/table_rows.hpp"
#include "config/url.hpp"

namespace bigocean::config {
namespace {

constexpr std::int64_t kTimeoutMax = 5 * kMinute;

std::optional<Fault> check_exporter(std::string_view value) {
  if (value == "otlp" || value == "none") return std::nullopt;
  return Fault{fmt::format("{} is neither otlp nor none", shown_value(value)), {}};
}

std::optional<Fault> check_sampler(std::string_view value) {
  constexpr std::array<std::string_view, 6> kSamplers{"always_on",
                                                      "always_off",
                                                      "traceidratio",
                                                      "parentbased_always_on",
                                                      "parentbased_always_off",
                                                      "parentbased_traceidratio"};
  if (std::find(kSamplers.begin(), kSamplers.end(), value) != kSamplers.end()) return std::nullopt;
  return Fault{fmt::format("{} is not one of {}{}", shown_value(value), fmt::join(kSamplers, ", "),
                           base::did_you_mean(value, kSamplers)),
               {}};
}

std::optional<Fault> check_ratio(std::string_view value) {
  double ratio = -1;
  const char* end = value.data() + value.size();
  const auto [stop, failure] = std::from_chars(value.data(), end, ratio);
  if (failure == std::errc{} && stop == end && ratio >= 0 && ratio <= 1) return std::nullopt;
  return Fault{fmt::format("{} is not a number from 0 to 1", shown_value(value)), {}};
}

/// Of the known ones, only W3C Trace Context is supported; a list needs to have it.
std::optional<Fault> check_propagators(std::string_view value) {
  const auto names = base::comma_list(value);
  const auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has("tracecontext") || (names.size() == 1 && has("none"))) return std::nullopt;
  return Fault{fmt::format("{} does not have tracecontext, which is what is supported", shown_value(value)),
               {}};
}

std::optional<Fault> check_protocol(std::string_view value) {
  if (value == "http/json") return std::nullopt;
  return Fault{fmt::format("{} is not http/json, which is what is sent", shown_value(value)), {}};
}

/// A header that is sent must not break out of its line (RFC 9110, 5.6.2 and 5.5). Shows no part of it.
std::optional<Fault> check_headers(std::string_view value) {
  constexpr std::array<std::string_view, 5> kOurs{"host", "content-type", "content-length", "connection",
                                                  "transfer-encoding"};
  const auto is_token = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  };
  const auto is_printable = [](char c) { return c >= ' ' && c != 0x7f; };
  const auto headers = parse_key_values(value);
  if (!headers) return Fault{"is not a list of name=value, separated by commas", {}};
  for (const auto& [name, text] : *headers) {
    if (!std::all_of(name.begin(), name.end(), is_token))
      return Fault{"has a name that no header can have", {}};
    if (std::find(kOurs.begin(), kOurs.end(), base::to_lower(name)) != kOurs.end())
      return Fault{"has a header that each request has anyway: Host, Content-Type and the like", {}};
    if (!std::all_of(text.begin(), text.end(), is_printable))
      return Fault{"has a value with a control character or one outside ASCII", {}};
  }
  return std::nullopt;
}

std::optional<Fault> check_attributes(std::string_view value) {
  if (parse_key_values(value)) return std::nullopt;
  return Fault{"is not a list of name=value, separated by commas", {}};
}

// clang-format off
constexpr std::array kRows{
    Setting{.info = {"traces.endpoint", "BIGOCEAN_TRACES_ENDPOINT", "url",
                     "where spans are sent, by OTLP over HTTP as JSON; empty: none are recorded"},
            .field = BIGOCEAN_FIELD(traces.endpoint), .example = "http://127.0.0.1:4318/v1/traces",
            .check = check_http_url},
    Setting{.info = {"traces.exporter", "BIGOCEAN_TRACES_EXPORTER", "text",
                     "otlp, or none: no spans are recorded, although there is an endpoint"},
            .field = BIGOCEAN_FIELD(traces.exporter), .check = check_exporter},
    Setting{.info = {"traces.protocol", "BIGOCEAN_TRACES_PROTOCOL", "text",
                     "http/json, which is what is sent"},
            .field = BIGOCEAN_FIELD(traces.protocol), .check = check_protocol},
    Setting{.info = {"traces.headers", "BIGOCEAN_TRACES_HEADERS", "secret",
                     "headers of each request that sends spans: name=value, separated by commas"},
            .field = BIGOCEAN_FIELD(traces.headers), .example = "authorization=Bearer%20TOKEN",
            .check = check_headers, .is_list = true},
    Setting{.info = {"traces.timeout", "BIGOCEAN_TRACES_TIMEOUT", "duration",
                     "limit of one request that sends spans, with its repetitions"},
            .field = BIGOCEAN_FIELD(traces.timeout), .min = 10, .max = kTimeoutMax},
    Setting{.info = {"traces.period", "BIGOCEAN_TRACES_PERIOD", "duration",
                     "how often spans are sent, unless a batch is full before"},
            .field = BIGOCEAN_FIELD(traces.period), .min = 10, .max = kHour},
    Setting{.info = {"traces.flush_timeout", "BIGOCEAN_TRACES_FLUSH_TIMEOUT", "duration",
                     "how long the end of a process waits until its last spans are sent"},
            .field = BIGOCEAN_FIELD(traces.flush_timeout), .min = 0, .max = kMinute},
    Setting{.info = {"traces.batch_max", "BIGOCEAN_TRACES_BATCH_MAX", "integer",
                     "spans of one request at most"},
            .field = BIGOCEAN_FIELD(traces.batch_max), .min = 1, .max = 5'000},
    Setting{.info = {"traces.queue_max", "BIGOCEAN_TRACES_QUEUE_MAX", "integer",
                     "spans that wait to be sent at most; more are dropped and counted"},
            .field = BIGOCEAN_FIELD(traces.queue_max), .min = 1, .max = 1'000'000},
    Setting{.info = {"traces.spans_max", "BIGOCEAN_TRACES_SPANS_MAX", "integer",
                     "spans in 10 s; beyond it new traces are not recorded, and counted; 0: no limit"},
            .field = BIGOCEAN_FIELD(traces.spans_max), .min = 0, .max = 10'000'000},
    Setting{.info = {"traces.sampler", "BIGOCEAN_TRACES_SAMPLER", "text",
                     "which traces are recorded, as OTEL_TRACES_SAMPLER names it"},
            .field = BIGOCEAN_FIELD(traces.sampler), .check = check_sampler},
    Setting{.info = {"traces.sampler_argument", "BIGOCEAN_TRACES_SAMPLER_ARGUMENT", "text",
                     "the part of all traces that a sampler by ratio records, from 0 to 1; empty: 1"},
            .field = BIGOCEAN_FIELD(traces.sampler_argument), .example = "0.25", .check = check_ratio},
    Setting{.info = {"traces.propagators", "BIGOCEAN_TRACES_PROPAGATORS", "text",
                     "tracecontext: traceparent is read and sent; none: neither"},
            .field = BIGOCEAN_FIELD(traces.propagators), .check = check_propagators},
    Setting{.info = {"traces.service_name", "BIGOCEAN_TRACES_SERVICE_NAME", "text",
                     "service.name of the spans"},
            .field = BIGOCEAN_FIELD(traces.service_name)},
    Setting{.info = {"traces.resource_attributes", "BIGOCEAN_TRACES_RESOURCE_ATTRIBUTES", "text",
                     "what else is said of the process: name=value, separated by commas"},
            .field = BIGOCEAN_FIELD(traces.resource_attributes), .example = "team=core",
            .check = check_attributes},
};
// clang-format on

// Conversions of values as OpenTelemetry writes them:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

std::optional<std::string> as_it_is(std::string_view value) { return std::string(value); }

/// The endpoint of all signals; each signal has a path below it.
std::optional<std::string> endpoint_of_traces(std::string_view base) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return fmt::format("{}/v1/traces", base);
}

std::optional<std::string> of_milliseconds(std::string_view value) {
  const auto number = base::parse_digits(value, kHour);
  if (!number) return std::nullopt;
  return fmt::format("{}ms", *number);
}

/// 0 means no limit there.
std::optional<std::string> of_timeout(std::string_view value) {
  return value == "0" ? fmt::format("{}ms", kTimeoutMax) : of_milliseconds(value);
}

std::optional<std::string> exporter_if_disabled(std::string_view value) {
  if (base::equals_ignoring_case(value, "true")) return "none";
  if (base::equals_ignoring_case(value, "false")) return "";
  return std::nullopt;
}

/// Receivers take both forms at one address, so JSON is sent for either.
std::optional<std::string> json_if_protobuf(std::string_view value) {
  return std::string(value == "http/protobuf" ? "http/json" : value);
}

constexpr std::string_view kMilliseconds = "a whole number of milliseconds";

/// What is said of traces alone is read first.
constexpr std::array kShared{
    Alias{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
          "traces.endpoint",
          as_it_is,
          {},
          "http://127.0.0.1:4318/v1/traces",
          true},
    Alias{"OTEL_EXPORTER_OTLP_ENDPOINT",
          "traces.endpoint",
          endpoint_of_traces,
          {},
          "http://127.0.0.1:4318",
          true},
    Alias{"OTEL_SDK_DISABLED", "traces.exporter", exporter_if_disabled, "true or false", "false", true},
    Alias{"OTEL_TRACES_EXPORTER", "traces.exporter", as_it_is, {}, "otlp", true},
    Alias{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "traces.protocol", json_if_protobuf, {}, "http/json", true},
    Alias{"OTEL_EXPORTER_OTLP_PROTOCOL", "traces.protocol", json_if_protobuf, {}, "http/json", true},
    Alias{"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "traces.headers", as_it_is, {}, "x-key=TOKEN", true},
    Alias{"OTEL_EXPORTER_OTLP_HEADERS", "traces.headers", as_it_is, {}, "x-key=TOKEN", true},
    Alias{"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "traces.timeout", of_timeout, kMilliseconds, "10000", true},
    Alias{"OTEL_EXPORTER_OTLP_TIMEOUT", "traces.timeout", of_timeout, kMilliseconds, "10000", true},
    Alias{"OTEL_BSP_SCHEDULE_DELAY", "traces.period", of_milliseconds, kMilliseconds, "5000", true},
    Alias{"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "traces.batch_max", as_it_is, {}, "512", true},
    Alias{"OTEL_BSP_MAX_QUEUE_SIZE", "traces.queue_max", as_it_is, {}, "2048", true},
    Alias{"OTEL_TRACES_SAMPLER", "traces.sampler", as_it_is, {}, "parentbased_traceidratio", true},
    Alias{"OTEL_TRACES_SAMPLER_ARG", "traces.sampler_argument", as_it_is, {}, "0.25", true},
    Alias{"OTEL_PROPAGATORS", "traces.propagators", as_it_is, {}, "tracecontext", true},
    Alias{"OTEL_SERVICE_NAME", "traces.service_name", as_it_is, {}, "big-ocean", true},
    Alias{"OTEL_RESOURCE_ATTRIBUTES", "traces.resource_attributes", as_it_is, {}, "team=core", true},
};

}  // namespace

std::span<const Setting> trace_rows() { return kRows; }
std::span<const Alias> trace_aliases() { return kShared; }

}  // namespace bigocean::config
