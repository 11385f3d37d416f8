// The table of procedures.
#include "server/product/rpc/procedures.hpp"

#include "server/product/rpc/encode.hpp"

namespace bigocean::server::rpc {
namespace {

constexpr std::int64_t kDisplayNameCharsMax = 80;  // as the table `users` has it

Schema session_only() { return object({{"sessionId", uuid(), "The session."}}); }

SessionRequest session_of(const Input& input) { return {input.text("sessionId")}; }

Procedure start_assessment() {
  return {
      .name = "StartAssessment",
      .summary = "Starts a conversation with Nerin, the interviewer.",
      .help =
          "The token is returned once and, without an account, is the only key to the session: keep it. With "
          "the token of an earlier session, the new session belongs to the same person; with an account's "
          "token, to the account. If the service has a challenge, a caller without such a token sends the "
          "proof that it was solved in the header `Challenge-Proof`. The session's language is the one of "
          "English, German and Spanish that `Accept-Language` prefers, else English: Nerin begins in it, and "
          "the texts of the results are in it.",
      .bearer = Bearer::kOptional,
      .in_state = {.deleted = Tag::kUnauthorized},
      .place = http::Place::kWaiting,
      .takes_proof = true,
      .texts = Texts::kOfReader,
      .request = object({optional("displayName", line(1, kDisplayNameCharsMax),
                                  "The person's name on a shared profile; no control characters.")}),
      .reply = object({{"sessionId", uuid(), "The new session."},
                       {"userId", uuid(), "The id of the person."},
                       {"token", secret(), "256 random bits: the bearer token of this session."},
                       {"expiresAt", timestamp(), "Until when messages are taken."},
                       {"message", named("Message"), "Nerin's opening words."}}),
      .errors = {Tag::kRateLimitExceeded, Tag::kChallengeFailed},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return to_json(backend.start_assessment(caller, {input.optional_text("displayName")}));
          },
  };
}

Procedure send_message(std::int64_t message_chars_max) {
  return {
      .name = "SendMessage",
      .summary = "Sends a message, and returns Nerin's answer.",
      .help =
          "With `Accept: text/event-stream` the answer comes as server-sent events. A session takes one "
          "message at a time: a second one during an answer is SessionBusy. Sent again with the same "
          "`Idempotency-Key`, a message gets the first answer and costs nothing. The answer is completed and "
          "stored even if the client leaves: FollowSession continues with it, CancelMessage stops it.",
      .in_state = {.completed = Tag::kSessionCompleted, .expired = Tag::kSessionExpired},
      .place = http::Place::kWaiting,
      .request = object({{"sessionId", uuid(), "The session."},
                         {"message", lines(1, message_chars_max),
                          "The text. It may contain no control characters except line ends (CR LF and CR are "
                          "read as LF) and tab, and no bidirectional controls (U+202A to U+202E, U+2066 to "
                          "U+2069), and needs at least one visible character. Characters are Unicode code "
                          "points; their limit is the setting `rpc.message_chars_max`."}}),
      .reply = named("Answer"),
      .errors = {Tag::kSessionBusy, Tag::kMessageCancelled, Tag::kIdempotencyKeyReused, Tag::kModelRefused,
                 Tag::kRateLimitExceeded, Tag::kCostLimitExceeded, Tag::kModelUnavailable},
      .begin =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return backend.send_message(
                caller, {input.text("sessionId"), input.text("message"), input.idempotency_key});
          },
  };
}

Procedure follow_session() {
  return {
      .name = "FollowSession",
      .summary = "Continues with an answer whose stream was lost, or follows one on another device.",
      .help =
          "The events are those of SendMessage. With `Last-Event-ID`, the id of the last received event, the "
          "stream continues after that event; `reset` means that the pieces so far are from a failed attempt "
          "and must be dropped. A complete answer is sent as `message` only. 204: there is no answer to "
          "send. If another replica makes the answer, it is sent when it is complete, within "
          "`assessment.reply_wait`; after that the reply is SessionBusy: ask again.",
      .place = http::Place::kWaiting,
      .request = session_only(),
      .reply = named("Answer"),
      .errors = {Tag::kSessionBusy, Tag::kMessageCancelled, Tag::kModelRefused, Tag::kModelUnavailable},
      .begin =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return backend.follow_session(caller, {input.text("sessionId"), input.seen});
          },
      .get_path = "/rpc/sessions/{sessionId}/events",
  };
}

