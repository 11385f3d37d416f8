// A stand-in for a receiver of OTLP over HTTP that keeps what it receives.
#include "tests/support/otlp.hpp"

#include <algorithm>
#include <mutex>

#include "tests/support/process.hpp"
#include "tests/support/scripted_reply.hpp"
#include "tests/support/temp_dir.hpp"

namespace bigocean::test {
namespace {

using nlohmann::json;

/// {"stringValue": "x"} or {"intValue": "1"} as what is in it; a list as a list.
json value_of(const json& value) {
  if (value.contains("arrayValue")) {
    auto list = json::array();
    for (const auto& one : value["arrayValue"]["values"]) list.push_back(value_of(one));
    return list;
  }
  return value.begin().value();
}

json attributes_of(const json& list) {  // null where there are none
  auto attributes = json::object();
  for (const auto& one : list) attributes[one.at("key").get<std::string>()] = value_of(one.at("value"));
  return attributes;
}

ReceivedSpan read_span(const json& span) {
  return {.trace_id = span.at("traceId"),
          .id = span.at("spanId"),
          .parent_id = span.value("parentSpanId", ""),
          .state = span.value("traceState", ""),
          .name = span.at("name"),
          .kind = span.at("kind"),
          .begin = std::stoull(span.at("startTimeUnixNano").get<std::string>()),
          .end = std::stoull(span.at("endTimeUnixNano").get<std::string>()),
          .has_failed = span.contains("status") && span["status"].value("code", 0) == 2,
          .flags = span.value("flags", 0U),
          .attributes = attributes_of(span.value("attributes", json()))};
}

}  // namespace

struct OtlpStandIn::Impl {
  explicit Impl(std::vector<std::string> answers_in) : answers(std::move(answers_in)) {}

  ServedReply reply_to(const ServedRequest& served) {
    std::string answer;
    {
      const std::lock_guard lock(mutex);
      answer = answers[std::min(requests.size(), answers.size() - 1)];
      requests.push_back(served);
    }
    return scripted_reply(answer, served);
  }

  const std::vector<std::string> answers;
  std::mutex mutex;
  std::vector<ServedRequest> requests;
  HttpServer server{[this](const ServedRequest& request) { return reply_to(request); }};
};

OtlpStandIn::OtlpStandIn(std::vector<std::string> answers)
    : impl_(std::make_unique<Impl>(std::move(answers))) {}
OtlpStandIn::~OtlpStandIn() = default;

std::string OtlpStandIn::url() const { return "http://127.0.0.1:" + std::to_string(impl_->server.port()); }

std::vector<ServedRequest> OtlpStandIn::requests() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

std::vector<ReceivedSpan> OtlpStandIn::spans() {
  std::vector<ReceivedSpan> all;
  for (const auto& request : requests()) {
    const auto body = json::parse(request.body);
    for (const auto& of_resource : body.at("resourceSpans")) {
      for (const auto& of_scope : of_resource.at("scopeSpans")) {
        for (const auto& span : of_scope.at("spans")) all.push_back(read_span(span));
      }
    }
  }
  return all;
}

json OtlpStandIn::resource() {
  const auto all = requests();
  if (all.empty()) throw std::runtime_error("no request has come");
  return attributes_of(
      json::parse(all.back().body).at("resourceSpans").at(0).at("resource").at("attributes"));
}

ReceivedSpan OtlpStandIn::wait_for(const std::string& name, std::chrono::milliseconds limit) {
  std::optional<ReceivedSpan> found;
  std::string names;
  try {
    wait_until("a span " + name, limit, [&] {
      names.clear();
      for (auto& span : spans()) {
        names += "; " + span.name;
        if (span.name == name) found = std::move(span);
        if (found) return true;
      }
      return false;
    });
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(error.what() + std::string("; there were") + names);
  }
  return *found;
}

std::string otlp_faults(const std::vector<ServedRequest>& requests) {
  const TempDir folder;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto name = std::to_string(i);
    folder.write(name + ".head", requests[i].head);
    folder.write(name + ".json", requests[i].body);
  }
  const auto checked = run({BIGOCEAN_SOURCE_DIR "/tests/otlp/check", folder.path()});
  if (checked.exit_code == 0) return {};
  return checked.out + checked.err;
}

}  // namespace bigocean::test
