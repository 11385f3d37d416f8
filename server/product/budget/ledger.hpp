// The ledger: money is reserved before a call to a model and settled after it, exactly once.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/log.hpp"
#include "server/llm/chat_model.hpp"
#include "server/product/budget/caps.hpp"
#include "server/product/budget/counters.hpp"
#include "server/product/settings/settings.hpp"
#include "sql/postgres/database.hpp"

namespace bigocean::server::budget {

using Day = std::chrono::sys_days;  ///< of UTC

/// What a call is for.
using Purpose = llm::ChatRequest::Purpose;

/// Who is to pay; both are UUIDs.
struct Account {
  std::string user_id;
  std::string session_id;
};

struct Order {
  Account account;
  NanoDollars amount = 0;  ///< no call that it is for may cost more
  Purpose purpose = Purpose::kInterview;
  std::string model;
  std::chrono::milliseconds expires_in{};  ///< longer than the call can take: then the sweeper has it
  std::optional<Day> day{};                ///< nothing: today by the database's clock; for tests
  /// Whose budget it counts in besides, as http::owner_of() has it; empty: nobody's, since the user is known.
  /// Nothing: as the session's last order, for what is done later on its behalf.
  std::optional<std::string> address{};
};

struct Reservation {
  std::int64_t id = 0;
  Day day;  ///< that pays, whenever the call ends
  NanoDollars amount = 0;
};

/// Nothing is reserved anywhere.
struct Refusal {
  Scope scope = Scope::kSession;  ///< the first that refused, from the smallest budget to the largest
  NanoDollars committed = 0;      ///< spent or reserved
  NanoDollars limit = 0;
  std::optional<std::chrono::system_clock::time_point> resets_at{};  ///< a session's never does
};

/// What a call has cost, and what its payers have spent with it.
struct Settlement {
  std::int64_t id = 0;
  std::string user_id;
  Day day;
  NanoDollars reserved = 0;
  NanoDollars cost = 0;
  std::optional<NanoDollars> session_spent;  ///< nothing: the session is gone
  std::optional<NanoDollars> user_spent;     ///< on that day; nothing: the day is long over
  NanoDollars service_spent = 0;             ///< on that day
  NanoDollars service_reserved = 0;          ///< on that day, by calls that are still under way
};

/// Nothing: there was nothing to settle, or it was settled before.
using Settled = sql::Pending<std::optional<Settlement>>;

struct Total {
  NanoDollars spent = 0;
  NanoDollars reserved = 0;

  bool operator==(const Total&) const = default;
};

struct UserSpent {
  std::string user_id;
  NanoDollars spent = 0;
};

/// One call, as its payer may see it.
struct Call {
  std::chrono::system_clock::time_point created_at;
  std::string purpose;  ///< "interview", "analysis"
  std::string model;
  llm::Usage usage;
  NanoDollars cost = 0;  ///< what is reserved, as long as it is not settled
};

/// A call whose cost is settled, as the next call of its session looks at it.
struct PastCall {
  Purpose purpose = Purpose::kInterview;
  std::string prompt_key;             ///< llm::prompt_key() of its request; empty: not known
  std::int64_t through_position = 0;  ///< the last message in it; 0: not known
  std::int64_t prompt_tokens = 0;
  NanoDollars cost = 0;
};

/// Thread-safe. Functions that take a pipeline run in the caller's transaction if there is one, else in one
/// of their own; they are one statement. At most one of them a transaction, as its last statement: all of
/// them take their locks in one order, and the row that everybody needs is held until the commit. Throw what
/// the pipeline throws.
class Ledger {
 public:
  /// `log` and `counters` must outlive this.
  Ledger(const product::Settings& settings, base::Logger& log, Counters& counters);

  /// All caps hold afterwards, whoever reserves at the same time. The caller makes sure that the
  /// session still exists, in the same transaction (a message that refers to it does).
  sql::Pending<std::variant<Reservation, Refusal>> reserve(sql::Pipeline& pipeline, const Order& order);

  /// Notes what the request of a reservation holds, for past_calls().
  void record_request(sql::Pipeline& pipeline, std::int64_t id, const std::string& prompt_key,
                      std::int64_t through_position) const;

  /// Books what the call has cost, also where that is more than was reserved. Nothing: it was settled before.
  /// report() what it returns once that is committed. Throws base::Error(kInternal) for a cost below zero.
  Settled settle(sql::Pipeline& pipeline, std::int64_t id, NanoDollars cost, const llm::Usage& usage,
                 std::string_view request_id);

  /// The call did not take place.
  Settled release(sql::Pipeline& pipeline, std::int64_t id);

  /// Logs and counts what is remarkable about it: shares of a cap that it crosses, a cost above the
  /// reservation.
  void report(const Settlement& settlement);

  /// Charges reservations that have expired by `now` (nothing: the database's) in full, since what their
  /// calls used is not known, and removes the budgets of users and addresses two days after their day, and
  /// the addresses from the entries. At most kSweptMax at a time; any number of processes may do it at once.
  /// Reports what it returns.
  static constexpr std::size_t kSweptMax = 200;
  std::vector<Settlement> sweep(sql::Database& database,
                                std::optional<std::chrono::system_clock::time_point> now = {});

  /// Takes the account's name off its entries and removes the session's budget; what it cost stays, and so
  /// does the user's budget of the day, until the day is over. For whoever deletes the session, in that
  /// transaction.
  void forget(sql::Pipeline& pipeline, const Account& account);

  sql::Pending<Total> session_total(sql::Pipeline& pipeline, const Account& account) const;
  sql::Pending<Total> user_total(sql::Pipeline& pipeline, const std::string& user_id, Day day) const;
  sql::Pending<Total> service_total(sql::Pipeline& pipeline, Day day) const;

  /// Up to `count` users who have a budget on `day` and stand behind `after` (empty: from the first), by id.
  std::vector<UserSpent> users_of(sql::Pipeline& pipeline, Day day, const std::string& after,
                                  std::size_t count) const;

  /// Oldest first.
  std::vector<Call> calls_of(sql::Pipeline& pipeline, const Account& account) const;

  /// The session's calls that are settled and whose usage is known, oldest first.
  sql::Pending<std::vector<PastCall>> past_calls(sql::Pipeline& pipeline, const Account& account) const;

  /// By the database's clock.
  Day today(sql::Pipeline& pipeline) const;

  const Caps& caps() const { return caps_; }

 private:
  struct Outcome;
  Settled close(sql::Pipeline& pipeline, std::int64_t id, const Outcome& outcome);

  const Caps caps_;
  base::Logger& log_;
  Counters& counters_;
};

}  // namespace bigocean::server::budget
