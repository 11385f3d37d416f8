// What the drift tests share: databases, their descriptions, and differences as lines.
#pragma once

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "sql/drift/catalog.hpp"
#include "sql/drift/compare.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

inline std::string everything_sql() {
  const std::ifstream file(BIGOCEAN_SOURCE_DIR "/tests/fixtures/schema/everything.sql");
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("no tests/fixtures/schema/everything.sql");
  return text.str();
}

inline std::string database_with(const std::string& sql) {
  auto url = shared_postgres().create_database();
  query(url, sql);
  return url;
}

inline sql::drift::Description described(const std::string& url) {
  sql::ConnectOptions options;
  options.timeout = std::chrono::seconds(15);
  auto connection = sql::Connection::connect(config::Secret(url), options);
  return sql::drift::describe(connection, "bigocean", std::chrono::seconds(10));
}

/// "missing index public.a_idx", a line each.
inline std::string lines(const std::vector<sql::drift::Difference>& differences) {
  std::string text;
  for (const auto& difference : differences) {
    text += std::string(change_name(difference.change)) + " " + difference.kind + " " + difference.identity +
            "\n";
  }
  return text;
}

}  // namespace bigocean::test
