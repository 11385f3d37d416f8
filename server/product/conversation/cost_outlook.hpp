// What the rest of a session can cost, judged by what its calls have really cost.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "server/product/assessment/prompts.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::conversation {

/// Of one session, at one moment.
class CostOutlook {
 public:
  /// `model` must outlive this.
  CostOutlook(const PaidModel& model, std::vector<budget::PastCall> past)
      : model_(model), past_(std::move(past)) {}

  /// Adds to an interview's request what an earlier call with the same beginning tells of its input: all
  /// lines up to that call's last one were in it. `lines`: those of the request.
  void bound_reply(llm::ChatRequest& request, std::span<const assessment::Line> lines) const;
  /// The same of an analysis, whose transcript is new and all the rest is not.
  void bound_analysis(llm::ChatRequest& request) const;

  /// What a call will cost by all experience: the most that one of the last three of its purpose has cost.
  /// Without any, a third of the most that it can cost: text has about three bytes a token or more.
  llm::NanoDollars expected(const llm::ChatRequest& request) const;

  /// With less than this left to spend, the reply to `reply` has to be the closing one. It, the closing one
  /// and the last analysis are made one after the other: each must find room for the most that it can cost,
  /// when those before it have cost what such calls do. `is_analysing`: an analysis is under way as well.
  llm::NanoDollars needs(const llm::ChatRequest& reply, const llm::ChatRequest& analysis,
                         bool is_analysing) const;

 private:
  const PaidModel& model_;
  const std::vector<budget::PastCall> past_;
};

/// The smallest session's budget with which an interview by these models is one: it is not the closing reply
/// that the first message gets, if that has up to kOrdinaryMessageBytes.
inline constexpr std::size_t kOrdinaryMessageBytes = 1000;
llm::NanoDollars least_session_cap(const PaidModel& model, const product::Settings::Assessment& settings);

}  // namespace bigocean::server::conversation
