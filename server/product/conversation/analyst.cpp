// One analysis: new messages since the last one go to the model, all evidence so far to the scorer.
#include "server/product/conversation/analyst.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/product/assessment/analysis_reply.hpp"
#include "server/product/conversation/cost_outlook.hpp"
#include "server/product/conversation/replies.hpp"

namespace bigocean::server::conversation {
namespace {

using namespace std::chrono_literals;

/// After the reservation has expired, the call can no longer be booked.
constexpr auto kLeaseSlack = 10s;

/// A reply that is paid for and cannot be used (cut off, or not in the requested form) would come again for
/// the same request. It is requested once more, with twice the room, and then given up.
constexpr std::int64_t kUselessRepliesMax = 2;
constexpr std::int64_t kRoomOfRepeated = 2;

std::chrono::milliseconds backoff(std::int64_t attempts) {
  return std::min<std::chrono::milliseconds>(1s * (std::int64_t{1} << std::min<std::int64_t>(attempts, 10)),
                                             10min);
}

}  // namespace

struct Analyst::Task {
  std::vector<assessment::Line> lines;  ///< what no analysis has seen yet
  std::int64_t turns_before = 0;
  llm::ChatRequest request;
  std::optional<budget::Reservation> reservation;
};

Analyst::Analyst(const product::Settings& settings, sql::Database& database, budget::Ledger& ledger,
                 const PaidModel& model, base::Logger& log, base::Tracer* tracer)
    : settings_(settings),
      database_(database),
      ledger_(ledger),
      model_(model),
      log_(log),
      tracer_(tracer),
      jobs_(database) {}

bool Analyst::work() {
  const auto job = jobs_.take(model_.reserved_for() + kLeaseSlack);
  if (!job) return false;
  const base::Span span(tracer_, "analysis");
  try {
    analyse(*job);
  } catch (const base::Error& error) {
    // An unreachable database is not the job's fault, and could not record it.
    if (error.code == base::ExitCode::kUnreachable) throw;
    retry(*job, error.message, false);
  }
  return true;
}

void Analyst::analyse(const Job& job) {
  const auto task = prepare(job);
  if (!task) return;
  const auto outcome = model_.ask(task->request, [this](std::string_view) { return !stopping_; });
  const auto fault = finish(job, *task, outcome);
  if (fault.empty()) return;
  if (outcome.error && outcome.error->kind == llm::ChatError::Kind::kCancelled)
    return jobs_.postpone(job, 0ms);
  retry(job, fault, outcome.reply.has_value());
}

std::optional<Analyst::Task> Analyst::prepare(const Job& job) {
  Task task;
  std::optional<budget::Refusal> refusal;
  bool is_needless = false;
  database_.transaction([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    const auto messages = records.messages(job.key);
    const budget::Account account{job.key.user_id, job.key.session_id};
    const auto past = ledger_.past_calls(pipeline, account);
    const auto analysed = records.latest_analysis(job.key).get().through_position;
    for (const auto& line : lines_of(messages.get())) {
      if (line.position > job.through_position) break;
      if (line.position > analysed) {
        task.lines.push_back(line);
      } else {
        task.turns_before += line.role == llm::Role::kUser ? 1 : 0;
      }
    }
    is_needless = std::none_of(task.lines.begin(), task.lines.end(),
                               [](const auto& line) { return line.role == llm::Role::kUser; });
    if (is_needless) {
      Jobs::finish(pipeline, job);
      return;
    }
    task.request = assessment::analysis_request(task.lines,
                                                {model_.model_for(llm::ChatRequest::Purpose::kAnalysis),
                                                 settings_.assessment.analysis_tokens_max, model_.timeout()});
    if (job.useless_replies > 0) task.request.output_tokens_max *= kRoomOfRepeated;
    task.request.keep = model_.keep_for(task.request, {});
    CostOutlook(model_, past.get()).bound_analysis(task.request);
    const auto reserved = ledger_
                              .reserve(pipeline, {.account = account,
                                                  .amount = model_.cost_max(task.request),
                                                  .purpose = task.request.purpose,
                                                  .model = task.request.model,
                                                  .expires_in = model_.reserved_for()})
                              .get();
    if (const auto* made = std::get_if<budget::Reservation>(&reserved)) {
      task.reservation = *made;
      ledger_.record_request(pipeline, made->id, llm::prompt_key(task.request), job.through_position);
    } else {
      refusal = std::get<budget::Refusal>(reserved);
    }
  });
  if (is_needless) return std::nullopt;
  if (!refusal) return task;
  if (refusal->resets_at) {
    const auto wait = *refusal->resets_at - std::chrono::system_clock::now();
    jobs_.postpone(job, std::max(std::chrono::ceil<std::chrono::milliseconds>(wait), 1000ms));
  } else {
    log_.info("an analysis was skipped: the session's budget is spent", {{"session", job.key.session_id}});
    database_.transaction([&](sql::Pipeline& pipeline) { Jobs::finish(pipeline, job); });
  }
  return std::nullopt;
}

std::string Analyst::finish(const Job& job, const Task& task, const CallOutcome& outcome) {
  std::string fault;
  assessment::ParsedEvidence parsed;
  if (outcome.error) {
    fault = outcome.error->message;
  } else if (outcome.reply->stop == llm::ChatReply::Stop::kMaxTokens) {
    fault = "the model's analysis was cut off at its limit";
  } else if (!outcome.is_refused()) {
    try {
      parsed = assessment::parse_evidence(outcome.reply->text, task.lines, task.turns_before);
    } catch (const base::Error& error) {
      fault = error.message;
    }
  }
  std::optional<budget::Settled> settled;
  database_.transaction([&](sql::Pipeline& pipeline) {
    // If the session was deleted meanwhile, the job is gone, too: there is nothing to store, but the call
    // must be paid.
    if (fault.empty() && Jobs::finish(pipeline, job).get()) {
      Records records(pipeline);
      records.add_evidence(job.key, parsed.accepted);
      records.add_assessment(job.key, job.through_position,
                             assessment::score(records.evidence(job.key, job.through_position)));
    }
    settled = model_.settle(pipeline, *task.reservation, outcome);
  });
  const auto settlement = settled->get();
  model_.report_call(task.request, {job.key.session_id, job.request_id}, outcome, settlement);
  if (outcome.is_refused()) {
    log_.warn("the model refused an analysis: its messages do not count in the scores",
              {{"session", std::string_view(job.key.session_id)},
               {"through_position", static_cast<long long>(job.through_position)}});
  }
  if (!parsed.rejected.empty()) {
    log_.warn("evidence rejected", {{"session", std::string_view(job.key.session_id)},
                                    {"rejected", static_cast<long long>(parsed.rejected.size())},
                                    {"accepted", static_cast<long long>(parsed.accepted.size())},
                                    {"first_reason", std::string_view(parsed.rejected.front().reason)}});
  }
  return fault;
}

void Analyst::retry(const Job& job, const std::string& reason, bool is_useless_reply) {
  const bool is_dead = job.attempts >= settings_.assessment.analysis_attempts_max ||
                       (is_useless_reply && job.useless_replies + 1 >= kUselessRepliesMax);
  jobs_.fail(job, {reason, is_useless_reply, is_dead}, backoff(job.attempts));
  log_.write(is_dead ? base::LogLevel::kError : base::LogLevel::kWarn,
             is_dead ? "an analysis is given up" : "an analysis failed",
             {{"session", std::string_view(job.key.session_id)},
              {"through_position", static_cast<long long>(job.through_position)},
              {"attempt", static_cast<long long>(job.attempts)},
              {"reason", std::string_view(reason)}});
}

}  // namespace bigocean::server::conversation
