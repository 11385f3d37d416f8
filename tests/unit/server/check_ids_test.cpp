// docs/checks.md documents exactly the checks that there are, in their order.
#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>

#include "base/deep_check.hpp"
#include "config/settings.hpp"
#include "redis/check_deep.hpp"
#include "server/product/budget/redis_row.hpp"
#include "server/readiness/health_check.hpp"
#include "sql/check/check.hpp"

namespace check_ids_test {

using namespace bigocean;

namespace {

/// The ids in the tables below "## `command`".
std::string documented(const std::string& command) {
  std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/checks.md");
  REQUIRE(in);
  const std::regex row(R"(\| `([a-z_.]+)` \| [^|]+ \| [^|]*\|)");
  std::string ids, section;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (section == command && std::regex_match(line, match, row)) ids += match[1].str() + "\n";
  }
  return ids;
}

/// The rows of the table below "## `command` --deep".
std::string documented_deep(const std::string& command) {
  std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/docs/checks.md");
  REQUIRE(in);
  std::string rows, section;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) section = line.substr(3);
    if (section == command + " --deep" && line.starts_with("| `")) rows += line + "\n";
  }
  return rows;
}

std::string deep_row(const std::optional<base::Explanation>& row) {
  REQUIRE(row.has_value());
  return "| `" + row->id + "` | " + row->threshold + "; " + row->source + " | " + row->why + ". The remedy " +
         row->remedy + " |\n";
}

std::string listed(std::span<const std::string_view> ids) {
  std::string text;
  for (const auto id : ids) text += std::string(id) + "\n";
  return text;
}

}  // namespace

TEST_CASE("docs/checks.md has a row for every check, and no other") {
  CHECK(documented("check-db") == listed(sql::check_ids()));
  const std::array rows{server::budget::cost_today_row()};
  CHECK(documented("check-redis") == listed(redis::check_ids(rows)));
  CHECK(documented("healthcheck") == listed(server::health_check_ids()));
}

TEST_CASE("docs/checks.md says of every row of --deep what --explain says") {
  std::string of_database, of_redis;
  for (const auto id : sql::deep_check_ids()) of_database += deep_row(sql::explain_check(id, {}, {}));
  for (const auto id : redis::deep_check_ids()) of_redis += deep_row(redis::explain_check(id, {}));
  CHECK(documented_deep("check-db") == of_database);
  CHECK(documented_deep("check-redis") == of_redis);
}

}  // namespace check_ids_test
