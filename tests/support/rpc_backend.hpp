// A backend of the procedures that records what reaches it and answers as a test wants.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/product/rpc/backend.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::test {

const std::string kSessionId = "0b4e7f3c-5d1a-4a53-9f57-2f6c1f0a9d11";
const std::string kUserId = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const std::string kToken = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE";
/// Of the form of a signed token; whose it is, a test says.
const std::string kAccountToken = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.AAAA";
const std::string kProfileId = "ZyXwVuTsRqPoNmLkJiHgFeDcBa9876543210_-ZyXwV";

/// What every success says of a limit.
const std::string kStanding = "\"a\";r=7;t=5";

/// Set by a test while a server reads it.
template <typename T>
class Shared {
 public:
  Shared& operator=(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    return *this;
  }
  T get() {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  std::mutex mutex_;
  T value_{};
};

/// Thread-safe.
class FakeBackend : public server::rpc::Backend {
 public:
  using Reply = server::rpc::SendMessageReply;
  using OnText = server::rpc::OnText;

  /// Thrown by whatever is called.
  Shared<std::optional<server::rpc::RpcError>> failure;
  /// What a turn does; without it, it answers at once with answer().
  Shared<std::function<Reply(const OnText&)>> turn;

  /// Whether FollowSession has something to tell; the turn is one that begins again where its number is 0.
  Shared<bool> follows;

  /// What came, as "Name session token text key"; "-" for what did not.
  std::vector<std::string> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  server::rpc::Caller caller() {
    const std::lock_guard lock(mutex_);
    return caller_;
  }
  /// Turns that have not been destroyed.
  int turns() {
    const std::lock_guard lock(mutex_);
    return turns_;
  }

