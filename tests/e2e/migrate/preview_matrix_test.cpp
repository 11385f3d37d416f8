// What the rules over the text claim of 150 statements, against what the server did: nothing is claimed safer
// than it is. A seeded sample here; BIGOCEAN_MATRIX=all tries all of them (make test-matrix).
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/e2e/migrate/fixture.hpp"

namespace preview_matrix_test {

using namespace bigocean::test;
using Json = nlohmann::json;

namespace {

constexpr std::size_t kSample = 30;

constexpr const char* kLive =
    "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, c varchar(20), d numeric(10, 2), e timestamp, f "
    "int[],"
    " g jsonb, h boolean, i varchar(5)[], j char(4), k date);"
    "INSERT INTO t SELECT n, n, 'x', 'y', n, now(), '{1}', '{}', true, '{a}', 'abcd', now() FROM "
    "generate_series(1, 500) n;"
    "CREATE INDEX t_a ON t (a); ALTER TABLE t ADD CONSTRAINT c_valid CHECK (a IS NOT NULL);"
    "ALTER TABLE t ADD CONSTRAINT c_late CHECK (d > 0) NOT VALID;"
    "CREATE TABLE u (id bigint PRIMARY KEY, t_id bigint, v int UNIQUE, w int);"
    "INSERT INTO u SELECT n, n, n, n FROM generate_series(1, 500) n;"
    "ALTER TABLE u ADD CONSTRAINT f_late FOREIGN KEY (t_id) REFERENCES t NOT VALID;"
    "CREATE UNIQUE INDEX u_w ON u (w);"
    "CREATE TABLE p (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');"
    "INSERT INTO p SELECT n, '2026-05-05' FROM generate_series(1, 500) n;"
    "CREATE TABLE loose (id bigint NOT NULL, at date NOT NULL); INSERT INTO loose SELECT n, '2026-08-08' "
    "FROM "
    "generate_series(1, 500) n;"
    "CREATE TABLE checked (id bigint NOT NULL, at date NOT NULL, CHECK (at >= '2027-01-01' AND at < "
    "'2028-01-01'));"
    "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE "
    "DOMAIN plain AS int;"
    "CREATE TABLE m (id bigint, s mood, n positive); INSERT INTO m SELECT x, 'sad', 1 FROM "
    "generate_series(1, 500) x;"
    "CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t; CREATE UNIQUE INDEX mv_id ON mv (id);"
    "CREATE VIEW vw AS SELECT id FROM t; CREATE SEQUENCE sq;"
    "CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE FUNCTION vol() RETURNS int LANGUAGE sql VOLATILE AS 'SELECT 1';"
    "CREATE FUNCTION imm() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "CREATE TRIGGER tr BEFORE INSERT ON u FOR EACH ROW EXECUTE FUNCTION trg();"
    "CREATE SCHEMA app; CREATE TABLE app.x (id bigint); INSERT INTO app.x SELECT generate_series(1, 500);"
    "CREATE STATISTICS st ON a, b FROM t;";

const std::vector<std::string>& shapes() {
  static const std::vector<std::string> all = {
      // Columns.
      "ALTER TABLE t ADD COLUMN n int",
      "ALTER TABLE t ADD COLUMN n int DEFAULT 1",
      "ALTER TABLE t ADD COLUMN n int NOT NULL DEFAULT 1",
      "ALTER TABLE t ADD COLUMN n timestamptz DEFAULT now()",
      "ALTER TABLE t ADD COLUMN n timestamptz DEFAULT clock_timestamp()",
      "ALTER TABLE t ADD COLUMN n uuid DEFAULT gen_random_uuid()",
      "ALTER TABLE t ADD COLUMN n float DEFAULT random()",
      "ALTER TABLE t ADD COLUMN n int DEFAULT vol()",
      "ALTER TABLE t ADD COLUMN n int DEFAULT imm()",
      "ALTER TABLE t ADD COLUMN n bigserial",
      "ALTER TABLE t ADD COLUMN n bigint GENERATED ALWAYS AS IDENTITY",
      "ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS (a + 1) STORED",
      "ALTER TABLE t ADD COLUMN n positive",
      "ALTER TABLE t ADD COLUMN n plain",
      "ALTER TABLE t ADD COLUMN n positive DEFAULT 1",
      "ALTER TABLE t ADD COLUMN n int UNIQUE",
      "ALTER TABLE t ADD COLUMN n int CHECK (n > 0)",
      "ALTER TABLE t ADD COLUMN n bigint REFERENCES u",
      "ALTER TABLE t ADD COLUMN n int, ADD COLUMN o int",
      "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int",
      "ALTER TABLE t ADD COLUMN n text DEFAULT repeat('0', 8)",
      "ALTER TABLE t ADD COLUMN n text COLLATE \"C\"",
      "ALTER TABLE t DROP COLUMN b",
      "ALTER TABLE t DROP COLUMN a",
      "ALTER TABLE t DROP COLUMN IF EXISTS nothing",
      "ALTER TABLE t RENAME COLUMN b TO z",
      "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5",
      "ALTER TABLE t ALTER COLUMN a DROP DEFAULT",
      "ALTER TABLE t ALTER COLUMN b SET NOT NULL",
      "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
      "ALTER TABLE p ALTER COLUMN at DROP NOT NULL",
      "ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL",
      "ALTER TABLE t ALTER COLUMN b SET COMPRESSION pglz",
      "ALTER TABLE t ALTER COLUMN a SET STATISTICS 500",
      "ALTER TABLE t ALTER COLUMN a SET (n_distinct = 5)",
      // Types.
      "ALTER TABLE t ALTER COLUMN a TYPE bigint",
      "ALTER TABLE t ALTER COLUMN b TYPE varchar",
      "ALTER TABLE t ALTER COLUMN b TYPE varchar(100)",
      "ALTER TABLE t ALTER COLUMN c TYPE varchar(40)",
      "ALTER TABLE t ALTER COLUMN c TYPE varchar(10)",
      "ALTER TABLE t ALTER COLUMN c TYPE text",
      "ALTER TABLE t ALTER COLUMN c TYPE char(20)",
      "ALTER TABLE t ALTER COLUMN d TYPE numeric(12, 2)",
      "ALTER TABLE t ALTER COLUMN d TYPE numeric(12, 4)",
      "ALTER TABLE t ALTER COLUMN d TYPE numeric",
      "ALTER TABLE t ALTER COLUMN e TYPE timestamptz",
      "ALTER TABLE t ALTER COLUMN e TYPE timestamp(3)",
      "ALTER TABLE t ALTER COLUMN f TYPE bigint[]",
      "ALTER TABLE t ALTER COLUMN g TYPE json",
      "ALTER TABLE t ALTER COLUMN i TYPE text[]",
      "ALTER TABLE t ALTER COLUMN j TYPE varchar",
      "ALTER TABLE t ALTER COLUMN a TYPE text USING a::text",
      "ALTER TABLE t ALTER COLUMN b TYPE text COLLATE \"C\"",
      "ALTER TABLE t ALTER COLUMN k TYPE timestamp",
      "ALTER TABLE t ALTER COLUMN a TYPE plain",
      // Constraints.
      "ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0)",
      "ALTER TABLE t ADD CONSTRAINT n CHECK (a > 0) NOT VALID",
      "ALTER TABLE t ADD CHECK (b <> '')",
      "ALTER TABLE t VALIDATE CONSTRAINT c_late",
      "ALTER TABLE u VALIDATE CONSTRAINT f_late",
      "ALTER TABLE t DROP CONSTRAINT c_valid",
      "ALTER TABLE t ADD UNIQUE (a)",
      "ALTER TABLE u ADD CONSTRAINT n UNIQUE USING INDEX u_w",
      "ALTER TABLE t ADD EXCLUDE (a WITH =)",
      "ALTER TABLE u ADD FOREIGN KEY (w) REFERENCES u (v)",
      "ALTER TABLE u ADD FOREIGN KEY (t_id) REFERENCES t",
      "ALTER TABLE u ADD FOREIGN KEY (t_id) REFERENCES t NOT VALID",
      "ALTER TABLE t RENAME CONSTRAINT c_valid TO n",
      "ALTER TABLE u ALTER CONSTRAINT f_late DEFERRABLE",
      "ALTER TABLE loose ADD PRIMARY KEY (id)",
      "ALTER TABLE m ADD CONSTRAINT n CHECK (n > 1) NOT VALID, ADD COLUMN z int",
      // Indexes.
      "CREATE INDEX ON t (b)",
      "CREATE UNIQUE INDEX ON t (a)",
      "CREATE INDEX ON t (lower(b))",
      "CREATE INDEX ON t (a) WHERE a > 5",
      "CREATE INDEX ON t USING gin (g)",
      "CREATE INDEX IF NOT EXISTS t_a ON t (a)",
      "CREATE INDEX CONCURRENTLY ON t (b)",
      "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)",
      "CREATE INDEX ON p (id)",
      "CREATE INDEX ON ONLY p (id)",
      "CREATE INDEX ON mv (a)",
      "DROP INDEX t_a",
      "DROP INDEX CONCURRENTLY t_a",
      "DROP INDEX IF EXISTS nothing",
      "ALTER INDEX t_a RENAME TO z",
      "ALTER INDEX t_a SET (fillfactor = 70)",
      "REINDEX INDEX t_a",
      "REINDEX TABLE t",
      "REINDEX INDEX CONCURRENTLY t_a",
      "REINDEX TABLE CONCURRENTLY t",
      // The table.
      "ALTER TABLE t RENAME TO z",
      "ALTER TABLE t SET SCHEMA app",
      "ALTER TABLE t SET (fillfactor = 70)",
      "ALTER TABLE t SET (autovacuum_enabled = false)",
      "ALTER TABLE m SET UNLOGGED",
      "ALTER TABLE t CLUSTER ON t_a",
      "ALTER TABLE t REPLICA IDENTITY FULL",
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
      "ALTER TABLE t FORCE ROW LEVEL SECURITY",
      "ALTER TABLE t DISABLE TRIGGER ALL",
      "ALTER TABLE u DISABLE TRIGGER tr",
      "ALTER TABLE t SET ACCESS METHOD heap",
      "ALTER TABLE t SET WITHOUT CLUSTER",
      "CLUSTER t USING t_a",
      "VACUUM t",
      "VACUUM FULL m",
      "ANALYZE t",
      "TRUNCATE m",
      "TRUNCATE t CASCADE",
      "DROP TABLE m",
      "DROP TABLE t CASCADE",
      "DROP TABLE IF EXISTS nothing",
      "LOCK TABLE t IN SHARE MODE",
      "LOCK TABLE t",
      "COMMENT ON TABLE t IS 'x'",
      "COMMENT ON COLUMN t.a IS 'x'",
      "CREATE STATISTICS s2 ON a, d FROM t",
      "DROP STATISTICS st",
      // Triggers, rules, policies.
      "CREATE TRIGGER n BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION trg()",
      "DROP TRIGGER tr ON u",
      "ALTER TRIGGER tr ON u RENAME TO z",
      "CREATE RULE r AS ON INSERT TO m DO ALSO NOTHING",
      "CREATE POLICY n ON t USING (true)",
      // Partitions.
      "CREATE TABLE p_2 PARTITION OF p FOR VALUES FROM ('2026-07-01') TO ('2027-01-01')",
      "ALTER TABLE p ATTACH PARTITION loose FOR VALUES FROM ('2026-07-01') TO ('2027-01-01')",
      "ALTER TABLE p ATTACH PARTITION checked FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
      "ALTER TABLE p DETACH PARTITION p_1",
      "ALTER TABLE p DETACH PARTITION p_1 CONCURRENTLY",
      "ALTER TABLE p ADD COLUMN n int",
      "ALTER TABLE p ADD COLUMN n uuid DEFAULT gen_random_uuid()",
      "ALTER TABLE p ADD PRIMARY KEY (id, at)",
      "DROP TABLE p_1",
      "CREATE TABLE child () INHERITS (t)",
      // Views, types and others.
      "CREATE VIEW v2 AS SELECT a FROM t",
      "CREATE OR REPLACE VIEW vw AS SELECT id FROM t",
      "DROP VIEW vw",
      "CREATE MATERIALIZED VIEW m2 AS SELECT a FROM t",
      "REFRESH MATERIALIZED VIEW mv",
      "REFRESH MATERIALIZED VIEW CONCURRENTLY mv",
      "DROP MATERIALIZED VIEW mv",
      "CREATE TABLE copy AS SELECT * FROM t",
      "CREATE TABLE likes (LIKE t INCLUDING ALL)",
      "CREATE TABLE refers (id bigint REFERENCES t)",
      "ALTER TYPE mood ADD VALUE 'glad'",
      "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
      "ALTER DOMAIN positive ADD CONSTRAINT n CHECK (VALUE < 100)",
      "ALTER DOMAIN positive ADD CONSTRAINT n CHECK (VALUE < 100) NOT VALID",
      "ALTER DOMAIN plain SET NOT NULL",
      "DROP TYPE mood CASCADE",
      "DROP SCHEMA app CASCADE",
      "ALTER SCHEMA app RENAME TO z",
      "DROP FUNCTION trg() CASCADE",
      "CREATE SEQUENCE s2 OWNED BY t.a",
      "ALTER SEQUENCE sq RESTART",
      "GRANT SELECT ON t TO PUBLIC",
      "REVOKE ALL ON t FROM PUBLIC",
      "CREATE EXTENSION pg_trgm",
      // Rows.
      "INSERT INTO m VALUES (1, 'sad', 1)",
      "UPDATE t SET a = 1",
      "UPDATE t SET a = 1 WHERE id = 5",
      "DELETE FROM m",
      "DELETE FROM m WHERE id = 5",
      "MERGE INTO m USING u ON m.id = u.id WHEN MATCHED THEN DELETE",
      "INSERT INTO m SELECT id, 'sad', 1 FROM t",
      "WITH x AS (DELETE FROM m RETURNING id) SELECT count(*) FROM x",
  };
  return all;
}

int rank(const std::string& verdict) {
  return verdict == "safe" ? 0 : verdict == "brief lock" ? 1 : verdict == "unknown" ? 2 : 3;
}

int mode_rank(const std::string& mode) {
  const std::array<std::string, 8> modes{
      "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  return static_cast<int>(std::find(modes.begin(), modes.end(), mode) - modes.begin());
}

/// Work through a table, by its cost; writing rows is the statement's own business.
int work_rank(const std::string& work) {
  if (work == "scans it") return 1;
  if (work == "builds an index over it") return 2;
  return work == "rewrites it" ? 3 : 0;
}

std::string bare(const std::string& table) { return table.starts_with("public.") ? table.substr(7) : table; }

/// What one lock of the observation is not covered by in the claims; empty: it is.
std::string claimed_less(const Json& claims, const Json& seen) {
  int mode = -1, work = 0;
  for (const auto& statement : claims["statements"]) {
    for (const auto& lock : statement["locks"]) {
      // What is claimed of a partitioned table is claimed of its partitions.
      const std::string claimed = bare(lock["table"]), table = bare(seen["table"]);
      if (claimed != table && !table.starts_with(claimed + "_")) continue;
      mode = std::max(mode, mode_rank(lock["mode"]));
      work = std::max(work, work_rank(lock["work"]));
    }
  }
  const std::string table = bare(seen["table"]), seen_mode = seen["mode"], seen_work = seen["work"];
  // A lock that lets others read and write is not a promise that anybody relies on.
  if (mode_rank(seen_mode) > mode && mode_rank(seen_mode) > mode_rank("ROW EXCLUSIVE"))
    return "the server took " + seen_mode + " on " + table;
  if (mode_rank(seen_mode) > mode_rank("ROW EXCLUSIVE") && work_rank(seen_work) > work)
    return "the server " + seen_work + ": " + table;
  return {};
}

}  // namespace

TEST_CASE("the rules over the text claim nothing safer than the server shows") {
  CHECK(shapes().size() >= 150);
  const char* const wanted = std::getenv("BIGOCEAN_MATRIX");
  const bool all = wanted != nullptr && std::string(wanted) == "all";
  const auto seed = std::random_device{}();
  MESSAGE("seed " << seed);
  auto chosen = shapes();
  std::mt19937 random(seed);
  std::shuffle(chosen.begin(), chosen.end(), random);
  if (!all) chosen.resize(kSample);
  const Scene scene;
  scene.rows(kLive);
  scene.rows("ANALYZE");
  std::size_t unknown = 0, observed_unknown = 0;
  for (const auto& shape : chosen) {
    CAPTURE(shape);
    scene.file("1_shape.sql", shape + ";\n");
    const auto plan = [&](const Arguments& more) {
      Arguments arguments{"plan", "--json", "--new-history"};
      arguments.insert(arguments.end(), more.begin(), more.end());
      const auto done = scene.migrate(arguments);
      REQUIRE_MESSAGE(done.exit_code == 0, said(done));
      return document(done)["outlook"][0];
    };
    const auto claims = plan({"--no-preview"}), seen = plan({});
    CAPTURE(claims.dump());
    CAPTURE(seen.dump());
    if (seen["verdict"] == "unknown") ++observed_unknown;
    if (claims["verdict"] == "unknown") {
      ++unknown;
      continue;
    }
    if (seen["verdict"] != "unknown") CHECK(rank(claims["verdict"]) >= rank(seen["verdict"]));
    for (const auto& statement : seen["statements"]) {
      for (const auto& lock : statement["locks"]) CHECK(claimed_less(claims, lock) == "");
    }
  }
  MESSAGE(chosen.size() << " statements, " << unknown << " unknown by rule, " << observed_unknown
                        << " unknown by observation");
}

}  // namespace preview_matrix_test
