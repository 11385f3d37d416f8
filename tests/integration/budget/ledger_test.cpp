// The ledger on a real PostgreSQL, one step at a time.
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "server/product/budget/day.hpp"
#include "tests/integration/budget/bank.hpp"
#include "tests/support/captured.hpp"

namespace bigocean::server::budget::ledger_test {
namespace {

TEST_CASE("a reservation and what it cost appear in all three budgets, to the last nano-dollar") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  const auto who = account(1, 1);
  const auto reservation = bank.take(bank.order(who, 1'000'000'007));
  const Day day = bank.today();
  CHECK(reservation.day == day);
  CHECK(bank.session_total(who) == Total{0, 1'000'000'007});
  CHECK(bank.user_total(who.user_id, day) == Total{0, 1'000'000'007});
  CHECK(bank.service_total(day) == Total{0, 1'000'000'007});

  const auto settlement = bank.settle(reservation.id, 3, {11, 22, 33, 44, 55});
  REQUIRE(settlement);
  CHECK(settlement->user_id == who.user_id);
  CHECK(settlement->reserved == 1'000'000'007);
  CHECK(settlement->cost == 3);
  CHECK(settlement->session_spent == 3);
  CHECK(settlement->user_spent == 3);
  CHECK(settlement->service_spent == 3);
  CHECK(settlement->service_reserved == 0);
  CHECK(bank.session_total(who) == Total{3, 0});
  CHECK(bank.user_total(who.user_id, day) == Total{3, 0});
  CHECK(bank.service_total(day) == Total{3, 0});
  CHECK(bank.ask("SELECT concat_ws(' ', purpose, model, outcome, request_id, input_tokens, output_tokens, "
                 "cache_write_5m_tokens, cache_write_1h_tokens, cache_read_tokens) FROM ledger_entries") ==
        "interview test-model settled req_1 11 22 33 44 55");
  CHECK(bank.differences() == "0");
}

TEST_CASE("settled is settled: a second time changes nothing, whoever tries") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  const auto first = bank.take(bank.order(account(1, 1), 100));
  const auto second = bank.take(bank.order(account(1, 1), 100));
  CHECK(bank.settle(first.id, 60));
  CHECK_FALSE(bank.settle(first.id, 70));
  bank.database.pipeline([&](sql::Pipeline& pipeline) {
    CHECK_FALSE(bank.ledger.release(pipeline, first.id).get());
    CHECK(bank.ledger.release(pipeline, second.id).get());
    CHECK_FALSE(bank.ledger.settle(pipeline, second.id, 1, {}, "").get());
    CHECK_FALSE(bank.ledger.settle(pipeline, 999, 1, {}, "").get());
    CHECK_THROWS_AS(bank.ledger.settle(pipeline, second.id, -1, {}, ""), base::Error);
  });
  CHECK(bank.service_total(bank.today()) == Total{60, 0});
  CHECK(bank.ask("SELECT string_agg(outcome || ' ' || cost, ', ' ORDER BY entry_id) FROM ledger_entries") ==
        "settled 60, released 0");
  CHECK(bank.differences() == "0");
}

TEST_CASE("each cap refuses to the nano-dollar, names itself, and leaves the other budgets as they were") {
  struct Row {
    Caps caps;
    Scope scope;
  };
  for (const Row& row : {Row{{100, 500, 500}, Scope::kSession}, Row{{500, 100, 500}, Scope::kUserDay},
                         Row{{500, 500, 100}, Scope::kServiceDay}}) {
    CAPTURE(scope_name(row.scope));
    Bank bank(row.caps);
    const auto who = account(1, 1);
    bank.settle(bank.take(bank.order(who, 40)).id, 40);
    bank.take(bank.order(who, 59));
    const auto refused = bank.reserve(bank.order(who, 2));
    REQUIRE(std::holds_alternative<Refusal>(refused));
    const auto& refusal = std::get<Refusal>(refused);
    CHECK(refusal.scope == row.scope);
    CHECK(refusal.committed == 99);
    CHECK(refusal.limit == 100);
    const Day day = bank.today();
    if (row.scope == Scope::kSession) {
      CHECK_FALSE(refusal.resets_at.has_value());
    } else {
      CHECK(refusal.resets_at == day + std::chrono::days(1));
    }
    CHECK(bank.session_total(who) == Total{40, 59});
    CHECK(bank.user_total(who.user_id, day) == Total{40, 59});
    CHECK(bank.service_total(day) == Total{40, 59});
    CHECK(std::holds_alternative<Reservation>(bank.reserve(bank.order(who, 1))));
    CHECK(std::holds_alternative<Reservation>(bank.reserve(bank.order(who, 0))));
    CHECK(bank.counters.refusals[static_cast<std::size_t>(row.scope)] == 1);
    CHECK(bank.differences() == "0");
  }
}

TEST_CASE("the first reservation of all may be refused, too, and leaves nothing") {
  for (const Caps& caps : {Caps{9, 99, 99}, Caps{99, 9, 99}, Caps{99, 99, 9}}) {
    Bank bank(caps);
    const auto refused = bank.reserve(bank.order(account(1, 1), 10));
    REQUIRE(std::holds_alternative<Refusal>(refused));
    CHECK(std::get<Refusal>(refused).committed == 0);
    CHECK(bank.ask("SELECT count(*) FROM ledger_entries") == "0");
    CHECK(bank.differences() == "0");
  }
}

TEST_CASE("what is rolled back was never reserved, and never settled") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  const auto reservation = bank.take(bank.order(account(1, 1), 100));
  CHECK_THROWS(bank.database.transaction([&](sql::Pipeline& pipeline) {
    bank.ledger.reserve(pipeline, bank.order(account(1, 2), 50)).get();
    throw std::runtime_error("the message could not be saved");
  }));
  CHECK_THROWS(bank.database.transaction([&](sql::Pipeline& pipeline) {
    bank.ledger.settle(pipeline, reservation.id, 70, {}, "").get();
    throw std::runtime_error("the answer could not be saved");
  }));
  CHECK(bank.service_total(bank.today()) == Total{0, 100});
  CHECK(bank.settle(reservation.id, 70));
  CHECK(bank.differences() == "0");
}

TEST_CASE("a call that crosses midnight is paid by the day that it began on") {
  Bank bank({kPlenty, 100, 100});
  auto order = bank.order(account(1, 1), 80);
  order.day = parse_day("2026-01-30");
  const auto reservation = bank.take(order);
  CHECK(reservation.day == parse_day("2026-01-30"));
  order.day = parse_day("2026-01-31");
  const auto next = bank.take(order);  // a new day has a new budget
  const auto settlement = bank.settle(reservation.id, 75);
  REQUIRE(settlement);
  CHECK(settlement->day == parse_day("2026-01-30"));
  CHECK(bank.user_total(uuid(1, 'a'), parse_day("2026-01-30")) == Total{75, 0});
  CHECK(bank.service_total(parse_day("2026-01-30")) == Total{75, 0});
  CHECK(bank.service_total(parse_day("2026-01-31")) == Total{0, 80});
  const auto refused = bank.reserve(order);
  REQUIRE(std::holds_alternative<Refusal>(refused));
  CHECK(std::get<Refusal>(refused).resets_at == parse_day("2026-02-01"));
  CHECK(bank.settle(next.id, 0));
  CHECK(bank.differences() == "0");
}

TEST_CASE("a cost above the reservation is booked as it is, and said") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  const auto settlement = bank.settle(bank.take(bank.order(account(1, 1), 10)).id, 25);
  REQUIRE(settlement);
  test::Captured out;
  bank.ledger.report(*settlement);
  CHECK(out.end().find("cost more than was reserved") != std::string::npos);
  CHECK(bank.counters.overruns == 1);
  CHECK(bank.service_total(bank.today()) == Total{25, 0});
  CHECK(bank.differences() == "0");
}

TEST_CASE("each share of a cap is said once, in log and counters") {
  Bank bank({kPlenty, kPlenty, 100});
  test::Captured out;
  for (int i = 0; i < 100; ++i)
    bank.ledger.report(*bank.settle(bank.take(bank.order(account(1, 1), 1)).id, 1));
  const auto said = out.end();
  for (const char* share : {"50 % of a budget", "75 % of a budget", "90 % of a budget"}) {
    CAPTURE(share);
    const auto at = said.find(share);
    REQUIRE(at != std::string::npos);
    CHECK(said.find(share, at + 1) == std::string::npos);
  }
  for (const auto& count : bank.counters.crossings[static_cast<std::size_t>(Scope::kServiceDay)])
    CHECK(count == 1);
  for (const auto& count : bank.counters.crossings[0]) CHECK(count == 0);
}

TEST_CASE("the sweeper charges what has expired in full, and nothing else") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  auto order = bank.order(account(1, 1), 30);
  const auto orphan = bank.take(order);
  order.expires_in = 2h;
  bank.take(order);
  const auto settled = bank.take(order);
  bank.settle(settled.id, 5);
  CHECK(bank.ledger.sweep(bank.database).empty());
  const auto swept = bank.ledger.sweep(bank.database, std::chrono::system_clock::now() + 1h);
  REQUIRE(swept.size() == 1);
  CHECK(swept[0].id == orphan.id);
  CHECK(swept[0].cost == 30);
  CHECK(bank.ask("SELECT outcome FROM ledger_entries ORDER BY entry_id LIMIT 1") == "swept");
  CHECK_FALSE(bank.settle(orphan.id, 1));
  CHECK(bank.counters.swept == 1);
  CHECK(bank.service_total(bank.today()) == Total{35, 30});
  CHECK(bank.differences() == "0");
}

TEST_CASE("what a sweeper has taken and not settled is another one's after a minute") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  bank.take(bank.order(account(1, 1), 30));
  const auto later = std::chrono::system_clock::now() + 1h;
  // One that died right after it had taken it leaves this behind.
  bank.database.query("UPDATE ledger_entries SET expires_at = $1::timestamptz + interval '1 minute'",
                      {base::format_time(later)});
  CHECK(bank.ledger.sweep(bank.database, later).empty());
  CHECK(bank.ledger.sweep(bank.database, later + 2min).size() == 1);
}

TEST_CASE("an address has a budget of its own, whoever its users are") {
  Bank bank({kPlenty, kPlenty, kPlenty, 100});
  const auto from = [&](std::size_t user, NanoDollars amount, std::optional<std::string> address) {
    auto order = bank.order(account(user, user), amount);
    order.address = std::move(address);
    return bank.reserve(order);
  };
  const auto total = [&](const std::string& address) {
    return bank.ask("SELECT spent || ' ' || reserved FROM address_budgets WHERE address = '" + address + "'");
  };
  const auto first = from(1, 60, "2001:db8::/64");
  REQUIRE(std::holds_alternative<Reservation>(first));
  CHECK(total("2001:db8::/64") == "0 60");
  bank.settle(std::get<Reservation>(first).id, 30);
  CHECK(total("2001:db8::/64") == "30 0");
  // An analysis has no address: who paid for the session's last call pays.
  const auto analysis = from(1, 10, std::nullopt);
  CHECK(total("2001:db8::/64") == "30 10");
  const auto refused = from(2, 61, "2001:db8::/64");
  REQUIRE(std::holds_alternative<Refusal>(refused));
  const auto& refusal = std::get<Refusal>(refused);
  CHECK(refusal.scope == Scope::kAddressDay);
  CHECK(refusal.committed == 40);
  CHECK(refusal.limit == 100);
  CHECK(refusal.resets_at == bank.today() + std::chrono::days(1));
  CHECK(bank.user_total(account(2, 2).user_id, bank.today()) == Total{0, 0});
  CHECK(bank.counters.refusals[static_cast<std::size_t>(Scope::kAddressDay)] == 1);
  CHECK(std::holds_alternative<Reservation>(from(2, 60, "2001:db8::/64")));
  // Another address, and a user who is known, in none.
  CHECK(std::holds_alternative<Reservation>(from(3, 100, "203.0.113.7")));
  const auto known = from(4, 1000, "");
  REQUIRE(std::holds_alternative<Reservation>(known));
  CHECK(std::holds_alternative<Reservation>(from(4, 1000, std::nullopt)));
  CHECK(bank.ask("SELECT count(*) FROM address_budgets") == "2");
  CHECK(bank.settle(std::get<Reservation>(analysis).id, 12));
  CHECK(total("2001:db8::/64") == "42 60");
  CHECK(bank.differences() == "0");
}

TEST_CASE("where the service refuses, an address gets back what it had reserved") {
  Bank bank({kPlenty, kPlenty, 50, 100});
  auto order = bank.order(account(1, 1), 40);
  order.address = "203.0.113.7";
  bank.take(order);
  const auto refused = bank.reserve(order);
  REQUIRE(std::holds_alternative<Refusal>(refused));
  CHECK(std::get<Refusal>(refused).scope == Scope::kServiceDay);
  CHECK(bank.ask("SELECT spent || ' ' || reserved FROM address_budgets") == "0 40");
  CHECK(bank.differences() == "0");
}

TEST_CASE("addresses are forgotten two days after their day, and with a deleted session") {
  Bank bank({kPlenty, kPlenty, kPlenty, kPlenty});
  for (const int days : {0, 1, 2, 3, 4}) {
    auto order = bank.order(account(1, 1), 10);
    order.day = bank.today() - std::chrono::days(days);
    order.address = "203.0.113.7";
    const auto reservation = bank.take(order);
    if (days != 4) bank.settle(reservation.id, 10);
  }
  bank.ledger.sweep(bank.database);
  const std::string kDays =
      "SELECT string_agg(((now() AT TIME ZONE 'UTC')::date - day)::text, ' ' ORDER BY day DESC) ";
  CHECK(bank.ask(kDays + "FROM address_budgets") == "0 1 2 4");  // the last one has a call under way
  CHECK(bank.ask(kDays + "FROM entry_addresses") == "0 1 2 4");
  bank.database.transaction([&](sql::Pipeline& pipeline) { bank.ledger.forget(pipeline, account(1, 1)); });
  CHECK(bank.ask(kDays + "FROM entry_addresses") == "4");
  const auto open = bank.ask("SELECT entry_id FROM ledger_entries WHERE settled_at IS NULL");
  CHECK(bank.settle(std::stoll(open), 10));
  CHECK(bank.ask("SELECT count(*) FROM entry_addresses") == "0");
  bank.ledger.sweep(bank.database);
  CHECK(bank.ask(kDays + "FROM address_budgets") == "0 1 2");
}

TEST_CASE("the release before goes on with the functions that it knows") {
  Bank bank({kPlenty, kPlenty, kPlenty, kPlenty});
  const auto id = bank.ask("SELECT out_entry FROM reserve_budget('" + uuid(1, 'a') + "', '" + uuid(1, 'b') +
                           "', 10, 'interview', 'm', '1 minute', 100, 100, 100, NULL)");
  CHECK(bank.settle(std::stoll(id), 7));
  CHECK(bank.service_total(bank.today()) == Total{7, 0});
  CHECK(bank.differences() == "0");
}

TEST_CASE("users' budgets go two days after their day, the service's and the entries stay") {
  Bank bank({kPlenty, kPlenty, kPlenty});
  for (const int days : {0, 1, 2, 3, 4}) {
    auto order = bank.order(account(1, 1), 10);
    order.day = bank.today() - std::chrono::days(days);
    const auto reservation = bank.take(order);
    if (days != 4) bank.settle(reservation.id, 10);
  }
  bank.ledger.sweep(bank.database);
  CHECK(bank.ask("SELECT string_agg(((now() AT TIME ZONE 'UTC')::date - day)::text, ' ' ORDER BY day DESC) "
                 "FROM user_budgets") == "0 1 2 4");  // the last one has a call under way
  CHECK(bank.ask("SELECT count(*) FROM service_budgets") == "5");
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries") == "5");
}

TEST_CASE("a deleted session leaves no name behind, and its user no way around his cap") {
  Bank bank({kPlenty, 100, kPlenty});
  const auto who = account(1, 1);
  bank.settle(bank.take(bank.order(who, 60)).id, 60);
  const auto open = bank.take(bank.order(who, 30));
  bank.settle(bank.take(bank.order(account(1, 2), 5)).id, 5);
  bank.database.transaction([&](sql::Pipeline& pipeline) { bank.ledger.forget(pipeline, who); });
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE session_id = '" + who.session_id + "'") == "0");
  CHECK(bank.ask("SELECT count(*) FROM session_budgets") == "1");
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE settled_at IS NOT NULL AND session_id IS NULL "
                 "AND (user_id IS NOT NULL OR request_id IS NOT NULL)") == "0");
  CHECK(std::holds_alternative<Refusal>(bank.reserve(bank.order(account(1, 3), 6))));

  const auto settlement = bank.settle(open.id, 20);  // the call that was under way
  REQUIRE(settlement);
  CHECK(settlement->user_id == who.user_id);
  CHECK_FALSE(settlement->session_spent.has_value());
  CHECK(bank.user_total(who.user_id, bank.today()) == Total{85, 0});
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE user_id IS NOT NULL") == "1");
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE session_id IS NULL AND request_id IS NOT NULL") ==
        "0");
  CHECK(bank.differences() == "0");
}

TEST_CASE("a deletion waits for a reservation that is not yet committed, be it the first or not") {
  for (const bool is_first : {true, false}) {
    CAPTURE(is_first);
    Bank bank({kPlenty, kPlenty, kPlenty});
    const auto who = account(1, 1);
    if (!is_first) bank.settle(bank.take(bank.order(who, 10)).id, 10);
    std::thread forgetting;
    bank.database.transaction([&](sql::Pipeline& pipeline) {
      bank.ledger.reserve(pipeline, bank.order(who, 10)).get();
      forgetting = std::thread(
          [&] { bank.database.transaction([&](sql::Pipeline& other) { bank.ledger.forget(other, who); }); });
      test::wait_until("the deletion waits", 30s, [&] {
        return test::query(bank.url,
                           "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND "
                           "datname = current_database()") == std::vector<std::vector<std::string>>{{"1"}};
      });
    });
    forgetting.join();
    CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE session_id IS NOT NULL") == "0");
    CHECK(bank.ask("SELECT count(*) FROM session_budgets") == "0");
    CHECK(bank.service_total(bank.today()).reserved == 10);
    CHECK(bank.differences() == "0");
  }
}

}  // namespace
}  // namespace bigocean::server::budget::ledger_test
