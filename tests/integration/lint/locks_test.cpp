// The table of locks against the server: each command is run, and pg_locks shows the locks that it took.
#include <doctest/doctest.h>

#include <map>
#include <thread>

#include "sql/lint/locks.hpp"
#include "tests/support/servers.hpp"

namespace locks_test {

using namespace bigocean::sql::lint;
using namespace bigocean::test;
namespace migrate = bigocean::sql::migrate;

namespace {

const char* const kSchema = R"sql(
  CREATE SCHEMA s;
  CREATE TABLE o (id bigint PRIMARY KEY);
  CREATE TABLE t (id bigint PRIMARY KEY, a text, b bigint DEFAULT 1, c varchar(10), d bigint REFERENCES o);
  ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0) NOT VALID;
  CREATE INDEX t_a ON t (a);
  CREATE UNIQUE INDEX t_u ON t (b);
  CREATE TABLE p (id bigint) PARTITION BY RANGE (id);
  CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
  CREATE TABLE p2 (id bigint);
  CREATE TABLE q (id bigint);
  CREATE MATERIALIZED VIEW m AS SELECT id FROM t;
  CREATE UNIQUE INDEX m_id ON m (id);
  CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
  CREATE RULE r AS ON UPDATE TO o DO NOTHING;
  CREATE POLICY y ON t USING (true);
)sql";

/// Run inside a transaction.
const char* const kTransactional[] = {
    "ALTER TABLE t ADD COLUMN x int",
    "ALTER TABLE t ADD COLUMN x uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE t ADD COLUMN x bigint REFERENCES o",
    "ALTER TABLE t ADD CHECK (b > 0)",
    "ALTER TABLE t ADD UNIQUE (a)",
    "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX t_u",
    "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o",
    "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o NOT VALID",
    "ALTER TABLE t VALIDATE CONSTRAINT k",
    "ALTER TABLE t DROP CONSTRAINT k",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t ALTER b TYPE int",
    "ALTER TABLE t ALTER c TYPE varchar(20)",
    "ALTER TABLE t ALTER b SET DEFAULT 2",
    "ALTER TABLE t ALTER b SET NOT NULL",
    "ALTER TABLE t ALTER b DROP NOT NULL",
    "ALTER TABLE t ALTER b SET STATISTICS 100",
    "ALTER TABLE t ALTER a SET STORAGE EXTERNAL",
    "ALTER TABLE t SET (fillfactor = 80)",
    "ALTER TABLE t SET UNLOGGED",
    "ALTER TABLE t SET TABLESPACE pg_default",
    "ALTER TABLE t SET ACCESS METHOD heap",
    "ALTER TABLE t CLUSTER ON t_pkey",
    "ALTER TABLE t OWNER TO postgres",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE t DISABLE TRIGGER g",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t SET SCHEMA s",
    "ALTER TABLE t RENAME a TO x",
    "ALTER TABLE t RENAME TO x",
    "ALTER TABLE t RENAME CONSTRAINT k TO l",
    "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)",
    "ALTER TABLE p DETACH PARTITION p1",
    "ALTER TABLE p2 INHERIT q",
    "CREATE INDEX ON t (c)",
    "DROP INDEX t_a",
    "REINDEX TABLE t",
    "REINDEX INDEX t_a",
    "CLUSTER t USING t_pkey",
    "TRUNCATE t",
    "DROP TABLE t CASCADE",
    "LOCK TABLE t IN SHARE ROW EXCLUSIVE MODE",
    "REFRESH MATERIALIZED VIEW m",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "CREATE TRIGGER h AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "DROP TRIGGER g ON t",
    "CREATE RULE s AS ON UPDATE TO t DO ALSO NOTHING",
    "DROP RULE r ON o",
    "CREATE POLICY z ON t USING (true)",
    "ALTER POLICY y ON t USING (false)",
    "DROP POLICY y ON t",
    "CREATE STATISTICS s ON a, b FROM t",
    "COMMENT ON TABLE t IS 'x'",
    "COMMENT ON COLUMN t.a IS 'x'",
    "ANALYZE t",
    "CREATE TABLE x PARTITION OF p FOR VALUES FROM (20) TO (30)",
    "CREATE TABLE x () INHERITS (t)",
    "CREATE TABLE x (o bigint REFERENCES o)",
    "INSERT INTO t (id) VALUES (1)",
    "UPDATE t SET a = 'x'",
    "DELETE FROM t",
    "MERGE INTO t USING o ON t.id = o.id WHEN MATCHED THEN DELETE",
};

