// Every documented error of a procedure can happen: each is caused, with the status and headers of its row.
#include <map>
#include <memory>
#include <set>

#include "server/product/rpc/procedures.hpp"
#include "tests/integration/conversation/served.hpp"

namespace bigocean::server::conversation::errors_test {
namespace {

using rpc::Tag;

/// A service that cannot do something, for all calls that are to fail by that.
enum class Lack { kNothing, kKeys, kLimits, kMoney };

Lack lack_for(Tag tag) {
  switch (tag) {
    case Tag::kAccountsUnavailable:
      return Lack::kKeys;
    case Tag::kRateLimitExceeded:
      return Lack::kLimits;
    case Tag::kCostLimitExceeded:
      return Lack::kMoney;
    default:
      return Lack::kNothing;
  }
}

class Services {
 public:
  Served& with(Lack lack) {
    auto& served = all_[lack];
    if (served) return *served;
    served = std::make_unique<Served>([lack](product::Settings& settings) {
      settings.assessment.reply_wait = 20ms;
      if (lack == Lack::kMoney) settings.budget.service_day.nano = 500;
      if (lack != Lack::kLimits) return;
      settings.limits.assessments_per_user_day = 1;
      settings.limits.messages_per_user_minute = 1;
    });
    served->keys_are_away = lack == Lack::kKeys;
    return *served;
  }

 private:
  std::map<Lack, std::unique_ptr<Served>> all_;
};

/// A session of a service, and the call that is to fail.
struct Scene {
  Scene(const rpc::Procedure& procedure_in, Served& served_in) : procedure(procedure_in), served(served_in) {
    served.talk.model.answer = {};
    const auto started = Json::parse(served.call("StartAssessment", {}, Json::object()).body);
    session_id = started["sessionId"];
    token = started["token"];
    account = served.account(session_id);
    if (procedure.bearer == rpc::Bearer::kAccount) {
      const Json claim{{"sessionId", session_id}, {"token", token}};
      if (!served.keys_are_away) REQUIRE(served.call("ClaimSession", account, claim).status == 200);
      authorization = account;
    } else if (procedure.bearer != rpc::Bearer::kNone) {
      authorization = "Bearer " + token;
    }
    for (const auto& member : procedure.request.members) {
      if (member.name == "sessionId") body["sessionId"] = session_id;
      if (member.name == "profileId") body["profileId"] = make_token();
      if (member.name == "message") body["message"] = "hello";
      if (member.name == "token") body["token"] = token;
    }
  }

  http::Reply call() {
    http::Headers headers{{"Content-Type", content_type}, {"Accept", accept}};
    if (authorization) headers.emplace_back("Authorization", *authorization);
    if (key) headers.emplace_back("Idempotency-Key", *key);
    return served.send(std::string(procedure.name), std::move(headers), body.dump());
  }

  void change(const std::string& how) {
    test::query(served.talk.url, "UPDATE sessions SET " + how + " WHERE session_id = '" + session_id + "'");
  }

