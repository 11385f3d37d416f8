// A ledger on an empty database of its own, with everything that it needs.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "server/product/budget/ledger.hpp"
#include "tests/integration/product_database.hpp"
#include "tests/support/check_expectation.hpp"

namespace bigocean::server::budget {

using namespace std::chrono_literals;

constexpr NanoDollars kPlenty = 1'000'000'000'000;

/// A UUID for each number.
inline std::string uuid(std::size_t number, char kind = '0') {
  std::string text = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(number);
  text.replace(text.size() - digits.size(), digits.size(), digits);
  text[0] = kind;
  return text;
}

inline Account account(std::size_t user, std::size_t session) {
  return {uuid(user, 'a'), uuid(session, 'b')};
}

/// Runs `work` with each number below `count`, each in a thread of its own, all begun at once.
inline void in_threads(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> ready{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      ++ready;
      while (ready < count) std::this_thread::yield();
      work(i);
    });
  }
  for (auto& thread : threads) thread.join();
}

class Bank {
 public:
  explicit Bank(const Caps& caps, std::int64_t connections = 10)
      : url(test::migrated_database()),
        settings(make_settings(url, caps, connections)),
        counters(caps),
        ledger(product::of(settings), log, counters),
        database(settings.database, "bank", nullptr) {}

  std::variant<Reservation, Refusal> reserve(const Order& order) {
    std::variant<Reservation, Refusal> result;
    database.transaction([&](sql::Pipeline& pipeline) { result = ledger.reserve(pipeline, order).get(); });
    return result;
  }
  /// That must not be refused.
  Reservation take(const Order& order) { return std::get<Reservation>(reserve(order)); }

  std::optional<Settlement> settle(std::int64_t id, NanoDollars cost, const llm::Usage& usage = {}) {
    std::optional<Settlement> result;
    database.transaction(
        [&](sql::Pipeline& pipeline) { result = ledger.settle(pipeline, id, cost, usage, "req_1").get(); });
    return result;
  }

  Order order(const Account& who, NanoDollars amount) const {
    return {.account = who, .amount = amount, .model = "test-model", .expires_in = 10min};
  }

  std::string ask(const std::string& sql) { return database.query(sql).at(0, 0); }

  Day today() {
    Day day;
    database.pipeline([&](sql::Pipeline& pipeline) { day = ledger.today(pipeline); });
    return day;
  }
  Total session_total(const Account& who) {
    Total total;
    database.pipeline([&](sql::Pipeline& pipeline) { total = ledger.session_total(pipeline, who).get(); });
    return total;
  }
  Total user_total(const std::string& user, Day day) {
    Total total;
    database.pipeline([&](sql::Pipeline& pipeline) { total = ledger.user_total(pipeline, user, day).get(); });
    return total;
  }
  Total service_total(Day day) {
    Total total;
    database.pipeline([&](sql::Pipeline& pipeline) { total = ledger.service_total(pipeline, day).get(); });
    return total;
  }

  /// How many budgets differ from the entries that they are the sums of, in one snapshot. Entries without a
  /// session or user count for what is left.
  std::string differences() {
    return test::query(url, R"(
      WITH sums AS (SELECT user_id, session_id, day, coalesce(cost, 0) AS spent,
                           CASE WHEN settled_at IS NULL THEN reserved ELSE 0 END AS reserved FROM ledger_entries),
      session AS (SELECT user_id, session_id, sum(spent) AS spent, sum(reserved) AS reserved FROM sums
                   WHERE session_id IS NOT NULL GROUP BY 1, 2),
      service AS (SELECT day, sum(spent) AS spent, sum(reserved) AS reserved FROM sums GROUP BY 1),
      address AS (SELECT address, day, sum(coalesce(cost, 0)) AS spent,
                         sum(CASE WHEN settled_at IS NULL THEN reserved ELSE 0 END) AS reserved
                    FROM ledger_entries JOIN entry_addresses USING (entry_id, day) GROUP BY 1, 2),
      users AS (SELECT day, sum(spent) AS spent, sum(reserved) AS reserved FROM user_budgets GROUP BY 1)
      SELECT (SELECT count(*) FROM session_budgets b FULL JOIN session s USING (user_id, session_id)
               WHERE (coalesce(b.spent, 0), coalesce(b.reserved, 0)) <> (coalesce(s.spent, 0), coalesce(s.reserved, 0)))
           + (SELECT count(*) FROM service_budgets b FULL JOIN service s USING (day)
               WHERE (coalesce(b.spent, 0), coalesce(b.reserved, 0)) <> (coalesce(s.spent, 0), coalesce(s.reserved, 0)))
           + (SELECT count(*) FROM address_budgets b JOIN address s USING (address, day)
               WHERE (b.spent, b.reserved) <> (s.spent, s.reserved))
           + (SELECT count(*) FROM service_budgets b FULL JOIN users s USING (day)
               WHERE (coalesce(b.spent, 0), coalesce(b.reserved, 0)) <> (coalesce(s.spent, 0), coalesce(s.reserved, 0)))
    )")
        .at(0)
        .at(0);
  }

  const std::string url;
  const config::Settings settings;
  base::Logger log{base::LogFormat::kText, base::LogLevel::kInfo, false};
  Counters counters;
  Ledger ledger;
  sql::Database database;

 private:
  static config::Settings make_settings(const std::string& url, const Caps& caps, std::int64_t connections) {
    auto settings = test::default_settings();
    settings.database.url = config::Secret(url);
    settings.database.connections_max = connections;
    settings.database.connection_wait = 60s;
    settings.database.statement_timeout = 30s;
    product::of(settings).budget = {{caps.session}, {caps.user_day}, {caps.service_day}, {caps.address_day}};
    return settings;
  }
};

}  // namespace bigocean::server::budget
