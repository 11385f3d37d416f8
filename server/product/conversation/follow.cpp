// FollowSession and CancelMessage: continue with an answer, and stop one.
#include <algorithm>

#include "base/span.hpp"
#include "base/unicode.hpp"
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/known_turns.hpp"
#include "server/product/conversation/replies.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::conversation {
namespace {

using rpc::RpcError;
using rpc::StreamPlace;
using rpc::Tag;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// Pauses between two checks of an answer that another process makes: the first, doubled up to the last.
constexpr milliseconds kLookAgainMin{100};
constexpr milliseconds kLookAgainMax{1000};

/// The time limit for another process, and the pauses between the checks.
class Patience {
 public:
  Patience(const Turns& turns, milliseconds limit) : turns_(turns), end_(Clock::now() + limit) {}

  /// Throws SessionBusy when the time is over or the service ends.
  void pause() {
    if (!span_) span_.emplace("wait for an answer of another process").hide_inner();
    if (Clock::now() + next_ > end_ || !turns_.rest(next_)) {
      RpcError error(Tag::kSessionBusy, "the reply is not complete yet; ask again");
      error.retry_after = std::chrono::seconds(1);
      throw error;
    }
    next_ = std::min(2 * next_, kLookAgainMax);
  }

 private:
  const Turns& turns_;
  const Clock::time_point end_;
  milliseconds next_ = kLookAgainMin;
  std::optional<base::Span> span_;  ///< of all pauses and looks
};

/// The answer that a client needs after it has read up to `seen`; the end if there is none. Without `seen` it
/// is the last message, except the greeting.
std::vector<StoredMessage>::const_iterator wanted_answer(const std::vector<StoredMessage>& messages,
                                                         const std::optional<StreamPlace>& seen) {
  if (!seen) return messages.size() > 1 ? std::prev(messages.end()) : messages.end();
  return std::find_if(messages.begin(), messages.end(), [&](const StoredMessage& message) {
    const auto position = message.line.position;
    return message.line.role == llm::Role::kAssistant && position > 1 &&
           (seen->whole ? position > seen->position : position == seen->position);
  });
}

/// Where to continue in a turn under way.
std::unique_ptr<rpc::Turn> follow(const std::shared_ptr<LiveTurn>& live,
                                  const std::optional<StreamPlace>& seen) {
  const auto& identity = live->identity();
  if (!seen || seen->whole || seen->position != identity.position)
    return std::make_unique<FollowingTurn>(live, 0);
  // The text of a failed attempt is not the beginning of this one's.
  if (seen->turn != identity.turn) return std::make_unique<FollowingTurn>(live, 0, true);
  const auto offset = static_cast<std::size_t>(seen->bytes);
  if (live->has_boundary(offset)) return std::make_unique<FollowingTurn>(live, offset);
  RpcError error(Tag::kInvalidRequest);
  error.faults.push_back({"", "is not the id of an event of this stream", "Last-Event-ID"});
  throw error;
}

}  // namespace

std::optional<rpc::SendMessageReply> stored_answer(Records& records, const Session& session,
                                                   const std::vector<StoredMessage>& messages,
                                                   std::vector<StoredMessage>::const_iterator answer,
                                                   std::int64_t messages_max) {
  if (answer->line.role != llm::Role::kAssistant || base::is_blank_text(answer->line.text))
    return std::nullopt;
  const bool completed = session.completed_at && std::next(answer) == messages.end();
  const auto analysis = records.latest_analysis(session.key, std::prev(answer)->created_at).get();
  const std::vector<StoredMessage> so_far(messages.begin(), answer);
  const bool winding_down = completed || is_last_but_one(so_far, messages_max);
  return rpc::SendMessageReply{
      message_of(*answer), progress_of(so_far, analysis.assessment, winding_down, completed, messages_max)};
}

std::unique_ptr<rpc::Turn> Conversations::follow_session(const rpc::Caller& caller,
                                                         const rpc::FollowRequest& request) {
  Patience patience(parts_.turns, parts_.settings.assessment.reply_wait);
  for (;; patience.pause()) {
    Session session;
    std::optional<rpc::SendMessageReply> answer;
    bool is_unanswered = false;
    bool is_refused = false;
    parts_.database.pipeline([&](sql::Pipeline& pipeline) {
      Records records(pipeline);
      session = open(records, caller, request.session_id);
      const auto messages = records.messages(session.key).get();
      is_unanswered = messages.back().line.role == llm::Role::kUser;
      is_refused = messages.back().refused;
      const auto wanted = wanted_answer(messages, request.seen);
      if (wanted != messages.end())
        answer = stored_answer(records, session, messages, wanted, parts_.settings.assessment.messages_max);
    });
    const bool missed_its_end = answer && request.seen && !request.seen->whole;
    const auto live = missed_its_end ? nullptr : parts_.turns.find(session.key.session_id);
    if (live) return follow(live, request.seen);
    if (answer) return std::make_unique<StoredTurn>(std::move(*answer));
    if (session.is_busy) continue;
    if (!is_unanswered) return nullptr;
    if (is_refused) throw RpcError(Tag::kModelRefused);
    throw RpcError(Tag::kModelUnavailable, "the last message has no answer; send it again");
  }
}

bool Conversations::cancel_message(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  Session session;
  std::optional<std::int64_t> turn;
  transaction([&](sql::Pipeline&, Records& records) {
    session = open(records, caller, request.session_id);
    turn = records.cancel_turn(session.key).get();
  });
  if (!turn) return false;
  // In this process the turn is cancelled at once; another process finds the request in the database.
  if (const auto live = parts_.turns.find(session.key.session_id); live && live->identity().turn == *turn)
    live->cancel(LiveTurn::Cancel::kAsked);
  Patience patience(parts_.turns, parts_.settings.assessment.reply_wait);
  for (;; patience.pause()) {
    bool is_running = false;
    bool is_unanswered = false;
    parts_.database.pipeline([&](sql::Pipeline& pipeline) {
      Records records(pipeline);
      const auto running = records.is_turn_running(session.key, *turn);
      const auto messages = records.messages(session.key);
      is_running = running.get();
      is_unanswered = !messages.get().empty() && messages.get().back().line.role == llm::Role::kUser;
    });
    if (!is_running) return is_unanswered;
  }
}

}  // namespace bigocean::server::conversation
