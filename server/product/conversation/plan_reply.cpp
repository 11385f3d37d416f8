// Plans the next reply: its steering, the request to the model, and the most that it can cost.
#include "server/product/assessment/steering.hpp"
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/cost_outlook.hpp"
#include "server/product/conversation/replies.hpp"

namespace bigocean::server::conversation {
namespace {

using Purpose = llm::ChatRequest::Purpose;

std::vector<assessment::Facet> asked_in(const std::vector<StoredMessage>& messages) {
  std::vector<assessment::Facet> asked;
  for (const auto& message : messages) {
    if (const auto facet = assessment::find_facet(message.facet)) asked.push_back(*facet);
  }
  return asked;
}

/// The time from the previous reply to the new message; nothing when there is no previous reply.
std::optional<std::chrono::milliseconds> time_since_reply(const std::vector<StoredMessage>& messages) {
  const auto reply = std::find_if(messages.rbegin(), messages.rend(), [](const auto& message) {
    return message.line.role == llm::Role::kAssistant;
  });
  if (reply == messages.rend()) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now() -
                                                               reply->created_at);
}

/// The last analysis if the conversation ended here. `lines` ends with the user's.
llm::ChatRequest last_analysis(const std::vector<assessment::Line>& lines, std::int64_t analysed,
                               const assessment::Call& call) {
  std::vector<assessment::Line> unseen;
  for (const auto& line : lines) {
    if (line.position > analysed) unseen.push_back(line);
  }
  return assessment::analysis_request(unseen, call);
}

}  // namespace

Conversations::Plan Conversations::plan_reply(const PlanFrom& from) const {
  const auto& settings = parts_.settings.assessment;
  const auto& model = parts_.model;
  const auto lines = lines_of(from.messages);
  const CostOutlook outlook(model, from.past);
  const assessment::Call call{model.model_for(Purpose::kInterview), settings.reply_tokens_max,
                              model.timeout(), from.language};
  const auto request_for = [&](const llm::Steering& steering) {
    auto request = assessment::interview_request(lines, steering, call);
    request.keep = model.keep_for(request, time_since_reply(from.messages));
    outlook.bound_reply(request, lines);
    return request;
  };
  auto analysis =
      last_analysis(lines, from.analysis.through_position,
                    {model.model_for(Purpose::kAnalysis), settings.analysis_tokens_max, model.timeout()});
  analysis.keep = model.keep_for(analysis, {});
  outlook.bound_analysis(analysis);

  const auto unsteered = request_for({});
  const auto asked = asked_in(from.messages);
  assessment::SteeringState state{.assessment = from.analysis.assessment,
                                  .asked = asked,
                                  .user_messages = user_messages_in(from.messages),
                                  .budget_left = parts_.ledger.caps().session - from.session_total.spent};
  const assessment::SteeringLimits limits{
      .user_messages_max = settings.messages_max,
      .confidence_enough = static_cast<int>(settings.confidence_enough),
      .winding_down_needs = outlook.needs(unsteered, analysis, from.session_total.reserved > 0)};
  Plan plan;
  plan.steering = assessment::steer(state, limits);
  ++state.user_messages;
  state.budget_left -= outlook.expected(unsteered);
  plan.winding_down = plan.steering.wind_down || assessment::steer(state, limits).wind_down;
  plan.request = request_for(plan.steering);
  plan.cost_max = model.cost_max(plan.request);
  return plan;
}

}  // namespace bigocean::server::conversation
