// check-db --deep finds each bad state of indexes, keys and tables, and its remedies end them.
#include <cmath>

#include "tests/integration/sql/check_deep_support.hpp"

namespace check_deep_catalog_test {

using namespace bigocean;
using namespace bigocean::test;
using namespace std::chrono_literals;

namespace {

// clang-format off
const std::vector<DeepState> kStates{
    {"unused_indexes", "CREATE TABLE t (a int); CREATE INDEX u ON t (a); CREATE UNIQUE INDEX k ON t (a)", "u (8192 bytes) -> DROP INDEX CONCURRENTLY u"},
    {"unused_indexes", "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX \"My i\" ON p (a)", "-> DROP INDEX \"My i\""},
    {"unused_indexes", "CREATE TABLE t (a int); CREATE INDEX u ON t (a)", "", 0, 1 << 20},

    {"duplicate_indexes", "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a)", "j (8192 bytes, as i) -> DROP INDEX CONCURRENTLY j"},
    {"duplicate_indexes", "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a, b)", "i (8192 bytes, the first columns of j)"},
    {"duplicate_indexes", "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (b); CREATE INDEX j ON t (a, b)", ""},
    {"duplicate_indexes", "CREATE TABLE t (a int PRIMARY KEY); CREATE INDEX i ON t (a)", "DROP INDEX CONCURRENTLY i"},
    {"duplicate_indexes", "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t ADD CONSTRAINT u UNIQUE (a)", "ALTER TABLE t DROP CONSTRAINT u"},
    {"duplicate_indexes", "CREATE TABLE t (a int PRIMARY KEY, b int, UNIQUE (a, b))", ""},
    {"duplicate_indexes", "CREATE TABLE t (a int UNIQUE, b int, CONSTRAINT u UNIQUE NULLS NOT DISTINCT (a))", ""},
    {"duplicate_indexes", "CREATE TABLE t (a text); CREATE INDEX i ON t (lower(a)); CREATE INDEX longer_name ON t (lower(a))", "longer_name (8192 bytes, as i)"},
    {"duplicate_indexes", "CREATE TABLE t (a text); CREATE INDEX i ON t (lower(a)); CREATE INDEX j ON t (upper(a))", ""},
    {"duplicate_indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE a > 0; CREATE INDEX longer_name ON t (a) WHERE a > 0", "longer_name ("},
    {"duplicate_indexes", "CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE a > 0; CREATE INDEX j ON t (a) WHERE a > 1; CREATE INDEX k ON t (a DESC)", ""},
    {"duplicate_indexes", "CREATE TABLE t (a text); CREATE INDEX i ON t (a); CREATE INDEX j ON t (a text_pattern_ops); CREATE INDEX k ON t (a COLLATE \"C\"); CREATE INDEX h ON t USING hash (a)", ""},
    {"duplicate_indexes", "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a) INCLUDE (b); CREATE INDEX j ON t (a)", "j (8192 bytes, as i)"},
    {"duplicate_indexes", "CREATE TABLE t (a int, b int, c int); CREATE INDEX i ON t (a) INCLUDE (b); CREATE INDEX j ON t (a, c)", ""},
    {"duplicate_indexes", "CREATE TABLE p (a int, b int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE INDEX i ON p (b); CREATE INDEX j ON p (b)", "-> DROP INDEX j"},
    {"duplicate_indexes", "CREATE TABLE t (a int PRIMARY KEY); CREATE UNIQUE INDEX u ON t (a); CREATE TABLE r (a int REFERENCES t)", "DROP INDEX CONCURRENTLY u"},

    {"foreign_keys_without_index", "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, \"R id\" int REFERENCES r)", "t (\"R id\") to r, 0 bytes -> CREATE INDEX CONCURRENTLY ON t (\"R id\")"},
    {"foreign_keys_without_index", "CREATE TABLE r (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (b int, a int, c int, FOREIGN KEY (a, b) REFERENCES r); CREATE INDEX ON t (a, c, b)", "t (a, b) to r"},
    {"foreign_keys_without_index", "CREATE TABLE r (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (b int, a int, c int, FOREIGN KEY (a, b) REFERENCES r); CREATE INDEX ON t (b, a, c)", ""},
    {"foreign_keys_without_index", "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (r int REFERENCES r); CREATE INDEX ON t (r) WHERE r > 0", "CREATE INDEX CONCURRENTLY ON t (r)"},
    {"foreign_keys_without_index", "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (r int REFERENCES r); CREATE INDEX ON t USING hash (r)", ""},
    {"foreign_keys_without_index", "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE t (r int REFERENCES r)", "", 0, 8 << 20},

    {"sequence_columns", "CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s')); SELECT setval('s', 2000000000)", "t.id at 2000000000 of 2147483647 -> ALTER TABLE t ALTER COLUMN id TYPE bigint", 80},
    {"sequence_columns", "CREATE SEQUENCE s; CREATE TABLE t (\"Small id\" smallint); ALTER SEQUENCE s OWNED BY t.\"Small id\"; SELECT setval('s', 30000)", "ALTER COLUMN \"Small id\" TYPE bigint", 80},
    {"sequence_columns", "CREATE SEQUENCE s; CREATE TABLE t (id bigint DEFAULT nextval('s'), a serial); SELECT setval('s', 2000000000)", "", 80},

    {"primary_keys", "CREATE TABLE t (a int); CREATE TABLE with_one (a int PRIMARY KEY)", "t -> ALTER TABLE t ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"},
    {"primary_keys", "CREATE TABLE \"My t\" (id text)", "ADD COLUMN \"My t_key\" bigint"},
    {"primary_keys", "CREATE TABLE t (a int NOT NULL, b int); CREATE UNIQUE INDEX \"My k\" ON t (a); CREATE UNIQUE INDEX other ON t (b)", "ADD PRIMARY KEY USING INDEX \"My k\""},
    {"primary_keys", "CREATE TABLE p (id int, a int) PARTITION BY HASH (a); CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 1, REMAINDER 0); ALTER TABLE p ADD PRIMARY KEY (a)", ""},

    {"dead_rows", "CREATE TABLE t (a int) WITH (autovacuum_enabled = off); INSERT INTO t SELECT generate_series(1, 1000); DELETE FROM t WHERE a > 600", "rows, not vacuumed since counting began) -> VACUUM (ANALYZE) t", 20, 100},
    {"autovacuum", "CREATE TABLE t (a int) WITH (autovacuum_enabled = off)", "t (0 dead rows, autovacuum is off for it) -> ALTER TABLE t RESET (autovacuum_enabled)", 2},
};
// clang-format on

/// The percent of a relation that the extension pgstattuple measured to hold nothing.
double measured_percent(const std::string& url, const std::string& sql) {
  return std::stod(query(url, sql)[0][0]);
}

/// The percent that the finding names: its bytes of the relation's.
double estimated_percent(const std::string& url, const base::Check& row, const std::string& relation) {
  const auto bytes = std::stod(query(url, "SELECT pg_relation_size('" + relation + "')")[0][0]);
  return 100 * row.measure->findings.at(0).figure.value() / bytes;
}

}  // namespace

TEST_CASE("check-db --deep: each state of the catalogue is found, and its remedy ends it") {
  for (const auto& state : kStates) expect_found_and_mended(shared_postgres().create_database(), state);
}

TEST_CASE("check-db --deep: an index is unused only after enough days") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE TABLE t (a int); CREATE INDEX u ON t (a)");
  const auto row = deep_row(url, "unused_indexes", Given{{7, 0.0}});
  CHECK(row.level == CheckLevel::kSkipped);
  CHECK(row.observed.find("scans are counted since 20") == 0);
}

