// Writes the state of the service as JSON, and lets the checks run once a minute.
#include "server/service/status.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/constant_time.hpp"

namespace bigocean::server {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

http::Reply json_reply(const Json& document) {
  return {200, "application/json", document.dump(-1, ' ', false, Json::error_handler_t::replace), {}};
}

/// The pause between two runs of the checks, and what the last one found: the next operator sees it without
/// running them. Thread-safe.
class Checks {
 public:
  Checks(std::function<std::string()> run, std::chrono::milliseconds pause)
      : run_(std::move(run)), pause_(pause) {}

  http::Reply answer() {
    {
      const std::lock_guard lock(mutex_);
      const auto now = Clock::now();
      if (now < next_) {
        auto reply = http::problem(429, "the checks run at most once a minute, for all clients together");
        reply.retry_after = std::chrono::ceil<std::chrono::milliseconds>(next_ - now);
        return reply;
      }
      next_ = now + pause_;
    }
    // Not under the lock: /status.json goes on meanwhile.
    auto found = Json::parse(run_());
    const std::lock_guard lock(mutex_);
    last_ = std::move(found);
    finished_ = std::chrono::system_clock::now();
    return json_reply(written());
  }

  /// When they ran, what they found (null: they have not run), and in how many seconds they may run again.
  Json state() const {
    const std::lock_guard lock(mutex_);
    return written();
  }

 private:
  Json written() const {
    Json state;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(next_ - Clock::now());
    state["wait_seconds"] = std::max<std::int64_t>(0, wait.count());
    state["time"] = last_.is_null() ? Json() : Json(rfc3339(finished_));
    state["reports"] = last_;
    return state;
  }

  const std::function<std::string()> run_;
  const std::chrono::milliseconds pause_;
  mutable std::mutex mutex_;
  Clock::time_point next_{};
  std::chrono::system_clock::time_point finished_{};
  Json last_;
};

Json history_of(const Readiness& readiness) {
  Json changes = Json::array();
  for (const auto& change : readiness.history()) {
    Json one;
    one["time"] = rfc3339(change.at);
    one["name"] = change.name;
    one["status"] = probe_status_name(change.status);
    one["output"] = change.output;
    one["ready"] = change.ready;
    changes.push_back(std::move(one));
  }
  return changes;
}

/// The page is needed most while the database is away, so it must not wait for it then.
Json migrations_of(const StatusSources& sources, const Readiness& readiness) {
  const auto up = readiness.dependencies_up();
  const auto database = up.find("postgres");
  Json part;
  part["rows"] = Json::array();
  if (database != up.end() && !database->second) {
    part["fault"] = "PostgreSQL does not work";
    return part;
  }
  try {
    part["rows"] = Json::parse(sources.migrations());
  } catch (const std::exception& error) {
    part["fault"] = config::redact_urls(error.what());
  }
  return part;
}

void finish(const http::Request&, http::Reply& reply) {
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
}

}  // namespace

std::optional<http::Reply> refuse_stranger(const http::Request& request, const config::Secret& token) {
  const auto given = http::find_header(request.headers, "Authorization").value_or("");
  if (base::equal_in_constant_time(given, "Bearer " + token.reveal())) return std::nullopt;
  auto reply = http::problem(401, request.path + " needs the bearer token of the setting metrics.token");
  reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

std::vector<http::Route> status_routes(StatusSources sources, const Readiness& readiness,
                                       const config::Secret& token, std::chrono::milliseconds checks_pause) {
  const auto checks = std::make_shared<Checks>(std::move(sources.checks), checks_pause);
  // Before a thread is taken for it: whoever has no token costs no more than a /health does.
  const auto admit = [token](const http::Request& request) { return refuse_stranger(request, token); };
  const auto tell = [checks, &readiness, sources = std::move(sources)](const http::Request&) {
    Json document;
    document["time"] = rfc3339(std::chrono::system_clock::now());
    document["readiness"] = Json::parse(readiness.reply().body);
    document["history"] = history_of(readiness);
    document["migrations"] = migrations_of(sources, readiness);
    document["checks"] = checks->state();
    return json_reply(document);
  };
  const auto check = [checks](const http::Request&) { return checks->answer(); };
  return {{"GET", "/status.json", tell, http::Place::kWorker, finish, admit},
          {"POST", "/status/checks", check, http::Place::kWaiting, finish, admit}};
}

}  // namespace bigocean::server