/// Refused inside a transaction; they are made to wait, so that pg_locks shows what they ask for.
const char* const kAlone[] = {
    "CREATE INDEX CONCURRENTLY ON t (c)",
    "DROP INDEX CONCURRENTLY t_a",
    "REINDEX TABLE CONCURRENTLY t",
    "REINDEX INDEX CONCURRENTLY t_a",
    "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
    "VACUUM t",
    "VACUUM (FULL) t",
};

/// The strongest lock for each table that the table of locks names.
std::map<std::string, LockMode> expected_locks(const std::string& sql) {
  const auto script = migrate::lex(sql);
  std::map<std::string, LockMode> locks;
  for (const auto& step : read_statement(script.statements.at(0), sql).steps) {
    for (const auto& lock : locks_of(step)) {
      auto& mode = locks[lock.table.text()];
      mode = std::max(mode, lock.mode);
    }
  }
  return locks;
}

/// The object id of a table, or of an index's table.
std::string table_id(Session& session, const std::string& name) {
  return session.run("SELECT coalesce((SELECT indrelid FROM pg_index WHERE indexrelid = '" + name +
                     "'::regclass), '" + name + "'::regclass::oid)::text")[0][0];
}

LockMode strongest(const std::vector<std::vector<std::string>>& rows) {
  LockMode mode = LockMode::kNone;
  for (const auto& row : rows) mode = std::max(mode, bigocean::sql::lock_mode_of(row.at(0)));
  return mode;
}

std::string of_table(const std::string& id) { return "SELECT mode FROM pg_locks WHERE relation = " + id; }

}  // namespace

TEST_CASE("each command takes the locks that the table says") {
  const auto url = shared_postgres().create_database();
  query(url, kSchema);
  for (const std::string sql : kTransactional) {
    CAPTURE(sql);
    Session session(url);
    auto expected = expected_locks(sql);
    expected.erase("x");  // made by the command itself
    REQUIRE(!expected.empty());
    std::map<std::string, std::string> ids;
    for (const auto& [table, mode] : expected) ids[table] = table_id(session, table);
    session.run("BEGIN");
    session.run(sql);
    for (const auto& [table, mode] : expected) {
      CAPTURE(table);
      const auto taken = strongest(session.run(of_table(ids[table]) + " AND pid = pg_backend_pid()"));
      CHECK(bigocean::sql::lock_mode_name(taken) == bigocean::sql::lock_mode_name(mode));
    }
    session.run("ROLLBACK");
  }
}

TEST_CASE("each command that runs alone asks for the lock that the table says") {
  for (const std::string sql : kAlone) {
    CAPTURE(sql);
    const auto url = shared_postgres().create_database();
    query(url, kSchema);
    Session holder(url);
    const auto expected = expected_locks(sql);
    REQUIRE(expected.size() == 1);
    const auto& [name, mode] = *expected.begin();
    const auto id = table_id(holder, name);
    holder.run("BEGIN");
    holder.run("LOCK TABLE " + holder.run("SELECT " + id + "::regclass")[0][0] +
               " IN SHARE UPDATE EXCLUSIVE MODE");
    std::thread runner([&] { query(url, sql); });
    LockMode asked = LockMode::kNone;
    wait_until("the command waits", std::chrono::seconds(30), [&] {
      asked = strongest(holder.run(of_table(id) + " AND NOT granted"));
      return asked != LockMode::kNone;
    });
    holder.run("ROLLBACK");
    runner.join();
    CHECK(bigocean::sql::lock_mode_name(asked) == bigocean::sql::lock_mode_name(mode));
  }
}

TEST_CASE("two modes conflict exactly where the server makes one wait") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TABLE t () WITH (autovacuum_enabled = false)");  // it would hold a lock now and then
  for (int a = 1; a <= 8; ++a) {
    for (int b = 1; b <= 8; ++b) {
      const auto held = static_cast<LockMode>(a);
      const auto asked = static_cast<LockMode>(b);
      CAPTURE(bigocean::sql::lock_mode_name(held));
      CAPTURE(bigocean::sql::lock_mode_name(asked));
      const auto take = [](Session& session, LockMode mode, const char* wait) {
        session.run("BEGIN; LOCK TABLE t IN " + std::string(bigocean::sql::lock_mode_name(mode)) + " MODE" +
                    wait);
      };
      Session first(url), second(url);
      take(first, held, "");
      bool refused = false;
      try {
        take(second, asked, " NOWAIT");
      } catch (const std::runtime_error&) {
        refused = true;
      }
      CHECK(refused == bigocean::sql::conflicts(held, asked));
      // The server ends a session in its own time, and with it its locks.
      first.run("ROLLBACK");
      second.run("ROLLBACK");
    }
  }
}

}  // namespace locks_test
