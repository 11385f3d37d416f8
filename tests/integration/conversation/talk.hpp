// The use cases on a database of their own, with a model that a test controls.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "server/product/assessment/scripted.hpp"
#include "server/product/conversation/analyst.hpp"
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/token.hpp"
#include "server/product/rpc/error.hpp"
#include "tests/integration/product_database.hpp"

namespace bigocean::server::conversation {

using namespace std::chrono_literals;

/// Costs 100 n$ a call (one token of input) unless told otherwise, and may cost 1,000 (ten tokens).
class PuppetModel : public llm::ChatModel {
 public:
  using Answer = std::function<llm::ChatReply(const llm::ChatRequest&, const llm::OnText&)>;

  llm::ChatReply complete(const llm::ChatRequest& request, const llm::OnText& on_text) override {
    ++calls;
    if (answer) return answer(request, on_text);
    auto reply = script_.complete(request, on_text);
    reply.usage.input_tokens = 1;
    reply.request_id = "req_1";
    return reply;
  }
  llm::Usage usage_max(const llm::ChatRequest& request) const override {
    return bound ? bound(request) : llm::Usage{.input_tokens = 10};
  }
  std::string_view name() const override { return "puppet"; }

  Answer answer;
  std::function<llm::Usage(const llm::ChatRequest&)> bound;
  std::atomic<int> calls{0};

 private:
  llm::ScriptedModel script_;
};

/// What a person says of whom finding_something() finds something.
inline const std::string kTelling = "4, most of the time";

/// A model that finds evidence in the first message, where that is kTelling.
inline PuppetModel::Answer finding_something() {
  return [](const llm::ChatRequest& request, const llm::OnText& on_text) -> llm::ChatReply {
    if (request.purpose == llm::ChatRequest::Purpose::kInterview) {
      if (on_text) on_text("And then?");
      return {.text = "And then?", .usage = {.input_tokens = 1}};
    }
    return {.text = R"({"evidence":[{"position":2,"facet":"orderliness","score":16,"confidence":0.8,)"
                    R"("quote":"most of the time"}]})",
            .usage = {.input_tokens = 1}};
  };
}

/// Opens once, for everybody.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool is_open() const {
    const std::lock_guard lock(mutex_);
    return open_;
  }
  void wait() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 30s, [this] { return open_; }));
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

inline config::Settings::Database talk_database(const std::string& url) {
  config::Settings::Database database;
  database.url = config::Secret(url);
  database.connect_timeout = 10s;
  database.statement_timeout = 30s;
  database.connections_max = 10;
  database.connection_wait = 30s;
  return database;
}