  static server::rpc::Message message(const std::string& content) {
    return {2, server::rpc::Message::Role::kAssistant, content, at(20)};
  }
  static Reply answer() { return {message("And then?"), {3, 30, 4, 12.5, true, false}}; }
  static server::rpc::TimePoint at(int seconds) {
    return server::rpc::TimePoint(std::chrono::seconds(1'770'000'000 + seconds));
  }
  static server::rpc::Analysis analysis() { return {server::rpc::Analysis::State::kPending, 6, 12}; }
  static server::rpc::Results results() {
    return {"OBEWS", archetype(), {trait()}, {facet()}, analysis(), false};
  }

  server::accounts::Account account_of(std::string_view token) override {
    if (token != kAccountToken) throw server::rpc::RpcError(server::rpc::Tag::kUnauthorized, "not this one");
    return {"https://accounts.example", "ada"};
  }
  server::rpc::StartAssessmentReply start_assessment(
      const server::rpc::Caller& caller, const server::rpc::StartAssessmentRequest& request) override {
    note(caller, "StartAssessment", "-", request.display_name.value_or("-"));
    return {kSessionId, kUserId, kToken, at(86'400), {1, {}, "Hello.", at(0)}};
  }
  std::unique_ptr<server::rpc::Turn> send_message(const server::rpc::Caller& caller,
                                                  const server::rpc::SendMessageRequest& request) override {
    note(caller, "SendMessage", request.session_id,
         request.message + " " + request.idempotency_key.value_or("-"));
    return std::make_unique<FakeTurn>(*this);
  }
  std::unique_ptr<server::rpc::Turn> follow_session(const server::rpc::Caller& caller,
                                                    const server::rpc::FollowRequest& request) override {
    note(caller, "FollowSession", request.session_id,
         request.seen ? server::rpc::text_of(*request.seen) : "-");
    if (!follows.get()) return nullptr;
    return std::make_unique<FakeTurn>(*this, request.seen.value_or(server::rpc::StreamPlace{2, 1}));
  }
  bool cancel_message(const server::rpc::Caller& caller,
                      const server::rpc::SessionRequest& request) override {
    note(caller, "CancelMessage", request.session_id);
    return true;
  }
  server::rpc::ResumeSessionReply resume_session(const server::rpc::Caller& caller,
                                                 const server::rpc::SessionRequest& request) override {
    note(caller, "ResumeSession", request.session_id);
    return {
        kSessionId,       at(0), at(86'400), at(50), server::rpc::SessionState::kCompleted, {message("Hi")},
        answer().progress};
  }
  server::rpc::Results get_results(const server::rpc::Caller& caller,
                                   const server::rpc::SessionRequest& request) override {
    note(caller, "GetResults", request.session_id);
    return results();
  }
  server::rpc::ShareProfileReply share_profile(const server::rpc::Caller& caller,
                                               const server::rpc::SessionRequest& request) override {
    note(caller, "ShareProfile", request.session_id);
    return {kProfileId, "/profile/" + kProfileId, analysis()};
  }
  bool unshare_profile(const server::rpc::Caller& caller,
                       const server::rpc::SessionRequest& request) override {
    note(caller, "UnshareProfile", request.session_id);
    return true;
  }
  server::rpc::Profile get_profile(const server::rpc::Caller& caller,
                                   const server::rpc::ProfileRequest& request) override {
    note(caller, "GetProfile", request.profile_id);
    return {"Ada", archetype(), {trait()}, {facet()}, at(60)};
  }
  std::vector<server::rpc::SessionSummary> claim_session(const server::rpc::Caller& caller,
                                                         const server::rpc::ClaimRequest& request) override {
    note(caller, "ClaimSession", request.session_id, request.token);
    return sessions();
  }
  std::vector<server::rpc::SessionSummary> list_sessions(const server::rpc::Caller& caller) override {
    note(caller, "ListSessions", "-");
    return sessions();
  }
  void revoke_session(const server::rpc::Caller& caller,
                      const server::rpc::SessionRequest& request) override {
    note(caller, "RevokeSession", request.session_id);
  }
  static std::vector<server::rpc::SessionSummary> sessions() {
    return {{kSessionId, at(0), at(86'400), at(50), server::rpc::SessionState::kCompleted, 30},
            {kSessionId, at(0), at(86'400), {}, server::rpc::SessionState::kActive, 0}};
  }
  void delete_session(const server::rpc::Caller& caller,
                      const server::rpc::SessionRequest& request) override {
    note(caller, "DeleteSession", request.session_id);
  }
  server::rpc::Export export_session(const server::rpc::Caller& caller,
                                     const server::rpc::SessionRequest& request) override {
    note(caller, "ExportSession", request.session_id);
    return {kSessionId,
            kUserId,
            "Ada",
            at(0),
            at(86'400),
            {},
            "en",
            {message("Hi")},
            {{1, "trust", 12.5, 80, "I trust people"}},
            analysis(),
            results(),
            {{at(21), "interview", "a-model", {100, 20, 1, 2, 3}, 1'234'567},
             {at(22), "analysis", "a-model", {}, 1}}};
  }

 private:
  struct FakeTurn : server::rpc::Turn {
    explicit FakeTurn(FakeBackend& backend, server::rpc::StreamPlace begin = {2, 1})
        : fake(backend), begins(begin) {
      count(1);
    }
    ~FakeTurn() override { count(-1); }
    server::rpc::StreamPlace place() const override { return begins; }
    bool begins_again() const override { return begins.turn == 0; }
    Reply run(const OnText& on_text) override {
      const auto turn = fake.turn.get();
      return turn ? turn(on_text) : answer();
    }
    void count(int change) const {
      const std::lock_guard lock(fake.mutex_);
      fake.turns_ += change;
    }
    FakeBackend& fake;
    const server::rpc::StreamPlace begins;
  };

  static server::rpc::Archetype archetype() { return {"OBEW", "The Host", "A portrait."}; }
  static server::rpc::TraitScore trait() { return {"openness", 90.25, "high", "O", "Openness", "Curious."}; }
  static server::rpc::FacetScore facet() {
    return {"artistic_interests", "openness", 15.5, 60, 4, "Artistic interests", "high",
            "Is moved by beauty."};
  }

  void note(const server::rpc::Caller& caller, const std::string& name, const std::string& id,
            const std::string& more = "-") {
    {
      const std::lock_guard lock(mutex_);
      const auto who = caller.account ? caller.account->subject : caller.token.value_or("-");
      calls_.push_back(name + " " + id + " " + who + " " + more);
      caller_ = caller;
      caller_.reply_headers = nullptr;
    }
    if (const auto error = failure.get()) throw *error;
    if (caller.reply_headers != nullptr) caller.reply_headers->emplace_back("RateLimit", kStanding);
  }

  std::mutex mutex_;
  std::vector<std::string> calls_;
  server::rpc::Caller caller_;
  int turns_ = 0;
};

}  // namespace bigocean::test
