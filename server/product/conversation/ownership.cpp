// The procedures of accounts.
#include "server/product/conversation/conversations.hpp"
#include "server/product/conversation/token.hpp"
#include "server/product/rpc/error.hpp"

namespace bigocean::server::conversation {

using rpc::RpcError;
using rpc::Tag;

namespace {

constexpr std::int64_t kListedMax = 200;

const accounts::Account& account_in(const rpc::Caller& caller) {
  if (!caller.account) throw RpcError(Tag::kUnauthorized, "this needs the token of an account");
  return *caller.account;
}

}  // namespace

accounts::Account Conversations::account_of(std::string_view token) {
  try {
    return parts_.accounts.verify(token);
  } catch (const accounts::TokenFault& fault) {
    throw RpcError(Tag::kUnauthorized, std::string("the token is not valid: ") + fault.what());
  } catch (const accounts::KeysUnavailable& unavailable) {
    RpcError error(Tag::kAccountsUnavailable);
    error.retry_after = unavailable.retry_after;
    throw error;
  }
}

std::optional<std::string> Conversations::known_user(const rpc::Caller& caller) const {
  if (!caller.account && !caller.token) return std::nullopt;
  std::optional<std::string> user_id;
  transaction([&](sql::Pipeline&, Records& records) {
    if (caller.account) {
      user_id = records.user_of(*caller.account);
      records.claim(*user_id, *caller.account);
      refuse_if_blocked(records.is_blocked(*caller.account), *user_id);
      return;
    }
    // The token identifies the person even after the session is over; a token that opens no session
    // identifies no person.
    const auto earlier = records.find_session(*caller.token);
    if (!earlier) throw RpcError(Tag::kUnauthorized, "this token opens no session");
    user_id = earlier->key.user_id;
    refuse_if_blocked(earlier->is_blocked, *user_id);
  });
  return user_id;
}

std::vector<rpc::SessionSummary> Conversations::claim_session(const rpc::Caller& caller,
                                                              const rpc::ClaimRequest& request) {
  const auto& account = account_in(caller);
  std::vector<rpc::SessionSummary> sessions;
  transaction([&](sql::Pipeline&, Records& records) {
    const auto session = records.find_session(request.token);
    if (!session || session->key.session_id != request.session_id) throw RpcError(Tag::kSessionNotFound);
    if (!records.claim(session->key.user_id, account)) throw RpcError(Tag::kAlreadyClaimed);
    sessions = records.sessions_of(account, kListedMax);
  });
  return sessions;
}

std::vector<rpc::SessionSummary> Conversations::list_sessions(const rpc::Caller& caller) {
  const auto& account = account_in(caller);
  std::vector<rpc::SessionSummary> sessions;
  transaction([&](sql::Pipeline&, Records& records) { sessions = records.sessions_of(account, kListedMax); });
  return sessions;
}

void Conversations::revoke_session(const rpc::Caller& caller, const rpc::SessionRequest& request) {
  account_in(caller);
  transaction([&](sql::Pipeline&, Records& records) {
    records.change_token(open(records, caller, request.session_id).key, make_token());
  });
}

}  // namespace bigocean::server::conversation