inline product::Settings talk_settings() {
  product::Settings settings;
  settings.budget.session.nano = 1'000'000;
  settings.budget.user_day.nano = 1'000'000;
  settings.budget.service_day.nano = 1'000'000;
  settings.budget.address_day.nano = 1'000'000;
  settings.limits = {.assessments_per_user_day = 1'000,
                     .resumes_per_user_week = 1'000,
                     .messages_per_user_minute = 1'000,
                     .assessments_per_address_day = 1'000,
                     .messages_per_address_minute = 1'000,
                     .assessments_per_network_day = 1'000,
                     .requests_per_address_minute = 1'000,
                     .memory_keys_max = 10'000};
  settings.anthropic.interviewer_model = "puppet";
  settings.anthropic.analyser_model = "puppet";
  settings.anthropic.timeout = 60s;
  settings.assessment = {.session_lifetime = 24h,
                         .turn_lease = 20s,
                         .messages_max = 30,
                         .confidence_enough = 40,
                         .reply_tokens_max = 400,
                         .analysis_tokens_max = 3000,
                         .analysis_workers = 1,
                         .analysis_attempts_max = 3,
                         .reply_wait = 10s,
                         .retention = 0s,
                         .retention_batch = 100};
  settings.prices.push_back({.model = "puppet", .usual = {100, 100, 100, 100, 100}});
  return settings;
}

class Talk {
 public:
  using Change = std::function<void(product::Settings&)>;

  /// `keys`: what the address of accounts' keys says.
  explicit Talk(const Change& change = {}, accounts::KeySource::Read keys = {})
      : url(test::migrated_database()),
        settings(changed(talk_settings(), change)),
        database(talk_database(url), "talk", nullptr),
        redis({}, nullptr),
        prices(settings.prices),
        counters(budget::caps_of(settings.budget)),
        ledger(settings, log, counters),
        limits(redis, settings.limits, log, counters),
        paid(model, prices, settings.anthropic, ledger, log, {}),
        turns(database, settings.assessment.turn_lease),
        analyst(settings, database, ledger, paid, log),
        challenge(settings.challenge, log),
        accounts(settings.accounts, log, std::chrono::system_clock::now, std::move(keys)),
        conversations({settings, database, ledger, limits, paid, turns, log, [this] { ++jobs_announced; },
                       accounts, &challenge}) {}

  struct Person {
    rpc::Caller caller;
    rpc::StartAssessmentReply started;
  };

  Person start() {
    const rpc::Caller nobody{.token = {}, .client_address = "203.0.113.7", .request_id = "r"};
    auto started = conversations.start_assessment(nobody, {});
    return {{started.token, "203.0.113.7", "r"}, started};
  }

  rpc::SendMessageReply say(const Person& person, const std::string& text,
                            const std::optional<std::string>& key = {}, const rpc::OnText& on_text = {}) {
    return begin(person, text, key)->run(on_text);
  }
  std::unique_ptr<rpc::Turn> begin(const Person& person, const std::string& text,
                                   const std::optional<std::string>& key = {}) {
    return conversations.send_message(person.caller, {person.started.session_id, text, key});
  }

  rpc::SessionRequest session(const Person& person) const { return {person.started.session_id}; }

  void analyse_all() {
    while (analyst.work()) {
    }
  }

  /// The one value that a query gives.
  std::string value(const std::string& sql) { return test::query(url, sql).at(0).at(0); }

  /// The sums of ledger and budgets agree, and nothing is reserved.
  void check_books() {
    CHECK(value("SELECT coalesce(sum(cost), 0) FROM ledger_entries") ==
          value("SELECT coalesce(sum(spent), 0) FROM service_budgets"));
    CHECK(value("SELECT coalesce(sum(spent), 0) FROM user_budgets") ==
          value("SELECT coalesce(sum(spent), 0) FROM service_budgets"));
    CHECK(value("SELECT coalesce(sum(spent), 0) FROM address_budgets") ==
          value("SELECT coalesce(sum(spent), 0) FROM service_budgets"));
    CHECK(value("SELECT coalesce(sum(reserved), 0) FROM address_budgets") == "0");
    CHECK(value("SELECT coalesce(sum(reserved), 0) FROM service_budgets") == "0");
    CHECK(value("SELECT coalesce(sum(reserved), 0) FROM session_budgets") == "0");
    CHECK(value("SELECT count(*) FROM ledger_entries WHERE settled_at IS NULL") == "0");
  }

  static product::Settings changed(product::Settings settings, const Change& change) {
    if (change) change(settings);
    return settings;
  }

  const std::string url;
  const product::Settings settings;
  base::Logger log{base::LogFormat::kText, base::LogLevel::kError, false};
  sql::Database database;
  redis::Store redis;
  const llm::Prices prices;
  PuppetModel model;
  budget::Counters counters;
  budget::Ledger ledger;
  budget::RateLimits limits;
  const PaidModel paid;
  Turns turns;
  Analyst analyst;
  std::atomic<int> jobs_announced{0};
  const accounts::Challenge challenge;
  accounts::Accounts accounts;
  Conversations conversations;
};

/// What `work` is refused with.
template <typename Work>
rpc::RpcError refusal_of(Work&& work) {
  try {
    work();
  } catch (const rpc::RpcError& error) {
    return error;
  }
  FAIL("nothing was refused");
  throw std::logic_error("unreachable");
}

template <typename Work>
rpc::Tag tag_of(Work&& work) {
  return refusal_of(std::forward<Work>(work)).tag;
}

}  // namespace bigocean::server::conversation
