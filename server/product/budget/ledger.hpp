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
/// As the ledger, the log, the metrics and spans name it: "interview", "analysis".
std::string purpose_name(Purpose purpose);

/// The payer of a call; both are UUIDs.
struct Account {
  std::string user_id;
  std::string session_id;
};

struct Order {
  Account account;
  NanoDollars amount = 0;  ///< an upper bound on the cost of the call
  Purpose purpose = Purpose::kInterview;
  std::string model;
  std::chrono::milliseconds expires_in{};  ///< longer than the call can take; then the sweeper charges it
  std::optional<Day> day{};                ///< nothing: today by the database's clock; for tests
  /// The address whose budget it also counts in, as http::owner_of() returns it; empty: none, because the
  /// user is known. Nothing: the same as the session's last order, for later work on its behalf.
  std::optional<std::string> address{};
};

struct Reservation {
  std::int64_t id = 0;
  Day day;  ///< the day that pays, even if the call ends later
  NanoDollars amount = 0;
};

/// A budget refused the order, and nothing was reserved.
struct Refusal {
  Scope scope = Scope::kSession;  ///< the first that refused, from the smallest scope to the largest
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
  std::optional<NanoDollars> session_spent;  ///< nothing: the session was deleted
  std::optional<NanoDollars> user_spent;     ///< on that day; nothing: that day's budget was removed
  NanoDollars service_spent = 0;             ///< on that day
  NanoDollars service_reserved = 0;          ///< on that day, by calls that are still under way
};

/// Nothing when there was nothing to settle, or it was settled before.
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

/// One call, as its payer sees it.
struct Call {
  std::chrono::system_clock::time_point created_at;
  std::string purpose;  ///< "interview", "analysis"
  std::string model;
  llm::Usage usage;
  NanoDollars cost = 0;  ///< the reserved amount until it is settled
};

/// A settled call, which later calls of its session use for estimates.
struct PastCall {
  Purpose purpose = Purpose::kInterview;
  std::string prompt_key;             ///< llm::prompt_key() of its request; empty: unknown
  std::int64_t through_position = 0;  ///< the last message in its request; 0: unknown
  std::int64_t prompt_tokens = 0;
  NanoDollars cost = 0;
};

/// Thread-safe. Functions that take a pipeline are one statement, in the caller's transaction if there is
/// one, else in their own. A transaction may use at most one of them, as its last statement: all take their
/// locks in the same order, and the row that all calls need stays locked until the commit. They throw what
/// the pipeline throws.
class Ledger {
 public:
  /// `log` and `counters` must outlive this.
  Ledger(const product::Settings& settings, base::Logger& log, Counters& counters);

  /// Reserves the amount in all budgets, or refuses. All caps hold afterwards, even with concurrent
  /// reservations. The caller ensures that the session still exists, in the same transaction (an inserted
  /// message that refers to it does).
  sql::Pending<std::variant<Reservation, Refusal>> reserve(sql::Pipeline& pipeline, const Order& order);

  /// Records the content of a reservation's request, for past_calls().
  void record_request(sql::Pipeline& pipeline, std::int64_t id, const std::string& prompt_key,
                      std::int64_t through_position) const;

  /// Books the cost of the call, even if it exceeds the reservation. Returns nothing when it was settled
  /// before. Pass the result to report() after the commit. Throws base::Error(kInternal) for a cost below
  /// zero.
  Settled settle(sql::Pipeline& pipeline, std::int64_t id, NanoDollars cost, const llm::Usage& usage,
                 std::string_view request_id);

  /// Gives back the reservation of a call that did not take place.
  Settled release(sql::Pipeline& pipeline, std::int64_t id);

  /// Logs and counts shares of a cap that the settlement crosses, and a cost above the reservation.
  void report(const Settlement& settlement);

  /// Charges reservations that have expired by `now` (nothing: the database's clock) in full, because the
  /// usage of their calls is unknown. Also removes the budgets of users and addresses two days after their
  /// day, and the addresses from the entries. Sweeps at most kSweptMax at a time; any number of processes may
  /// sweep at once. Calls report() for the settlements that it returns.
  static constexpr std::size_t kSweptMax = 200;
  std::vector<Settlement> sweep(sql::Database& database,
                                std::optional<std::chrono::system_clock::time_point> now = {});

  /// Removes the account's ids from its entries, and the session's budget. The costs stay, and so does the
  /// user's budget of the day, until the day is over. To be called in the transaction that deletes the
  /// session.
  void forget(sql::Pipeline& pipeline, const Account& account);

  sql::Pending<Total> session_total(sql::Pipeline& pipeline, const Account& account) const;
  sql::Pending<Total> user_total(sql::Pipeline& pipeline, const std::string& user_id, Day day) const;
  sql::Pending<Total> service_total(sql::Pipeline& pipeline, Day day) const;

  /// Up to `count` users with a budget on `day`, sorted by id, from the one after `after` (empty: from the
  /// first).
  std::vector<UserSpent> users_of(sql::Pipeline& pipeline, Day day, const std::string& after,
                                  std::size_t count) const;

  /// Oldest first.
  std::vector<Call> calls_of(sql::Pipeline& pipeline, const Account& account) const;

  /// The settled calls of the session whose usage is known, oldest first.
  sql::Pending<std::vector<PastCall>> past_calls(sql::Pipeline& pipeline, const Account& account) const;

  /// Today in UTC, by the database's clock.
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
