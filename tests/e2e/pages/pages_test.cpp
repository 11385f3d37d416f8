// The pages in a real browser, against running services: tests/browser has the steps, this the services and
// what befalls them.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>

#include "tests/e2e/serve_process.hpp"
#include "tests/support/anthropic.hpp"
#include "tests/support/http_server.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test::pages_test {
namespace {

const std::string kMetricsToken = "a-long-random-text";

/// How the model answers people; analyses are always made.
class Mood {
 public:
  void set(const std::string& mood) {
    const std::lock_guard lock(mutex_);
    mood_ = mood;
  }

  ModelAnswer answer(const ModelRequest& request) const {
    auto answer = AnthropicStandIn::default_answer(request);
    if (request.body.contains("output_config")) return answer;
    const std::lock_guard lock(mutex_);
    answer.text =
        "That sounds like a good way to spend an evening. The town has another face then, and so do we. "
        "When you walk, do you know where you will end, or do you let the streets decide?";
    if (mood_ == "slow") answer.piece_delay = 100ms;
    if (mood_ == "endless") answer.silent_after = 2500;
    if (mood_ == "silent") answer.first_delay = 60s;
    if (mood_ == "refusing") {
      answer.text = "";
      answer.stop_reason = "refusal";
    }
    return answer;
  }

 private:
  mutable std::mutex mutex_;
  std::string mood_ = "good";
};

/// One service with its own database, which can be stopped and started on the same port.
class OneService {
 public:
  OneService(const PrivateRedis& redis, Environment more) : url_(shared_postgres().create_database()) {
    environment_ = {{"DATABASE_URL", url_},
                    {"REDIS_URL", redis.url()},
                    {"PORT", std::to_string(free_port())},
                    {"BIGOCEAN_SERVER_DRAIN_TIMEOUT", "2s"},
                    {"BIGOCEAN_SERVER_DRAIN_QUIET", "0"},
                    {"BIGOCEAN_METRICS_TOKEN", kMetricsToken},
                    {"BIGOCEAN_LIMITS_ASSESSMENTS_PER_ADDRESS_DAY", "1000"},
                    {"BIGOCEAN_LIMITS_ASSESSMENTS_PER_NETWORK_DAY", "1000"},
                    {"BIGOCEAN_LIMITS_MESSAGES_PER_ADDRESS_MINUTE", "6000"},
                    {"BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "1000"},
                    {"BIGOCEAN_LIMITS_REQUESTS_PER_ADDRESS_MINUTE", "100000"}};
    for (auto& [name, value] : more) environment_[name] = value;
    ProcessOptions options;
    options.environment = {{"DATABASE_URL", url_}};
    REQUIRE(run({BIGOCEAN_BINARY, "migrate", "--quiet"}, options).exit_code == 0);
    start();
  }

  void start() { serve_ = std::make_unique<Serve>(environment_); }
  void stop(int signal) {
    serve_->process().signal(signal);
    serve_->process().wait();
    serve_.reset();
  }
  std::string address() const { return "http://127.0.0.1:" + environment_.at("PORT"); }
  const std::string& database() const { return url_; }

 private:
  std::string url_;
  Environment environment_;
  std::unique_ptr<Serve> serve_;
};

/// The services, and the server that the browser's tests ask to change them.
class Stage {
 public:
  Stage() {
    const Environment with_model{{"ANTHROPIC_API_KEY", model_.key()}, {"ANTHROPIC_BASE_URL", model_.url()}};
    services_.emplace("scripted", std::make_unique<OneService>(redis_, Environment{}));
    services_.emplace("away", std::make_unique<OneService>(redis_, Environment{}));
    services_.emplace("model", std::make_unique<OneService>(redis_, with_model));
    services_.emplace("tight", std::make_unique<OneService>(
                                   redis_, Environment{{"BIGOCEAN_LIMITS_MESSAGES_PER_USER_MINUTE", "4"},
                                                       {"BIGOCEAN_ASSESSMENT_ANALYSIS_WORKERS", "0"},
                                                       {"BIGOCEAN_METRICS_TOKEN", ""}}));
  }

  Finished play(const std::string& script, const std::string& pictures) {
    nlohmann::json addresses{{"control", "http://127.0.0.1:" + std::to_string(control_.port())}};
    for (const auto& [name, service] : services_) addresses[name] = service->address();
    ProcessOptions options;
    options.environment = {{"PAGES_SERVICES", addresses.dump()},
                           {"PAGES_PICTURES", pictures},
                           {"PAGES_METRICS_TOKEN", kMetricsToken}};
    for (const char* name : {"BIGOCEAN_CACHE", "CHROMIUM"}) {
      if (const char* value = std::getenv(name); value != nullptr) options.environment[name] = value;
    }
    return run({BIGOCEAN_SOURCE_DIR "/tests/browser/run", script}, options, 520s);
  }

 private:
  /// "/restart/model", "/mood/slow", "/sql/tight" with the statement as the body.
  ServedReply change(const ServedRequest& request) {
    const auto slash = request.target.find('/', 1);
    const auto what = request.target.substr(1, slash - 1);
    const auto whom = request.target.substr(slash + 1);
    try {
      if (what == "mood") {
        mood_.set(whom);
        return {.content_type = "text/plain"};
      }
      auto& service = *services_.at(whom);
      if (what == "kill") service.stop(SIGKILL);
      if (what == "restart") service.stop(SIGTERM);
      if (what == "start" || what == "restart") service.start();
      ServedReply reply{.content_type = "text/plain"};
      if (what == "sql") {
        const auto rows = query(service.database(), request.body);
        if (!rows.empty()) reply.body = rows.at(0).at(0);
      }
      return reply;
    } catch (const std::exception& error) {
      return {.status = 500, .content_type = "text/plain", .body = error.what()};
    }
  }

  PrivateRedis redis_;
  Mood mood_;
  AnthropicStandIn model_{[this](const ModelRequest& request) { return mood_.answer(request); }};
  std::map<std::string, std::unique_ptr<OneService>> services_;
  HttpServer control_{[this](const ServedRequest& request) { return change(request); }};
};

/// The reports of the commands, which are judged as the pages are.
void write_reports(const std::string& folder) {
  ProcessOptions options;
  options.environment = {{"DATABASE_URL", shared_postgres().create_database()}};
  const auto report = [&](std::vector<std::string> call, const std::string& name) {
    call.insert(call.begin(), BIGOCEAN_BINARY);
    call.insert(call.end(), {"--html", folder + "/" + name + ".html"});
    CHECK(run(call, options).exit_code == 0);
  };
  report({"migrate", "plan"}, "report_plan");
  report({"migrate", "status"}, "report_status");
  report({"check-db"}, "report_check");
}

void play(const std::string& script) {
  Stage stage;
  std::filesystem::create_directories(BIGOCEAN_BUILD_DIR "/pages");
  write_reports(BIGOCEAN_BUILD_DIR "/pages");
  const auto done = stage.play(script, BIGOCEAN_BUILD_DIR "/pages");
  MESSAGE(done.out);
  CHECK_MESSAGE(done.exit_code == 0, done.err);
}

TEST_CASE("what people do with the pages works in a browser") { play("journeys"); }

TEST_CASE("every state of the pages is reached, without a violation of axe-core, and photographed") {
  play("states");
}

}  // namespace
}  // namespace bigocean::test::pages_test
