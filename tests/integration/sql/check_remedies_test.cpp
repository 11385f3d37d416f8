// The remedies that check-db gives for indexes and constraints are executed, and remove the finding.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "sql/check/check.hpp"
#include "tests/support/check_expectation.hpp"
#include "tests/support/servers.hpp"

namespace check_remedies_test {

using namespace bigocean;
using namespace bigocean::test;

namespace {

struct State {
  std::string_view id;    ///< of the check that finds it
  std::string_view sql;   ///< brings a new database into it
  std::string_view says;  ///< stands in the first remedy; empty: it is no finding
  int from_major = 0;
};

const std::string kPartitioned =
    "CREATE TABLE p (id int NOT NULL, v text) PARTITION BY LIST (id);"
    "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE \"P 2\" PARTITION OF p FOR VALUES IN "
    "(2);";
const std::string kInvalid = "SET allow_system_table_mods = on; UPDATE pg_index SET indisvalid = false ";

// clang-format off
const std::vector<State> kStates{
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a); {invalid} WHERE indexrelid = 'i'::regclass", "REINDEX INDEX CONCURRENTLY i"},
    {"invalid_indexes", "CREATE TABLE t (a int PRIMARY KEY); {invalid} WHERE indexrelid = 't_pkey'::regclass", "REINDEX INDEX CONCURRENTLY t_pkey"},
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX \"My i\" ON t (a); {invalid} WHERE indexrelid = '\"My i\"'::regclass", "CONCURRENTLY \"My i\""},
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX i_ccnew ON t (a); {invalid} WHERE indexrelid = 'i_ccnew'::regclass", "DROP INDEX CONCURRENTLY i_ccnew"},
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE INDEX i_ccold3 ON t (a); {invalid} WHERE indexrelid = 'i_ccold3'::regclass", "DROP INDEX CONCURRENTLY i_ccold3"},
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX of_ccnew ON t (a); {invalid} WHERE indexrelid = 'of_ccnew'::regclass", "REINDEX INDEX CONCURRENTLY of_ccnew"},
    {"invalid_indexes", "CREATE TABLE t (a int); CREATE INDEX dead ON t (a); {invalid}, indisready = false, indislive = false WHERE indexrelid = 'dead'::regclass", "DROP INDEX CONCURRENTLY dead"},
    {"invalid_indexes", "CREATE TABLE t (a int4range, CONSTRAINT x EXCLUDE USING gist (a WITH &&)); {invalid} WHERE indexrelid = 'x'::regclass", "REINDEX INDEX x"},
    {"invalid_indexes", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE INDEX i ON m (a); {invalid} WHERE indexrelid = 'i'::regclass", "REINDEX INDEX CONCURRENTLY i"},
    {"invalid_indexes", "{p} CREATE INDEX i ON ONLY p (v)", "CREATE INDEX CONCURRENTLY"},
    {"invalid_indexes", "{p} CREATE INDEX i ON ONLY p (lower(v) DESC, id) INCLUDE (v) WITH (fillfactor = 70) WHERE v IN ('a', 'b')", "ATTACH PARTITION"},
    {"invalid_indexes", "{p} CREATE UNIQUE INDEX i ON ONLY p (id, v) NULLS NOT DISTINCT", "CREATE UNIQUE INDEX CONCURRENTLY"},
    {"invalid_indexes", "{p} CREATE INDEX i ON ONLY p (v); CREATE INDEX i1 ON p1 (v); CREATE INDEX there ON \"P 2\" (v); ALTER INDEX i ATTACH PARTITION i1", "ALTER INDEX i ATTACH PARTITION there"},
    {"invalid_indexes", "{p} CREATE INDEX i ON p (v); {invalid} WHERE indexrelid IN ('i'::regclass, 'p1_v_idx'::regclass)", "REINDEX INDEX CONCURRENTLY p1_v_idx"},
    {"invalid_indexes", "{p} CREATE INDEX i ON p (v); {invalid} WHERE indexrelid = 'i'::regclass", "ALTER INDEX i ATTACH PARTITION"},
    {"invalid_indexes", "{p} ALTER TABLE ONLY p ADD CONSTRAINT k PRIMARY KEY (id)", "ADD CONSTRAINT"},
    {"invalid_indexes", "{p} ALTER TABLE ONLY p ADD CONSTRAINT k UNIQUE (id, v) DEFERRABLE INITIALLY DEFERRED; ALTER TABLE p1 ADD UNIQUE (id, v) DEFERRABLE INITIALLY DEFERRED", "USING INDEX"},
    {"invalid_indexes", "{p} CREATE TABLE s PARTITION OF p FOR VALUES IN (3, 4) PARTITION BY LIST (id); CREATE TABLE s1 PARTITION OF s FOR VALUES IN (3); CREATE INDEX i ON ONLY p (v)", "ON ONLY s"},
    {"invalid_indexes", "{p} CREATE TABLE s PARTITION OF p FOR VALUES IN (3, 4) PARTITION BY LIST (id); CREATE TABLE s1 PARTITION OF s FOR VALUES IN (3); ALTER TABLE ONLY p ADD CONSTRAINT k PRIMARY KEY (id)", "ALTER TABLE ONLY s ADD CONSTRAINT"},
    {"invalid_indexes", "{p} CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f PARTITION OF p FOR VALUES IN (3) SERVER far; CREATE INDEX i ON ONLY p (v)", "DROP INDEX i; CREATE INDEX i ON"},
    {"invalid_indexes", "{p} CREATE TABLE taken_p1_i (a int); CREATE TABLE \"P 2_i\" (a int); CREATE INDEX i ON ONLY p (v)", "\"P 2_i_new\""},
    {"invalid_indexes", "CREATE TABLE none (id int, v text) PARTITION BY LIST (id); CREATE INDEX i ON ONLY none (v)", ""},

    {"not_valid_constraints", "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "ALTER TABLE t VALIDATE CONSTRAINT c"},
    {"not_valid_constraints", "CREATE TABLE t (a int); CREATE TABLE r (a int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT \"My c\" FOREIGN KEY (a) REFERENCES r NOT VALID", "VALIDATE CONSTRAINT \"My c\""},
    {"not_valid_constraints", "{p} ALTER TABLE p ADD CONSTRAINT c CHECK (id > 0) NOT VALID", "ALTER TABLE p VALIDATE CONSTRAINT c"},
    {"not_valid_constraints", "CREATE TABLE t (a int); CREATE TABLE u () INHERITS (t); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "VALIDATE CONSTRAINT c"},
    {"not_valid_constraints", "CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID; CREATE TABLE t (a d)", "ALTER DOMAIN d VALIDATE CONSTRAINT c"},
    {"not_valid_constraints", "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE f (a int) SERVER far; ALTER FOREIGN TABLE f ADD CONSTRAINT c CHECK (a > 0) NOT VALID", "VALIDATE CONSTRAINT c"},
    {"not_valid_constraints", "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED)", "", 18},
    {"not_valid_constraints", "CREATE TABLE r (a int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT f REFERENCES r NOT ENFORCED)", "", 18},
    {"not_valid_constraints", "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID", "VALIDATE CONSTRAINT c", 18},
    {"not_valid_constraints", "CREATE TABLE r (a int PRIMARY KEY); {p} ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES r NOT VALID", "ALTER TABLE p VALIDATE CONSTRAINT f", 18},
    {"not_valid_constraints", "CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0) NOT ENFORCED, CONSTRAINT d CHECK (a < 9)); ALTER TABLE t ADD CONSTRAINT e CHECK (a <> 5) NOT VALID", "CONSTRAINT e", 18},
};
// clang-format on

std::string filled(std::string_view sql) {
  std::string text(sql);
  for (const auto& [name, value] : {std::pair{"{p}", kPartitioned}, {"{invalid}", kInvalid}}) {
    if (const auto at = text.find(name); at != text.npos)
      text.replace(at, std::string_view(name).size(), value);
  }
  return text;
}

base::CheckReport check(const std::string& url) {
  auto settings = default_settings();
  settings.database.url = config::Secret(url);
  return sql::check(settings, nullptr);
}

/// One by one, as some cannot run in a transaction.
void execute(const std::string& url, std::string_view statements) {
  while (!statements.empty()) {
    const auto end = std::min(statements.find("; "), statements.size());
    const std::string statement(statements.substr(0, end));
    CHECK_NOTHROW_MESSAGE(query(url, statement), statement);
    statements.remove_prefix(std::min(end + 2, statements.size()));
  }
}

}  // namespace

TEST_CASE("check-db: each remedy for an index or a constraint runs, and then nothing is found") {
  for (const State& state : kStates) {
    if (shared_postgres().major() < state.from_major) continue;
    CAPTURE(state.sql);
    const auto url = shared_postgres().create_database();
    query(url, filled(state.sql));
    // Partitions of partitions get theirs in a second round.
    int rounds = 0;
    for (; rounds < 3; ++rounds) {
      const auto report = check(url);
      const auto* row = report.find(state.id);
      REQUIRE(row != nullptr);
      if (row->level == CheckLevel::kOk) break;
      CAPTURE(row->observed);
      CAPTURE(row->remedy);
      if (rounds == 0) CHECK(row->remedy.find(state.says) != std::string::npos);
      execute(url, row->remedy);
    }
    CHECK((rounds == 0) == state.says.empty());
    const auto after = check(url);
    REQUIRE(after.find(state.id) != nullptr);
    CHECK(after.find(state.id)->level == CheckLevel::kOk);
  }
}

}  // namespace check_remedies_test
