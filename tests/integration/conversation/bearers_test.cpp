// All procedures with all kinds of bearer: a token gives no access to another person's data.
#include <algorithm>
#include <thread>

#include "server/product/conversation/retention.hpp"
#include "server/product/rpc/procedures.hpp"
#include "tests/integration/conversation/served.hpp"

namespace bigocean::server::conversation::bearers_test {
namespace {

using namespace test;

const std::string kWords = "4, most of the time, says the owner";
const std::string kName = "Ada of the table";
const std::string kTokenOfForm = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AAAA";

/// Somebody with a session of which there is something to see, shared, and an account that owns it.
struct Owner {
  std::string session_id;
  std::string token;
  std::string account;
  std::string profile_id;
};

Owner make_owner(Served& served, const std::string& subject) {
  Owner owner;
  const auto started = Json::parse(served.call("StartAssessment", {}, {{"displayName", kName}}).body);
  owner.session_id = started["sessionId"];
  owner.token = "Bearer " + started["token"].get<std::string>();
  owner.account = served.account(subject);
  served.talk.model.answer = finding_something();
  for (int i = 0; i < 3; ++i) {
    REQUIRE(served.call("SendMessage", owner.token, {{"sessionId", owner.session_id}, {"message", kWords}})
                .status == 200);
  }
  served.talk.analyse_all();
  const Json session{{"sessionId", owner.session_id}};
  owner.profile_id = Json::parse(served.call("ShareProfile", owner.token, session).body)["profileId"];
  const Json claim{{"sessionId", owner.session_id}, {"token", started["token"]}};
  REQUIRE(served.call("ClaimSession", owner.account, claim).status == 200);
  return owner;
}

/// What the procedure takes, about the owner's session. The token in ClaimSession's body is nobody's.
Json body_for(const rpc::Procedure& procedure, const Owner& owner) {
  Json body = Json::object();
  for (const auto& member : procedure.request.members) {
    if (member.name == "sessionId") body["sessionId"] = owner.session_id;
    if (member.name == "message") body["message"] = kWords;
    if (member.name == "token") body["token"] = make_token();
  }
  return body;
}

/// Everything that is stored of the owner's session.
std::string picture(Talk& talk, const Owner& owner) {
  std::string all;
  for (const auto* table :
       {"sessions", "messages", "evidence", "trait_assessments", "shared_profiles", "analysis_jobs"}) {
    all += talk.value("SELECT coalesce(string_agg(t::text, ' ' ORDER BY t::text), '') FROM " +
                      std::string(table) + " t WHERE session_id = '" + owner.session_id + "'");
  }
  return all + talk.value(
                   "SELECT string_agg(u::text || a::text, ' ') FROM users u JOIN account_users a USING"
                   " (user_id) JOIN sessions s USING (user_id) WHERE s.session_id = '" +
                   owner.session_id + "'");
}

struct Kind {
  std::string name;
  std::optional<std::string> authorization;
};

/// Every kind of bearer that is not the owner's.
std::vector<Kind> wrong_bearers(Served& served, const Owner& owner) {
  const auto stranger = make_owner(served, "stranger");
  const auto expired = make_owner(served, "expired");
  query(served.talk.url,
        "UPDATE sessions SET created_at = now() - interval '9 days', expires_at = now() -"
        " interval '1 day' WHERE session_id = '" +
            expired.session_id + "'");
  const auto revoked = make_owner(served, "revoked");
  REQUIRE(served.call("RevokeSession", revoked.account, {{"sessionId", revoked.session_id}}).status == 200);

  const auto claims_with = [](const char* name, const Claims& value) {
    auto claims = good_claims("owner");
    claims[name] = value;
    return claims;
  };
  const auto bearer = [](const std::string& token) { return "Bearer " + token; };
  const auto of_claims = [&](const Claims& claims) {
    return bearer(signed_token(served.key, served.kHeader, claims));
  };
  const SigningKey other("ES256");
  const SigningKey rsa("RS256");
  const auto good = signed_token(served.key, served.kHeader, good_claims("owner"));
  const auto first = good.find('.');
  const auto last = good.rfind('.');
  const auto strangers_claims = to_base64url(good_claims("stranger").dump());
  return {
      {"none", {}},
      {"garbage", "Bearer garbage"},
      {"another scheme", "Basic " + owner.token.substr(7)},
      {"an empty token", "Bearer "},
      {"a token that nobody has", bearer(make_token())},
      {"the session's id as its token", bearer(owner.session_id)},
      {"the profile's id as a token", bearer(owner.profile_id)},
      {"another session's token", stranger.token},
      {"an expired session's token", expired.token},
      {"a revoked token", revoked.token},
      {"another account", stranger.account},
      {"an account without sessions", served.account("nobody")},
      {"a subject that differs in case", served.account("Owner")},
      {"an expired account token", of_claims(claims_with("exp", 1'000'000'000))},
      {"not valid yet", of_claims(claims_with("nbf", 9'000'000'000))},
      {"another issuer", of_claims(claims_with("iss", "https://accounts.example.org"))},
      {"another audience", of_claims(claims_with("aud", "somebody"))},
      {"another key", bearer(signed_token(other, served.kHeader, good_claims("owner")))},
      {"another algorithm",
       bearer(signed_token(rsa, {{"alg", "RS256"}, {"kid", "k1"}}, good_claims("owner")))},
      {"algorithm none", bearer(signing_input({{"alg", "none"}}, good_claims("owner")) + ".")},
      {"algorithm none, with a signature",
       bearer(signing_input({{"alg", "none"}}, good_claims("owner")) + good.substr(last))},
      {"key confusion",
       bearer(hmac_token(served.key.pem(), {{"alg", "HS256"}, {"kid", "k1"}}, good_claims("owner")))},
      {"key confusion under the right name",
       bearer(hmac_token(served.key.pem(), served.kHeader, good_claims("owner")))},
      {"tampered claims", bearer(good.substr(0, first + 1) + strangers_claims + good.substr(last))},
      {"without its signature", bearer(good.substr(0, last + 1))},
  };
}

TEST_CASE("nothing of a person is reached with somebody else's token, by any procedure") {
  Served served;
  const auto owner = make_owner(served, "owner");
  const auto kinds = wrong_bearers(served, owner);
  const auto before = picture(served.talk, owner);
  for (const auto& procedure : rpc::procedures(4000)) {
    if (procedure.bearer == rpc::Bearer::kNone) continue;
    for (const auto& kind : kinds) {
      CAPTURE(procedure.name);
      CAPTURE(kind.name);
      const auto reply =
          served.call(std::string(procedure.name), kind.authorization, body_for(procedure, owner));
      const bool is_about_a_session = body_for(procedure, owner).contains("sessionId");
      if (is_about_a_session) CHECK((reply.status == 401 || reply.status == 404));
      if (reply.status == 401) CHECK(http::find_header(reply.headers, "WWW-Authenticate"));
      CHECK(reply.body.find(owner.session_id) == std::string::npos);
      CHECK(reply.body.find(kWords) == std::string::npos);
      CHECK(reply.body.find(kName) == std::string::npos);
      CHECK(reply.body.find(owner.profile_id) == std::string::npos);
    }
    // A connection for each look takes longer than the calls: one look for a procedure.
    CHECK(picture(served.talk, owner) == before);
  }
}

TEST_CASE("the owner is served by the session's token and by the account's, where the table says so") {
  Served served;
  for (const auto& procedure : rpc::procedures(4000)) {
    if (procedure.bearer == rpc::Bearer::kNone) continue;
    for (const bool by_account : {false, true}) {
      const auto owner =
          make_owner(served, std::string(procedure.name) + (by_account ? " by account" : " by session"));
      CAPTURE(procedure.name);
      CAPTURE(by_account);
      auto body = body_for(procedure, owner);
      if (body.contains("token")) body["token"] = owner.token.substr(7);
      const auto reply =
          served.call(std::string(procedure.name), by_account ? owner.account : owner.token, body);
      const bool is_taken = by_account || procedure.bearer != rpc::Bearer::kAccount;
      // 204: of a conversation in which nothing is being answered there is nothing to follow.
      const bool is_served = reply.status == 200 || reply.status == 204;
      CHECK((is_taken ? is_served : reply.status == 401));
    }
  }
}

TEST_CASE("a guest's sessions are claimed once, listed, continued by the account, and their tokens revoked") {
  Served served;
  const auto owner = make_owner(served, "owner");
  const auto list = [&](const std::string& account) {
    return Json::parse(served.call("ListSessions", account, Json::object()).body)["sessions"];
  };
  const auto sessions = list(owner.account);
  REQUIRE(sessions.size() == 1);
  CHECK(sessions[0]["sessionId"] == owner.session_id);
  CHECK(sessions[0]["state"] == "active");
  CHECK(sessions[0]["answered"] == 3);
  const Json claim{{"sessionId", owner.session_id}, {"token", owner.token.substr(7)}};
  CHECK(served.call("ClaimSession", owner.account, claim).status == 200);
  const auto refused = served.call("ClaimSession", served.account("thief"), claim);
  CHECK(refused.status == 409);
  CHECK(Json::parse(refused.body)["_tag"] == "AlreadyClaimed");
  CHECK(list(served.account("thief")).empty());

  const Json session{{"sessionId", owner.session_id}};
  CHECK(served.call("RevokeSession", owner.account, session).status == 200);
  CHECK(served.call("GetResults", owner.token, session).status == 404);
  CHECK(served.call("StartAssessment", owner.token, Json::object()).status == 401);
  CHECK(served.call("ClaimSession", owner.account, claim).status == 404);
  CHECK(served.call("SendMessage", owner.account, {{"sessionId", owner.session_id}, {"message", "On."}})
            .status == 200);

  // A second guest session of the same account: the list has both, newest first.
  const auto second = make_owner(served, "owner");
  const auto both = list(owner.account);
  REQUIRE(both.size() == 2);
  CHECK(both[0]["sessionId"] == second.session_id);
  CHECK(served.call("GetResults", owner.account, session).status == 200);
}

TEST_CASE("an account's person is the same for every session, also when two begin at once") {
  Served served;
  std::vector<std::string> users(4);
  std::vector<std::thread> threads;
  for (auto& user : users) {
    threads.emplace_back([&served, &user] {
      user =
          Json::parse(served.call("StartAssessment", served.account("ada"), Json::object()).body)["userId"];
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& user : users) CHECK(user == users[0]);
  CHECK(served.talk.value("SELECT count(*) || ' ' || count(DISTINCT user_id) FROM sessions") == "4 1");
}

TEST_CASE("who deletes an account's last session does not begin the day anew, and is forgotten later") {
  Served served;
  const auto account = served.account("ada");
  const auto begin = [&] {
    return Json::parse(served.call("StartAssessment", account, {{"displayName", kName}}).body);
  };
  const auto first = begin();
  CHECK(
      served.call("SendMessage", account, {{"sessionId", first["sessionId"]}, {"message", "hello"}}).status ==
      200);
  CHECK(served.call("DeleteSession", account, {{"sessionId", first["sessionId"]}}).status == 200);
  CHECK(served.talk.value("SELECT coalesce(display_name, 'none') FROM users") == "none");
  const auto second = begin();
  CHECK(second["userId"] == first["userId"]);
  CHECK(served.call("DeleteSession", account, {{"sessionId", second["sessionId"]}}).status == 200);
  // As long as the day counts, the account is remembered; then nothing is.
  Retention retention(served.talk.settings, served.talk.database, served.talk.ledger, served.talk.log);
  query(served.talk.url, "UPDATE account_users SET created_at = now() - interval '2 days'");
  retention.work();
  CHECK(served.talk.value("SELECT count(*) FROM account_users") == "1");
  query(served.talk.url, "DELETE FROM user_budgets");
  retention.work();
  CHECK(served.talk.value("SELECT (SELECT count(*) FROM account_users) + (SELECT count(*) FROM users)") ==
        "0");
}

TEST_CASE("without the setting no account is known, and while keys were never read nobody is told a fault") {
  Talk without;
  CHECK(tag_of([&] { without.conversations.account_of(kTokenOfForm); }) == rpc::Tag::kUnauthorized);
  Talk away(with_accounts, []() -> std::string { throw std::runtime_error("connection refused"); });
  const auto refused = refusal_of([&] {
    away.conversations.account_of(signed_token(SigningKey("ES256"), {{"alg", "ES256"}}, good_claims()));
  });
  CHECK(refused.tag == rpc::Tag::kAccountsUnavailable);
  REQUIRE(refused.retry_after);
  CHECK(*refused.retry_after <= accounts::KeySource::kPause);
}

}  // namespace
}  // namespace bigocean::server::conversation::bearers_test