Procedure cancel_message() {
  return {
      .name = "CancelMessage",
      .summary = "Stops the answer that is being made.",
      .help =
          "A client that only closes its stream does not stop the answer. The message stays without an "
          "answer, and the text so far is paid. When this returns, the session is free.",
      .place = http::Place::kWaiting,
      .request = session_only(),
      .reply = object({{"cancelled", boolean(),
                        "False: no answer was being made, or it was complete before it could be stopped."}}),
      .errors = {Tag::kSessionBusy},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return cancelled_json(backend.cancel_message(caller, session_of(input)));
          },
  };
}

Procedure resume_session() {
  return {
      .name = "ResumeSession",
      .summary = "Returns the messages of a conversation and its progress.",
      .help =
          "Reading costs nothing, so a page may call this whenever it is loaded. The setting "
          "`limits.resumes_per_user_week` counts the first message after a day of silence. "
          "`Content-Language` is the session's language.",
      .texts = Texts::kOfSession,
      .request = session_only(),
      .reply = object({{"sessionId", uuid(), "The session."},
                       {"createdAt", timestamp(), "When it began."},
                       {"expiresAt", timestamp(), "Until when messages are taken."},
                       optional("completedAt", timestamp(), "When the assessment ended."),
                       {"state", named("SessionState"), "What the session takes now."},
                       {"messages", list_of(named("Message")), "Oldest first."},
                       {"progress", named("Progress"), "So far."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input& input) { return to_json(backend.resume_session(caller, session_of(input))); },
  };
}

Procedure get_results() {
  return {
      .name = "GetResults",
      .summary = "Returns the profile as far as it is known.",
      .help =
          "Messages are analysed in the background, every third of the person's and the last one: `analysis` "
          "says how far that is, and whether the results will still change. Labels and texts are in the "
          "session's language.",
      .topic = Topic::kResults,
      .texts = Texts::kOfSession,
      .request = session_only(),
      .reply = named("Results"),
      .errors = {Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input& input) { return to_json(backend.get_results(caller, session_of(input))); },
  };
}

Procedure share_profile() {
  return {
      .name = "ShareProfile",
      .summary = "Shares the profile with others.",
      .help =
          "Anyone with its id can read the profile, as of the latest analysis and without the conversation. "
          "Sharing again returns the same id; after UnshareProfile a new one. A profile stays when its "
          "session expires, not when the session is deleted.",
      .topic = Topic::kSharing,
      .request = session_only(),
      .reply = object({{"profileId", secret(), "256 random bits."},
                       {"path", text(), "Where a front end shows it."},
                       {"analysis", named("Analysis"), "Whether what the profile shows will still change."}}),
      .errors = {Tag::kProfileEmpty, Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input& input) { return to_json(backend.share_profile(caller, session_of(input))); },
  };
}

Procedure unshare_profile() {
  return {
      .name = "UnshareProfile",
      .summary = "Withdraws a shared profile; its id becomes invalid.",
      .help = "ShareProfile returns a new id afterwards.",
      .topic = Topic::kSharing,
      .request = session_only(),
      .reply = object({{"withdrawn", boolean(), "Whether there was one."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return withdrawn_json(backend.unshare_profile(caller, session_of(input)));
          },
  };
}

Procedure get_profile() {
  return {
      .name = "GetProfile",
      .summary = "Returns a shared profile.",
      .help =
          "Labels and texts are in the one of English, German and Spanish that `Accept-Language` prefers, "
          "else in the session's language.",
      .topic = Topic::kSharing,
      .bearer = Bearer::kNone,
      .in_state = {.deleted = Tag::kProfileNotFound},
      .texts = Texts::kOfReader,
      .request = object({{"profileId", secret(), "As ShareProfile returned it."}}),
      .reply = object({optional("displayName", text(), "The person's name, if one was given."),
                       {"archetype", named("Archetype"), "By the first four letters of the code."},
                       {"traits", list_of(named("TraitScore")), "All five."},
                       {"facets", list_of(named("FacetScore")), "By trait."},
                       {"createdAt", timestamp(), "When it was shared."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return to_json(backend.get_profile(caller, {input.text("profileId")}));
          },
  };
}

Procedure delete_session() {
  return {
      .name = "DeleteSession",
      .summary = "Deletes all data of a session: messages, analyses, results, the shared profile.",
      .help = "Its costs stay in the ledger, without the person. Its token is invalid afterwards.",
      .topic = Topic::kData,
      .request = session_only(),
      .reply = object({{"deleted", boolean(), "Always true."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            backend.delete_session(caller, session_of(input));
            return deleted_json();
          },
  };
}

Procedure export_session() {
  return {
      .name = "ExportSession",
      .summary = "Returns all data of a session.",
      .help = "",
      .topic = Topic::kData,
      .texts = Texts::kOfSession,
      .request = session_only(),
      .reply = object({{"session",
                        object({{"sessionId", uuid(), "The session."},
                                {"userId", uuid(), "The person."},
                                optional("displayName", text(), "The person's name, if one was given."),
                                {"createdAt", timestamp(), "When it began."},
                                {"expiresAt", timestamp(), "Until when messages are taken."},
                                optional("completedAt", timestamp(), "When the assessment ended."),
                                {"language", named("Language"), "The language of the service's texts."}}),
                        "The session itself."},
                       {"messages", list_of(named("Message")), "Oldest first."},
                       {"evidence", list_of(named("Evidence")), "What the analyses found."},
                       {"analysis", named("Analysis"), "The state of the analyses."},
                       optional("results", named("Results"), "Once something has been analysed."),
                       {"costs",
                        object({{"nanoDollars", integer(0, kSafeIntegerMax),
                                 "The exact sum, in thousand-millionths of a dollar."},
                                {"calls", list_of(named("CallCost")), "Oldest first."}}),
                        "The costs of the models."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input& input) { return to_json(backend.export_session(caller, session_of(input))); },
  };
}

Procedure claim_session() {
  return {
      .name = "ClaimSession",
      .summary = "Assigns a guest's sessions to the account.",
      .help =
          "Sent with the account's token, and the session's own token in the body. All sessions of the guest "
          "are assigned, once; their own tokens work until RevokeSession. Claiming again with the same "
          "account changes nothing.",
      .topic = Topic::kAccounts,
      .bearer = Bearer::kAccount,
      .request = object({{"sessionId", uuid(), "A session of the guest."},
                         {"token", secret(), "The session's token, as StartAssessment returned it."}}),
      .reply = object({{"sessions", list_of(named("SessionSummary")), "The account's, newest first."}}),
      .errors = {Tag::kAlreadyClaimed, Tag::kRateLimitExceeded},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            return sessions_json(
                backend.claim_session(caller, {input.text("sessionId"), input.text("token")}));
          },
  };
}

Procedure list_sessions() {
  return {
      .name = "ListSessions",
      .summary = "Returns the sessions of the account, newest first.",
      .help = "The latest 200.",
      .topic = Topic::kAccounts,
      .bearer = Bearer::kAccount,
      .in_state = {.deleted = std::nullopt},
      .request = object({}),
      .reply = object({{"sessions", list_of(named("SessionSummary")), "Newest first."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input&) { return sessions_json(backend.list_sessions(caller)); },
  };
}

Procedure revoke_session() {
  return {
      .name = "RevokeSession",
      .summary = "Makes a session's own token invalid: only the account can open the session afterwards.",
      .help =
          "For a token that another person may have seen. A guest's session would be lost; delete it "
          "instead.",
      .topic = Topic::kAccounts,
      .bearer = Bearer::kAccount,
      .request = session_only(),
      .reply = object({{"revoked", boolean(), "Always true."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call =
          [](Backend& backend, const Caller& caller, const Input& input) {
            backend.revoke_session(caller, session_of(input));
            return revoked_json();
          },
  };
}

}  // namespace

std::vector<Procedure> procedures(std::int64_t message_chars_max) {
  return {start_assessment(), send_message(message_chars_max),
          follow_session(),   cancel_message(),
          resume_session(),   get_results(),
          share_profile(),    unshare_profile(),
          get_profile(),      claim_session(),
          list_sessions(),    revoke_session(),
          delete_session(),   export_session()};
}

}  // namespace bigocean::server::rpc
