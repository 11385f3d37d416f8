// SendMessage: a message taken in one transaction with its reservation, answered, and settled in another.
#include <algorithm>

#include "server/http/client_address.hpp"
#include "server/product/assessment/questions.hpp"
#include "server/product/assessment/reply_text.hpp"
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/jobs.hpp"
#include "server/product/conversation/known_turns.hpp"
#include "server/product/conversation/replies.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::conversation {
namespace {

using budget::Settled;
using rpc::RpcError;
using rpc::Tag;

/// Every third message of the user is analysed.
constexpr std::int64_t kMessagesPerAnalysis = 3;

constexpr std::chrono::seconds kBusyFor{2};

/// Everything that a turn knows once its message is taken.
struct Taken {
  SessionKey key;
  assessment::Language language = assessment::Language::kEnglish;
  std::int64_t turn = 0;
  std::vector<StoredMessage> messages;  ///< the user's new one is the last
  assessment::Assessment assessment;    ///< the latest then
  llm::Steering steering;
  bool winding_down = false;  ///< the next reply is the closing one, or this one is
  llm::ChatRequest request;
  std::string request_id;  ///< the caller's, for the log
  std::optional<budget::Reservation>
      reservation;  ///< none: the session's budget is spent, no model is called
};

/// Answers a message. A paid answer is kept: it is stored even if the client leaves.
class RunningTurn : public rpc::Turn {
 public:
  RunningTurn(const Parts& parts, Taken taken) : parts_(parts), taken_(std::move(taken)) {
    const auto& last = taken_.messages.back();
    live_ = std::make_shared<LiveTurn>(LiveTurn::Identity{taken_.key, taken_.turn, last.line.position + 1,
                                                          last.line.text, last.idempotency_key});
    taken_.request.interrupt = &live_->interrupt();
    parts_.turns.add(live_);
  }

  ~RunningTurn() override {
    parts_.turns.remove(*live_);
    live_->end(RpcError(Tag::kModelUnavailable));
    if (ended_) return;
    try {
      // An answer that could not be stored is paid nevertheless.
      end({});
    } catch (const std::exception& error) {
      // The turn's lease will expire, and the sweeper will charge the reservation.
      parts_.log.warn("a turn could not be ended", {{"reason", std::string_view(error.what())}});
    }
  }

  rpc::StreamPlace place() const override {
    return {.position = live_->identity().position, .turn = taken_.turn};
  }

  rpc::SendMessageReply run(const rpc::OnText& on_text) override {
    try {
      auto reply = answer(on_text);
      live_->end(reply);
      return reply;
    } catch (const RpcError& error) {
      live_->end(error);
      throw;
    }
  }

 private:
  rpc::SendMessageReply answer(const rpc::OnText& on_text) {
    auto& outcome = outcome_;
    // The requesting client may have left, but the followers and the database still need the whole answer.
    const auto say = [&](std::string_view text) {
      live_->say(text);
      if (on_text) on_text(text);
      return true;
    };
    if (taken_.reservation) {
      asked_ = true;
      outcome = parts_.model.ask(taken_.request, say);
    } else {
      outcome.reply = llm::ChatReply{std::string(assessment::closing(taken_.language)), {}, {}, {}};
      say(outcome.reply->text);
    }
    std::string text;
    if (outcome.reply) text = assessment::usable_text(*outcome.reply);
    const auto reply = end(text);
    if (reply) return *reply;
    if (outcome.is_refused()) throw RpcError(Tag::kModelRefused);
    throw unanswered();
  }

  RpcError unanswered() const {
    const auto cancelled = live_->cancelled();
    if (cancelled == LiveTurn::Cancel::kAsked) return RpcError(Tag::kMessageCancelled);
    if (cancelled)
      return RpcError(Tag::kModelUnavailable, "the service is restarting; send the message again");
    RpcError error(Tag::kModelUnavailable);
    if (outcome_.error && outcome_.error->retry_after)
      error.retry_after = std::chrono::ceil<std::chrono::seconds>(*outcome_.error->retry_after);
    return error;
  }

