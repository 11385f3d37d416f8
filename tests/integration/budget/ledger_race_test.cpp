// The ledger under load: many callers at once, races, random mixes, and backends that are killed in the
// middle.
#include <doctest/doctest.h>

#include <mutex>
#include <random>

#include "tests/integration/budget/bank.hpp"

namespace bigocean::server::budget::ledger_race_test {
namespace {

bool had_deadlock() { return test::shared_postgres().log().find("deadlock detected") != std::string::npos; }

TEST_CASE("200 at once against a budget for 10: exactly 10 get through, whichever budget it is") {
  struct Row {
    Caps caps;
    std::size_t users, sessions;
  };
  constexpr NanoDollars kAmount = 1'000'000'007;
  constexpr NanoDollars kTen = 10 * kAmount + kAmount - 1;
  for (const Row& row : {Row{{kTen, kPlenty, kPlenty}, 1, 1}, Row{{kPlenty, kTen, kPlenty}, 1, 20},
                         Row{{kPlenty, kPlenty, kTen}, 20, 40}}) {
    CAPTURE(row.users);
    Bank bank(row.caps, 40);
    std::atomic<int> through{0}, refused{0};
    in_threads(200, [&](std::size_t i) {
      const auto result = bank.reserve(bank.order(account(i % row.users, i % row.sessions), kAmount));
      std::holds_alternative<Reservation>(result) ? ++through : ++refused;
    });
    CHECK(through == 10);
    CHECK(refused == 190);
    CHECK(bank.service_total(bank.today()) == Total{0, 10 * kAmount});
    CHECK(bank.differences() == "0");
  }
  CHECK_FALSE(had_deadlock());
}

TEST_CASE("many settle one reservation: one does") {
  Bank bank({kPlenty, kPlenty, kPlenty}, 16);
  for (int round = 0; round < 10; ++round) {
    const auto id = bank.take(bank.order(account(1, 1), 100)).id;
    std::atomic<int> settled{0};
    in_threads(16, [&](std::size_t i) {
      if (bank.settle(id, static_cast<NanoDollars>(i))) ++settled;
    });
    CHECK(settled == 1);
  }
  CHECK(bank.differences() == "0");
}

TEST_CASE("sweepers and settlers race: each reservation ends once, and the sums are right") {
  Bank bank({kPlenty, kPlenty, kPlenty}, 16);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < 100; ++i) ids.push_back(bank.take(bank.order(account(i % 3, i % 7), 100)).id);
  std::atomic<std::size_t> settled{0}, swept{0};
  std::mutex mutex;
  std::vector<std::int64_t> twice;
  const auto later = std::chrono::system_clock::now() + 1h;
  in_threads(8, [&](std::size_t i) {
    if (i < 4) {
      swept += bank.ledger.sweep(bank.database, later).size();
      return;
    }
    for (std::size_t k = i - 4; k < ids.size(); k += 2) {  // two settlers an entry
      if (bank.settle(ids[k], 1)) ++settled;
    }
  });
  CHECK(settled + swept == ids.size());
  const auto spent = static_cast<NanoDollars>(settled + 100 * swept);
  CHECK(bank.service_total(bank.today()) == Total{spent, 0});
  CHECK(bank.differences() == "0");
  CHECK_FALSE(had_deadlock());
}

/// What one worker does at random until it has done enough.
void work_at_random(Bank& bank, std::size_t seed, std::atomic<std::size_t>& lost) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::int64_t limit) {
    return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random);
  };
  std::vector<Reservation> open;
  for (int i = 0; i < 60; ++i) {
    const auto who = account(static_cast<std::size_t>(below(4)), static_cast<std::size_t>(below(6)));
    const auto what = below(100);
    try {
      if (what < 50 || open.empty()) {
        auto result = bank.reserve(bank.order(who, below(1'000'000'000)));
        if (const auto* got = std::get_if<Reservation>(&result)) open.push_back(*got);
      } else if (what < 80) {
        bank.settle(open.back().id, below(open.back().amount + 1));
        open.pop_back();
      } else if (what < 85) {
        bank.database.pipeline(
            [&](sql::Pipeline& pipeline) { bank.ledger.release(pipeline, open.back().id); });
        open.pop_back();
      } else if (what < 90) {
        open.pop_back();  // nobody will ever say what it used
      } else if (what < 95) {
        bank.database.transaction([&](sql::Pipeline& pipeline) { bank.ledger.forget(pipeline, who); });
      } else {
        bank.ledger.sweep(bank.database, std::chrono::system_clock::now() + 1h);
      }
    } catch (const base::Error&) {
      ++lost;  // killed in the middle: done or not done, but not half
    }
  }
}

TEST_CASE("a random mix with backends killed in the middle: no snapshot ever differs from its entries") {
  const Caps caps{8'000'000'000, 12'000'000'000, 30'000'000'000};
  Bank bank(caps, 12);
  std::atomic<std::size_t> lost{0};
  std::atomic<bool> done{false};
  std::size_t killed = 0, snapshots = 0;
  std::thread killer([&] {
    while (!done) {
      const auto rows =
          test::query(bank.url,
                      "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE "
                      "application_name = 'bank' AND datname = current_database() AND state <> 'idle' "
                      "ORDER BY random() LIMIT 1) AS one");
      killed += rows.size();
      CHECK(bank.differences() == "0");
      ++snapshots;
    }
  });
  in_threads(12, [&](std::size_t i) { work_at_random(bank, i, lost); });
  done = true;
  killer.join();
  CHECK(killed > 0);
  CHECK(snapshots > 0);
  CAPTURE(lost.load());

  while (!bank.ledger.sweep(bank.database, std::chrono::system_clock::now() + 24h).empty()) {
  }
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE settled_at IS NULL") == "0");
  CHECK(bank.ask("SELECT count(*) FROM ledger_entries WHERE session_id IS NULL AND user_id IS NOT NULL") ==
        "0");
  CHECK(bank.differences() == "0");
  const auto total = bank.service_total(bank.today());
  CHECK(total.reserved == 0);
  CHECK(total.spent <= caps.service_day);
  CHECK(bank.ask("SELECT count(*) FROM user_budgets WHERE spent > 12000000000") == "0");
  CHECK(bank.ask("SELECT count(*) FROM session_budgets WHERE spent > 8000000000") == "0");
  CHECK_FALSE(had_deadlock());
}

}  // namespace
}  // namespace bigocean::server::budget::ledger_race_test
