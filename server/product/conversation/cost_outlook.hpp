// Estimates what the rest of a session can cost, from the real cost of its calls.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "server/product/assessment/prompts.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::conversation {

/// The estimates for one session at one moment.
class CostOutlook {
 public:
  /// `model` must outlive this.
  CostOutlook(const PaidModel& model, std::vector<budget::PastCall> past)
      : model_(model), past_(std::move(past)) {}

  /// Sets `known` in an interview's request from an earlier call with the same beginning: all lines up to
  /// that call's last one were in its input. `lines` are those of the request.
  void bound_reply(llm::ChatRequest& request, std::span<const assessment::Line> lines) const;
  /// The same for an analysis, of which only the transcript is new.
  void bound_analysis(llm::ChatRequest& request) const;

  /// The expected cost of a call: the most that one of the last three calls of its purpose has cost. Without
  /// any, a third of the most that it can cost, because text has about three or more bytes per token.
  llm::NanoDollars expected(const llm::ChatRequest& request) const;

  /// With less than this left to spend, the reply to `reply` has to be the closing one. This reply, the
  /// closing one and the last analysis are made one after the other: each must find room for its highest
  /// possible cost after those before it had their expected cost. `is_analysing`: an analysis is under way as
  /// well.
  llm::NanoDollars needs(const llm::ChatRequest& reply, const llm::ChatRequest& analysis,
                         bool is_analysing) const;

 private:
  const PaidModel& model_;
  const std::vector<budget::PastCall> past_;
};

/// The smallest session budget that allows an interview with these models: the reply to a first message of up
/// to kOrdinaryMessageBytes is not yet the closing one.
inline constexpr std::size_t kOrdinaryMessageBytes = 1000;
llm::NanoDollars least_session_cap(const PaidModel& model, const product::Settings::Assessment& settings);

}  // namespace bigocean::server::conversation