TEST_CASE("check-db --deep: an index that a query used is not unused") {
  const auto url = shared_postgres().create_database();
  query(url,
        "CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
        "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); CREATE INDEX i ON p (a);"
        "SET enable_seqscan = off; SELECT FROM p WHERE a = 1");
  wait_until("the scan to be counted", 20s, [&] {
    return deep_row(url, "unused_indexes", Given{{0, 0.0}}).level == CheckLevel::kOk;
  });
}

TEST_CASE("check-db --deep: a foreign key of a partitioned table gets its index part by part") {
  const auto url = shared_postgres().create_database();
  query(url,
        "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (r int REFERENCES r) PARTITION BY LIST (r);"
        "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)");
  const auto row = await_warning(url, "foreign_keys_without_index", Given{{0, 0.0}});
  CHECK(row.remedy == "CREATE INDEX ON ONLY p (r)");
  run_remedy(url, row.remedy);
  const auto report = deep_report(url, {});
  REQUIRE(report.find("invalid_indexes")->level == CheckLevel::kWarn);
  run_remedy(url, report.find("invalid_indexes")->remedy);
  CHECK(deep_row(url, "foreign_keys_without_index", Given{{0, 0.0}}).level == CheckLevel::kOk);
}

TEST_CASE("check-db --deep: bloat is estimated near to what pgstattuple measures") {
  const auto url = shared_postgres().create_database();
  query(url, "CREATE EXTENSION pgstattuple");
  for (const std::string columns :
       {"id int, v text", "v text, n bigint, f bool, id int", "id bigint, a int, b bigint, c int, v text"}) {
    CAPTURE(columns);
    query(url, "DROP TABLE IF EXISTS t; CREATE TABLE t (" + columns + ") WITH (autovacuum_enabled = off)");
    query(url, "CREATE INDEX i ON t (id)");
    query(url,
          "INSERT INTO t (id, v) SELECT i, CASE WHEN i % 3 > 0 THEN repeat('x', i % 50) END FROM "
          "generate_series(1, 40000) i; UPDATE t SET id = id; DELETE FROM t WHERE id % 5 > 0");
    query(url, "VACUUM ANALYZE t");
    const Given given{{30, 1000.0}};
    const auto table = await_warning(url, "table_bloat", given);
    const auto table_percent =
        measured_percent(url, "SELECT free_percent + dead_tuple_percent FROM pgstattuple('t')");
    CHECK(std::abs(estimated_percent(url, table, "t") - table_percent) < 10);
    const auto index = await_warning(url, "index_bloat", given);
    CHECK(index.observed.find("i (about ") == 0);
    // Pages that were emptied are no longer dense, and those that are free hold nothing at all.
    const auto index_percent = measured_percent(url,
                                                "SELECT 100 * (1 - leaf_pages * avg_leaf_density / 90 * "
                                                "current_setting('block_size')::int8 / index_size)"
                                                " FROM pgstatindex('i')");
    CHECK(std::abs(estimated_percent(url, index, "i") - index_percent) < 15);
    run_remedy(url, index.remedy);
    run_remedy(url, table.remedy);
    CHECK(deep_row(url, "index_bloat", given).level == CheckLevel::kOk);
    CHECK(deep_row(url, "table_bloat", given).level == CheckLevel::kOk);
  }
}

