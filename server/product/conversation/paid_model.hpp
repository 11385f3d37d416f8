// A chat model with its price: what a call may cost, what it has cost, and the line that tells of it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "server/llm/caching.hpp"
#include "server/llm/chat_model.hpp"
#include "server/llm/model_calls.hpp"
#include "server/llm/prices.hpp"
#include "server/product/budget/ledger.hpp"

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
  std::optional<std::chrono::milliseconds> first_text{};  ///< after the start; nothing: there was none

  bool is_refused() const { return reply && reply->stop == llm::ChatReply::Stop::kRefusal; }
};

/// On whose behalf a call is made, for the log.
struct CallOrigin {
  std::string session_id;
  std::string request_id;  ///< of the request that gave cause for it; may be empty
};

/// Thread-safe.
class PaidModel {
 public:
  using OnSettled = std::function<void(const budget::Settlement&)>;

  /// All must outlive this; `calls`, which counts them, may be null. `on_settled` is told of every settlement
  /// once it is committed; from any thread.
  /// Throws base::Error(kUsage) for a model without a price.
  PaidModel(llm::ChatModel& model, const llm::Prices& prices, const llm::AnthropicSettings& settings,
            budget::Ledger& ledger, base::Logger& log, OnSettled on_settled,
            observe::ModelCalls* calls = nullptr);

  const std::string& model_for(llm::ChatRequest::Purpose purpose) const;

  /// How long a call can take, and how long its reservation is kept for it.
  std::chrono::milliseconds timeout() const { return settings_.timeout; }
  std::chrono::milliseconds reserved_for() const;

  /// What of the request is worth keeping in the API's cache: see llm::worth_keeping().
  llm::Keep keep_for(const llm::ChatRequest& request,
                     std::optional<std::chrono::milliseconds> since_last) const {
    return llm::worth_keeping(request, settings_, since_last);
  }

  /// No call of the request costs more.
  llm::NanoDollars cost_max(const llm::ChatRequest& request) const;

  /// Asks the model. What goes wrong with it is in the outcome; throws nothing of the model's. What a model
  /// says is kept to the rule for text here (base::TextCleaner): the pieces, which together are the text of
  /// the reply.
  CallOutcome ask(const llm::ChatRequest& request, const llm::OnText& on_text) const;

  /// Books the outcome, in the caller's transaction and as its last statement. Nothing: there was nothing to
  /// book.
  budget::Settled settle(sql::Pipeline& pipeline, const budget::Reservation& reservation,
                         const CallOutcome& outcome) const;

  /// One line, and the metrics: model, tokens by kind, cost, and the totals that it adds to. For after the
  /// commit. Waits for nobody.
  void report_call(const llm::ChatRequest& request, const CallOrigin& origin, const CallOutcome& outcome,
                   const std::optional<budget::Settlement>& settlement) const;

 private:
  llm::ChatModel& model_;
  const llm::Prices& prices_;
  const llm::AnthropicSettings settings_;
  budget::Ledger& ledger_;
  base::Logger& log_;
  const OnSettled on_settled_;
  observe::ModelCalls* const calls_;
};

}  // namespace bigocean::server::conversation
