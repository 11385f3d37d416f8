// The use cases behind the procedures: access, storage, calls to the model, and costs.
#pragma once

#include <functional>

#include "base/log.hpp"
#include "server/accounts/accounts.hpp"
#include "server/accounts/challenge.hpp"
#include "server/product/budget/ledger.hpp"
#include "server/product/budget/rate_limits.hpp"
#include "server/product/conversation/paid_model.hpp"
#include "server/product/conversation/records.hpp"
#include "server/product/conversation/turns.hpp"
#include "server/product/rpc/backend.hpp"
#include "server/product/settings/settings.hpp"

namespace bigocean::server::conversation {

/// The dependencies of the use cases; all of them must outlive Conversations.
struct Parts {
  const product::Settings& settings;
  sql::Database& database;
  budget::Ledger& ledger;
  budget::RateLimits& limits;
  const PaidModel& model;
  Turns& turns;
  base::Logger& log;
  std::function<void()> on_job;  ///< an analysis is due
  accounts::Accounts& accounts;
  const accounts::Challenge* challenge = nullptr;  ///< for strangers who start a session; null: none
};

/// Thread-safe.
class Conversations : public rpc::Backend {
 public:
  explicit Conversations(Parts parts) : parts_(std::move(parts)) {}

  rpc::StartAssessmentReply start_assessment(const rpc::Caller& caller,
                                             const rpc::StartAssessmentRequest& request) override;
  std::unique_ptr<rpc::Turn> send_message(const rpc::Caller& caller,
                                          const rpc::SendMessageRequest& request) override;
  std::unique_ptr<rpc::Turn> follow_session(const rpc::Caller& caller,
                                            const rpc::FollowRequest& request) override;
  bool cancel_message(const rpc::Caller& caller, const rpc::SessionRequest& request) override;
  rpc::ResumeSessionReply resume_session(const rpc::Caller& caller,
                                         const rpc::SessionRequest& request) override;
  rpc::Results get_results(const rpc::Caller& caller, const rpc::SessionRequest& request) override;
  rpc::ShareProfileReply share_profile(const rpc::Caller& caller,
                                       const rpc::SessionRequest& request) override;
  bool unshare_profile(const rpc::Caller& caller, const rpc::SessionRequest& request) override;
  rpc::Profile get_profile(const rpc::Caller& caller, const rpc::ProfileRequest& request) override;
  void delete_session(const rpc::Caller& caller, const rpc::SessionRequest& request) override;
  rpc::Export export_session(const rpc::Caller& caller, const rpc::SessionRequest& request) override;

  // In ownership.cpp.
  accounts::Account account_of(std::string_view token) override;
  std::vector<rpc::SessionSummary> claim_session(const rpc::Caller& caller,
                                                 const rpc::ClaimRequest& request) override;
  std::vector<rpc::SessionSummary> list_sessions(const rpc::Caller& caller) override;
  void revoke_session(const rpc::Caller& caller, const rpc::SessionRequest& request) override;

 private:
  using Work = std::function<void(sql::Pipeline&, Records&)>;
  void transaction(const Work& work) const;

  /// The requested session, in any state, if the caller's token opens it or it belongs to the caller's
  /// account. Throws SessionNotFound.
  static Session open(Records& records, const rpc::Caller& caller, const std::string& session_id);

  /// Throws RateLimitExceeded for a blocked person.
  static void refuse_if_blocked(bool is_blocked, const std::string& user_id);

  /// Takes the uses of an action from the limits, and adds their headers to the reply. Throws
  /// RateLimitExceeded.
  void take(const rpc::Caller& caller, const std::vector<budget::Use>& uses,
            const std::optional<std::string>& user_id) const;
  /// The uses of a message in this session, for take().
  std::vector<budget::Use> uses_of_message(const rpc::Caller& caller, const Session& session) const;

  std::unique_ptr<rpc::Turn> under_way(const Session& session, const rpc::SendMessageRequest& request) const;
  /// The person who starts a session, if known by account or by the token of an earlier session. Throws
  /// Unauthorized.
  std::optional<std::string> known_user(const rpc::Caller& caller) const;

  std::unique_ptr<rpc::Turn> take_message(const Session& session, const rpc::Caller& caller,
                                          const rpc::SendMessageRequest& request);
  /// The inputs of plan_reply().
  struct PlanFrom {
    const std::vector<StoredMessage>& messages;  ///< the user's new one is the last
    const Records::Analysis& analysis;           ///< the latest
    assessment::Language language;
    budget::Total session_total;
    std::vector<budget::PastCall> past;
  };
  struct Plan {
    llm::Steering steering;
    bool winding_down = false;  ///< the next reply is the closing one, or this one is
    llm::ChatRequest request;
    llm::NanoDollars cost_max = 0;
  };
  Plan plan_reply(const PlanFrom& from) const;
  static void add_user_message(Records& records, const SessionKey& key, std::vector<StoredMessage>& messages,
                               const rpc::SendMessageRequest& request);

  const Parts parts_;
};

}  // namespace bigocean::server::conversation
