// A pure function that decides where the conversation goes next.
//
// In this order:
// 1. Winding down: every facet's confidence is enough, or the user has sent as many messages as a session may
//    have, or less budget is left than a proper end needs. It holds for every later reply, too.
// 2. The first three replies are unsteered, so that the user begins to talk freely.
// 3. Then the facet with the lowest confidence that is not among the last three asked. An analysis runs only
//    every third message, so a facet would otherwise be asked about again before its answer counts. Among
//    equals the one that was asked least often, then the first in the order of kFacets. So while nothing is
//    known, each facet is asked about once before any is asked about twice.
#pragma once

#include <cstdint>
#include <span>

#include "server/llm/chat_model.hpp"
#include "server/product/assessment/scoring.hpp"

namespace bigocean::server::assessment {

inline constexpr std::int64_t kUnsteeredReplies = 3;
inline constexpr std::size_t kNotAskedAgainWithin = 3;

struct SteeringLimits {
  /// The reply to this message is the closing one.
  std::int64_t user_messages_max = 30;
  /// Of each facet, 0 to 100. One clear answer gives about 40; the formula does not reach above 68.
  int confidence_enough = 40;
  /// The most that the next reply, the closing one and the last analysis can cost together. With less left,
  /// the next reply has to be the closing one.
  llm::NanoDollars winding_down_needs = 0;
};

struct SteeringState {
  const Assessment& assessment;    ///< the latest; score({}) before the first
  std::span<const Facet> asked;    ///< all facets that were steered to in this session, oldest first
  std::int64_t user_messages = 0;  ///< including the one to be answered
  llm::NanoDollars budget_left = 0;
};

llm::Steering steer(const SteeringState& state, const SteeringLimits& limits);

}  // namespace bigocean::server::assessment
