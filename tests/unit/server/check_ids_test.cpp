// docs/checks.md documents exactly the checks that there are, in their order.
#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <regex>
#include <span>
#include <string>
#include <string_view>

#include "redis/check.hpp"
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

}  // namespace check_ids_test
