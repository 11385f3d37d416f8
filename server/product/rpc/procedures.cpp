// The one table of procedures.
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
      .summary = "Begins a conversation with Nerin, the interviewer.",
      .help =
          "The token is shown once and, without an account, is the only key to the session: keep it. Sent "
          "with the token of an earlier session, the new one belongs to the same person; sent with an "
          "account's token, to the account. Where the service has a challenge, whoever has no such token "
          "sends the proof that it was solved in the header `Challenge-Proof`. The session's language is "
          "what "
          "`Accept-Language` prefers of English, German and Spanish, else English: Nerin begins in it, and "
          "the "
          "texts of the results are in it.",
      .bearer = Bearer::kOptional,
      .in_state = {.deleted = Tag::kUnauthorized},
      .place = http::Place::kWaiting,
      .takes_proof = true,
      .texts = Texts::kOfReader,
      .request = object({optional("displayName", line(1, kDisplayNameCharsMax),
                                  "How a shared profile names the person; no control characters.")}),
      .reply = object({{"sessionId", uuid(), "The new session."},
                       {"userId", uuid(), "The person, known by nothing else."},
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
      .summary = "Says something, and gets Nerin's answer.",
      .help =
          "With `Accept: text/event-stream` the answer comes as server-sent events. One message at a time: "
          "a second one while the first is being answered is SessionBusy. Sent again with the same "
          "`Idempotency-Key`, the message gets the first answer and costs nothing. The answer is made and "
          "stored although its client leaves: FollowSession goes on with it, CancelMessage stops it.",
      .in_state = {.completed = Tag::kSessionCompleted, .expired = Tag::kSessionExpired},
      .place = http::Place::kWaiting,
      .request = object({{"sessionId", uuid(), "The session."},
                         {"message", lines(1, message_chars_max),
                          "The text; of control characters only line ends (CR LF and CR are read as LF) and "
                          "tab, none that turns the direction of writing (U+202A to U+202E, U+2066 to "
                          "U+2069), and not only white space or invisible characters. "
                          "Characters are Unicode code points; their limit is the setting "
                          "`rpc.message_chars_max`."}}),
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
      .summary = "Goes on with an answer whose stream was lost, or listens to one from another device.",
      .help =
          "The events are those of SendMessage. With `Last-Event-ID`, the id of the last event that was "
          "seen, "
          "it goes on behind that; `reset` says that the pieces so far are of an attempt that came to "
          "nothing "
          "and are to be dropped. An answer that is complete is told as `message` alone. 204: there is "
          "nothing "
          "to tell. Where another replica makes the answer, it comes when it is complete, within "
          "`assessment.reply_wait`; after that it is SessionBusy: ask again.",
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
          "Nothing else does: a client that leaves does not. The message stays without an answer, and what "
          "the "
          "model wrote so far is paid. When this returns the session is free.",
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
      .summary = "Returns to a conversation: all that was said, and how far it is.",
      .help =
          "Reading costs nothing, so a page may do it whenever it is loaded. What the setting "
          "`limits.resumes_per_user_week` counts is the first message after a day of silence. "
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
      .summary = "The profile as far as it is known.",
      .help =
          "Messages are analysed behind the conversation, every third of the person's and the last: "
          "`analysis` says how far that is, and whether the results will still change. Labels and texts are "
          "in the session's language.",
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
      .summary = "Makes a profile that others may see.",
      .help =
          "Whoever has its id can read it, without the conversation, and sees what the latest analysis says. "
          "Shared again, a session keeps its id; after UnshareProfile it gets a new one. A profile outlives "
          "the time of its session, not its deletion.",
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
      .summary = "Withdraws a shared profile: its id is worth nothing any more.",
      .help = "ShareProfile gives a new id afterwards.",
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
      .summary = "A shared profile.",
      .help =
          "Labels and texts are in what `Accept-Language` prefers of English, German and Spanish, else in "
          "the "
          "session's language.",
      .topic = Topic::kSharing,
      .bearer = Bearer::kNone,
      .in_state = {.deleted = Tag::kProfileNotFound},
      .texts = Texts::kOfReader,
      .request = object({{"profileId", secret(), "As ShareProfile returned it."}}),
      .reply = object({optional("displayName", text(), "The person, where they gave a name."),
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
      .summary = "Deletes everything of a session: messages, analyses, results, the shared profile.",
      .help = "What it cost stays in the books, without a name. Its token is worth nothing afterwards.",
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
      .summary = "Everything that is kept of a session.",
      .help = "",
      .topic = Topic::kData,
      .texts = Texts::kOfSession,
      .request = session_only(),
      .reply = object({{"session",
                        object({{"sessionId", uuid(), "The session."},
                                {"userId", uuid(), "The person."},
                                optional("displayName", text(), "Where one was given."),
                                {"createdAt", timestamp(), "When it began."},
                                {"expiresAt", timestamp(), "Until when messages are taken."},
                                optional("completedAt", timestamp(), "When the assessment ended."),
                                {"language", named("Language"), "What our own texts in it are in."}}),
                        "The session itself."},
                       {"messages", list_of(named("Message")), "Oldest first."},
                       {"evidence", list_of(named("Evidence")), "What the analyses found."},
                       {"analysis", named("Analysis"), "How far the analyses are."},
                       optional("results", named("Results"), "Once something has been analysed."),
                       {"costs",
                        object({{"nanoDollars", integer(0, kSafeIntegerMax),
                                 "The sum, in thousand-millionths of a dollar, exactly."},
                                {"calls", list_of(named("CallCost")), "Oldest first."}}),
                        "What the models cost."}}),
      .errors = {Tag::kRateLimitExceeded},
      .call = [](Backend& backend, const Caller& caller,
                 const Input& input) { return to_json(backend.export_session(caller, session_of(input))); },
  };
}

Procedure claim_session() {
  return {
      .name = "ClaimSession",
      .summary = "Makes a guest's sessions the account's.",
      .help =
          "Sent with the account's token, and the session's own in the body. All sessions of the guest go "
          "along, "
          "once; their own tokens work until RevokeSession. Claimed again by the same account, nothing "
          "changes.",
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
      .summary = "The sessions of the account, newest first.",
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
      .summary = "Makes a session's own token worthless: only the account opens the session from then on.",
      .help =
          "For a token that somebody else may have seen. A guest's session would be lost: it can be deleted.",
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