  const rpc::Procedure& procedure;
  Served& served;
  std::string session_id, token, account;
  std::optional<std::string> authorization, key;
  std::string content_type = "application/json", accept = "*/*";
  Json body = Json::object();
};

void fail_with(Scene& scene, llm::ChatReply::Stop stop) {
  scene.served.talk.model.answer = [stop](const llm::ChatRequest&, const llm::OnText&) -> llm::ChatReply {
    return {.text = "", .stop = stop, .usage = {.input_tokens = 1}};
  };
}

using Provoke = void (*)(Scene&);

/// How each error comes about.
const std::map<Tag, Provoke>& provocations() {
  static const std::map<Tag, Provoke> all{
      {Tag::kInvalidRequest,
       [](Scene& scene) {
         scene.body["unknown"] = "member";
         if (!scene.procedure.get_path.empty()) scene.body["sessionId"] = "no-id";
       }},
      {Tag::kUnauthorized, [](Scene& scene) { scene.authorization = "Bearer garbage"; }},
      {Tag::kSessionNotFound,
       [](Scene& scene) { scene.body["sessionId"] = "0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11"; }},
      {Tag::kProfileNotFound, [](Scene&) {}},
      {Tag::kNotAcceptable, [](Scene& scene) { scene.accept = "text/html"; }},
      {Tag::kSessionBusy,
       [](Scene& scene) {
         // As another process leaves it that answers at this moment.
         scene.change("turn = turn + 1, turn_ends_by = now() + interval '1 hour'");
       }},
      {Tag::kSessionCompleted, [](Scene& scene) { scene.change("completed_at = now()"); }},
      {Tag::kProfileEmpty, [](Scene&) {}},
      {Tag::kAlreadyClaimed, [](Scene& scene) { scene.authorization = scene.served.account("bob"); }},
      {Tag::kSessionExpired,
       [](Scene& scene) { scene.change("created_at = now() - interval '9 days', expires_at = now()"); }},
      {Tag::kPayloadTooLarge, [](Scene& scene) { scene.body["unknown"] = std::string(200'000, 'x'); }},
      {Tag::kUnsupportedMediaType, [](Scene& scene) { scene.content_type = "text/plain"; }},
      {Tag::kIdempotencyKeyReused,
       [](Scene& scene) {
         scene.key = "one";
         scene.call();
         scene.body["message"] = "another";
       }},
      {Tag::kModelRefused, [](Scene& scene) { fail_with(scene, llm::ChatReply::Stop::kRefusal); }},
      {Tag::kRateLimitExceeded, [](Scene& scene) { scene.call(); }},
      {Tag::kCostLimitExceeded, [](Scene&) {}},
      {Tag::kModelUnavailable,
       [](Scene& scene) {
         scene.served.talk.model.answer = [](const llm::ChatRequest&, const llm::OnText&) -> llm::ChatReply {
           throw llm::ChatError(llm::ChatError::Kind::kUnreachable, "overloaded", "");
         };
         // There has to be a message before anybody can follow its answer.
         if (scene.procedure.name == "FollowSession") {
           scene.served.call("SendMessage", scene.authorization,
                             {{"sessionId", scene.session_id}, {"message", "hello"}});
         }
       }},
      {Tag::kAccountsUnavailable, [](Scene& scene) { scene.authorization = scene.account; }},
  };
  return all;
}

/// Documented by all procedures, and taken in front of them: tests/integration/rpc.
bool is_limited_in_front(const rpc::Procedure& procedure, Tag tag) {
  return tag == Tag::kRateLimitExceeded && procedure.name != "StartAssessment" &&
         procedure.name != "SendMessage";
}

/// Takes two clients at once, or is told behind the head of a reply: follow_test.cpp. Takes a service that
/// lets no stranger begin: strangers_test.cpp.
bool is_shown_elsewhere(const rpc::Procedure& procedure, Tag tag) {
  return tag == Tag::kMessageCancelled || tag == Tag::kChallengeFailed ||
         (procedure.name == "FollowSession" && tag == Tag::kModelRefused);
}

TEST_CASE("every error that a procedure documents comes about, as its row says") {
  Services services;
  std::set<Tag> seen;
  for (const auto& procedure : rpc::procedures(4000)) {
    for (const Tag tag : rpc::errors_of(procedure)) {
      if (is_limited_in_front(procedure, tag) || is_shown_elsewhere(procedure, tag)) continue;
      const auto& info = rpc::error_info(tag);
      CAPTURE(procedure.name);
      CAPTURE(info.name);
      Scene scene(procedure, services.with(lack_for(tag)));
      provocations().at(tag)(scene);
      const auto reply = scene.call();
      CHECK(reply.status == info.status);
      const auto problem = Json::parse(reply.body, nullptr, false);
      REQUIRE(problem.is_object());
      CHECK(problem.value("_tag", "") == info.name);
      CHECK(reply.retry_after.has_value() == info.retry_after);
      seen.insert(tag);
    }
  }
  CHECK(seen.size() == rpc::error_table().size() - 2);  // MessageCancelled, ChallengeFailed
}

}  // namespace
}  // namespace bigocean::server::conversation::errors_test
