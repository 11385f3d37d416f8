// A scratch database next to a live one, for the tests of what its role can reach.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sql/drift/extensions.hpp"
#include "sql/drift/scratch.hpp"
#include "tests/support/servers.hpp"

namespace bigocean::test {

/// A live database with every extension of the server, and a scratch database beside it.
struct Beside {
  Beside() {
    query(live_url, R"(
      DO $$ DECLARE e record; BEGIN
        FOR e IN SELECT name FROM pg_available_extensions WHERE name !~ '(plperl|plpython|pltcl)' ORDER BY name LOOP
          EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I CASCADE', e.name);
        END LOOP; END $$)");
    options.timeout = std::chrono::seconds(15);
    live.emplace(sql::Connection::connect(config::Secret(live_url), options));
    scratch.emplace(config::Secret(live_url), sql::drift::likeness_of(*live, true), options, true);
    maker.emplace(sql::Connection::connect(scratch->maker_url(), options));
    made = sql::drift::make_extensions(*live, *maker, {}, scratch->role());
    role.emplace(sql::Connection::connect(scratch->url(), options));
  }

  /// The SQLSTATE of the refusal; empty: it ran.
  std::string state_of(const std::string& sql) {
    try {
      role->execute(sql);
      return {};
    } catch (const sql::SqlError& error) {
      return error.sqlstate;
    }
  }

  std::string live_url = shared_postgres().create_database();
  sql::ConnectOptions options;
  std::optional<sql::Connection> live, maker, role;
  std::optional<sql::drift::Scratch> scratch;
  sql::drift::MadeBefore made;
};

}  // namespace bigocean::test
