// Conversations over HTTP, one after the other.
#include "tests/kills/talkers.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "server/fetch/fetch.hpp"
#include "tests/kills/stream_listener.hpp"

namespace bigocean::kills {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kAnsweredWithin = 60s;

server::http::Outgoing outgoing_for(const Json& request, const std::string& token, const std::string& key) {
  server::http::Outgoing outgoing{"POST", {{"Content-Type", "application/json"}}, request.dump()};
  if (!token.empty()) outgoing.headers.emplace_back("Authorization", "Bearer " + token);
  if (!key.empty()) outgoing.headers.emplace_back("Idempotency-Key", key);
  return outgoing;
}

/// Asks until there is an answer of 200: a killed service, and a session that is still busy with what it was
/// doing, are worth another try. Throws std::runtime_error for everything else.
Json ask(int port, const std::string& procedure, const Json& request, const std::string& token,
         const std::string& key) {
  const auto outgoing = outgoing_for(request, token, key);
  const auto deadline = Clock::now() + kAnsweredWithin;
  std::string last;
  while (Clock::now() < deadline) {
    const auto reply =
        server::http::fetch(fmt::format("http://127.0.0.1:{}/rpc/{}", port, procedure), 10s, outgoing);
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
  auto saying = outgoing_for(request, token, key);
  saying.headers.emplace_back("Accept", "text/event-stream");
  const auto base = fmt::format("http://127.0.0.1:{}/rpc/", port);
  const auto events = fmt::format("{}sessions/{}/events", base, request["sessionId"].get<std::string>());
  const auto deadline = Clock::now() + kAnsweredWithin;
  StreamListener listener;
  int last = 0;
  while (Clock::now() < deadline) {
    server::http::Outgoing following{"GET", {{"Authorization", "Bearer " + token}}, {}};
    following.headers.emplace_back("Last-Event-ID", listener.last_id());
    const bool follows = !listener.last_id().empty();
    const int status =
        listener.hear(follows ? events : base + "SendMessage", follows ? following : saying, deadline);
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
