// Writes the table of procedures as an OpenAPI 3.1 document: schemas, responses, paths.
#include "server/product/rpc/openapi.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/version.hpp"

namespace bigocean::server::rpc {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kProblemType = "application/problem+json";

Json reference(std::string_view kind, std::string_view name) {
  return {{"$ref", std::string("#/components/").append(kind).append("/").append(name)}};
}

Json schema_json(const Schema& schema);

/// A schema with a description. OpenAPI 3.1 allows one next to $ref.
Json described(const Schema& schema, std::string_view help) {
  auto json = schema_json(schema);
  json["description"] = help;
  return json;
}

Json text_json(const Schema& schema) {
  Json json{{"type", "string"}};
  if (schema.form == Schema::Form::kUuid) json["format"] = "uuid";
  if (schema.form == Schema::Form::kTimestamp) json["format"] = "date-time";
  const auto pattern = schema.pattern.empty() ? pattern_of(schema.form) : schema.pattern;
  if (!pattern.empty()) json["pattern"] = pattern;
  if (schema.max > 0) {
    json["minLength"] = schema.min;
    json["maxLength"] = schema.max;
  }
  if (!schema.choices.empty()) json["enum"] = schema.choices;
  return json;
}

Json number_json(std::string_view type, const Schema& schema) {
  Json json{{"type", type}, {"minimum", schema.min}};
  if (schema.max > 0) json["maximum"] = schema.max;
  return json;
}

/// Closed, so that clients and the service report a misspelt member as a fault.
Json object_json(const Schema& schema) {
  Json json{{"type", "object"}, {"properties", Json::object()}};
  auto required = Json::array();
  for (const Member& member : schema.members) {
    json["properties"][std::string(member.name)] = described(member.schema, member.help);
    if (member.required) required.push_back(member.name);
  }
  if (!required.empty()) json["required"] = std::move(required);
  json["additionalProperties"] = false;
  return json;
}

Json schema_json(const Schema& schema) {
  switch (schema.kind) {
    case Schema::Kind::kText:
      return text_json(schema);
    case Schema::Kind::kInteger:
      return number_json("integer", schema);
    case Schema::Kind::kNumber:
      return number_json("number", schema);
    case Schema::Kind::kBoolean:
      return {{"type", "boolean"}};
    case Schema::Kind::kList:
      return {{"type", "array"}, {"items", schema_json(schema.items.front())}};
    case Schema::Kind::kObject:
      return object_json(schema);
    case Schema::Kind::kNamed:
      break;
  }
  return reference("schemas", schema.name);
}

Json fault_schema() {
  return schema_json(object({
      optional("pointer", text(), "JSON Pointer into the body: `/message`; empty: the body as a whole."),
      optional("header", text(), "The name of the faulty header, instead of a pointer."),
      {"detail", text(), "What is wrong."},
  }));
}

std::vector<Member> members_of(ErrorFields fields) {
  switch (fields) {
    case ErrorFields::kNone:
      break;
    case ErrorFields::kFaults:
      return {{"errors", list_of(named("Fault")), "Every fault."}};
    case ErrorFields::kRateLimit:
      return {optional("userId", uuid(), "The person whose limit it is, if known."),
              {"resetAt", timestamp(), "When the request is allowed again."}};
    case ErrorFields::kCostLimit:
      return {{"dailySpend", integer(0, kSafeIntegerMax), "Nano-dollars spent and reserved today."},
              {"limit", integer(0, kSafeIntegerMax), "Nano-dollars that may be spent per day."}};
  }
  return {};
}

/// The members of every problem, and those of a tag.
Json problem_json(const Json& tag, const Json& status, std::vector<Member> more) {
  auto json = schema_json(object({
      {"_tag", text(), "The error's name, for programs."},
      {"type", text(), "The address of this document's schema."},
      {"title", text(), "The error in a few words, for people."},
      {"status", integer(), "The HTTP status."},
      optional("detail", text(), "What is wrong, or what to do."),
  }));
  json["properties"]["_tag"].update(tag);
  json["properties"]["status"].update(status);
  const auto rest = schema_json(object(std::move(more)));
  json["properties"].update(rest["properties"]);
  if (rest.contains("required")) {
    for (const auto& name : rest["required"]) json["required"].push_back(name);
  }
  return json;
}

/// One kind of server-sent event: its name, and its data as JSON; without a schema an empty object.
Json event_json(std::string_view name, std::string_view data, std::string_view help) {
  Json json{{"type", "object"}, {"description", help}};
  json["properties"]["event"] = {{"type", "string"}, {"const", name}};
  json["properties"]["id"] = {{"type", "string"}, {"description", "For `Last-Event-ID`."}};
  json["properties"]["data"] =
      data.empty() ? Json{{"type", "object"}, {"additionalProperties", false}} : reference("schemas", data);
  json["required"] = {"event", "data"};
  json["additionalProperties"] = false;
  return json;
}

void add_events(Json& json) {
  json["DeltaEvent"] = event_json("delta", "Delta", "A piece of the answer's text.");
  json["ResetEvent"] = event_json("reset", "", "Drop the pieces so far: they are from a failed attempt.");
  json["MessageEvent"] = event_json("message", "Answer", "The whole answer; the last event.");
  json["ProblemEvent"] = event_json("problem", "Problem", "Why there is no answer; the last event.");
  auto& any = json["StreamEvent"];
  any["description"] = "One event of a stream; `data` is one line of JSON.";
  for (const auto* name : {"DeltaEvent", "ResetEvent", "MessageEvent", "ProblemEvent"})
    any["oneOf"].push_back(reference("schemas", name));
  any["discriminator"] = {{"propertyName", "event"},
                          {"mapping",
                           {{"delta", "#/components/schemas/DeltaEvent"},
                            {"reset", "#/components/schemas/ResetEvent"},
                            {"message", "#/components/schemas/MessageEvent"},
                            {"problem", "#/components/schemas/ProblemEvent"}}}};
}

Json schemas_json() {
  Json json;
  for (const auto& one : named_schemas()) json[std::string(one.name)] = described(one.schema, one.help);
  json["Fault"] = fault_schema();
  json["Fault"]["description"] = "One fault of a request.";
  // Open, because errors outside of the procedures (405, 408, 500, …) use it, too.
  json["Problem"] = problem_json(Json::object(), Json::object(), {});
  json["Problem"]["description"] = "A problem document (RFC 9457), the form of every error.";
  json["Problem"]["additionalProperties"] = true;
  for (const auto& error : error_table()) {
    auto& schema = json[std::string(error.name)];
    schema = problem_json({{"const", error.name}}, {{"const", error.status}}, members_of(error.fields));
    schema["description"] = error.help;
  }
  add_events(json);
  return json;
}

Json header_json(std::string_view help, const Schema& schema) {
  return {{"description", help}, {"schema", schema_json(schema)}};
}

Json all_headers_json() {
  return {{"Retry-After", header_json("Seconds after which to try again.", integer(1))},
          {"Content-Language",
           header_json("The language of the service's texts in the reply.", named("Language"))},
          {"WWW-Authenticate", header_json("`Bearer`, and what is wrong with the token.", text())},
          {"RateLimit", header_json("What is left of each limit, and the seconds until the whole limit is "
                                    "available again: `\"messages\";r=19;t=3`.",
                                    text())},
          {"RateLimit-Policy",
           header_json("The limits that the call counts against: `\"messages\";q=20;w=60`.", text())}};
}

void add_headers(Json& json, std::initializer_list<std::string_view> names) {
  for (const auto name : names) json[std::string(name)] = reference("headers", name);
}

Json headers_of(const ErrorInfo& error) {
  Json json = Json::object();
  if (error.retry_after || error.may_retry_after) add_headers(json, {"Retry-After"});
  if (error.tag == Tag::kUnauthorized) add_headers(json, {"WWW-Authenticate"});
  if (error.fields == ErrorFields::kRateLimit) add_headers(json, {"RateLimit", "RateLimit-Policy"});
  return json;
}

/// The response of one status, which may have several tags.
Json response_json(const std::vector<Tag>& tags) {
  std::string help;
  auto headers = Json::object();
  auto choices = Json::array();
  for (const Tag tag : tags) {
    const auto& error = error_info(tag);
    help.append(help.empty() ? "" : "\n\n").append(error.name).append(": ").append(error.help);
    headers.update(headers_of(error));
    choices.push_back(reference("schemas", error.name));
  }
  Json json{{"description", help}};
  if (!headers.empty()) json["headers"] = std::move(headers);
  Json schema = choices.size() == 1 ? choices.front() : Json{{"oneOf", choices}};
  json["content"][std::string(kProblemType)]["schema"] = std::move(schema);
  return json;
}

Json stream_json() {
  return {{"schema",
           {{"type", "string"},
            {"description", "Server-sent events; each is a StreamEvent."},
            {"contentMediaType", "text/event-stream"},
            {"contentSchema", reference("schemas", "StreamEvent")}}},
          {"example",
           "event: delta\nid: 3.1.8\ndata: {\"text\":\"What do \"}\n\n: keep-alive\n\nevent: message\nid: "
           "3.1.end\n"
           "data: {\"message\":{…},\"progress\":{…}}\n\n"}};
}

Json responses_json(const Procedure& procedure) {
  Json good{
      {"description", procedure.begin != nullptr ? "The answer, as a whole or as a stream." : "The reply."}};
  const bool only_streams = !procedure.get_path.empty();
  const auto all = errors_of(procedure);
  if (std::find(all.begin(), all.end(), Tag::kRateLimitExceeded) != all.end())
    add_headers(good["headers"], {"RateLimit", "RateLimit-Policy"});
  if (procedure.texts != Texts::kNone) add_headers(good["headers"], {"Content-Language"});
  if (!only_streams) good["content"]["application/json"]["schema"] = schema_json(procedure.reply);
  if (procedure.begin != nullptr) good["content"]["text/event-stream"] = stream_json();
  Json json{{"200", std::move(good)}};
  if (only_streams) json["204"] = {{"description", "There is no answer to send."}};
  std::map<std::string, std::vector<Tag>> by_status;
  for (const Tag tag : all) by_status[std::to_string(error_info(tag).status)].push_back(tag);
  for (const auto& [status, tags] : by_status) json[status] = response_json(tags);
  json["default"] = {{"description", "Any other error."},
                     {"content", {{kProblemType, {{"schema", reference("schemas", "Problem")}}}}}};
  return json;
}

/// The parameters of a procedure besides its body.
Json parameters_json(const Procedure& procedure) {
  auto json = Json::array();
  const auto add_header = [&](std::string_view name, std::string_view help, Json schema) {
    json.push_back({{"name", name}, {"in", "header"}, {"description", help}, {"schema", std::move(schema)}});
  };
  if (procedure.takes_proof) {
    add_header("Challenge-Proof", "The proof that the service's challenge was solved, if it has one.",
               {{"type", "string"}, {"minLength", 1}, {"maxLength", 8192}});
  }
  if (procedure.texts == Texts::kOfReader)
    add_header("Accept-Language", "The preferred languages: `de-AT, en;q=0.5`.", {{"type", "string"}});
  if (procedure.begin != nullptr && procedure.get_path.empty()) {
    add_header("Idempotency-Key", "A message that is repeated with the same key gets the first answer.",
               {{"type", "string"}, {"pattern", "^[!-~]+$"}, {"minLength", 1}, {"maxLength", 200}});
  }
  if (!procedure.get_path.empty()) {
    const auto& member = procedure.request.members.front();
    json.push_back({{"name", member.name},
                    {"in", "path"},
                    {"required", true},
                    {"description", member.help},
                    {"schema", schema_json(member.schema)}});
    add_header("Last-Event-ID", "The id of the last received event.",
               {{"type", "string"}, {"maxLength", 64}});
  }
  return json;
}

Json operation_json(const Procedure& procedure) {
  Json json{{"operationId", procedure.name},
            {"tags", Json::array({name_of(procedure.topic)})},
            {"summary", procedure.summary}};
  if (!procedure.help.empty()) json["description"] = procedure.help;
  auto security = Json::array();
  const bool takes_session = procedure.bearer == Bearer::kRequired || procedure.bearer == Bearer::kOptional;
  if (takes_session) security.push_back({{"token", Json::array()}});
  if (takes_session || procedure.bearer == Bearer::kAccount) security.push_back({{"account", Json::array()}});
  if (procedure.bearer == Bearer::kNone || procedure.bearer == Bearer::kOptional)
    security.push_back(Json::object());
  json["security"] = std::move(security);
  if (auto parameters = parameters_json(procedure); !parameters.empty())
    json["parameters"] = std::move(parameters);
  if (procedure.get_path.empty()) {
    json["requestBody"] = {{"required", true},
                           {"content", {{"application/json", {{"schema", schema_json(procedure.request)}}}}}};
  }
  json["responses"] = responses_json(procedure);
  return json;
}

}  // namespace

