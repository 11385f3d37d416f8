// Shared by the drift tests: databases, their descriptions, and differences as lines.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "sql/drift/catalog.hpp"
#include "sql/drift/compare.hpp"
#include "tests/support/schema_shapes.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

/// tests/fixtures/schema/NAME.sql
inline std::string schema_fixture(const std::string& name) {
  const std::ifstream file(BIGOCEAN_SOURCE_DIR "/tests/fixtures/schema/" + name + ".sql");
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("no tests/fixtures/schema/" + name + ".sql");
  return text.str();
}

inline std::string database_with(const std::string& sql, PrivatePostgres& server = shared_postgres()) {
  auto url = server.create_database();
  query(url, "SET allow_system_table_mods = on; SET client_min_messages = error; " + sql);
  return url;
}

/// A database with every shape that the server knows, each in a schema of its own.
inline std::string database_with_shapes(PrivatePostgres& server = shared_postgres()) {
  const auto url = database_with("CREATE EXTENSION citext; CREATE EXTENSION btree_gist", server);
  for (const auto& shape : shapes()) {
    if (server.major() < shape.from_major) continue;
    CAPTURE(shape.name);
    CHECK_NOTHROW(query(url, "CREATE SCHEMA \"" + shape.name + "\"; " + in_its_schema(shape, shape.made)));
  }
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
