// Reserves, settles and forgets, by the SQL functions of the migrations.
#include "server/product/budget/ledger.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "server/llm/dollars.hpp"
#include "server/product/budget/day.hpp"
#include "sql/postgres/values.hpp"

namespace bigocean::server::budget {
namespace {

std::optional<std::int64_t> optional_number(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return sql::integer(*text);
}

/// Reads what settle_budget() returns.
std::optional<Settlement> settlement_of(const sql::Rows& rows) {
  const auto& columns = rows.rows.at(0);
  if (!columns[0]) return std::nullopt;
  Settlement settlement;
  settlement.id = sql::integer(rows.at(0, 0));
  settlement.user_id = rows.at(0, 1);
  settlement.day = parse_day(rows.at(0, 2));
  settlement.reserved = sql::integer(rows.at(0, 3));
  settlement.cost = sql::integer(rows.at(0, 4));
  settlement.session_spent = optional_number(columns[5]);
  settlement.user_spent = optional_number(columns[6]);
  settlement.service_spent = sql::integer(rows.at(0, 7));
  settlement.service_reserved = sql::integer(rows.at(0, 8));
  return settlement;
}

/// Reads `spent` and `reserved` of a row that may be missing.
Total total_of(const sql::Rows& rows) {
  if (rows.rows.empty()) return {};
  return {sql::integer(rows.at(0, 0)), sql::integer(rows.at(0, 1))};
}

}  // namespace

std::string purpose_name(Purpose purpose) {
  return purpose == Purpose::kInterview ? "interview" : "analysis";
}

/// How a reservation ends; without a cost the whole reservation is charged.
struct Ledger::Outcome {
  std::string_view name;
  std::optional<NanoDollars> cost;
  llm::Usage usage{};
  std::string_view request_id{};
};

Ledger::Ledger(const product::Settings& settings, base::Logger& log, Counters& counters)
    : caps_(caps_of(settings.budget)), log_(log), counters_(counters) {}

sql::Pending<std::variant<Reservation, Refusal>> Ledger::reserve(sql::Pipeline& pipeline,
                                                                 const Order& order) {
  if (order.amount < 0 || order.expires_in.count() <= 0) {
    throw base::Error(base::ExitCode::kInternal, "a reservation needs an amount and a time to expire after");
  }
  static const std::string kReserve =
      "SELECT out_entry, to_char(out_day, 'YYYY-MM-DD'), out_refused_by, out_committed, out_service_spent, "
      "out_service_reserved "
      "FROM reserve_budget($1, $2, $3, $4, $5, make_interval(secs => $6::bigint / 1000.0), $7, $8, $9, $10, "
      "$11, "
      "$12)";
  const auto& who = order.account;
  return pipeline.add(
      kReserve,
      {who.user_id, who.session_id, std::to_string(order.amount), purpose_name(order.purpose), order.model,
       std::to_string(order.expires_in.count()), std::to_string(caps_.session),
       std::to_string(caps_.user_day), std::to_string(caps_.service_day),
       order.day ? std::optional<std::string>(format_day(*order.day)) : std::nullopt, order.address,
       std::to_string(caps_.address_day)},
      [this, amount = order.amount](const sql::Rows& rows) -> std::variant<Reservation, Refusal> {
        const Day day = parse_day(rows.at(0, 1));
        if (rows.rows[0][0]) {
          counters_.saw_service(day, sql::integer(rows.at(0, 4)), sql::integer(rows.at(0, 5)));
          return Reservation{sql::integer(rows.at(0, 0)), day, amount};
        }
        const auto scope = scope_of(rows.at(0, 2));
        if (!scope) throw base::Error(base::ExitCode::kInternal, "an unknown budget refused");
        ++counters_.refusals[static_cast<std::size_t>(*scope)];
        Refusal refusal{*scope, sql::integer(rows.at(0, 3)), caps_.of(*scope)};
        if (*scope != Scope::kSession) refusal.resets_at = day + std::chrono::days(1);
        return refusal;
      });
}

Settled Ledger::close(sql::Pipeline& pipeline, std::int64_t id, const Outcome& outcome) {
  if (outcome.cost.value_or(0) < 0) {
    throw base::Error(base::ExitCode::kInternal, fmt::format("a cost below zero: {} n$", *outcome.cost));
  }
  static const std::string kSettle =
      "SELECT out_entry, out_user, to_char(out_day, 'YYYY-MM-DD'), out_reserved, out_cost, "
      "out_session_spent, out_user_spent, "
      "out_service_spent, out_service_reserved FROM settle_budget($1, $2, $3, $4, $5, $6, $7, $8, $9)";
  const auto& usage = outcome.usage;
  return pipeline.add(
      kSettle,
      {std::to_string(id),
       outcome.cost ? std::optional<std::string>(std::to_string(*outcome.cost)) : std::nullopt,
       std::string(outcome.name), std::to_string(usage.input_tokens), std::to_string(usage.output_tokens),
       std::to_string(usage.cache_write_5m_tokens), std::to_string(usage.cache_write_1h_tokens),
       std::to_string(usage.cache_read_tokens),
       outcome.request_id.empty() ? std::nullopt
                                  : std::optional<std::string>(std::string(outcome.request_id))},
      settlement_of);
}

Settled Ledger::settle(sql::Pipeline& pipeline, std::int64_t id, NanoDollars cost, const llm::Usage& usage,
                       std::string_view request_id) {
  return close(pipeline, id, {"settled", cost, usage, request_id});
}

Settled Ledger::release(sql::Pipeline& pipeline, std::int64_t id) {
  return close(pipeline, id, {"released", 0});
}

void Ledger::report(const Settlement& settlement) {
  const auto day = format_day(settlement.day);
  counters_.saw_service(settlement.day, settlement.service_spent, settlement.service_reserved);
  if (settlement.cost > settlement.reserved) {
    ++counters_.overruns;
    log_.error("a call cost more than was reserved for it", {{"entry", settlement.id},
                                                             {"cost_nanodollars", settlement.cost},
                                                             {"reserved_nanodollars", settlement.reserved}});
  }
  const auto warn = [&](Scope scope, std::optional<NanoDollars> spent) {
    if (!spent) return;
    for (const std::size_t place : crossed(*spent, settlement.cost, caps_.of(scope))) {
      ++counters_.crossings[static_cast<std::size_t>(scope)][place];
      const auto text = llm::format_dollars(*spent);
      const auto cap = llm::format_dollars(caps_.of(scope));
      log_.warn(fmt::format("{} % of a budget is spent", kWarnPercents[place]),
                {{"scope", scope_name(scope)},
                 {"day", std::string_view(day)},
                 {"spent", std::string_view(text)},
                 {"cap", std::string_view(cap)}});
    }
  };
  warn(Scope::kSession, settlement.session_spent);
  warn(Scope::kUserDay, settlement.user_spent);
  warn(Scope::kServiceDay, settlement.service_spent);
}

std::vector<Settlement> Ledger::sweep(sql::Database& database,
                                      std::optional<std::chrono::system_clock::time_point> now) {
  const std::optional<std::string> time = now ? std::optional(base::format_time(*now)) : std::nullopt;
  // Leased for a minute, so that two sweepers never take the same ones; if this one dies, another takes them
  // afterwards.
  static const std::string kTake =
      "WITH due AS MATERIALIZED ("
      "  SELECT entry_id FROM ledger_entries"
      "   WHERE settled_at IS NULL AND expires_at <= coalesce($1::timestamptz, now())"
      "   ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED) "
      "UPDATE ledger_entries SET expires_at = coalesce($1::timestamptz, now()) + interval '1 minute' "
      "FROM due WHERE ledger_entries.entry_id = due.entry_id RETURNING ledger_entries.entry_id";
  const auto due = database.query(kTake, {time, std::to_string(kSweptMax)});
  std::vector<Settlement> swept;
  for (std::size_t i = 0; i < due.rows.size(); ++i) {
    const auto id = sql::integer(due.at(i, 0));
    std::optional<Settlement> settlement;
    // One transaction each, so that the service's budget is locked briefly, and one failure does not stop the
    // others.
    try {
      database.transaction([&](sql::Pipeline& pipeline) {
        settlement = close(pipeline, id, {"swept", std::nullopt}).get();
      });
    } catch (const sql::SqlError& error) {
      log_.error("a reservation could not be swept",
                 {{"entry", static_cast<long long>(id)}, {"error", std::string_view(error.message)}});
    }
    if (!settlement) continue;
    ++counters_.swept;
    report(*settlement);
    swept.push_back(std::move(*settlement));
  }
  static const std::string kRemove =
      "DELETE FROM user_budgets USING (SELECT user_id, day FROM user_budgets"
      "  WHERE day < (coalesce($1::timestamptz, now()) AT TIME ZONE 'UTC')::date - 2 AND reserved = 0"
      "  LIMIT 1000 FOR UPDATE SKIP LOCKED) AS old "
      "WHERE user_budgets.user_id = old.user_id AND user_budgets.day = old.day";
  database.query(kRemove, {time});
  static const std::string kRemoveAddresses =
      "DELETE FROM address_budgets USING (SELECT address, day FROM address_budgets"
      "  WHERE day < (coalesce($1::timestamptz, now()) AT TIME ZONE 'UTC')::date - 2 AND reserved = 0"
      "  LIMIT 1000 FOR UPDATE SKIP LOCKED) AS old "
      "WHERE address_budgets.address = old.address AND address_budgets.day = old.day";
  database.query(kRemoveAddresses, {time});
  static const std::string kForgetAddresses =
      "DELETE FROM entry_addresses USING (SELECT entry_id FROM entry_addresses JOIN ledger_entries AS entry"
      "  USING (entry_id) WHERE entry_addresses.day < (coalesce($1::timestamptz, now()) AT TIME ZONE "
      "'UTC')::date - 2"
      "  AND entry.settled_at IS NOT NULL LIMIT 1000 FOR UPDATE OF entry_addresses SKIP LOCKED) AS old "
      "WHERE entry_addresses.entry_id = old.entry_id";
  database.query(kForgetAddresses, {time});
  database.pipeline([&](sql::Pipeline& pipeline) {
    const Day day = today(pipeline);
    const Total total = service_total(pipeline, day).get();
    counters_.saw_service(day, total.spent, total.reserved);
  });
  return swept;
}

void Ledger::forget(sql::Pipeline& pipeline, const Account& account) {
  pipeline.add("SELECT forget_budget($1, $2)", {account.user_id, account.session_id});
}

sql::Pending<Total> Ledger::session_total(sql::Pipeline& pipeline, const Account& account) const {
  return pipeline.add("SELECT spent, reserved FROM session_budgets WHERE user_id = $1 AND session_id = $2",
                      {account.user_id, account.session_id}, total_of);
}

sql::Pending<Total> Ledger::user_total(sql::Pipeline& pipeline, const std::string& user_id, Day day) const {
  return pipeline.add("SELECT spent, reserved FROM user_budgets WHERE user_id = $1 AND day = $2",
                      {user_id, format_day(day)}, total_of);
}

sql::Pending<Total> Ledger::service_total(sql::Pipeline& pipeline, Day day) const {
  return pipeline.add("SELECT spent, reserved FROM service_budgets WHERE day = $1", {format_day(day)},
                      total_of);
}

std::vector<UserSpent> Ledger::users_of(sql::Pipeline& pipeline, Day day, const std::string& after,
                                        std::size_t count) const {
  const auto rows = pipeline.execute(
      "SELECT user_id, spent FROM user_budgets WHERE day = $1 AND ($2::uuid IS NULL OR user_id > $2::uuid) "
      "ORDER BY user_id LIMIT $3",
      {format_day(day), after.empty() ? std::nullopt : std::optional(after), std::to_string(count)});
  std::vector<UserSpent> users;
  for (std::size_t i = 0; i < rows.rows.size(); ++i)
    users.push_back({rows.at(i, 0), sql::integer(rows.at(i, 1))});
  return users;
}

std::vector<Call> Ledger::calls_of(sql::Pipeline& pipeline, const Account& account) const {
  const auto rows =
      pipeline.execute("SELECT " + sql::micros("created_at") +
                           ", purpose, model, input_tokens,"
                           " output_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens,"
                           " coalesce(cost, reserved) FROM ledger_entries"
                           " WHERE user_id = $1 AND session_id = $2 ORDER BY entry_id",
                       {account.user_id, account.session_id});
  std::vector<Call> calls;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const auto count = [&](std::size_t column) { return sql::integer(rows.at(i, column)); };
    calls.push_back({sql::time_of(rows.at(i, 0)),
                     rows.at(i, 1),
                     rows.at(i, 2),
                     {count(3), count(4), count(5), count(6), count(7)},
                     count(8)});
  }
  return calls;
}

