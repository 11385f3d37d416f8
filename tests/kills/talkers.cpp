// Conversations over HTTP, one after the other.
#include "tests/kills/talkers.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "tests/kills/stream_listener.hpp"

namespace bigocean::kills {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kAnsweredWithin = 60s;

test::HttpCall call_of(const std::string& procedure, const Json& request, const std::string& token,
                       const std::string& key) {
  test::HttpCall call{"POST", "/rpc/" + procedure, "Content-Type: application/json\r\n", request.dump()};
  if (!token.empty()) call.headers += "Authorization: Bearer " + token + "\r\n";
  if (!key.empty()) call.headers += "Idempotency-Key: " + key + "\r\n";
  return call;
}

/// Asks until there is an answer of 200: a killed service, and a session that is still busy with what it was
/// doing, are worth another try. Throws std::runtime_error for everything else.
Json ask(int port, const std::string& procedure, const Json& request, const std::string& token,
         const std::string& key) {
  const auto call = call_of(procedure, request, token, key);
  const auto deadline = Clock::now() + kAnsweredWithin;
  std::string last;
  while (Clock::now() < deadline) {
    const auto reply = test::fetch(port, call);
    if (reply.status == 200) return Json::parse(reply.body);
    last = fmt::format("{} {}{}", reply.status, reply.fault, reply.body);
    if (reply.status != 0 && reply.status != 409 && reply.status != 503)
      throw std::runtime_error(procedure + ": " + last);
    std::this_thread::sleep_for(20ms);
  }
  throw std::runtime_error(procedure + " got no answer: " + last);
}

/// Listens until there is an answer: a stream that breaks is gone on with, and a message that was left
/// without an answer is sent again. Throws std::runtime_error for everything else.
Json listen(int port, const Json& request, const std::string& token, const std::string& key) {
  auto saying = call_of("SendMessage", request, token, key);
  saying.headers += "Accept: text/event-stream\r\n";
  const auto events = fmt::format("/rpc/sessions/{}/events", request["sessionId"].get<std::string>());
  const auto deadline = Clock::now() + kAnsweredWithin;
  StreamListener listener;
  int last = 0;
  while (Clock::now() < deadline) {
    const test::HttpCall following{.path = events,
                                   .headers = fmt::format("Authorization: Bearer {}\r\nLast-Event-ID: {}\r\n",
                                                          token, listener.last_id())};
    const int status = listener.hear(port, listener.last_id().empty() ? saying : following, deadline);
    if (const auto& message = listener.message()) return *message;
    last = status;
    const bool is_broken = status == 0 || (status == 200 && !listener.problem());
    // 503: nobody makes an answer any more.
    if (status == 503 || listener.problem()) {
      listener = {};
    } else if (!is_broken && status != 409) {
      throw std::runtime_error(fmt::format("a stream got {}", status));
    }
    std::this_thread::sleep_for(20ms);
  }
  throw std::runtime_error(
      fmt::format("a stream got no answer, last {} behind {}", last, listener.last_id()));
}

}  // namespace

Talkers::Talkers(int port, std::size_t count) : port_(port) {
  for (std::size_t i = 0; i < count; ++i) {
    threads_.emplace_back([this, i] {
      try {
        talk(i);
      } catch (const std::exception& error) {
        const std::lock_guard lock(mutex_);
        fault_ = error.what();
      }
    });
  }
}

Talkers::~Talkers() { join(); }

void Talkers::join() {
  stopping_ = true;
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::string Talkers::fault() {
  const std::lock_guard lock(mutex_);
  return fault_;
}

std::vector<Answer> Talkers::stop() {
  join();
  if (!fault_.empty()) throw std::runtime_error(fault_);
  return answers_;
}

void Talkers::talk(std::size_t number) {
  for (int conversation = 0; !stopping_; ++conversation) {
    const auto started = ask(port_, "StartAssessment", Json::object(), "", "");
    const std::string session = started["sessionId"];
    bool completed = false;
    for (int i = 0; !completed && !stopping_; ++i) {
      const auto message = fmt::format("talker {}, conversation {}, message {}", number, conversation, i);
      const Json request{{"sessionId", session}, {"message", message}};
      const auto key = fmt::format("{}-{}-{}", number, conversation, i);
      const auto reply = number % 2 == 0 ? ask(port_, "SendMessage", request, started["token"], key)
                                         : listen(port_, request, started["token"], key);
      completed = reply["progress"]["completed"];
      const std::lock_guard lock(mutex_);
      answers_.push_back({session, message, reply["message"]["position"], reply["message"]["content"]});
      ++answered_;
    }
  }
}

}  // namespace bigocean::kills
