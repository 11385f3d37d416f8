// A chat model with prices: the highest and the real cost of a call, and its log line.
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

/// The outcome of a call: a reply or an error, and the cost. Without a cost the usage is unknown, and the
/// reservation stays until the sweeper charges it in full.
struct CallOutcome {
  std::optional<llm::ChatReply> reply;
  std::optional<llm::ChatError> error;
  llm::Usage usage;
  std::optional<llm::NanoDollars> cost;
  std::string request_id;
  std::chrono::milliseconds elapsed{};
  std::optional<std::chrono::milliseconds> first_text{};  ///< since the start; nothing: there was no text

  bool is_refused() const { return reply && reply->stop == llm::ChatReply::Stop::kRefusal; }
};

/// The origin of a call, for the log.
struct CallOrigin {
  std::string session_id;
  std::string request_id;  ///< of the request that caused it; may be empty
};

/// Thread-safe.
class PaidModel {
 public:
  using OnSettled = std::function<void(const budget::Settlement&)>;

  /// All must outlive this. `calls` counts the calls and may be null. `on_settled` is called for every
  /// committed settlement, from any thread. Throws base::Error(kUsage) for a model without a price.
  PaidModel(llm::ChatModel& model, const llm::Prices& prices, const llm::AnthropicSettings& settings,
            budget::Ledger& ledger, base::Logger& log, OnSettled on_settled,
            observe::ModelCalls* calls = nullptr);

  const std::string& model_for(llm::ChatRequest::Purpose purpose) const;

  /// How long a call can take, and how long its reservation is kept for it.
  std::chrono::milliseconds timeout() const { return settings_.timeout; }
  std::chrono::milliseconds reserved_for() const;

  /// What to mark for the API's cache: see llm::worth_keeping().
  llm::Keep keep_for(const llm::ChatRequest& request,
                     std::optional<std::chrono::milliseconds> since_last) const {
    return llm::worth_keeping(request, settings_, since_last);
  }

  /// An upper bound on the cost of the request.
  llm::NanoDollars cost_max(const llm::ChatRequest& request) const;

  /// Calls the model. Its failures are in the outcome, not thrown. The rule for text (base::TextCleaner) is
  /// applied to the pieces, which together are the text of the reply.
  CallOutcome ask(const llm::ChatRequest& request, const llm::OnText& on_text) const;

  /// Books the outcome in the caller's transaction, as its last statement. Nothing when there was nothing to
  /// book.
  budget::Settled settle(sql::Pipeline& pipeline, const budget::Reservation& reservation,
                         const CallOutcome& outcome) const;

  /// Logs one line and updates the metrics: model, tokens by kind, cost, and the totals. To be called after
  /// the commit. Does not wait.
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
