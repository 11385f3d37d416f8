// check-db --deep in tests: one row of a database, its remedies, and states that they end.
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/check/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

using Given = std::optional<base::GivenThreshold>;

/// The report of `only` (all rows, if it is empty), with another threshold for the first of them.
inline base::CheckReport deep_report(const std::string& url, std::vector<std::string> only, Given given = {},
                                     std::chrono::milliseconds timeout = std::chrono::seconds(10)) {
  auto settings = default_settings();
  settings.database.url = config::Secret(url);
  sql::DeepOptions options;
  options.timeout = timeout;
  if (given) options.thresholds[only.at(0)] = *given;
  options.only = std::move(only);
  return sql::check(settings, nullptr, &options);
}

inline base::Check deep_row(const std::string& url, const std::string& id, Given given = {}) {
  const auto report = deep_report(url, {id}, given);
  const auto* row = report.find(id);
  CAPTURE(report.reason());
  REQUIRE(row != nullptr);
  return *row;
}

/// Runs the statements of a remedy one by one, as some cannot run in a transaction.
inline void run_remedy(const std::string& url, std::string_view statements) {
  while (!statements.empty()) {
    const auto end = std::min(statements.find("; "), statements.size());
    const std::string statement(statements.substr(0, end));
    CHECK_NOTHROW_MESSAGE(query(url, statement), statement);
    statements.remove_prefix(std::min(end + 2, statements.size()));
  }
}

/// Waits for the row to warn, since the server's counters come a moment later than what they count.
inline base::Check await_warning(const std::string& url, const std::string& id, Given given = {}) {
  std::optional<base::Check> row;
  wait_until(id + " to warn", std::chrono::seconds(20), [&] {
    row = deep_row(url, id, given);
    return row->level == CheckLevel::kWarn;
  });
  CHECK_FALSE(row->remedy.empty());
  CHECK(row->measure.has_value());
  return *row;
}

/// A state of a database, and what the row says of it.
struct DeepState {
  const char* id;
  const char* sql;   ///< brings a new database into it; "" between statements that cannot share a transaction
  const char* says;  ///< stands in "what was observed -> the remedy"; empty: it is no finding
  double limit = 0;
  double floor = 0;
};

/// The state is found, its remedy runs, and then it is not found.
inline void expect_found_and_mended(const std::string& url, const DeepState& state) {
  const std::string sql = state.sql;
  CAPTURE(sql);
  run_remedy(url, sql);
  const Given given{{state.limit, state.floor}};
  if (std::string_view(state.says).empty()) {
    const auto row = deep_row(url, state.id, given);
    CAPTURE(row.observed);
    CHECK(row.level == CheckLevel::kOk);
    return;
  }
  const auto row = await_warning(url, state.id, given);
  const auto text = row.observed + " -> " + row.remedy;
  CAPTURE(text);
  CHECK(text.find(state.says) != std::string::npos);
  run_remedy(url, row.remedy);
  wait_until(std::string(state.id) + " to be mended", std::chrono::seconds(20),
             [&] { return deep_row(url, state.id, given).level == CheckLevel::kOk; });
}

}  // namespace bigocean::test
