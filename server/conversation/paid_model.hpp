// A chat model with its price: what a call may cost, what it has cost, and the line that tells of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "server/budget/ledger.hpp"
#include "server/llm/chat_model.hpp"
#include "server/llm/prices.hpp"

namespace bigocean::server::conversation {

/// How a call went: a reply or an error, and what it cost. No cost: nobody knows what was used, so that the
/// reservation stays until the sweeper charges all of it.
struct CallOutcome {
  std::optional<llm::ChatReply> reply;
  std::optional<llm::ChatError> error;
  llm::Usage usage;
  std::optional<llm::NanoDollars> cost;
  std::string request_id;
  std::chrono::milliseconds elapsed{};
};

/// Thread-safe.
class PaidModel {
 public:
  using OnSettled = std::function<void(const budget::Settlement&)>;

  /// All must outlive this. `on_settled` is told of every settlement once it is committed; from any thread.
  /// Throws base::Error(kUsage) for a model without a price.
  PaidModel(llm::ChatModel& model, const llm::Prices& prices, const config::Settings::Anthropic& settings,
            budget::Ledger& ledger, base::Logger& log, OnSettled on_settled);

  const std::string& model_for(llm::ChatRequest::Purpose purpose) const;

  /// How long a call can take, and how long its reservation is kept for it.
  std::chrono::milliseconds timeout() const { return timeout_; }
  std::chrono::milliseconds reserved_for() const;

  /// No call of the request costs more.
  llm::NanoDollars cost_max(const llm::ChatRequest& request) const;

  /// Asks the model. What goes wrong with it is in the outcome; throws nothing of the model's.
  CallOutcome ask(const llm::ChatRequest& request, const llm::OnText& on_text) const;

  /// Books the outcome, in the caller's transaction and as its last statement. Nothing: there was nothing to
  /// book.
  budget::Settled settle(sql::Pipeline& pipeline, const budget::Reservation& reservation,
                         const CallOutcome& outcome) const;

  /// One line: model, tokens by kind, cost, and the totals that it adds to. For after the commit. Waits for
  /// nobody.
  void tell(const llm::ChatRequest& request, const std::string& session_id, const CallOutcome& outcome,
            const std::optional<budget::Settlement>& settlement) const;

 private:
  llm::ChatModel& model_;
  const llm::Prices& prices_;
  std::string interviewer_;
  std::string analyser_;
  const std::chrono::milliseconds timeout_;
  budget::Ledger& ledger_;
  base::Logger& log_;
  const OnSettled on_settled_;
};

}  // namespace bigocean::server::conversation
