// README.md's table of settings equals the program's own table: the same rows, variables and defaults.
#include <fstream>
#include <map>
#include <regex>
#include <string>

#include <doctest/doctest.h>

#include "config/settings.hpp"

namespace readme_table_test {

namespace {

struct Row {
  std::string variables;
  std::string default_value;
};

/// Rows like "| `server.port` | `PORT` | `4000` | where the service listens |".
std::map<std::string, Row> readme_rows() {
  std::ifstream in(std::string(BIGOCEAN_SOURCE_DIR) + "/README.md");
  REQUIRE(in);
  const std::regex form(R"(\| `([a-z_.]+)` \| ([^|]+) \| (?:`([^`]*)`|–) \| [^|]+ \|)");
  std::map<std::string, Row> rows;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (!std::regex_match(line, match, form)) continue;
    CHECK_MESSAGE(rows.emplace(match[1], Row{match[2], match[3]}).second, "twice: " << line);
  }
  return rows;
}

}  // namespace

TEST_CASE("README.md documents exactly the settings that there are") {
  auto rows = readme_rows();
  for (const auto& setting : bigocean::config::setting_table()) {
    const std::string key(setting.key);
    if (key.starts_with("railway.")) continue;  // set by the platform, nothing to choose
    CAPTURE(key);
    REQUIRE(rows.contains(key));
    const Row row = rows[key];
    CHECK(row.variables.find("`" + std::string(setting.environment) + "`") != std::string::npos);
    if (key != "environment") CHECK(row.default_value == bigocean::config::default_text(key));
    rows.erase(key);
  }
  for (const auto& [key, row] : rows)
    CHECK_MESSAGE(false, "README.md has a setting that does not exist: " << key);
}

}  // namespace readme_table_test
