// What each procedure does in each state of a session, and what a session says of its analyses.
#include <map>

#include "server/product/rpc/procedures.hpp"
#include "tests/integration/conversation/talk.hpp"

namespace bigocean::server::conversation::states_test {
namespace {

using rpc::Tag;
using State = rpc::Analysis::State;

/// A session of which something is known, shared.
struct Known {
  Talk::Person person;
  std::string profile_id;
};

Known known_session(Talk& talk) {
  Known known{talk.start(), {}};
  talk.model.answer = finding_something();
  for (const auto& text : {kTelling, std::string("5, always"), std::string("2, rarely")})
    talk.say(known.person, text);
  talk.analyse_all();
  known.profile_id =
      talk.conversations.share_profile(known.person.caller, talk.session(known.person)).profile_id;
  return known;
}

/// An account of its own for each.
accounts::Account account_of(const Known& known) {
  return {"https://accounts.example", known.person.started.session_id};
}

void put_into(Talk& talk, const Known& known, const std::string& state) {
  const auto where = " WHERE session_id = '" + known.person.started.session_id + "'";
  if (state == "completed") test::query(talk.url, "UPDATE sessions SET completed_at = now()" + where);
  if (state == "expired" || state == "completed and expired") {
    test::query(talk.url,
                "UPDATE sessions SET created_at = now() - interval '9 days', expires_at = now() - interval "
                "'2 days', completed_at = " +
                    std::string(state == "expired" ? "NULL" : "now() - interval '3 days'") + where);
  }
  if (state == "deleted") talk.conversations.delete_session(known.person.caller, talk.session(known.person));
}

/// What the call is refused with; nothing: it is served.
std::optional<Tag> outcome_of(Talk& talk, const rpc::Procedure& procedure, const Known& known) {
  auto caller = known.person.caller;
  if (procedure.bearer == rpc::Bearer::kAccount) {
    caller.account = account_of(known);
    caller.token.reset();
  }
  rpc::Input input;
  input.texts["token"] = known.person.started.token;
  for (const auto& member : procedure.request.members) {
    if (member.name == "sessionId") input.texts["sessionId"] = known.person.started.session_id;
    if (member.name == "profileId") input.texts["profileId"] = known.profile_id;
    if (member.name == "message") input.texts["message"] = "And more.";
  }
  try {
    if (procedure.begin != nullptr) {
      if (const auto turn = procedure.begin(talk.conversations, caller, input)) turn->run({});
    } else {
      procedure.call(talk.conversations, caller, input);
    }
    return std::nullopt;
  } catch (const rpc::RpcError& error) {
    return error.tag;
  }
}

std::string text_of(const std::optional<Tag>& tag) {
  return tag ? std::string(rpc::error_info(*tag).name) : "served";
}

TEST_CASE("every procedure does in every state of a session what its row says") {
  Talk talk;
  for (const auto& procedure : rpc::procedures(4000)) {
    const auto& in = procedure.in_state;
    const std::map<std::string, std::optional<Tag>> expected{{"active", in.active},
                                                             {"completed", in.completed},
                                                             {"expired", in.expired},
                                                             {"completed and expired", in.completed},
                                                             {"deleted", in.deleted}};
    for (const auto& [state, tag] : expected) {
      const auto known = known_session(talk);
      if (procedure.bearer == rpc::Bearer::kAccount && procedure.name != "ClaimSession") {
        rpc::Caller owner;
        owner.account = account_of(known);
        talk.conversations.claim_session(owner,
                                         {known.person.started.session_id, known.person.started.token});
      }
      put_into(talk, known, state);
      CHECK_MESSAGE(text_of(outcome_of(talk, procedure, known)) == text_of(tag),
                    procedure.name << " of a session that is " << state);
    }
  }
  talk.check_books();
}

TEST_CASE("a session says its state, and a message answered in time gets its answer again after it") {
  Talk talk;
  const auto known = known_session(talk);
  const auto state = [&] {
    return talk.conversations.resume_session(known.person.caller, talk.session(known.person)).state;
  };
  CHECK(state() == rpc::SessionState::kActive);
  const auto answer = talk.say(known.person, "Once.", "key");
  put_into(talk, known, "expired");
  CHECK(state() == rpc::SessionState::kExpired);
  CHECK(talk.say(known.person, "Once.", "key").message.content == answer.message.content);
  CHECK(tag_of([&] { talk.say(known.person, "Twice.", "other"); }) == Tag::kSessionExpired);
  put_into(talk, known, "completed and expired");
  CHECK(state() == rpc::SessionState::kCompleted);
}

rpc::Results results(Talk& talk, const Talk::Person& person) {
  return talk.conversations.get_results(person.caller, talk.session(person));
}

TEST_CASE("results say whether they will still change, also those of a conversation that has ended") {
  Talk talk([](product::Settings& settings) { settings.assessment.messages_max = 3; });
  const auto person = talk.start();
  CHECK(results(talk, person).analysis.state == State::kNone);
  rpc::SendMessageReply reply;
  for (const auto* text : {"4, mostly", "5", "2"}) reply = talk.say(person, text);
  CHECK(reply.progress.completed);
  CHECK(reply.progress.messages_max == 3);
  auto now = results(talk, person);
  CHECK(now.completed);
  CHECK(now.analysis.state == State::kPending);
  CHECK(now.analysis.through_position == 0);
  CHECK(now.analysis.due_through == 6);
  const auto exported = talk.conversations.export_session(person.caller, talk.session(person));
  CHECK(exported.analysis.state == State::kPending);
  CHECK(!exported.results);
  talk.analyse_all();
  now = results(talk, person);
  CHECK(now.analysis.state == State::kCurrent);
  CHECK(now.analysis.through_position == 6);
  CHECK(!now.analysis.due_through);
  CHECK(talk.conversations.export_session(person.caller, talk.session(person)).results->analysis.state ==
        State::kCurrent);
}

TEST_CASE("an analysis that was given up is told as failed, until a later one has read its messages") {
  Talk talk;
  const auto known = known_session(talk);
  talk.model.answer = [](const llm::ChatRequest& request, const llm::OnText&) -> llm::ChatReply {
    const bool interview = request.purpose == llm::ChatRequest::Purpose::kInterview;
    return {.text = interview ? "And then?" : "no JSON", .usage = {.input_tokens = 1}};
  };
  const auto say_three = [&] {
    for (const auto* text : {"1, never", "2", "3"}) talk.say(known.person, text);
  };
  say_three();
  // One that bears nothing is tried again once: more would only cost more.
  for (int attempt = 0; attempt < 2; ++attempt) {
    CHECK(results(talk, known.person).analysis.state == State::kPending);
    talk.analyse_all();
    test::query(talk.url, "UPDATE analysis_jobs SET run_after = now()");
  }
  auto analysis = results(talk, known.person).analysis;
  CHECK(analysis.state == State::kFailed);
  CHECK(analysis.through_position == 6);
  CHECK(analysis.due_through == 12);
  // What is known stays shared, and the reply says that it is not all.
  const auto shared = talk.conversations.share_profile(known.person.caller, talk.session(known.person));
  CHECK(shared.profile_id == known.profile_id);
  CHECK(shared.analysis.state == State::kFailed);
  talk.model.answer = {};
  say_three();
  CHECK(results(talk, known.person).analysis.state == State::kPending);
  talk.analyse_all();
  analysis = results(talk, known.person).analysis;
  CHECK(analysis.state == State::kCurrent);
  CHECK(analysis.through_position == 18);
}

TEST_CASE("a profile that would show nothing is not shared, and a pending analysis says when to try again") {
  Talk talk;
  const auto person = talk.start();
  const auto refused = [&] {
    return refusal_of([&] { talk.conversations.share_profile(person.caller, talk.session(person)); });
  };
  CHECK(refused().tag == Tag::kProfileEmpty);
  CHECK(!refused().retry_after);
  talk.model.answer = [](const llm::ChatRequest& request, const llm::OnText&) -> llm::ChatReply {
    const bool interview = request.purpose == llm::ChatRequest::Purpose::kInterview;
    return {.text = interview ? "And then?" : R"({"evidence":[]})", .usage = {.input_tokens = 1}};
  };
  for (const auto* text : {"Hm.", "Well.", "So."}) talk.say(person, text);
  CHECK(refused().tag == Tag::kProfileEmpty);
  CHECK(refused().retry_after);
  const auto reply = rpc::problem_reply(refused());
  CHECK(reply.status == 409);
  CHECK(reply.retry_after);
  // An analysis that finds nothing is an analysis, and still no profile.
  talk.analyse_all();
  CHECK(results(talk, person).analysis.state == State::kCurrent);
  CHECK(refused().tag == Tag::kProfileEmpty);
  CHECK(!refused().retry_after);
  CHECK(talk.value("SELECT count(*) FROM shared_profiles") == "0");
}

TEST_CASE("a shared profile can be withdrawn, and is shared anew under another id") {
  Talk talk;
  const auto known = known_session(talk);
  const auto session = talk.session(known.person);
  const auto& caller = known.person.caller;
  const auto profile = talk.conversations.get_profile({}, {known.profile_id});
  CHECK(profile.traits.size() == 5);
  // What has evidence is told in words; a starting point is not.
  for (const auto& facet : profile.facets) {
    CHECK(!facet.label.empty());
    CHECK(facet.text.has_value() == (facet.facet == "orderliness"));
  }
  for (const auto& trait : profile.traits)
    CHECK(trait.text.has_value() == (trait.trait == "conscientiousness"));
  CHECK(talk.conversations.unshare_profile(caller, session));
  CHECK(tag_of([&] { talk.conversations.get_profile({}, {known.profile_id}); }) == Tag::kProfileNotFound);
  CHECK(!talk.conversations.unshare_profile(caller, session));
  const auto renewed = talk.conversations.share_profile(caller, session).profile_id;
  CHECK(renewed != known.profile_id);
  CHECK(talk.conversations.get_profile({}, {renewed}).traits.size() == 5);
  CHECK(tag_of([&] { talk.conversations.get_profile({}, {known.profile_id}); }) == Tag::kProfileNotFound);
}

}  // namespace
}  // namespace bigocean::server::conversation::states_test
