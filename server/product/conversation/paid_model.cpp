// Calls to the model, and their settlement.
#include "server/product/conversation/paid_model.hpp"

#include "base/span.hpp"
#include "base/unicode.hpp"

namespace bigocean::server::conversation {
namespace {

using Purpose = llm::ChatRequest::Purpose;

/// Allowance between the end of a call and the commit of its settlement.
constexpr std::chrono::milliseconds kSettleWithin{60'000};

std::string_view error_name(llm::ChatError::Kind kind) {
  switch (kind) {
    case llm::ChatError::Kind::kRefusedByApi:
      return "refused by the API";
    case llm::ChatError::Kind::kOverloaded:
      return "overloaded";
    case llm::ChatError::Kind::kUnreachable:
      return "unreachable";
    case llm::ChatError::Kind::kBrokenOff:
      return "broken off";
    case llm::ChatError::Kind::kTimedOut:
      return "timed out";
    case llm::ChatError::Kind::kCancelled:
      return "cancelled";
  }
  return "failed";
}

std::string_view result_of(const CallOutcome& outcome) {
  if (outcome.error) return error_name(outcome.error->kind);
  switch (outcome.reply ? outcome.reply->stop : llm::ChatReply::Stop::kEnd) {
    case llm::ChatReply::Stop::kRefusal:
      return "refused by the model";
    case llm::ChatReply::Stop::kMaxTokens:
      return "cut off";
    case llm::ChatReply::Stop::kEnd:
      break;
  }
  return "answered";
}

/// `error.type` of a span.
std::string_view error_type(const llm::ChatError& error) {
  return error.kind == llm::ChatError::Kind::kTimedOut ? "timeout" : error_name(error.kind);
}

std::string finish_reason(llm::ChatReply::Stop stop) {
  switch (stop) {
    case llm::ChatReply::Stop::kMaxTokens:
      return "max_tokens";
    case llm::ChatReply::Stop::kRefusal:
      return "refusal";
    case llm::ChatReply::Stop::kEnd:
      break;
  }
  return "end_turn";
}

/// By the conventions for calls to models of Anthropic
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/anthropic/), without what anybody says.
void describe(base::Span& span, const llm::ChatModel& model, const llm::ChatRequest& request,
              const CallOutcome& outcome) {
  const auto& usage = outcome.usage;
  span.set("gen_ai.operation.name", "chat");
  span.set("gen_ai.provider.name", std::string(model.name()));
  span.set("gen_ai.request.model", request.model);
  span.set("gen_ai.request.max_tokens", request.output_tokens_max);
  span.set("gen_ai.request.stream", true);
  span.set("gen_ai.output.type", std::string(request.output_schema.empty() ? "text" : "json"));
  span.set("bigocean.model.purpose", budget::purpose_name(request.purpose));
  if (outcome.first_text) {
    const std::chrono::duration<double> seconds = *outcome.first_text;
    span.set("gen_ai.response.time_to_first_chunk", seconds.count());
  }
  if (outcome.cost) {
    span.set("gen_ai.usage.input_tokens", usage.prompt_tokens());
    span.set("gen_ai.usage.output_tokens", usage.output_tokens);
    span.set("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens);
    span.set("gen_ai.usage.cache_creation.input_tokens",
             usage.cache_write_5m_tokens + usage.cache_write_1h_tokens);
    if (usage.thinking_tokens > 0) span.set("gen_ai.usage.reasoning.output_tokens", usage.thinking_tokens);
    span.set("bigocean.cost.nanodollars", *outcome.cost);
  }
  if (outcome.reply)
    span.set("gen_ai.response.finish_reasons", std::vector<std::string>{finish_reason(outcome.reply->stop)});
  if (outcome.error) span.fail(error_type(*outcome.error));
}

}  // namespace

PaidModel::PaidModel(llm::ChatModel& model, const llm::Prices& prices, const llm::AnthropicSettings& settings,
                     budget::Ledger& ledger, base::Logger& log, OnSettled on_settled,
                     observe::ModelCalls* calls)
    : model_(model),
      prices_(prices),
      settings_(settings),
      ledger_(ledger),
      log_(log),
      on_settled_(std::move(on_settled)),
      calls_(calls) {
  for (const auto& name : {settings.interviewer_model, settings.analyser_model}) prices_.find(name);
}

const std::string& PaidModel::model_for(Purpose purpose) const {
  return purpose == Purpose::kInterview ? settings_.interviewer_model : settings_.analyser_model;
}

std::chrono::milliseconds PaidModel::reserved_for() const { return settings_.timeout + kSettleWithin; }

llm::NanoDollars PaidModel::cost_max(const llm::ChatRequest& request) const {
  return prices_.cost(request.model, model_.usage_max(request));
}

CallOutcome PaidModel::ask(const llm::ChatRequest& request, const llm::OnText& on_text) const {
  base::Span span("chat " + request.model, base::SpanKind::kClient);
  CallOutcome outcome;
  const auto start = std::chrono::steady_clock::now();
  const auto since_start = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  };
  base::TextCleaner cleaner;
  try {
    outcome.reply = model_.complete(request, [&](std::string_view piece) {
      if (!outcome.first_text) outcome.first_text = since_start();
      if (!on_text) return true;
      const auto text = cleaner.take(piece);
      return text.empty() || on_text(text);
    });
    outcome.reply->text = base::clean_text(outcome.reply->text);
    outcome.usage = outcome.reply->usage;
    outcome.request_id = outcome.reply->request_id;
    outcome.cost = prices_.cost(request.model, outcome.usage);
  } catch (const llm::ChatError& error) {
    outcome.error = error;
    outcome.request_id = error.request_id;
    if (error.usage) {
      outcome.usage = *error.usage;
      outcome.cost = prices_.cost(request.model, outcome.usage);
    }
  }
  outcome.elapsed = since_start();
  if (span.is_recorded()) describe(span, model_, request, outcome);
  return outcome;
}

budget::Settled PaidModel::settle(sql::Pipeline& pipeline, const budget::Reservation& reservation,
                                  const CallOutcome& outcome) const {
  if (!outcome.cost) return budget::Settled::known(std::nullopt);
  const bool took_place = outcome.reply || outcome.usage != llm::Usage{};
  if (!took_place) return ledger_.release(pipeline, reservation.id);
  return ledger_.settle(pipeline, reservation.id, *outcome.cost, outcome.usage, outcome.request_id);
}

void PaidModel::report_call(const llm::ChatRequest& request, const CallOrigin& origin,
                            const CallOutcome& outcome,
                            const std::optional<budget::Settlement>& settlement) const {
  const auto purpose = budget::purpose_name(request.purpose);
  const auto result = result_of(outcome);
  log_.write(outcome.error && outcome.error->kind != llm::ChatError::Kind::kCancelled ? base::LogLevel::kWarn
                                                                                      : base::LogLevel::kInfo,
             "model call",
             {{"purpose", std::string_view(purpose)},
              {"model", std::string_view(request.model)},
              {"result", result},
              {"reason", outcome.error ? std::string_view(outcome.error->message) : std::string_view()},
              {"session", std::string_view(origin.session_id)},
              {"request_id", std::string_view(origin.request_id)},
              {"model_request", std::string_view(outcome.request_id)},
              {"duration_ms", static_cast<long long>(outcome.elapsed.count())},
              {"input_tokens", static_cast<long long>(outcome.usage.input_tokens)},
              {"output_tokens", static_cast<long long>(outcome.usage.output_tokens)},
              {"thinking_tokens", static_cast<long long>(outcome.usage.thinking_tokens)},
              {"cache_write_tokens", static_cast<long long>(outcome.usage.cache_write_5m_tokens +
                                                            outcome.usage.cache_write_1h_tokens)},
              {"cache_read_tokens", static_cast<long long>(outcome.usage.cache_read_tokens)},
              {"cost_nanodollars", static_cast<long long>(outcome.cost.value_or(-1))},
              {"session_nanodollars",
               static_cast<long long>(settlement ? settlement->session_spent.value_or(-1) : -1)},
              {"day_nanodollars", static_cast<long long>(settlement ? settlement->service_spent : -1)}});
  if (calls_ != nullptr) {
    calls_->ended({.purpose = purpose,
                   .model = request.model,
                   .result = result,
                   .usage = outcome.usage,
                   .cost = outcome.cost,
                   .elapsed = outcome.elapsed,
                   .first_text = outcome.first_text});
  }
  if (!settlement) return;
  ledger_.report(*settlement);
  if (on_settled_) on_settled_(*settlement);
}

}  // namespace bigocean::server::conversation