std::string openapi(const std::vector<Procedure>& table) {
  Json json{{"openapi", "3.1.0"},
            {"info",
             {{"title", "bigocean"},
              {"version", base::version()},
              {"description",
               "A Big Five assessment by conversation. Errors are problem documents with a `_tag`."}}},
            {"servers", Json::array({{{"url", "/"}}})}};
  for (const Topic topic : kTopics)
    json["tags"].push_back({{"name", name_of(topic)}, {"description", help_of(topic)}});
  for (const auto& procedure : table) {
    const auto* method = procedure.get_path.empty() ? "post" : "get";
    json["paths"][path_of(procedure)][method] = operation_json(procedure);
  }
  json["components"]["schemas"] = schemas_json();
  json["components"]["headers"] = all_headers_json();
  json["components"]["securitySchemes"]["token"] = {
      {"type", "http"}, {"scheme", "bearer"}, {"description", "The token that StartAssessment returns."}};
  json["components"]["securitySchemes"]["account"] = {
      {"type", "http"},
      {"scheme", "bearer"},
      {"bearerFormat", "JWT"},
      {"description",
       "A signed token of the host's own accounts, if the setting `accounts.algorithm` is set."}};
  return json.dump(2) + "\n";
}

}  // namespace bigocean::server::rpc