  /// Stores the answer, if there is one, and settles: both or neither. Returns nothing if there is no answer.
  std::optional<rpc::SendMessageReply> end(const std::string& text) {
    const bool answered = !text.empty();
    const auto& last = taken_.messages.back().line;
    StoredMessage answer{{last.position + 1, llm::Role::kAssistant, text}, {}, taken_.steering.facet, {}};
    const bool completes = answered && taken_.steering.wind_down;
    const bool is_analysed =
        answered && (completes || user_messages_in(taken_.messages) % kMessagesPerAnalysis == 0);
    std::optional<sql::Pending<std::optional<TimePoint>>> stored;
    std::optional<Settled> settled;
    parts_.database.transaction([&](sql::Pipeline& pipeline) {
      Records records(pipeline);
      if (answered) {
        stored = records.answer_turn(taken_.key, taken_.turn, answer, completes);
        if (is_analysed) Jobs::add(pipeline, taken_.key, last.position, taken_.request_id);
      } else {
        records.end_turn(taken_.key, taken_.turn);
        if (outcome_.is_refused()) records.refuse_turn(taken_.key, taken_.turn);
      }
      settled = settle(pipeline);
    });
    ended_ = true;
    if (asked_)
      parts_.model.report_call(taken_.request, {taken_.key.session_id, taken_.request_id}, outcome_,
                               settled->get());
    if (!answered) return std::nullopt;
    const auto created_at = stored->get();
    if (!created_at) throw RpcError(Tag::kSessionNotFound);
    answer.created_at = *created_at;
    if (is_analysed && parts_.on_job) parts_.on_job();
    return rpc::SendMessageReply{
        message_of(answer), progress_of(taken_.messages, taken_.assessment, taken_.winding_down, completes,
                                        parts_.settings.assessment.messages_max)};
  }

  /// A turn that called no model gives back its reservation. If the call ended with neither reply nor error,
  /// the outcome has no cost, and the sweeper charges the reservation.
  Settled settle(sql::Pipeline& pipeline) {
    if (!taken_.reservation) return Settled::known(std::nullopt);
    if (!asked_) return parts_.ledger.release(pipeline, taken_.reservation->id);
    return parts_.model.settle(pipeline, *taken_.reservation, outcome_);
  }

  const Parts& parts_;
  Taken taken_;
  std::shared_ptr<LiveTurn> live_;
  bool asked_ = false;
  CallOutcome outcome_;
  bool ended_ = false;
};

/// A running analysis holds the budget that the reply would need, and gives most of it back soon.
[[noreturn]] void throw_busy() {
  RpcError error(Tag::kSessionBusy);
  error.retry_after = kBusyFor;
  throw error;
}

/// The error for a refusal by the budget of the service, the user or the address.
[[noreturn]] void refuse(const budget::Refusal& refusal, const std::string& user_id) {
  const auto now = std::chrono::system_clock::now();
  const auto resets_at = refusal.resets_at.value_or(now);
  const auto wait =
      std::max(std::chrono::ceil<std::chrono::seconds>(resets_at - now), std::chrono::seconds(1));
  if (refusal.scope == budget::Scope::kUserDay || refusal.scope == budget::Scope::kAddressDay) {
    RpcError error(Tag::kRateLimitExceeded, refusal.scope == budget::Scope::kUserDay
                                                ? "the budget of this person for the day is used up"
                                                : "the budget of this address for the day is used up");
    error.user_id = user_id;
    error.reset_at = resets_at;
    error.retry_after = wait;
    throw error;
  }
  RpcError error(Tag::kCostLimitExceeded);
  error.daily_spend = refusal.committed;
  error.limit = refusal.limit;
  error.retry_after = wait;
  throw error;
}

/// The address that pays in addition to the user: none for callers with an account.
std::string payer_of(const rpc::Caller& caller) {
  return caller.account ? std::string() : http::owner_of(caller.client_address);
}

/// The position of the message with this key; the end if it was not sent before. Throws IdempotencyKeyReused,
/// and ModelRefused if that was the answer.
std::vector<StoredMessage>::const_iterator find_key(const std::vector<StoredMessage>& messages,
                                                    const rpc::SendMessageRequest& request) {
  if (!request.idempotency_key) return messages.end();
  // The latest one: an unanswered message that was followed by another one is new when it is sent again.
  const auto behind = std::find_if(messages.rbegin(), messages.rend(), [&](const auto& message) {
    return message.idempotency_key == request.idempotency_key;
  });
  if (behind == messages.rend()) return messages.end();
  if (behind->line.text != request.message) throw RpcError(Tag::kIdempotencyKeyReused);
  if (behind->refused) throw RpcError(Tag::kModelRefused);
  return std::prev(behind.base());
}

/// The stored answer to the message with this key; nothing if there is none. Throws as find_key().
std::optional<rpc::SendMessageReply> earlier_answer(Records& records, const Session& session,
                                                    const std::vector<StoredMessage>& messages,
                                                    const rpc::SendMessageRequest& request,
                                                    std::int64_t messages_max) {
  const auto found = find_key(messages, request);
  if (found == messages.end() || std::next(found) == messages.end()) return std::nullopt;
  return stored_answer(records, session, messages, std::next(found), messages_max);
}

}  // namespace