TEST_CASE("check-db --deep: bloat is not estimated from statistics that are old, missing or hidden") {
  const auto url = shared_postgres().create_database();
  query(url,
        "CREATE TABLE t (a int, v text) WITH (autovacuum_enabled = off); CREATE INDEX i ON t (a);"
        "INSERT INTO t SELECT i, 'x' FROM generate_series(1, 1000) i");
  query(url, "VACUUM t");
  const Given all{{0, 1.0}};
  for (const char* id : {"table_bloat", "index_bloat"}) {
    const auto row = deep_row(url, id, all);
    CHECK(row.level == CheckLevel::kSkipped);
    CHECK(row.remedy == "ANALYZE");
  }
  query(url, "ANALYZE t");
  query(url, "UPDATE t SET v = repeat('y', 100)");
  wait_until("the changes to be counted", 20s,
             [&] { return deep_row(url, "table_bloat", all).level == CheckLevel::kSkipped; });
  query(url, "ANALYZE t; CREATE ROLE deep_stranger LOGIN");
  const auto database = query(url, "SELECT current_catalog")[0][0];
  const auto row = deep_row(shared_postgres().url(database, "deep_stranger"), "table_bloat", all);
  CHECK(row.level == CheckLevel::kSkipped);
  CHECK(row.remedy == "GRANT pg_read_all_data TO deep_stranger");
  query(url, row.remedy);
  CHECK(deep_row(shared_postgres().url(database, "deep_stranger"), "table_bloat", all).level !=
        CheckLevel::kSkipped);
}

}  // namespace check_deep_catalog_test
