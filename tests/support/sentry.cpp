// A stand-in for Sentry that knows the protocol and keeps what it receives.
#include "tests/support/sentry.hpp"

#include <algorithm>
#include <mutex>
#include <regex>

#include "tests/support/http_server.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_reply.hpp"

namespace bigocean::test {
namespace {

using nlohmann::json;

/// The line at the front of `rest`, which loses it.
std::string take_line(std::string& rest, std::vector<std::string>& faults) {
  const auto end = rest.find('\n');
  if (end == std::string::npos) faults.emplace_back("the envelope ends within a line");
  auto line = rest.substr(0, end);
  rest.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

void read_envelope(SentRequest& request) {
  auto& faults = request.faults;
  std::string rest = request.body;
  const auto head = json::parse(take_line(rest, faults), nullptr, false);
  const auto item = json::parse(take_line(rest, faults), nullptr, false);
  if (!head.is_object() || !item.is_object())
    return faults.emplace_back("a header is no JSON object"), void();
  if (item.value("type", "") != "event") faults.emplace_back("the item is no event");
  const auto length = item.value("length", std::size_t{0});
  if (rest.size() != length + 1 || rest.back() != '\n')
    return faults.emplace_back("the length is not the item's"), void();
  request.event = json::parse(rest.substr(0, length), nullptr, false);
  if (!request.event.is_object()) return faults.emplace_back("the event is no JSON object"), void();
  const auto text = [&](const json& object, const char* name, const char* form) {
    if (!std::regex_match(object.value(name, ""), std::regex(form)))
      faults.emplace_back(std::string(name) + " is not like " + form);
  };
  const char* time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)";
  text(head, "event_id", "[0-9a-f]{32}");
  text(head, "sent_at", time);
  text(request.event, "event_id", "[0-9a-f]{32}");
  text(request.event, "timestamp", time);
  text(request.event, "platform", "native");
  text(request.event, "level", "error|fatal");
  text(request.event, "release", ".+");
  text(request.event, "environment", ".+");
  if (head.value("event_id", "") != request.event.value("event_id", ""))
    faults.emplace_back("header and event have different ids");
  const auto exception = request.event.value(json::json_pointer("/exception/values/0"), json());
  if (!exception.is_object() || exception.value("type", "").empty())
    faults.emplace_back("there is no exception");
}

void check_head(SentRequest& request, const std::string& key) {
  const auto has = [&](const std::string& text) {
    if (request.head.find(text) == std::string::npos) request.faults.push_back("the head lacks " + text);
  };
  if (!request.head.starts_with("POST /base/api/42/envelope/ HTTP/1.1\r\n"))
    request.faults.emplace_back("the request line is wrong");
  has("\r\nX-Sentry-Auth: Sentry sentry_version=7, sentry_client=bigocean/");
  has(", sentry_key=" + key + "\r\n");
  has("\r\nContent-Type: application/x-sentry-envelope\r\n");
  has("\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n");
}

}  // namespace

struct SentryStandIn::Impl {
  explicit Impl(std::vector<std::string> answers_in) : answers(std::move(answers_in)) {}

  ServedReply reply_to(const ServedRequest& served) {
    SentRequest request{served.head, served.body, {}, {}};
    check_head(request, kKey);
    read_envelope(request);
    std::string answer;
    {
      const std::lock_guard lock(mutex);
      answer = answers[std::min(requests.size(), answers.size() - 1)];
      requests.push_back(std::move(request));
    }
    return scripted_reply(answer, served);
  }

  const std::vector<std::string> answers;
  std::mutex mutex;
  std::vector<SentRequest> requests;
  HttpServer server{[this](const ServedRequest& request) { return reply_to(request); },
                    {.keeps_alive = false}};
};

SentryStandIn::SentryStandIn(std::vector<std::string> answers)
    : impl_(std::make_unique<Impl>(std::move(answers))) {}
SentryStandIn::~SentryStandIn() = default;

int SentryStandIn::port() const { return impl_->server.port(); }

std::string SentryStandIn::dsn() const {
  return std::string("http://") + kKey + "@127.0.0.1:" + std::to_string(port()) + "/base/42";
}

std::size_t SentryStandIn::count() {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests.size();
}

std::vector<SentRequest> SentryStandIn::wait_for(std::size_t wanted, std::chrono::milliseconds limit) {
  wait_until(std::to_string(wanted) + " requests to the stand-in for Sentry", limit,
             [&] { return count() >= wanted; });
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

}  // namespace bigocean::test