void Ledger::record_request(sql::Pipeline& pipeline, std::int64_t id, const std::string& prompt_key,
                            std::int64_t through_position) const {
  pipeline.add("UPDATE ledger_entries SET prompt_key = $2, through_position = $3 WHERE entry_id = $1",
               {std::to_string(id), prompt_key, std::to_string(through_position)});
}

sql::Pending<std::vector<PastCall>> Ledger::past_calls(sql::Pipeline& pipeline,
                                                       const Account& account) const {
  return pipeline.add(
      "SELECT purpose, coalesce(prompt_key, ''), coalesce(through_position, 0),"
      " input_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_read_tokens, cost"
      " FROM ledger_entries WHERE user_id = $1 AND session_id = $2 AND outcome = 'settled' ORDER BY entry_id",
      {account.user_id, account.session_id}, [](const sql::Rows& rows) {
        std::vector<PastCall> calls;
        for (std::size_t i = 0; i < rows.rows.size(); ++i) {
          calls.push_back({rows.at(i, 0) == "interview" ? Purpose::kInterview : Purpose::kAnalysis,
                           rows.at(i, 1), sql::integer(rows.at(i, 2)), sql::integer(rows.at(i, 3)),
                           sql::integer(rows.at(i, 4))});
        }
        return calls;
      });
}

Day Ledger::today(sql::Pipeline& pipeline) const {
  return parse_day(pipeline.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')", {}).at(0, 0));
}

}  // namespace bigocean::server::budget
