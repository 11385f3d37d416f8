// All procedures but SendMessage, which is in turn.cpp.
#include "server/product/conversation/conversations.hpp"

#include <fmt/format.h>

#include "server/product/assessment/questions.hpp"
#include "server/product/conversation/replies.hpp"
#include "server/product/conversation/token.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::conversation {

using assessment::Language;
using rpc::RpcError;
using rpc::Tag;

namespace {

/// After this time a pending analysis may have a result.
constexpr std::chrono::seconds kAnalysisTakes{5};
/// Adds the header that names the language of the reply's texts.
void record_language(const rpc::Caller& caller, Language language) {
  if (caller.reply_headers != nullptr)
    caller.reply_headers->emplace_back("Content-Language", assessment::tag_of(language));
}

/// The Retry-After for a blocked person: the end is unknown, so it is long.
constexpr std::chrono::hours kBlockedFor{24};

}  // namespace

void Conversations::transaction(const Work& work) const {
  parts_.database.transaction([&](sql::Pipeline& pipeline) {
    Records records(pipeline);
    work(pipeline, records);
  });
}

Session Conversations::open(Records& records, const rpc::Caller& caller, const std::string& session_id) {
  const auto session = caller.account ? records.find_session(*caller.account, session_id)
                                      : records.find_session(caller.token.value_or(""));
  if (!session || session->key.session_id != session_id) throw RpcError(Tag::kSessionNotFound);
  return *session;
}

void Conversations::refuse_if_blocked(bool is_blocked, const std::string& user_id) {
  if (!is_blocked) return;
  RpcError error(Tag::kRateLimitExceeded, "the service takes no messages from this person");
  error.user_id = user_id;
  error.retry_after = kBlockedFor;
  error.reset_at = std::chrono::system_clock::now() + kBlockedFor;
  throw error;
}

void Conversations::take(const rpc::Caller& caller, const std::vector<budget::Use>& uses,
                         const std::optional<std::string>& user_id) const {
  const auto decision = parts_.limits.take(uses);
  if (decision.allowed) {
    if (caller.reply_headers != nullptr) {
      caller.reply_headers->insert(caller.reply_headers->end(), decision.headers.begin(),
                                   decision.headers.end());
    }
    return;
  }
  RpcError error(Tag::kRateLimitExceeded);
  error.headers = decision.headers;
  error.retry_after = std::chrono::ceil<std::chrono::seconds>(decision.retry_after);
  error.user_id = user_id;
  error.reset_at = std::chrono::system_clock::now() +
                   std::chrono::duration_cast<std::chrono::system_clock::duration>(decision.retry_after);
  throw error;
}

std::vector<budget::Use> Conversations::uses_of_message(const rpc::Caller& caller,
                                                        const Session& session) const {
  // A person with an account is known by it at any address.
  const auto address = caller.account ? std::nullopt : std::optional(caller.client_address);
  auto uses = parts_.limits.message(session.key.user_id, address);
  if (session.was_silent) {
    for (auto& use : parts_.limits.resume(session.key.user_id)) uses.push_back(std::move(use));
  }
  return uses;
}

rpc::StartAssessmentReply Conversations::start_assessment(const rpc::Caller& caller,
                                                          const rpc::StartAssessmentRequest& request) {
  const auto user_id = known_user(caller);
  const auto uses =
      parts_.limits.new_assessment(user_id, user_id ? std::nullopt : std::optional(caller.client_address));
  take(caller, uses, user_id);
  const auto token = make_token();
  const auto language = caller.language.value_or(Language::kEnglish);
  Session session;
  try {
    const auto* challenge = user_id ? nullptr : parts_.challenge;
    if (challenge != nullptr && challenge->is_on() &&
        !challenge->accepts(caller.challenge_proof, caller.client_address))
      throw RpcError(Tag::kChallengeFailed);
    transaction([&](sql::Pipeline&, Records& records) {
      session = records.create_session(user_id, request.display_name, token,
                                       parts_.settings.assessment.session_lifetime, language);
      // Checked here, because an account without sessions may have been removed since it was read.
      if (caller.account && !records.claim(session.key.user_id, *caller.account))
        throw RpcError(Tag::kUnauthorized, "the account has changed meanwhile");
    });
  } catch (...) {
    parts_.limits.give_back(uses);
    throw;
  }
  // Checked for the first session only: a caller with its token has started one already.
  if (!user_id) parts_.limits.take(parts_.limits.new_assessment(session.key.user_id, std::nullopt));
  record_language(caller, language);
  return {
      session.key.session_id,
      session.key.user_id,
      token,
      session.expires_at,
      {1, rpc::Message::Role::kAssistant, std::string(assessment::greeting(language)), session.created_at}};
}

