// Estimates what the rest of a session can cost, from the real cost of its calls.
#include "server/product/conversation/cost_outlook.hpp"

#include <algorithm>

#include "server/llm/caching.hpp"
#include "server/product/assessment/questions.hpp"

namespace bigocean::server::conversation {
namespace {

using Purpose = llm::ChatRequest::Purpose;

/// Bytes of names, brackets and the API's own marks around one text; an upper bound.
constexpr std::int64_t kBytesAroundText = 64;
constexpr std::int64_t kCallsLookedAt = 3;
constexpr std::int64_t kBytesPerTokenMin = 3;

std::int64_t bytes_of(std::string_view text) {
  return text.empty() ? 0 : static_cast<std::int64_t>(text.size()) + kBytesAroundText;
}

}  // namespace

void CostOutlook::bound_reply(llm::ChatRequest& request, std::span<const assessment::Line> lines) const {
  const auto key = llm::prompt_key(request);
  const auto known = std::find_if(past_.rbegin(), past_.rend(), [&](const budget::PastCall& call) {
    return call.purpose == Purpose::kInterview && call.prompt_key == key && call.through_position > 0 &&
           call.prompt_tokens > 0;
  });
  if (known == past_.rend()) return;
  llm::KnownPrompt prompt{known->prompt_tokens, bytes_of(request.guidance)};
  for (const auto& line : lines) {
    if (line.position > known->through_position) prompt.bytes_new += bytes_of(line.text);
  }
  request.known = prompt;
}

void CostOutlook::bound_analysis(llm::ChatRequest& request) const {
  const auto key = llm::prompt_key(request);
  for (const auto& call : past_) {
    if (call.purpose != Purpose::kAnalysis || call.prompt_key != key || call.prompt_tokens <= 0) continue;
    if (request.known && request.known->tokens <= call.prompt_tokens) continue;
    request.known = {call.prompt_tokens, bytes_of(request.messages.back().text)};
  }
}

llm::NanoDollars CostOutlook::expected(const llm::ChatRequest& request) const {
  llm::NanoDollars most = 0;
  std::int64_t seen = 0;
  for (auto call = past_.rbegin(); call != past_.rend() && seen < kCallsLookedAt; ++call) {
    if (call->purpose != request.purpose) continue;
    most = std::max(most, call->cost);
    ++seen;
  }
  const auto bound = model_.cost_max(request);
  return seen == 0 ? bound / kBytesPerTokenMin : std::min(most, bound);
}

llm::NanoDollars CostOutlook::needs(const llm::ChatRequest& reply, const llm::ChatRequest& analysis,
                                    bool is_analysing) const {
  const auto reply_bound = model_.cost_max(reply);
  const auto reply_cost = expected(reply);
  const auto analysis_bound = model_.cost_max(analysis);
  // The closing reply's request is longer by this exchange, which costs less than a whole call.
  const auto closing_bound = reply_bound + reply_cost;
  const auto under_way = is_analysing ? expected(analysis) : 0;
  return under_way + std::max({reply_bound, reply_cost + closing_bound, 2 * reply_cost + analysis_bound});
}

llm::NanoDollars least_session_cap(const PaidModel& model, const product::Settings::Assessment& settings) {
  llm::NanoDollars most = 0;
  for (const auto language : assessment::kLanguages) {
    const std::vector<assessment::Line> lines{
        {1, llm::Role::kAssistant, std::string(assessment::greeting(language))},
        {2, llm::Role::kUser, std::string(kOrdinaryMessageBytes, 'x')}};
    const auto reply = assessment::interview_request(
        lines, {},
        {model.model_for(Purpose::kInterview), settings.reply_tokens_max, model.timeout(), language});
    auto analysis = assessment::analysis_request(
        lines, {model.model_for(Purpose::kAnalysis), settings.analysis_tokens_max, model.timeout()});
    analysis.keep = model.keep_for(analysis, {});
    most = std::max(most, CostOutlook(model, {}).needs(reply, analysis, false));
  }
  return most;
}

}  // namespace bigocean::server::conversation