std::unique_ptr<rpc::Turn> Conversations::send_message(const rpc::Caller& caller,
                                                       const rpc::SendMessageRequest& request) {
  Session session;
  std::optional<rpc::SendMessageReply> earlier;
  parts_.database.pipeline([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    session = open(records, caller, request.session_id);
    if (request.idempotency_key) {
      earlier = earlier_answer(records, session, records.messages(session.key).get(), request,
                               parts_.settings.assessment.messages_max);
    }
    if (!earlier && session.completed_at) throw RpcError(Tag::kSessionCompleted);
    if (!earlier && session.has_expired) throw RpcError(Tag::kSessionExpired);
    if (!earlier) refuse_if_blocked(session.is_blocked, session.key.user_id);
  });
  if (earlier) return std::make_unique<StoredTurn>(std::move(*earlier));
  if (auto same = under_way(session, request)) return same;
  const auto uses = uses_of_message(caller, session);
  take(caller, uses, session.key.user_id);
  try {
    return take_message(session, caller, request);
  } catch (...) {
    parts_.limits.give_back(uses);
    throw;
  }
}

/// The same message, sent again while it is being answered in this process, gets that answer.
std::unique_ptr<rpc::Turn> Conversations::under_way(const Session& session,
                                                    const rpc::SendMessageRequest& request) const {
  if (!request.idempotency_key) return nullptr;
  auto live = parts_.turns.find(session.key.session_id);
  if (!live || live->identity().idempotency_key != request.idempotency_key) return nullptr;
  if (live->identity().message != request.message) throw RpcError(Tag::kIdempotencyKeyReused);
  return std::make_unique<FollowingTurn>(std::move(live), 0);
}

std::unique_ptr<rpc::Turn> Conversations::take_message(const Session& session, const rpc::Caller& caller,
                                                       const rpc::SendMessageRequest& request) {
  const auto messages_max = parts_.settings.assessment.messages_max;
  Taken taken;
  taken.key = session.key;
  taken.language = session.language;
  taken.request_id = caller.request_id;
  std::optional<rpc::SendMessageReply> earlier;
  transaction([&](sql::Pipeline& pipeline, Records& records) {
    const budget::Account account{taken.key.user_id, taken.key.session_id};
    // One round trip, in this order, so that the turn reads what the previous one left.
    const auto turn = records.begin_turn(taken.key, parts_.turns.lease());
    const auto messages = records.messages(taken.key);
    const auto analysis = records.latest_analysis(taken.key);
    const auto session_total = parts_.ledger.session_total(pipeline, account);
    const auto past = parts_.ledger.past_calls(pipeline, account);
    if (!turn.get()) throw RpcError(Tag::kSessionBusy);
    taken.turn = *turn.get();
    taken.messages = messages.get();
    earlier = earlier_answer(records, session, taken.messages, request, messages_max);
    if (earlier) {
      records.end_turn(taken.key, taken.turn);
      return;
    }
    add_user_message(records, taken.key, taken.messages, request);

    const auto analysed = analysis.get();
    taken.assessment = analysed.assessment;
    const auto plan = plan_reply({taken.messages, analysed, taken.language, session_total.get(), past.get()});
    taken.steering = plan.steering;
    taken.winding_down = plan.winding_down;
    taken.request = plan.request;

    const auto reserved = parts_.ledger
                              .reserve(pipeline, {.account = account,
                                                  .amount = plan.cost_max,
                                                  .purpose = taken.request.purpose,
                                                  .model = taken.request.model,
                                                  .expires_in = parts_.model.reserved_for(),
                                                  .address = payer_of(caller)})
                              .get();
    if (const auto* made = std::get_if<budget::Reservation>(&reserved)) {
      taken.reservation = *made;
      parts_.ledger.record_request(pipeline, made->id, llm::prompt_key(taken.request),
                                   taken.messages.back().line.position);
    } else if (std::get<budget::Refusal>(reserved).scope == budget::Scope::kSession) {
      if (session_total.get().spent + plan.cost_max <= parts_.ledger.caps().session) throw_busy();
      taken.steering = {.facet = {}, .wind_down = true};
      taken.winding_down = true;
    } else {
      refuse(std::get<budget::Refusal>(reserved), taken.key.user_id);
    }
  });
  if (earlier) return std::make_unique<StoredTurn>(std::move(*earlier));
  return std::make_unique<RunningTurn>(parts_, std::move(taken));
}

/// Adds the user's message, unless it is the same as the last one that was unanswered or refused: then the
/// model is asked about that one again.
void Conversations::add_user_message(Records& records, const SessionKey& key,
                                     std::vector<StoredMessage>& messages,
                                     const rpc::SendMessageRequest& request) {
  auto& last = messages.back();
  if (last.line.role == llm::Role::kUser && last.line.text == request.message) {
    if (last.refused) records.ask_again(key, last.line.position);
    last.refused = false;
    if (request.idempotency_key && last.idempotency_key != request.idempotency_key) {
      records.set_idempotency_key(key, last.line.position, *request.idempotency_key);
      last.idempotency_key = request.idempotency_key;
    }
    return;
  }
  StoredMessage message{
      {last.line.position + 1, llm::Role::kUser, request.message}, request.idempotency_key, {}, {}};
  records.add_message(key, message);
  messages.push_back(std::move(message));
}

}  // namespace bigocean::server::conversation
