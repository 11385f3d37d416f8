// Makes a request of OTLP, as JSON, from spans.
#include "server/observe/otlp_json.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/random_hex.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "config/key_values.hpp"

namespace bigocean::server::observe {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::nanoseconds;

// SpanFlags and StatusCode of opentelemetry/proto/trace/v1/trace.proto
constexpr unsigned kFlagSampled = 0x01;
constexpr unsigned kFlagRemoteIsKnown = 0x100;
constexpr unsigned kFlagIsRemote = 0x200;
constexpr int kStatusError = 2;

constexpr std::size_t kMessageBytesMax = 200;
constexpr std::size_t kInstanceIdDigits = 32;

/// 64-bit integers are decimal text in the JSON of protocol buffers.
struct ToJson {
  Json operator()(const std::string& value) const { return {{"stringValue", value}}; }
  Json operator()(std::int64_t value) const { return {{"intValue", std::to_string(value)}}; }
  Json operator()(double value) const { return {{"doubleValue", value}}; }
  Json operator()(bool value) const { return {{"boolValue", value}}; }
  Json operator()(const std::vector<std::string>& values) const {
    auto list = Json::array();
    for (const auto& value : values) list.push_back((*this)(value));
    return {{"arrayValue", {{"values", std::move(list)}}}};
  }
};

Json attributes_json(const std::vector<std::pair<std::string, base::AttributeValue>>& attributes) {
  auto list = Json::array();
  for (const auto& [name, value] : attributes)
    list.push_back({{"key", name}, {"value", std::visit(ToJson{}, value)}});
  return list;
}

std::string unix_nanoseconds(std::chrono::system_clock::time_point time, nanoseconds later) {
  return std::to_string((std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()) + later).count());
}

Json span_json(const base::FinishedSpan& span) {
  Json json{{"traceId", span.context.trace_id}, {"spanId", span.context.span_id}};
  if (!span.context.state.empty()) json["traceState"] = span.context.state;
  if (!span.parent_span_id.empty()) json["parentSpanId"] = span.parent_span_id;
  json["flags"] = kFlagSampled | kFlagRemoteIsKnown | (span.has_remote_parent ? kFlagIsRemote : 0U);
  json["name"] = span.name;
  json["kind"] = static_cast<int>(span.kind);
  json["startTimeUnixNano"] = unix_nanoseconds(span.begin, nanoseconds{0});
  json["endTimeUnixNano"] = unix_nanoseconds(span.begin, span.elapsed);
  if (!span.attributes.empty()) json["attributes"] = attributes_json(span.attributes);
  if (span.has_failed) json["status"] = {{"code", kStatusError}};
  return json;
}

}  // namespace

ResourceAttributes resource_of(const config::Settings& settings) {
  ResourceAttributes all;
  const auto add = [&](std::string_view name, std::string value) {
    const bool is_there =
        std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.first == name; });
    if (!is_there && !value.empty()) all.emplace_back(name, std::move(value));
  };
  add("service.name", settings.traces.service_name);
  for (auto& [name, value] : config::parse_key_values(settings.traces.resource_attributes)
                                 .value_or(std::vector<std::pair<std::string, std::string>>{}))
    add(name, std::move(value));
  const auto& railway = settings.railway;
  add("service.name", "bigocean");
  add("service.version", std::string(base::version()));
  add("service.instance.id",
      railway.replica_id.empty() ? base::random_hex(kInstanceIdDigits) : railway.replica_id);
  add("deployment.environment.name", railway.environment_name.empty()
                                         ? std::string(config::environment_name(settings.environment))
                                         : railway.environment_name);
  add("vcs.ref.head.revision", railway.git_commit_sha);
  add("telemetry.sdk.name", "bigocean");
  add("telemetry.sdk.language", "cpp");
  add("telemetry.sdk.version", std::string(base::version()));
  return all;
}

std::string to_otlp_json(std::span<const base::FinishedSpan> spans, const ResourceAttributes& resource) {
  auto list = Json::array();
  for (const auto& span : spans) list.push_back(span_json(span));
  Json of_scope;
  of_scope["scope"] = {{"name", "bigocean"}, {"version", base::version()}};
  of_scope["spans"] = std::move(list);
  Json of_resource;
  of_resource["resource"]["attributes"] = attributes_json(resource);
  of_resource["scopeSpans"] = Json::array({std::move(of_scope)});
  Json body;
  body["resourceSpans"] = Json::array({std::move(of_resource)});
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

PartialSuccess read_partial_success(const std::string& body) {
  const auto json = Json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("partialSuccess")) return {};
  const auto& partial = json["partialSuccess"];
  if (!partial.is_object()) return {};
  PartialSuccess result;
  if (const auto found = partial.find("rejectedSpans"); found != partial.end()) {
    if (found->is_number_integer()) result.rejected = found->get<long long>();
    if (found->is_string())
      result.rejected = static_cast<long long>(
          base::parse_digits(found->get<std::string>(), std::uint64_t{1} << 40U).value_or(0));
  }
  if (const auto found = partial.find("errorMessage"); found != partial.end() && found->is_string()) {
    result.message = found->get<std::string>().substr(0, kMessageBytesMax);
    std::replace_if(
        result.message.begin(), result.message.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  }
  return result;
}

}  // namespace bigocean::server::observe