rpc::ResumeSessionReply Conversations::resume_session(const rpc::Caller& caller,
                                                      const rpc::SessionRequest& request) {
  rpc::ResumeSessionReply reply;
  transaction([&](sql::Pipeline&, Records& records) {
    const auto session = open(records, caller, request.session_id);
    reply = {session.key.session_id,
             session.created_at,
             session.expires_at,
             session.completed_at,
             state_of(session.completed_at.has_value(), session.has_expired),
             {},
             {}};
    const auto analysis = records.latest_analysis(session.key);
    const auto messages = records.messages(session.key).get();
    for (const auto& message : messages) reply.messages.push_back(message_of(message));
    const bool completed = session.completed_at.has_value();
    const auto messages_max = parts_.settings.assessment.messages_max;
    const bool winding_down = completed || is_last_but_one(messages, messages_max);
    reply.progress = progress_of(messages, analysis.get().assessment, winding_down, completed, messages_max);
    record_language(caller, session.language);
  });
  return reply;
}

rpc::Results Conversations::get_results(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  rpc::Results results;
  transaction([&](sql::Pipeline&, Records& records) {
    const auto session = open(records, caller, request.session_id);
    const auto due = records.analyses_due(session.key);
    const auto analysis = records.latest_analysis(session.key);
    results = results_of(records, due.get(), analysis.get(), session);
    record_language(caller, session.language);
  });
  return results;
}

rpc::ShareProfileReply Conversations::share_profile(const rpc::Caller& caller,
                                                    const rpc::SessionRequest& request) {
  rpc::ShareProfileReply reply;
  transaction([&](sql::Pipeline&, Records& records) {
    const auto key = open(records, caller, request.session_id).key;
    const auto due = records.analyses_due(key);
    const auto analysis = records.latest_analysis(key).get();
    reply.analysis = standing_of(due.get(), analysis);
    if (!shows_something(analysis.assessment)) {
      RpcError error(Tag::kProfileEmpty);
      if (reply.analysis.state == rpc::Analysis::State::kPending) error.retry_after = kAnalysisTakes;
      throw error;
    }
    reply.profile_id = records.share(key, make_token());
  });
  reply.path = "/profile/" + reply.profile_id;
  return reply;
}

bool Conversations::unshare_profile(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  bool was_shared = false;
  transaction([&](sql::Pipeline&, Records& records) {
    was_shared = records.unshare(open(records, caller, request.session_id).key);
  });
  return was_shared;
}

rpc::Profile Conversations::get_profile(const rpc::Caller& caller, const rpc::ProfileRequest& request) {
  rpc::Profile profile;
  transaction([&](sql::Pipeline&, Records& records) {
    const auto shared = records.find_profile(request.profile_id);
    if (!shared) throw RpcError(Tag::kProfileNotFound);
    const auto analysis = records.latest_analysis(shared->key).get();
    // The reader of a profile is another person than the one who talked.
    const auto language = caller.language.value_or(shared->language);
    record_language(caller, language);
    profile = {shared->display_name, archetype_of(records, analysis.assessment, language),
               traits_of(analysis.assessment, language), facets_of(analysis.assessment, language),
               shared->created_at};
  });
  return profile;
}

void Conversations::delete_session(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  transaction([&](sql::Pipeline& pipeline, Records& records) {
    const auto session = open(records, caller, request.session_id);
    records.delete_session(session.key);
    parts_.ledger.forget(pipeline, {session.key.user_id, session.key.session_id});
  });
}

rpc::Export Conversations::export_session(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  rpc::Export all;
  transaction([&](sql::Pipeline& pipeline, Records& records) {
    const auto session = open(records, caller, request.session_id);
    all.session_id = session.key.session_id;
    all.user_id = session.key.user_id;
    all.display_name = session.display_name;
    all.created_at = session.created_at;
    all.expires_at = session.expires_at;
    all.completed_at = session.completed_at;
    all.language = assessment::tag_of(session.language);
    record_language(caller, session.language);
    const auto messages = records.messages(session.key).get();
    for (const auto& message : messages) all.messages.push_back(message_of(message));
    for (const auto& one : records.evidence(session.key, messages.back().line.position)) {
      all.evidence.push_back({one.position, std::string(assessment::info_of(one.facet).name), one.score,
                              100 * one.confidence, one.quote});
    }
    const auto due = records.analyses_due(session.key);
    const auto analysis = records.latest_analysis(session.key).get();
    all.analysis = standing_of(due.get(), analysis);
    if (analysis.through_position > 0) {
      all.results = results_of(records, due.get(), analysis, session);
    }
    for (auto& call : parts_.ledger.calls_of(pipeline, {session.key.user_id, session.key.session_id})) {
      all.calls.push_back(
          {call.created_at, std::move(call.purpose), std::move(call.model), call.usage, call.cost});
    }
  });
  return all;
}

}  // namespace bigocean::server::conversation
